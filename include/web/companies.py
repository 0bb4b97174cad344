"""The administrations as the web server knows them: their files are read again when one of them changed."""

from __future__ import annotations

from functools import lru_cache

from include.administrations.loader import Administrations, load_administrations
from include.administrations.names import DIRECTORY, administration_files


def administrations() -> Administrations:
    """All of them. Raises `ConfigurationError` with what is wrong in their files."""
    return _read(tuple((str(path), path.stat().st_mtime_ns) for path in administration_files(DIRECTORY)))


@lru_cache(maxsize=2)
def _read(_files: tuple[tuple[str, int], ...]) -> Administrations:
    return load_administrations()
