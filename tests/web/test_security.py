"""Every answer carries the policy, and every page keeps to it: nothing inline, nothing from elsewhere, no shop's text as markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html

from include.web.pages import STATIC, TEMPLATES
from tests.web.planting import Plant
from tests.web.site import pages

TAMPERED = [
    "<i data-planted>x</i>",
    '"><i data-planted>x</i>',
    "'><i data-planted>x</i>",
    "</td></table><i data-planted>x</i>",
    "</script><i data-planted>x</i>",
    "<img data-planted src=x onerror=document.title='hit'>",
    "<svg data-planted onload=document.title='hit'>",
    "{{ 7 * 7 }}{% raw %}",
    "${7*7}#{7*7}",
    "javascript:document.title='hit'",
    "&lt;i data-planted&gt;",
    "\u202egnp.exe",
    "%3Ci%20data-planted%3E",
    "' or 1=1; drop table mutation; --",
    "\\'; select pg_sleep(9); --",
]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "frame-ancestors": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}


@pytest.fixture(scope="module")
def tampered(airflow_server) -> list[str]:
    """Markup and SQL wherever a shop, a customer or Exact may put text; the numbers of the records."""
    planted = Plant(airflow_server.dsn)
    for number, text in enumerate(TAMPERED):
        planted.dead(f"T{number} {text}", "unknown_relation", f"t{number} {text}", customer=text)
        planted.dead(f"V{number} {text}", "missing_gl_account", "tampered", facts={"said": text, text: "x"}, total_currency="<i>")
        planted.dead(f"U{number}", "a_code_without_words", text)
        planted.planned(f"P{number} {text}")
    planted.close()
    return TAMPERED


def policy_of(header: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in header.split(";"))}


@pytest.mark.parametrize("path", ["/", "/no/such/page", "/static/exactly.css", "/static/no-such-file"])
@pytest.mark.parametrize("user", [None, "viewer"])
def test_each_answer_carries_the_policy(visitor, user: str | None, path: str) -> None:
    headers = visitor(user).page(path).headers

    assert policy_of(headers["Content-Security-Policy"]) == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_files_that_change_their_address_with_their_contents_may_be_kept(visitor) -> None:
    answer = visitor(None).page("/static/exactly.css?v=1")

    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_text_from_outside_becomes_markup_on_any_page(visitor, tampered: list[str], language: str) -> None:
    someone = visitor("admin")
    someone.headers["Accept-Language"] = language
    seen = 0
    for path, answer in pages(someone):
        assert answer.status_code == 200, (path, answer.status_code)
        if "text/html" not in answer.headers["content-type"]:
            continue
        seen += 1
        page = html.fromstring(answer.text)
        assert page.xpath("//*[@data-planted]") == [], path
        assert page.xpath("//script[not(@src) and not(@type='application/json')] | //style") == [], path
        assert [name for each in page.iter() for name in each.attrib if name == "style" or name.startswith(("on", "hx-on"))] == [], path
        assert [
            link for link in page.xpath("//@href | //@src | //@action") if not link.startswith(("/", "#", "http://", "https://"))
        ] == [], path
    assert seen


def test_a_browser_runs_nothing_of_what_was_planted_and_finds_no_fault_with_any_page(window, visitor, tampered: list[str]) -> None:
    page = window("admin")
    paths = [path for path, answer in pages(visitor("admin")) if "text/html" in answer.headers["content-type"]]
    for path in paths:
        page.goto(f"/exactly{path}")
        assert page.title() != "hit", path
        assert page.locator("[data-planted]").count() == 0, path


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_steps_round_the_escaping_or_the_policy(template: Path) -> None:
    text = template.read_text(encoding="utf-8")

    assert (
        re.findall(
            r"\|\s*safe\b|autoescape|\bMarkup\b|<style|\bstyle\s*=|\son\w+\s*=|hx-on|hx-vals=.js:|target\s*=\s*\"_(?:blank|top)", text
        )
        == []
    )
    assert [each for each in re.findall(r"<script[^>]*>", text) if "src=" not in each and 'type="application/json"' not in each] == []
    assert re.findall(r"(?:src|href)\s*=\s*\"(?:https?:)?//", text) == []


def test_no_script_of_ours_evaluates_text_or_writes_markup() -> None:
    ours = [file for file in STATIC.glob("*.js") if file.name != "htmx.min.js"]

    assert ours
    assert {
        file.name: found
        for file in ours
        if (found := re.findall(r"\beval\(|new Function|innerHTML|outerHTML|document\.write|insertAdjacentHTML", file.read_text()))
    } == {}
