"""The proof: the promise put to the test, by simulation, by real processes, and by a checker that trusts neither.

May open runs without Airflow, and starts the local system where Airflow is put to the test.
The judge (`judge`, `checker`) shares no code with the outbox: what it judges cannot agree with itself.
"""
