"""The promise: one effect in Exact for each mutation, whatever happens.

States, classes of answers, the drain, permits, the error budget, the states of the token chain.
Time, wire and store are handed in (`ports`), so that the same code runs in production and in simulation.
May import only `include.errors`; never the rooms `exact` and `store`.
"""
