"""Our memory in PostgreSQL: the outbox, permits, the token chain, cursors, the mirror, the calls.

All SQL on it lives here, in named queries by subject (`sql/`) and in migrations. May import only `include.errors`
and the words of `include.outbox` that it stores.
"""
