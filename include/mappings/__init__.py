"""One record in, one record out: pure functions that say what Exact gets for a record of the other side.

May import exact's models, the records of sources, administrations and errors. A refusal is a `RecordError` that an operator understands.
"""
