"""Where people find a record: in the shop's own pages and in Exact's, by templates that the connections give."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID


@dataclass(frozen=True)
class Links:
    """Templates of addresses; an empty one gives no link.

    `source` may hold {number} and {kind} (order or return), `document` {division} and {id}.
    """

    source: str = ""
    document: str = ""

    def of_source(self, number: str, effect: str) -> str | None:
        """The page of an order or a return in the shop."""
        kind = "return" if effect == "credit" else "order"
        return self.source.replace("{number}", quote(number, safe="")).replace("{kind}", kind) or None

    def of_document(self, division: int, exact_id: UUID | None) -> str | None:
        """The page of a document in Exact; None when there is no document."""
        if exact_id is None:
            return None
        return self.document.replace("{division}", str(division)).replace("{id}", str(exact_id)) or None


NO_LINKS = Links()
