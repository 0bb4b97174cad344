"""What a mapping check says: under the code and subject of the dead letters that would come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from include.outbox.causes import Language, explain


@dataclass(frozen=True)
class MappingFinding:
    """A code of the administration's file that Exact does not bear out. `stops`: nothing of the administration can be booked before it is
    mended; else only documents that need it become dead letters, under the same code and subject. `keys`: where the file names it.
    """

    code: str
    subject: str
    stops: bool
    keys: str
    in_exact: str = ""

    def __str__(self) -> str:
        return f"{self.code}:{self.subject}"

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**stored)

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    def told(self, language: Language) -> tuple[str, str]:
        """Cause and cure as people read them."""
        return explain(self.code, self.subject, language)
