"""Where the promise meets the world: the outbox's ports, made of Exact's client, our store and the mirror.

May import outbox, mappings, exact, store and administrations. Knows neither Airflow nor any flow.
"""
