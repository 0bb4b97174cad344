"""Exactly: business documents booked in Exact Online exactly once. Each room's charter stands in its own `__init__.py`."""
