"""The administrations as the web server knows them: their files are read again when one of them changed."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

from include.administrations.loader import Administrations, load_administrations
from include.administrations.names import DIRECTORY, administration_files

HOME = ZoneInfo("Europe/Amsterdam")


def administrations() -> Administrations:
    """All of them. Raises `ConfigurationError` with what is wrong in their files."""
    return _read(tuple((str(path), path.stat().st_mtime_ns) for path in administration_files(DIRECTORY)))


@lru_cache(maxsize=2)
def _read(_files: tuple[tuple[str, int], ...]) -> Administrations:
    return load_administrations()


def zone_of(administration: str) -> ZoneInfo:
    """The time zone of an administration; that of the house for one that is not configured any more."""
    return next((ZoneInfo(each.time_zone) for each in administrations() if each.name == administration), HOME)
