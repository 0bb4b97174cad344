"""Exact's words: HTTP, token calls, OData, answers as parsed, the catalogue of refusals, sync, `models/<noun>.py`.

The only room that knows its URLs and field names. May import only `include.errors`.
"""
