"""Turns what the model finds wrong into words for whoever wrote the file: cause and cure, with the nearest key that exists."""

from __future__ import annotations

import difflib
import types
from typing import Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from include.administrations.model import Administration
from include.administrations.yaml_files import Place, YamlFile


def explain_finding(error: ErrorDetails, file: YamlFile) -> tuple[Place, str, str]:
    """Return place, cause and cure of one finding of the model."""
    place = tuple(part for part in error["loc"] if part != "[key]")
    cause, cure = _words(error, place, file)
    return place, cause, cure


def _words(error: ErrorDetails, place: Place, file: YamlFile) -> tuple[str, str]:
    if place == ("name",):
        return "the file's name is no name for a task", "rename the file: letters, digits and _, at most 20, a letter first"
    match error["type"]:
        case "mistake" if error["input"] != "":
            return f"{_dotted(place)}: {error['ctx']['cause']}", str(error["ctx"]["cure"])
        case "missing":
            return f"{_dotted(place)} is missing: {_meaning(place)}", _example(place)
        case "extra_forbidden":
            return f"there is no key {_dotted(place)}", _nearest(place)
        case "too_short":
            return f"{_dotted(place)} is empty", _example(place)
        case _:
            return _wrong_value(error, place, file)


def _wrong_value(error: ErrorDetails, place: Place, file: YamlFile) -> tuple[str, str]:
    written, value, name = file.written.get(place, ""), error["input"], _dotted(place)
    if value is None or value == "":
        return f"{name} is empty", _example(place)
    if error["type"] == "string_type" and isinstance(value, bool):
        return f"{name}: {written} without quotes means {str(value).lower()}", f'write "{written}" in quotes'
    if error["type"] == "string_type" and written:
        return f"{name}: {written} without quotes is no text", f'write "{written}" in quotes'
    found = f", not {written!r}" if written else ""
    return f"{name} must be {_expected(error)}{found}", _example(place)


def _expected(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    expected = {
        "int_type": "a whole number without quotes",
        "int_from_float": "a whole number",
        "greater_than_equal": f"at least {context.get('ge')}",
        "less_than_equal": f"at most {context.get('le')}",
        "date_type": "a day such as 2026-01-31, without quotes and without a time",
        "enum": f"one of {context.get('expected')}",
        "literal_error": f"{context.get('expected')}".lower(),
        "string_type": "text",
        "tuple_type": "a list in [ ]",
        "mapping_type": "a table of keys and values",
        "dict_type": "a table of keys and values",
        "model_type": "a table of keys and values",
        "model_attributes_type": "a table of keys and values",
    }
    return expected.get(error["type"], f"as the example shows ({error['msg']})")


def _nearest(place: Place) -> str:
    model = _model_at(place[:-1])
    known = [name for name in _fields(model) if name != "name"]
    near = difflib.get_close_matches(str(place[-1]), known, n=1, cutoff=0.7)
    return f"did you mean {near[0]}?" if near else f"delete it; the keys here are {', '.join(known)}"


def _example(place: Place) -> str:
    info = _field_at(place)
    if info is None or not info.examples:
        return 'write a code in quotes, such as "70"'
    return f"write for example {place[-1]}: {info.examples[0]}"


def _meaning(place: Place) -> str:
    info = _field_at(place)
    return (info.description if info else None) or "it is needed"


def _field_at(place: Place) -> FieldInfo | None:
    model = _model_at(place[:-1])
    return _fields(model).get(str(place[-1])) if place else None


def _model_at(place: Place) -> type[BaseModel] | None:
    model: type[BaseModel] | None = Administration
    for part in place:
        info = _fields(model).get(str(part))
        model = _model_of(info.annotation) if info else None
    return model


def _fields(model: type[BaseModel] | None) -> dict[str, FieldInfo]:
    """The keys of a table, as they are written in a file."""
    return {info.alias or name: info for name, info in model.model_fields.items()} if model else {}


def _model_of(annotation: object) -> type[BaseModel] | None:
    options = get_args(annotation) if get_origin(annotation) in {Union, types.UnionType} else (annotation,)
    return next((option for option in options if isinstance(option, type) and issubclass(option, BaseModel)), None)


def _dotted(place: Place) -> str:
    return ".".join(map(str, place))
