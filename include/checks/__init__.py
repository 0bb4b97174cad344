"""Questions that yield findings: configuration against the mirror, set-up, totals, duplicates, completeness. They decide nothing.

May import exact, sources, administrations and store, and the words of the outbox.
"""
