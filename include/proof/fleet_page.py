"""The page of a fleet run: verdicts, figures and charts in one HTML file that opens without a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from include.proof.fleet_plan import PRODUCTION
from include.proof.fleet_report import INVARIANTS, FleetReport
from include.proof.fleet_troubles import Kind

BLUE, RED, GREY, AMBER = "#1f5fa8", "#b3261e", "#6b7280", "#b7791f"
COLOURS = {Kind.KILL: RED, Kind.FREEZE: BLUE, Kind.POSTGRES: AMBER, Kind.SANDBOX: GREY, Kind.OUTAGE: GREY}
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
table { border-collapse: collapse; margin: 1rem 0; }
td, th { padding: .25rem .75rem; border-bottom: 1px solid #d7dbe0; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.holds { color: #1a7f37; } .violated { color: #b3261e; font-weight: 600; }
"""
HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Fleet {seed}</title><style>{style}</style></head>
<body><h1>Never twice, never lost, never over the limit</h1>
<p>{verdict} Judged by a program that reads the books of the sandbox, its log of calls and the outbox's tables, and shares no code with the
outbox.</p>
"""
FIGURES = {
    "orders": "orders",
    "kills": "processes killed (SIGKILL)",
    "freezes": "processes frozen (SIGSTOP, SIGCONT)",
    "postgres_kills": "PostgreSQL ended at once",
    "sandbox_restarts": "Exact's sandbox ended at once",
    "duplicates": "duplicates",
    "lost": "lost",
    "unknown_left": "outcomes still unknown",
    "unknowns": "outcomes that were unknown for a while",
    "posts_per_order": "POSTs per posted order",
    "calls_per_order": "calls per posted order",
    "http_429": "429 that nobody injected",
    "resumed_p95_s": "from a death until its mutation was taken over, 95 % (s of production)",
    "settled_p99_s": "from an unknown outcome until it was known, 99 % (s of production)",
    "settled_again_p99_s": "the same after a second sending, which waits four times as long (s of production)",
    "sign_ins": "sign-ins by a person, the first of each administration among them",
    "seconds": "seconds that the run took",
    "time_scale": "factor by which every duration was divided",
    "seed": "seed",
}


def write_page(report: FleetReport, path: Path) -> Path:
    """Write the page; returns where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(report), encoding="utf-8")
    return path


def page(report: FleetReport) -> str:
    """The page as HTML; Plotly is in it."""
    charts = [
        figure.to_html(full_html=False, include_plotlyjs=number == 0, config={"displaylogo": False})
        for number, figure in enumerate((_work(report), _faults(report), _attempts(report), _settling(report)))
    ]
    verdict = "Every invariant holds." if not report.violations else f"{len(report.violations)} violations."
    return "\n".join((HEAD.format(seed=report.plan.seed, style=STYLE, verdict=verdict), *_verdicts(report), *charts, *_numbers(report)))


def _verdicts(report: FleetReport) -> Iterator[str]:
    yield "<table>"
    for name, verdict in report.invariants.items():
        yield f'<tr><td>{name}</td><td>{escape(INVARIANTS[name])}</td><td class="{verdict}">{verdict}</td></tr>'
    yield "</table>"
    if report.violations:
        yield f"<ul>{''.join(f'<li>{escape(str(each))}</li>' for each in report.violations[:100])}</ul>"


def _numbers(report: FleetReport) -> Iterator[str]:
    facts = report.summary()
    yield "<h2>Figures</h2><table>"
    for name, words in FIGURES.items():
        yield f'<tr><td>{escape(words)}</td><td class="number">{facts[name]}</td></tr>'
    yield "</table></body></html>"


def _laid_out(figure: Any, title: str, x: str, y: str) -> Any:
    figure.update_layout(
        title=title, xaxis_title=x, yaxis_title=y, template="plotly_white", height=420, bargap=0.2, legend={"orientation": "h"}
    )
    return figure


def _since(report: FleetReport, moments: Sequence[datetime]) -> list[float]:
    """Seconds since the first event of the run."""
    began = min(
        [*report.story.settled_at[:1], *(at for at, _ in report.story.unknown[:1]), *(each.at for each in report.struck)], default=None
    )
    return [(at - began).total_seconds() for at in moments] if began else []


def _work(report: FleetReport) -> Any:
    story = report.story
    figure = go.Figure()
    settled = _since(report, story.settled_at)
    figure.add_scatter(x=settled, y=list(range(1, len(settled) + 1)), name="settled", line={"color": BLUE})
    unknown = _since(report, [at for at, _ in story.unknown])
    figure.add_scatter(x=unknown, y=[number for _, number in story.unknown], name="unknown now", line={"color": RED, "shape": "hv"})
    for kind, colour in COLOURS.items():
        moments = _since(report, [each.at for each in report.struck if each.kind is kind])
        figure.add_scatter(
            x=moments, y=[0] * len(moments), mode="markers", name=kind.value, marker={"color": colour, "symbol": "line-ns-open"}
        )
    return _laid_out(figure, "Work over time, and the trouble that came", "seconds of the run", "orders")


def _faults(report: FleetReport) -> Any:
    figure = go.Figure()
    for kind, moments in sorted(report.story.faults.items()):
        figure.add_histogram(x=_since(report, moments), name=f"{kind} ({len(moments)})", nbinsx=60)
    figure.update_layout(barmode="stack")
    return _laid_out(figure, "Faults that the sandbox put in (connections that failed never reached it)", "seconds of the run", "calls")


def _attempts(report: FleetReport) -> Any:
    attempts = report.story.attempts
    shown = [str(number) for number in attempts]
    figure = go.Figure(go.Bar(x=shown, y=list(attempts.values()), text=list(attempts.values()), marker={"color": BLUE}))
    figure.update_yaxes(type="log")
    return _laid_out(figure, "Attempts that an order took", "attempts", "orders (logarithmic)")


def _settling(report: FleetReport) -> Any:
    figure = go.Figure()
    figure.add_histogram(x=list(report.story.settling_s), name="the first time", marker={"color": BLUE}, xbins={"size": 10})
    figure.add_histogram(x=list(report.story.settling_again_s), name="after a second sending", marker={"color": AMBER}, xbins={"size": 10})
    figure.add_vline(x=PRODUCTION.quarantine_s, line={"color": GREY, "dash": "dash"}, annotation_text="quarantine")
    return _laid_out(figure, "Time until an unknown outcome was known", "seconds of production", "outcomes")
