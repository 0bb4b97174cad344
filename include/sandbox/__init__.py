"""An Exact Online to try things on: OAuth, limits, OData and books over real HTTP, as FACTS of Exact describe them.

Stands alone: imports nothing of ours, and nothing of ours imports it. Start it with `python -m include.sandbox`.
What it reproduces, switches or leaves for later is in CONFORMANCE.md, how to use it in README.md.
"""
