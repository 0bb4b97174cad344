"""Answers that Exact published, by name: those that are JSON, and those that its own tests break on purpose."""

from pathlib import Path

# `…WithoutResultsTag` is JSON, but its rows have no name: Exact's own client refuses it as well.
_BROKEN = ("APIResponse_Json_Array_WithoutDTag", "APIResponse_Json_Object_WithoutD", "APIResponse_Json_Array_WithoutResultsTag")
_ALL = {file.stem: file.read_bytes() for file in Path(__file__).parent.glob("*.txt")}
BROKEN = {name: body for name, body in _ALL.items() if name in _BROKEN}
SAMPLES = {name: body for name, body in _ALL.items() if name not in _BROKEN}
