"""Each word that a page asks for is there in both languages, and none is there for nothing."""

from __future__ import annotations

import re
from string import Formatter

from include.console.words import frame
from include.web.language import SUBJECTS, WORDS
from include.web.pages import TEMPLATES
from tests.house.tree import listed, text, under

ASKED = re.compile(r"""\bt\(\s*f?"([\w.]+)(?:"\s*~|\{)?|"([a-z]+(?:\.[\w]+)+)\"""")


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def asked_for() -> tuple[set[str], set[str]]:
    """Keys as written, and beginnings of keys that the rest is put to when the page is made."""
    sources = [path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.rglob("*.html"))]
    sources += [text(name) for name in under("include/web", "include/console") if "/words/" not in name]
    whole = {key for source in sources for key in re.findall(r"[\"']([a-z][\w]*(?:\.\w+)+)[\"']", source)}
    begun = {key for source in sources for key in re.findall(r"[\"']([a-z][\w]*(?:\.\w+)*\.)(?:[\"']|\{)", source)}
    return whole, begun


def test_each_key_that_a_template_asks_for_has_words() -> None:
    asked = {
        key for path in sorted(TEMPLATES.rglob("*.html")) for key in re.findall(r"\bt\(\s*[\"']([\w.]+)[\"']\s*[,)]", path.read_text())
    }

    assert asked
    assert listed(sorted(asked - WORDS.keys())) == ""


def test_no_words_are_there_that_nobody_asks_for() -> None:
    whole, begun = asked_for()
    unused = [key for key in WORDS if key not in whole and not any(key.startswith(start) for start in begun)]

    assert listed(unused) == ""


def test_both_languages_have_all_words_with_the_same_values_in_them() -> None:
    assert [key for key, (dutch, english) in WORDS.items() if not dutch.strip() or not english.strip()] == []
    assert [key for key, (dutch, english) in WORDS.items() if fields(dutch) != fields(english)] == []
    assert [key for key, (dutch, english) in WORDS.items() if dutch.count("|") != english.count("|") or dutch.count("|") > 1] == []


def test_no_key_stands_in_two_tables() -> None:
    assert frame in SUBJECTS
    assert len(WORDS) == sum(len(subject.WORDS) for subject in SUBJECTS)
