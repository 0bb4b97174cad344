"""Exact's nouns, one file each: the fields that we use, spelled once, and the JSON text that goes over the wire.

May import nothing of ours.
"""
