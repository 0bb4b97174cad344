"""What the memory knows of sales that are taken back, and of the sign that Exact gave to credits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from include.outbox.model import Mutation
from include.outbox.states import State
from include.store.database import Database, named_queries
from include.store.rows import mutation_of

_sql = named_queries("credits")


@dataclass(frozen=True)
class PostedCredit:
    """A credit in Exact whose sign is not proven; `net` is what it should come to, `seconds` how long ago it was posted."""

    mutation_id: int
    endpoint: str
    token: str
    your_ref: str
    payload: str
    net: Decimal
    seconds: float


@dataclass(frozen=True)
class Proof:
    """What a read-back showed: the amount in the division's currency, or None when the document is not there any more."""

    mutation_id: int
    sign: str
    amount_dc: Decimal | None


class CreditStore:
    """Sales and credits of one source system in one division, each method one transaction."""

    def __init__(self, database: Database, division: int) -> None:
        self._database = database
        self._division = division

    def sales(self, source_system: str, numbers: Sequence[str]) -> dict[str, tuple[Mutation, bool]]:
        """The newest sale of each of these orders, and whether the mirror shows it processed; one credited in full counts as dismissed."""
        with self._database.transaction() as connection:
            rows = list(_sql.newest_sales(connection, source_system=source_system, source_ids=list(numbers)))
        return {row["source_id"]: (replace(mutation_of(row), state=State(row["standing"])), row["is_processed"]) for row in rows}

    def on_their_way(self, source_system: str, numbers: Sequence[str]) -> frozenset[str]:
        """Those of these returns whose credit is in Exact or on its way there, or that changed a draft."""
        with self._database.transaction() as connection:
            rows = _sql.credits_on_their_way(connection, source_system=source_system, source_ids=list(numbers))
            return frozenset(row["source_id"] for row in rows)

    def taken(self, source_system: str, numbers: Sequence[str]) -> dict[str, list[str]]:
        """Of these orders, the returns that changed the draft of their sale instead of being credited."""
        found: dict[str, list[str]] = defaultdict(list)
        with self._database.transaction() as connection:
            for row in _sql.taken_from_drafts(connection, source_system=source_system, source_ids=list(numbers)):
                found[row["order_number"]].append(row["source_id"])
        return found

    def not_taken(self) -> list[Mutation]:
        """Returns that were to change a draft which stands as it was: processed in the meantime, or never begun with."""
        with self._database.transaction() as connection:
            return [mutation_of(row) for row in _sql.not_taken(connection, division=self._division)]

    def stuck(self) -> list[Mutation]:
        """Credits that ended with their sale, and whose sale stands otherwise by now."""
        with self._database.transaction() as connection:
            return [mutation_of(row) for row in _sql.stuck_credits(connection, division=self._division)]

    def planned(self) -> list[int]:
        """Credits that may be sent, oldest first."""
        with self._database.transaction() as connection:
            return [row["mutation_id"] for row in _sql.planned_credits(connection, division=self._division)]

    def changed_drafts(self, numbers: Sequence[str]) -> frozenset[int]:
        """What is planned to change the drafts from which returns were taken: these returns, or all when none is named."""
        with self._database.transaction() as connection:
            rows = _sql.changed_drafts(connection, division=self._division, numbers=list(numbers) or None)
            return frozenset(row["mutation_id"] for row in rows)

    def unproven(self) -> list[PostedCredit]:
        """Posted credits that nobody read back yet, or that were read as sales."""
        with self._database.transaction() as connection:
            return [PostedCredit(**row) for row in _sql.unproven_credits(connection, division=self._division)]

    def is_proven(self, endpoint: str, sign: str) -> bool:
        """Whether a credit that was written with this sign was read back as one, and none as a sale."""
        with self._database.transaction() as connection:
            return bool(_sql.sign_is_proven(connection, division=self._division, endpoint=endpoint, sign=sign))

    def prove(self, proofs: Sequence[Proof]) -> None:
        """Store what was read back."""
        rows = [{"mutation_id": each.mutation_id, "sign": each.sign, "amount_dc": each.amount_dc} for each in proofs]
        if rows:
            with self._database.transaction() as connection:
                _sql.store_proof(connection, rows)

    def hold(self, held: bool) -> None:
        """While they are held, credits go out only when they are named, and with no drain of other flows."""
        with self._database.transaction() as connection:
            (_sql.hold_credits if held else _sql.release_credits)(connection, division=self._division)
