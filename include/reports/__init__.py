"""Reconciliation and reports: differences and their kinds, charts, files. Pure: what is compared is handed in.

May import exact, sources, administrations, store and outbox, and neither mappings nor checks.
"""
