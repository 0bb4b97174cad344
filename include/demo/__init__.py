"""The local system: supervisor of its processes, loader of the demo's orders.

May import wiring and everything below it; nothing imports this room.
"""
