"""The way to Exact for the outbox: prepare, one change, looks, pulls."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from uuid import UUID

from include.adapters.answers import answer_of, receipt_of
from include.adapters.pulls import Pulls
from include.adapters.standing import Standing
from include.errors import RetryableError, SetupError
from include.exact.client import ExactClient, Query
from include.exact.documents import KINDS, find_by_token
from include.exact.entities import ENTITIES
from include.exact.transport import Reply
from include.outbox.model import Found, Method, Mutation
from include.outbox.ports import Permit, Sending

log = logging.getLogger(__name__)

NO_LOOK_AGAIN_S = 300.0


class ExactWire:
    """Implements `include.outbox.ports.Wire` for one division."""

    def __init__(self, client: ExactClient, pulls: Pulls) -> None:
        self._client = client
        self._pulls = pulls
        self._standing = Standing(client)
        self.changes = 0

    def prepare(self) -> None:
        self._client.prepare()

    def send(self, mutation: Mutation, permit: Permit, still_in_time: Callable[[], bool]) -> Sending:
        """Send the frozen payload, byte for byte, or the deletion."""
        reply = self._sent(mutation, still_in_time)
        self.changes += reply.left
        answer = answer_of(reply, KINDS[mutation.endpoint], to_change=mutation.method is not Method.POST)
        return Sending(answer, receipt_of(reply, permit, mutation.method.value, mutation.endpoint))

    def _sent(self, mutation: Mutation, still_in_time: Callable[[], bool]) -> Reply:
        match mutation.method, mutation.target_id, mutation.payload:
            case Method.POST, _, str(payload):
                return self._client.post(mutation.endpoint, payload, still_in_time)
            case Method.PUT, UUID() as target_id, str(payload):
                return self._client.put(mutation.endpoint, target_id, payload, still_in_time)
            case Method.DELETE, UUID() as target_id, _:
                return self._client.delete(mutation.endpoint, target_id, still_in_time)
        raise ValueError(f"mutation {mutation.mutation_id} has no payload, or no record to change")

    def look(self, mutation: Mutation) -> Sequence[Found]:
        """Search by token, or read the record that is to be changed; never by key, so that "not there" is an empty list and no error."""
        try:
            return self._by_token(mutation) if mutation.method is Method.POST else self._standing.look(mutation)
        except SetupError as refused:
            raise RetryableError(f"cannot look: {refused}", retry_after_s=NO_LOOK_AGAIN_S) from refused

    def _by_token(self, mutation: Mutation) -> Sequence[Found]:
        kind = KINDS[mutation.endpoint]
        query = Query(
            mutation.endpoint,
            (kind.id_field, kind.number_field, kind.token_field, "Created"),
            find_by_token(kind, mutation.token, dict(mutation.look)),
        )
        rows = sorted(self._client.rows(query), key=lambda row: str(row.get("Created")))
        ours = [row for row in rows if row.get(kind.token_field) == mutation.token]
        if len(ours) > 1:
            ids = ", ".join(str(row[kind.id_field]) for row in ours)
            log.error("%s stands in Exact %s times, the oldest counts as its document: %s", mutation.your_ref, len(ours), ids)
        return [Found(UUID(str(row[kind.id_field])), _number(row.get(kind.number_field))) for row in ours]

    def pull(self, endpoint: str) -> None:
        self._pulls.pull(ENTITIES[KINDS[endpoint].mirror_entity])

    def ping(self) -> bool:
        """The list of companies, one row: harmless, and counted like any other call."""
        try:
            return bool(list(self._client.rows(Query("system/Divisions", ("Code",), top=1))))
        except RetryableError:
            return False


def _number(value: object) -> str | None:
    return str(value).strip() if value not in {None, 0} else None
