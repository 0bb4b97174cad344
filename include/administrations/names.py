"""The names of the administrations, cheap enough for a Dag file: nothing is opened, nothing heavy imported."""

from __future__ import annotations

import os
from pathlib import Path

# Where the companies' files are: here, or in a folder of one's own, which a new version of Exactly does not touch.
CHOSEN = "EXACTLY_ADMINISTRATIONS"
DIRECTORY = Path(os.environ.get(CHOSEN) or Path(__file__).parent)
SUFFIX = ".yaml"


def administration_names(directory: Path | str | None = None) -> list[str]:
    """Return the stems of the configuration files, sorted; whether the files are right is asked when they are loaded."""
    return [path.stem for path in administration_files(directory)]


def administration_files(directory: Path | str | None = None) -> list[Path]:
    """Return the configuration files, sorted by name; hidden files (an editor's) are none."""
    folder = Path(directory) if directory is not None else DIRECTORY
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if not path.name.startswith("."))
