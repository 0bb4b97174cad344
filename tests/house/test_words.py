"""What the project's text never holds: leftovers, addresses of registries, paths of a machine, secrets, American spelling."""

from __future__ import annotations

import re
from pathlib import PurePath

from tests.house.tree import ROOT, files, listed, text

TEXTS = {".py", ".md", ".sql", ".toml", ".yaml", ".yml", ".json", ".html", ".css", ".js", ".sh", ".in", ".txt", ".ini", ".mako", ".csv", ""}
# Exact's own spelling, other people's data and this list are no text of ours.
QUOTED = (
    "docs/FACTS.md",
    "include/sandbox/metadata/",
    "include/demo/data/",
    "tests/exact/samples/",
    "tests/house/test_words.py",
    "requirements.txt",
    "LICENSE",
)
# In pieces, so that this file does not hold what it looks for.
LEFT_OVER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX:|HA" + r"CK)\b")
HOMES = re.compile(r"(?<![\w.])(/home/\w+|/root\b|/Users/\w+|[A-Z]:\\Users|" + re.escape(f"{ROOT}/") + ")")
REGISTRY = re.compile(
    r"(?i)(--(extra-)?index-url|--find-links|--trusted-host)[ =]+[^\s\"'$)]|https?://[\w.-]*([pP]y[pP]i|python[hH]osted|artifactory|nexus|devp[iI])\b"
)
SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a cloud key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a token of a code host": re.compile(r"\b(gh[pousr]_\w{30,}|glpat-[\w-]{20,})\b"),
    "a Fernet key": re.compile(r"(?<![\w+/=-])[A-Za-z0-9_-]{43}=(?![\w=])"),
    "a signed token": re.compile(r"\beyJ[\w-]{15,}\.[\w-]{15,}\.[\w-]{10,}"),
}
AMERICAN = re.compile(
    r"(?i)\b(behaviors?|colored|canceled|canceling|cancelation|labeled|labeling|modeling|favorites?|honor(s|ed|ing)?|fulfill(s|ment)?|"
    r"(recogni|organi|initiali|normali|summari|minimi|optimi|prioriti|finali|synchroni|customi|apologi|categori|standardi|utili)"
    r"z(e|es|ed|ing|ation)|analyz(e|es|ed|ing)|judgment|catalogs?|neighbor(s|ing)?|flavors?|defense|artifacts?|gray)\b"
)
# Names that other people's software gives, and HTML.
GIVEN = re.compile(
    r"colored_console_log|\.normalize\(|unicodedata\.normalize|\.serialize\(|def serialize|initialize\("
    r"|organization\.administration|catalog:|ANALYZE "
)
SPOKEN = {".py", ".md", ".sql", ".toml", ".yaml", ".html"}


def lines() -> list[tuple[str, int, str]]:
    ours = [name for name in files() if PurePath(name).suffix in TEXTS and not name.startswith(QUOTED)]
    return [(name, number, line) for name in ours for number, line in enumerate(text(name).splitlines(), 1)]


def found(pattern: re.Pattern[str]) -> list[str]:
    return [f"{name}:{number}: {line.strip()[:80]}" for name, number, line in lines() if pattern.search(line)]


def test_nothing_is_left_for_later_in_the_code() -> None:
    assert listed(found(LEFT_OVER)) == ""


def test_no_path_of_any_machine_stands_in_a_file() -> None:
    assert listed(found(HOMES)) == ""


def test_no_address_of_a_package_registry_stands_in_a_file() -> None:
    assert listed(found(REGISTRY)) == ""
    assert "://" not in "".join(line for line in text("requirements.txt").splitlines() if not line.lstrip().startswith("#"))


def test_no_secret_stands_in_a_file() -> None:
    assert {kind: found(pattern) for kind, pattern in SECRETS.items() if found(pattern)} == {}


def test_the_text_is_in_british_english() -> None:
    spoken = [(name, number, GIVEN.sub("", line)) for name, number, line in lines() if PurePath(name).suffix in SPOKEN]

    assert listed([f"{name}:{number}: {line.strip()[:80]}" for name, number, line in spoken if AMERICAN.search(line)]) == ""


def test_each_link_in_the_documentation_points_to_a_file_that_is_there() -> None:
    pages = [name for name in files() if name.endswith(".md") and not name.startswith("include/demo/data/")]
    links = [(name, link) for name in pages for link in links_of(name) if "://" not in link and not link.startswith("mailto:")]

    assert listed([f"{name}: {link}" for name, link in links if not (ROOT / PurePath(name).parent / link).exists()]) == ""


def links_of(page: str) -> list[str]:
    found = re.findall(r"\]\(([^)#\s]+)|(?:src|href)=\"([^\"#]+)\"", text(page))
    return [either for each in found for either in each if either]


def test_each_file_that_is_text_can_be_read_as_utf_8_and_ends_with_a_line_break() -> None:
    names = [name for name in files() if PurePath(name).suffix in TEXTS - {".csv"} and not name.startswith(QUOTED)]

    assert listed([name for name in names if text(name) and not text(name).endswith("\n")]) == ""
