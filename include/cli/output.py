"""How commands speak: tables for people, JSON for machines, one sentence for what went wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

import typer
from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from include.checks.findings import Finding, Level

# A pipe has no width of its own; lines that wrap there are hard to search.
PIPE_WIDTH = 200
STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.FAILURE: "red"}


def console() -> Console:
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def say(text: str) -> None:
    typer.echo(text)


def complain(text: str) -> None:
    typer.echo(f"exactly: {text}", err=True)


def print_json(content: Any) -> None:
    """Numbers of money stay exact: as text."""
    typer.echo(json.dumps(content, default=_plain, ensure_ascii=False, indent=2))


def table(*columns: str, title: str | None = None, right: Iterable[str] = ()) -> Table:
    found = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    numbers = frozenset(right)
    for column in columns:
        found.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    return found


def findings_table(findings: Sequence[Finding], *, title: str | None = None) -> Table:
    shown = table("part", "", "what", "what to do", title=title)
    for finding in findings:
        shown.add_row(finding.part, Text(finding.level.value, style=STYLES[finding.level]), Text(finding.says), Text(finding.cure))
    return shown


def moment(value: datetime | None) -> str:
    """A moment as people read it, in the terminal's time zone; a dash for none."""
    return value.astimezone().strftime("%Y-%m-%d %H:%M:%S") if value is not None else "–"


def pairs(content: Mapping[str, Any], *, title: str) -> RenderableType:
    """Names and values below each other."""
    shown = Table(box=None, show_header=False, pad_edge=False)
    for name, value in content.items():
        text = moment(value) if isinstance(value, datetime) else "–" if value is None else str(value)
        shown.add_row(Text(name, style="dim"), Text(text))
    return Group(Text(title, style="bold"), shown, "")


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)
