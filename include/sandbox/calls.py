"""The log of every call to the API and the token endpoint: what came, what was answered, what it left in the books."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from include.sandbox.database import Database, Row

SECRETS = re.compile(r"(?i)\b(access_token|refresh_token|client_secret|code)=[^&]*")


@dataclass
class Call:
    """One call on its way."""

    seq: int
    received_ms: int
    method: str
    endpoint: str
    path: str
    client_id: str | None = None
    user_id: str | None = None
    division: int | None = None
    fault: str | None = None
    injected_429: bool = False
    counted: bool = False
    error_counted: bool = False
    committed: bool = False
    committed_ms: int | None = None
    row_key: str | None = None
    status: int | None = None
    text: str | None = None
    url: str = ""


class CallLog:
    """Writes each call when it arrives and again when it is answered."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def received(self, now_ms: int, method: str, path: str, query: str) -> Call:
        """Note that a call has arrived."""
        statement = "INSERT INTO _calls (received_ms, method, endpoint, path, query) VALUES (?, ?, '', ?, ?) RETURNING seq"
        seq = self._database.scalar(statement, (now_ms, method, path, SECRETS.sub(r"\1=…", query)))
        return Call(int(seq), now_ms, method, "", path)

    def answered(self, call: Call, now_ms: int | None) -> None:
        """Note all that is known of a call; `now_ms` None means that nothing was answered."""
        statement = (
            "UPDATE _calls SET answered_ms = ?, client_id = ?, user_id = ?, division = ?, endpoint = ?, status = ?, fault = ?,"
            " injected_429 = ?, counted = ?, error_counted = ?, committed = ?, committed_ms = ?, row_key = ?, text = ? WHERE seq = ?"
        )
        values = (now_ms, call.client_id, call.user_id, call.division, call.endpoint, call.status, call.fault, call.injected_429)
        more = (call.counted, call.error_counted, call.committed, call.committed_ms, call.row_key, call.text, call.seq)
        self._database.run(statement, values + more)

    def page(self, *, after: int = 0, limit: int = 1000) -> list[Row]:
        """Return calls in the order of their arrival, those after a sequence number."""
        return self._database.all("SELECT * FROM _calls WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))

    def latest(self, limit: int) -> list[Row]:
        """Return the last calls, newest first."""
        return self._database.all("SELECT * FROM _calls ORDER BY seq DESC LIMIT ?", (limit,))

    def summary(self) -> dict[str, Any]:
        """Return counts by application, division, method, endpoint and status; 429 injected and not."""
        groups = self._database.all(
            "SELECT client_id, division, method, endpoint, status, fault, count(*) AS calls, sum(committed) AS committed,"
            " sum(error_counted) AS errors, sum(injected_429) AS injected_429 FROM _calls"
            " GROUP BY client_id, division, method, endpoint, status, fault ORDER BY client_id, division, method, endpoint, status, fault"
        )
        limited = [group for group in groups if group["status"] == 429]
        injected = sum(group["injected_429"] for group in limited)
        return {
            "calls": sum(group["calls"] for group in groups),
            "http_429_injected": injected,
            "http_429": sum(group["calls"] for group in limited) - injected,
            "errors_counted": sum(group["errors"] for group in groups),
            "groups": groups,
        }

    def counted_since(self, since_ms: int) -> list[Row]:
        """Return how many counted calls each application made in each division since a moment."""
        return self._database.all(
            "SELECT client_id, division, count(*) AS calls FROM _calls WHERE counted AND received_ms >= ? GROUP BY client_id, division",
            (since_ms,),
        )
