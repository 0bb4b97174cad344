"""Meets Airflow: hook, settings from connections, Dag defaults, retry policy, alerts.

The only room that knows Airflow. May import console-free rooms below it: flows, run, outbox, exact, sources, administrations, store.
"""
