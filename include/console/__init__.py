"""What people look at and do: states, histories, comparisons, acts, as functions. Knows neither Airflow's web server nor SQL.

May import run, checks, outbox, mappings and what lies below them.
"""
