"""What is wrong in the configuration, told to whoever wrote it: file, line, cause and cure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from include.errors import SetupError


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake in one file; line 0 when it is in no line."""

    file: str
    line: int
    cause: str
    cure: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.cause} - {self.cure}"


class ConfigurationError(SetupError):
    """The configuration is refused as a whole; `mistakes` holds all that is wrong in any file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        count = f"{len(self.mistakes)} mistake{'s' if len(self.mistakes) != 1 else ''}"
        super().__init__("configuration_refused", count, cure="\n".join([WHY_WHOLE, *map(str, self.mistakes)]))


WHY_WHOLE = (
    "Nothing is booked for any administration until these are mended: "
    "without one file, the administration that takes the rest would swallow its orders."
)
