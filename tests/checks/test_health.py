"""One light: what turns it amber or red, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from include.checks.findings import Level
from include.checks.health import LastRun, Vitals, signals, worst
from include.console.health_words import span_in_words, told

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FINE = Vitals(administration="NL", is_booking=True, sign_in="ok", idle_days=0, mirror_entity="Items", mirror_at=NOW - timedelta(minutes=20))
RUN = LastRun(dag_id="orders_to_invoices", state="success", began_at=NOW, ended_at=NOW, due_at=NOW + timedelta(minutes=5))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def found(**changes: Any) -> list[tuple[str, str]]:
    return [(signal.code, signal.level.value) for signal in signals([replace(FINE, **changes)], [RUN], now=NOW)]


def test_when_all_is_well_there_is_nothing_to_say() -> None:
    assert found() == []
    assert worst([]) is Level.OK


@pytest.mark.parametrize(
    ("changes", "code", "level"),
    [
        ({"sign_in": "needs_consent", "waiting": 3}, "sign_in_needed", "failure"),
        ({"sign_in": "never", "is_booking": False}, "sign_in_missing", "warning"),
        ({"idle_days": 9}, "sign_in_idle", "warning"),
        ({"waiting": 1, "waiting_since": ago(minutes=91)}, "waiting_long", "warning"),
        ({"waiting": 2, "waiting_since": ago(hours=3)}, "waiting_long", "failure"),
        ({"unknown": 1, "unknown_since": ago(hours=1)}, "unknown_long", "failure"),
        ({"posts_stopped": True}, "posts_stopped", "failure"),
        ({"mirror_at": ago(hours=3)}, "mirror_old", "warning"),
        ({"mirror_at": ago(hours=24)}, "mirror_old", "failure"),
        ({"mirror_at": None}, "mirror_missing", "warning"),
        ({"documents": 20, "refused": 1}, "refused_often", "warning"),
        ({"documents": 20, "refused": 5}, "refused_often", "failure"),
        ({"documents": 20, "slowest_s": 10_801.0}, "slow", "warning"),
        ({"calls_left": 500, "calls_limit": 5000, "calls_reset_at": NOW}, "calls_scarce", "warning"),
        ({"calls_left": 0, "calls_limit": 5000, "calls_reset_at": NOW}, "calls_used_up", "warning"),
        ({"strangers": 1200, "calls_limit": 5000}, "strangers", "warning"),
        ({"to_do": 1, "to_do_since": ago(hours=1)}, "to_do", "warning"),
        ({"to_do": 2, "to_do_since": ago(days=7)}, "to_do", "failure"),
    ],
)
def test_what_is_wrong_is_told_with_its_level_and_words_in_both_languages(changes: dict[str, Any], code: str, level: str) -> None:
    assert found(**changes) == [(code, level)]
    [signal] = signals([replace(FINE, **changes)], [RUN], now=NOW)
    for language in ("nl", "en"):
        words = told(signal, language, zone="Europe/Amsterdam")
        assert words.says.startswith("NL: ")
        assert words.cure
        assert not {"{", "}", "|"} & set(words.says + words.cure)


@pytest.mark.parametrize(
    "changes",
    [
        {"waiting": 1, "waiting_since": ago(minutes=89)},
        {"waiting": 9, "waiting_since": ago(days=2), "is_booking": False},
        {"unknown": 1, "unknown_since": ago(minutes=59)},
        {"mirror_at": ago(hours=2)},
        {"documents": 19, "refused": 19, "slowest_s": 99_999.0},
        {"calls_left": 501, "calls_limit": 5000},
        {"idle_days": 8},
    ],
)
def test_what_is_usual_is_not_told(changes: dict[str, Any]) -> None:
    assert found(**changes) == []


def test_what_waits_because_of_something_that_is_told_is_not_told_twice() -> None:
    waiting = {"waiting": 5, "waiting_since": ago(hours=9)}

    assert found(**waiting, sign_in="needs_consent") == [("sign_in_needed", "failure")]
    assert found(**waiting, calls_left=0, calls_limit=5000, calls_reset_at=NOW) == [("calls_used_up", "warning")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "failed"}, [("run_failed", "failure")]),
        ({"state": "failed", "ended_at": None}, [("run_failed", "failure")]),
        ({"is_paused": True, "due_at": ago(days=1)}, [("dag_paused", "warning")]),
        ({"due_at": ago(minutes=15)}, [("run_late", "failure")]),
        ({"due_at": ago(minutes=14)}, []),
        ({"due_at": ago(hours=2), "state": "running"}, []),
        ({"state": "", "began_at": None, "ended_at": None}, []),
    ],
)
def test_runs_are_judged_by_how_they_ended_and_whether_they_begin(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(signal.code, signal.level.value) for signal in signals([FINE], [replace(RUN, **changes)], now=NOW)] == expected


def test_the_worst_comes_first() -> None:
    codes = found(to_do=1, to_do_since=NOW, unknown=1, unknown_since=ago(days=1))

    assert codes == [("unknown_long", "failure"), ("to_do", "warning")]


@pytest.mark.parametrize(
    ("seconds", "dutch", "english"),
    [
        (0.4, "0 seconden", "0 seconds"),
        (1, "1 seconde", "1 second"),
        (60, "1 minuut", "1 minute"),
        (119, "119 seconden", "119 seconds"),
        (7200, "2 uur", "2 hours"),
        (86_400, "1 dag", "1 day"),
        (200_000, "2 dagen", "2 days"),
    ],
)
def test_spans_are_said_in_the_unit_that_fits(seconds: float, dutch: str, english: str) -> None:
    assert (span_in_words(seconds, "nl"), span_in_words(timedelta(seconds=seconds), "en")) == (dutch, english)
