"""Plotly, as the installed package has it, for pages with charts."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse

from include.web.access import Viewer

TABS = ()
router = APIRouter()
KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}


@router.get("/plotly.min.js")
def plotly(person: Viewer) -> FileResponse:
    """The script; its address carries the version, so that a browser may keep it for a year."""
    return FileResponse(_plotly(), media_type="text/javascript", headers=KEPT)


@cache
def _plotly() -> Path:
    found = find_spec("plotly")
    if found is None or found.origin is None:
        raise FileNotFoundError("plotly is not installed: requirements.txt names it")
    return Path(found.origin).parent / "package_data" / "plotly.min.js"


def plotly_version() -> str:
    """The version that is installed; importing the package takes a second, this does not."""
    return version("plotly")
