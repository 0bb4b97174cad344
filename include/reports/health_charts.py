"""Charts of health as Plotly's JSON: what became of the documents of an administration, how long they took, which calls were used.

Colours of text, lines and paper are the page's own; the script that draws a chart puts them in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Figure = dict[str, Any]
Row = Mapping[str, Any]

# Told apart by lightness too, and by pattern where a person must act.
OUTCOMES: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "posted": (("posted",), "#2f9e6e", ""),
    "waiting": (("planned", "sending", "unknown"), "#5b8def", "."),
    "dismissed": (("dismissed",), "#9aa0aa", ""),
    "to_do": (("dead_letter", "gone"), "#d9603b", "/"),
}
LINES: Mapping[str, str] = {"p50": "#2f9e6e", "p95": "#5b8def"}
CALLS, LIMIT = "#7d6bd0", "#d9603b"
HEIGHT = 210


class Columns:
    """The columns of a chart: each hour or day of the span, whether anything happened in it or not."""

    def __init__(self, since: datetime, until: datetime, *, unit: str, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._is_hour = unit == "hour"
        self._begins = list(self._all(since, until))

    def _all(self, since: datetime, until: datetime) -> Iterator[datetime]:
        at = since.astimezone(self._zone)
        while at < until:
            yield at
            # A day of the reader's has 23 or 25 hours now and then: days are counted by the clock on the wall.
            at = (at.astimezone(UTC) + timedelta(hours=1)).astimezone(self._zone) if self._is_hour else at + timedelta(days=1)

    @property
    def labels(self) -> list[str]:
        """What stands below each column, `2026-11-22 14:00` or `2026-11-22`, in the reader's time."""
        return [f"{at:%Y-%m-%d %H:00}" if self._is_hour else f"{at:%Y-%m-%d}" for at in self._begins]

    def values(self, rows: Iterable[Row], name: str) -> list[Any]:
        """The value of each column, None where no row has one."""
        by_moment = {row["at"].astimezone(UTC): row[name] for row in rows}
        return [by_moment.get(at.astimezone(UTC)) for at in self._begins]


def documents_chart(rows: Sequence[Row], columns: Columns, words: Mapping[str, str]) -> Figure:
    """Documents by what became of them, one on top of the other."""
    bars = []
    for outcome, (states, colour, pattern) in OUTCOMES.items():
        each = [columns.values([row for row in rows if row["state"] == state], "documents") for state in states]
        counts = [sum(filter(None, column)) for column in zip(*each, strict=True)]
        marker = {"color": colour, "pattern": {"shape": pattern}}
        bars.append({"type": "bar", "name": words[outcome], "x": columns.labels, "y": counts, "marker": marker})
    return _figure(bars, barmode="stack")


def pace_chart(rows: Sequence[Row], columns: Columns, words: Mapping[str, str]) -> Figure:
    """Minutes until half, and until nineteen of twenty were booked."""
    lines = []
    for name, dash in (("p50", "solid"), ("p95", "dot")):
        minutes = [None if seconds is None else round(seconds / 60, 1) for seconds in columns.values(rows, f"{name}_s")]
        looks = {"mode": "lines+markers", "line": {"color": LINES[name], "dash": dash, "width": 2}, "marker": {"size": 5}}
        lines.append({"type": "scatter", "name": words[name], "x": columns.labels, "y": minutes, **looks})
    return _figure(lines)


def calls_chart(rows: Sequence[Row], columns: Columns, words: Mapping[str, str], *, day_limit: int | None) -> Figure:
    """Calls that count; `day_limit` is drawn where a column is a day."""
    calls = [count or 0 for count in columns.values(rows, "calls")]
    traces: list[Figure] = [{"type": "bar", "name": words["calls"], "x": columns.labels, "y": calls, "marker": {"color": CALLS}}]
    if day_limit is not None:
        looks = {"mode": "lines", "line": {"color": LIMIT, "dash": "dash", "width": 2}}
        traces.append({"type": "scatter", "name": words["limit"], "x": columns.labels, "y": [day_limit] * len(columns.labels), **looks})
    return _figure(traces)


def table_of(figure: Figure) -> tuple[list[str], list[list[Any]]]:
    """The same figures for who cannot see a chart: headings, and a row per column in which there is anything."""
    traces = figure["data"]
    rows = [list(row) for row in zip(traces[0]["x"], *(trace["y"] for trace in traces), strict=True)]
    return [trace["name"] for trace in traces], [row for row in rows if any(row[1:])]


def _figure(traces: Sequence[Figure], **layout: object) -> Figure:
    usual = {
        "height": HEIGHT,
        "margin": {"l": 44, "r": 8, "t": 8, "b": 28},
        "showlegend": False,
        "hovermode": "x unified",
        "xaxis": {"type": "date", "fixedrange": True},
        "yaxis": {"rangemode": "tozero", "fixedrange": True},
    }
    return {"data": list(traces), "layout": {**usual, **layout}}
