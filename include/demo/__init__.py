"""The local system: supervisor of its processes, loader of the demo's orders.

May import wiring and everything below it; only the proof and the command line import this room.
"""
