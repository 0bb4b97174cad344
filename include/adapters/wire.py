"""The way to Exact for the outbox: prepare, one POST, looks, pulls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from include.adapters.answers import answer_of, receipt_of
from include.adapters.pulls import Pulls
from include.errors import RetryableError, SetupError
from include.exact.client import ExactClient, Query
from include.exact.documents import KINDS, find_by_token
from include.exact.entities import DOCUMENTS
from include.outbox.model import Found, Mutation
from include.outbox.ports import Permit, Sending


class ExactWire:
    """Implements `include.outbox.ports.Wire` for one division."""

    def __init__(self, client: ExactClient, pulls: Pulls) -> None:
        self._client = client
        self._pulls = pulls
        self.posts = 0

    def prepare(self) -> None:
        self._client.prepare()

    def send(self, mutation: Mutation, permit: Permit, still_in_time: Callable[[], bool]) -> Sending:
        """POST the frozen payload, byte for byte."""
        if mutation.payload is None:
            raise ValueError(f"mutation {mutation.mutation_id} has no payload")
        reply = self._client.post(mutation.endpoint, mutation.payload, still_in_time)
        self.posts += reply.left
        return Sending(answer_of(reply, KINDS[mutation.endpoint]), receipt_of(reply, permit, "POST", mutation.endpoint))

    def look(self, mutation: Mutation) -> Sequence[Found]:
        """Search by token; one call, never by key, so that "not there" is an empty list and no error."""
        kind = KINDS[mutation.endpoint]
        query = Query(
            mutation.endpoint,
            (kind.id_field, kind.number_field, kind.token_field, "Created"),
            find_by_token(kind, mutation.token, dict(mutation.look)),
        )
        try:
            rows = sorted(self._client.rows(query), key=lambda row: str(row.get("Created")))
        except SetupError as refused:
            raise RetryableError(f"cannot look: {refused}", retry_after_s=300.0) from refused
        ours = [row for row in rows if row.get(kind.token_field) == mutation.token]
        return [Found(UUID(str(row[kind.id_field])), _number(row.get(kind.number_field))) for row in ours]

    def pull(self, endpoint: str) -> None:
        self._pulls.pull(DOCUMENTS[KINDS[endpoint].mirror_entity])

    def ping(self) -> bool:
        """The list of companies, one row: harmless, and counted like any other call."""
        try:
            return bool(list(self._client.rows(Query("system/Divisions", ("Code",), top=1))))
        except RetryableError:
            return False


def _number(value: object) -> str | None:
    return str(value) if value not in {None, 0} else None
