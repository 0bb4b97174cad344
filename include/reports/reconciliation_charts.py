"""The chart of a reconciliation as Plotly's JSON: each day's documents by whether they agree.

Colours of text, lines and paper are the page's own; the script that draws a chart puts them in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from include.reports.reconciliation_kinds import WITH_CASE, Kind

Figure = dict[str, Any]
# Told apart by lightness too, and by pattern where a person must act.
STANDINGS: Mapping[str, tuple[str, str]] = {
    "agree": ("#2f9e6e", ""),
    "rounded": ("#9aa0aa", ""),
    "dismissed": ("#c9ccd3", ""),
    "not_sent": ("#5b8def", "."),
    "differ": ("#d9603b", "/"),
}
HEIGHT = 230


def standing_of(expected: int, kinds: Mapping[str, int]) -> dict[str, int]:
    """A day's documents by whether they agree; what was made by hand is none of the shop's, and counts among what differs."""
    counted = {"rounded": Kind.ROUNDING, "dismissed": Kind.DISMISSED, "not_sent": Kind.NOT_SENT}
    found = {standing: kinds.get(kind, 0) for standing, kind in counted.items()}
    by_hand = kinds.get(Kind.BY_HAND, 0)
    found["differ"] = sum(kinds.get(kind, 0) for kind in WITH_CASE)
    agree = expected - sum(found.values()) + by_hand
    return {"agree": max(0, agree), **found}


def days_chart(rows: Iterable[Mapping[str, Any]], span: tuple[date, date], words: Mapping[str, str]) -> Figure:
    """Documents per day, one standing on top of the other; `rows` have `day`, `expected`, `kinds`."""
    by_day = {row["day"]: standing_of(row["expected"], row["kinds"]) for row in rows}
    days = list(_days(span, by_day))
    bars = [
        {
            "type": "bar",
            "name": words[standing],
            "x": [day.isoformat() for day in days],
            "y": [by_day.get(day, {}).get(standing, 0) for day in days],
            "marker": {"color": colour, "pattern": {"shape": pattern}},
        }
        for standing, (colour, pattern) in STANDINGS.items()
    ]
    layout = {
        "barmode": "stack",
        "height": HEIGHT,
        "margin": {"l": 40, "r": 10, "t": 36, "b": 30},
        "legend": {"orientation": "h", "y": 1, "yanchor": "bottom"},
        "xaxis": {"type": "date", "tickformat": "%-d %b", "hoverformat": "%-d %B"},
        "yaxis": {"rangemode": "tozero"},
    }
    return {"data": bars, "layout": layout}


def chart_table(figure: Figure) -> tuple[list[str], list[list[Any]]]:
    """The chart's numbers: headings, and a row for each day on which anything happened."""
    bars: Sequence[Figure] = figure["data"]
    days = bars[0]["x"] if bars else []
    rows = [[day, *(bar["y"][place] for bar in bars)] for place, day in enumerate(days)]
    return [bar["name"] for bar in bars], [row for row in rows if any(row[1:])]


def _days(span: tuple[date, date], found: Iterable[date]) -> Iterable[date]:
    """Each day of the span up to the last one on which anything happened, so that gaps show."""
    known = sorted(found)
    if not known:
        return
    day, last = max(span[0], known[0]), min(span[1] - timedelta(days=1), known[-1])
    while day <= last:
        yield day
        day += timedelta(days=1)
