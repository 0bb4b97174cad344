"""The proof: the promise put to the test, by simulation, by real processes, and by a checker that trusts neither.

May open runs without Airflow, and start the local system with it. The judge (`judge`, `checker`) shares no code with the outbox: what it judges cannot agree with itself.
"""
