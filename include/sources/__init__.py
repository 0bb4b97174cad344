"""The other side's words: what a company's own software offers through contract views in PostgreSQL, and the readers of them.

Knows nothing of Exact, of the outbox or of Airflow; imports `include.errors` and nothing else of ours.
"""
