"""Whose language a page speaks: the switch's, else that of Airflow's pages, else the browser's."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from include.web.language import language_of, words_in


def asked(accept: str = "", cookie: str = "") -> Request:
    headers = [(b"accept-language", accept.encode()), (b"cookie", cookie.encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers})


@pytest.mark.parametrize(
    ("accept", "cookie", "language"),
    [
        ("", "", "en"),
        ("nl-BE,nl;q=0.9,en;q=0.8", "", "nl"),
        ("de,en;q=0.5,nl;q=0.7", "", "nl"),
        ("fr,de", "", "en"),
        ("nl;q=none,en", "", "en"),
        ("en", "exactly_airflow_language=nl", "nl"),
        ("en", "exactly_airflow_language=de", "en"),
        ("nl", "exactly_airflow_language=de", "nl"),
        ("nl", "exactly_airflow_language=nl; exactly_language=en", "en"),
        ("nl", "exactly_language=<script>", "nl"),
    ],
)
def test_the_switch_counts_before_airflow_and_airflow_before_the_browser(accept: str, cookie: str, language: str) -> None:
    assert language_of(asked(accept, cookie)) == language


def test_one_and_many_are_told_apart_and_braces_in_values_are_left_alone() -> None:
    t = words_in("nl")

    assert [t("age.days", number=number) for number in (0, 1, 2)] == ["0 dagen", "1 dag", "2 dagen"]
    assert t("error.away.detail", reason="{oops} 50%|x") == "Wat het systeem zegt: {oops} 50%|x"
