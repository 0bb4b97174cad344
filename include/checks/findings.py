"""What a check says: about which part, how bad it is, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from include.errors import ExactlyError, SetupError


class Level(StrEnum):
    """`warning`: works today, look at it soon · `failure`: does not work, or the books are not as they should be."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True)
class Finding:
    """One answer of a check; `cure` says what to do, and is empty where there is nothing to do."""

    part: str
    level: Level
    says: str
    cure: str = ""


def fine(part: str, says: str) -> Finding:
    return Finding(part, Level.OK, says)


def warning(part: str, says: str, cure: str) -> Finding:
    return Finding(part, Level.WARNING, says, cure)


def failure(part: str, says: str, cure: str) -> Finding:
    return Finding(part, Level.FAILURE, says, cure)


def failed(part: str, error: ExactlyError) -> Finding:
    """What an error of ours says about the part that raised it."""
    if isinstance(error, SetupError):
        return failure(part, f"{error.code} {error.subject}".rstrip(), error.cure)
    return failure(part, str(error), "see to it that it answers, then try again")


def has_failure(findings: Iterable[Finding]) -> bool:
    return any(finding.level is Level.FAILURE for finding in findings)
