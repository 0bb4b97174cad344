"""Every cause that a record can have is explained in Dutch and in English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import pytest

from include.exact.catalogue import CATALOGUE
from include.outbox.causes import CAUSES, explain
from include.outbox.changes import AS_BOOKED, REPLACED
from include.outbox.states import UNKNOWN_OUTCOME

ROOT = Path(__file__).parents[2]
# What makes a cause of its first argument, in any room; the latter are the questions of the mapping checks.
MAKERS = frozenset(
    {"RecordError", "Cause", "FaultError", "fault", "must_exist", "must_be_among", "must_not_be_among", "must_equal", "must_fit"}
)
# Named in the outbox's design, or written with a deletion; no code makes them by a literal.
ALSO = frozenset({"currency_inactive", "error_budget_rest", UNKNOWN_OUTCOME, REPLACED, AS_BOOKED, "awaited_given_up"})


# The simulation makes causes for itself; the sandbox knows none of ours.
NO_RECORDS_OF_OURS = frozenset({"proof", "sandbox"})


def codes_in_the_code() -> Iterator[tuple[str, str]]:
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in MAKERS and (code := _text(node.args[0])):
                yield code, f"{path.relative_to(ROOT)}:{node.lineno}"


def _text(node: ast.expr) -> str:
    """A text in the code, or the constant that stands for it."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return CONSTANTS.get(name, "")
    return ""


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                yield name, text


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


TREES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "include").rglob("*.py"))
    if path.relative_to(ROOT / "include").parts[0] not in NO_RECORDS_OF_OURS
}
CONSTANTS = {name: text for tree in TREES.values() for name, text in _constants(tree) if name.isupper()}
USED = dict(codes_in_the_code())


def test_the_search_finds_the_codes_of_each_room() -> None:
    assert {"unknown_relation", "unknown_country", "routed_elsewhere", "value_missing", "no_lines"} <= USED.keys()


@pytest.mark.parametrize("code", sorted(USED))
def test_a_code_that_the_code_uses_is_explained(code: str) -> None:
    assert code in CAUSES, USED[code]


@pytest.mark.parametrize("code", sorted({entry.refusal.code for entry in CATALOGUE}))
def test_a_refusal_that_the_catalogue_knows_is_explained(code: str) -> None:
    assert code in CAUSES


def test_nothing_is_explained_that_never_happens() -> None:
    assert CAUSES.keys() <= USED.keys() | {entry.refusal.code for entry in CATALOGUE} | ALSO


@pytest.mark.parametrize("code", sorted(CAUSES))
def test_the_texts_of_a_cause_are_whole_sentences_in_both_languages(code: str) -> None:
    sentences = astuple(CAUSES[code])

    assert all(re.match(r"[A-Z{]", sentence) and re.search(r"[.)]$", sentence) and len(sentence) <= 250 for sentence in sentences)
    assert len(set(sentences)) == 4
    assert all(set(re.findall(r"\{.*?\}", sentence)) <= {"{subject}"} for sentence in sentences)
    assert ("{subject}" in sentences[0]) is ("{subject}" in sentences[2])


def test_a_cause_is_told_with_its_subject() -> None:
    cause, cure = explain("unknown_relation", "17850", "nl")

    assert cause == "Relatie 17850 bestaat niet in deze administratie van Exact."
    assert "17850" in cure


@pytest.mark.parametrize(("language", "word"), [("nl", "oorzaak"), ("en", "cause")])
def test_a_code_without_texts_gets_a_general_one_that_names_it(language: str, word: str) -> None:
    cause, cure = explain("something_new", "4711", language)

    assert "something_new:4711" in cause
    assert word in cause
    assert cure


def test_a_subject_with_braces_does_no_harm() -> None:
    assert "{0.__class__}" in explain("unknown_item", "{0.__class__}", "en")[0]
