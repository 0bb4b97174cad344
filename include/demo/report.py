"""What the demo shows on the terminal: progress while it books, and the summary."""

from __future__ import annotations

from collections import Counter
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table

from include.demo.summary import DOCUMENT_FLOWS, Counts, Summary, states_of
from include.demo.system import LocalSystem
from include.wiring.figures import flow_figures

SHOWN = ("posted", "dead_letter", "dismissed", "unknown")


class Progress:
    """A table that follows our memory while the flow runs. Where the output is no terminal, a line for each change."""

    def __init__(self, console: Console, dsn: str, documents: int) -> None:
        self._console = console
        self._dsn = dsn
        self._documents = documents
        self._last: dict[str, Counter[str]] = {}
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Progress:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._live.stop()

    def update(self) -> None:
        """Show how far it is now."""
        rows = [row for row in flow_figures(self._dsn) if row["flow"] in DOCUMENT_FLOWS]
        names = sorted({row["administration"] for row in rows})
        states = {name: states_of([row for row in rows if row["administration"] == name]) for name in names}
        if states == self._last:
            return
        self._last = states
        if self._console.is_terminal:
            self._live.update(self._table(states), refresh=True)
        else:
            done = sum(each[state] for each in states.values() for state in SHOWN)
            self._console.print(f"  {done} of {self._documents} documents")

    def _table(self, states: dict[str, Counter[str]]) -> Table:
        table = _table("administration", "on their way", *(state.replace("_", " ") for state in SHOWN))
        for name, counts in states.items():
            table.add_row(name, str(counts["planned"]), *(str(counts[state]) for state in SHOWN))
        return table


def print_summary(console: Console, summary: Summary, system: LocalSystem, peak_bytes: int) -> None:
    """Print what came of it and where to look at it."""
    console.print()
    console.print(_outcomes(summary))
    console.print(_flows(summary))
    console.print(_causes(summary))
    if summary.reconciliation:
        console.print(f"The shop beside Exact: {summary.reconciliation.says}", highlight=False, soft_wrap=True)
    user, password = system.credentials
    console.print(f"Airflow   [link]{system.airflow_url}[/]   user [bold]{user}[/]   password [bold]{password}[/]", highlight=False)
    console.print(f"Sandbox   [link]{system.sandbox_url}[/]   no password", highlight=False)
    console.print(f"Records that need a person: {system.airflow_url}/plugin/exactly", highlight=False, soft_wrap=True)
    console.print(
        f"The sandbox allows {system.limits.minutely:,} calls a minute here; Exact Online allows 60. "
        f"Memory at most {peak_bytes / 1e9:.1f} GB, all processes together.",
        highlight=False,
        soft_wrap=True,
    )


def _outcomes(summary: Summary) -> Table:
    table = _table(
        "administration", "documents", "posted", "dismissed", "dead letters", "unknown", "planned", "calls", "per document", "seconds"
    )
    for name, counts in summary.administrations.items():
        table.add_row(name, *_cells(counts))
    table.add_section()
    table.add_row("all", *_cells(summary.total), style="bold")
    return table


def _cells(counts: Counts) -> list[str]:
    per_document = f"{counts.calls / counts.posted:.2f}" if counts.posted else ""
    numbers = [counts.documents, counts.posted, counts.dismissed, counts.dead_letter, counts.unknown, counts.planned, counts.calls]
    return [*map(str, numbers), per_document, f"{counts.seconds:.0f}"]


def _flows(summary: Summary) -> Table:
    table = _table("flow", "records", "posted", "dismissed", "dead letters", "calls", "per record")
    for name, flow in summary.flows.items():
        numbers = [flow.records, flow.posted, flow.dismissed, flow.dead_letter, flow.calls]
        per_record = "" if flow.calls_per_record is None else f"{flow.calls_per_record:.2f}"
        table.add_row(name, *map(str, numbers), per_record)
    return table


def _causes(summary: Summary) -> Table:
    table = _table("administration", "dead letters", "cause", right=1)
    for name, counts in summary.administrations.items():
        for cause, count in counts.causes.items():
            table.add_row(name, str(count), cause)
    return table


def _table(*columns: str, right: int | None = None) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, column in enumerate(columns):
        to_the_right = number == right if right is not None else number > 0
        table.add_column(column, justify="right" if to_the_right else "left", no_wrap=True)
    return table
