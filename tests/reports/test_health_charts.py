"""Charts of health are figures that Plotly takes, a column for each hour or day of the reader's, with the same figures as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import plotly.graph_objects
import pytest

from include.reports.health_charts import Columns, calls_chart, documents_chart, pace_chart, table_of

ZONE = "Europe/Amsterdam"
WORDS = {name: name for name in ("posted", "waiting", "dismissed", "to_do", "p50", "p95", "calls", "limit")}
# The clock was set back in the night before the 25th of October: midnight is an hour later by UTC from then on.
SINCE = datetime(2026, 10, 23, 22, tzinfo=UTC)
DAYS = Columns(SINCE, SINCE + timedelta(days=3), unit="day", zone=ZONE)


def test_a_day_has_the_length_that_it_has_for_the_reader() -> None:
    assert DAYS.labels == ["2026-10-24", "2026-10-25", "2026-10-26"]
    monday = datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert DAYS.values([{"at": monday, "calls": 7}], "calls") == [None, None, 7]


def test_an_hour_that_comes_twice_is_two_columns() -> None:
    hours = Columns(datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, 30, tzinfo=UTC), unit="hour", zone=ZONE)

    assert hours.labels == ["2026-10-25 02:00", "2026-10-25 02:00", "2026-10-25 03:00"]


def test_documents_are_stacked_by_what_became_of_them() -> None:
    rows = [{"at": SINCE, "state": state, "documents": 2} for state in ("posted", "planned", "unknown", "dead_letter", "gone", "dismissed")]
    headings, table = table_of(documents_chart(rows, DAYS, WORDS))

    assert dict(zip(headings, table[0][1:], strict=True)) == {"posted": 2, "waiting": 4, "dismissed": 2, "to_do": 4}
    assert len(table) == 1


def test_a_limit_of_a_day_stands_only_where_columns_are_days() -> None:
    rows = [{"at": SINCE, "calls": 40}]

    assert table_of(calls_chart(rows, DAYS, WORDS, day_limit=5000))[1][0] == ["2026-10-24", 40, 5000]
    assert table_of(calls_chart(rows, DAYS, WORDS, day_limit=None)) == (["calls"], [["2026-10-24", 40]])


def test_minutes_are_shown_where_something_was_booked() -> None:
    table = table_of(pace_chart([{"at": SINCE, "p50_s": 90.0, "p95_s": 600.0}], DAYS, WORDS))

    assert table == (["p50", "p95"], [["2026-10-24", 1.5, 10.0]])


@pytest.mark.parametrize("rows", [[], [{"at": SINCE, "state": "posted", "documents": 1, "calls": 1, "p50_s": 1.0, "p95_s": 2.0}]])
def test_plotly_takes_each_figure(rows: list[dict[str, object]]) -> None:
    for figure in (documents_chart(rows, DAYS, WORDS), pace_chart(rows, DAYS, WORDS), calls_chart(rows, DAYS, WORDS, day_limit=5000)):
        assert plotly.graph_objects.Figure(figure).to_dict()["data"]
