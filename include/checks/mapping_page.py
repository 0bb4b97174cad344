"""Our own page of the mapping checks: a file that needs nothing beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from include.checks.mapping_findings import MappingFinding

TEMPLATES = Path(__file__).parent / "templates"
PAGE = "index.html"


@dataclass(frozen=True)
class Checked:
    """What was found about an administration's file, and when."""

    name: str
    at: datetime
    findings: tuple[MappingFinding, ...]

    @property
    def stops(self) -> tuple[MappingFinding, ...]:
        """What keeps the whole administration from booking."""
        return tuple(finding for finding in self.findings if finding.stops)


def page(checks: Sequence[Checked]) -> str:
    """The page of these verdicts, as HTML."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("mapping_checks.html").render(checks=checks)


def write_page(folder: Path, checks: Sequence[Checked]) -> Path:
    """Put the page into the folder, whole at any moment."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".", suffix=".html", encoding="utf-8", delete=False) as fresh:
        fresh.write(page(checks))
    target = folder / PAGE
    Path(fresh.name).chmod(0o644)
    Path(fresh.name).replace(target)
    return target
