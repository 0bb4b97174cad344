"""A client as anybody would write it with `requests`, and what all clients beside ours have in common. Each is the task of a Dag.

All do what is usually advised: they wait when the minute is used up, renew their token in time, send one order after the other, note each
that Exact accepted, go on after a failure, and fail at the end when any order failed, so that Airflow tries those again.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from include.proof.bench_plan import DIVISION, BenchOrder, Told

JOURNAL, LEDGER_ACCOUNT, VAT_CODE, CURRENCY, CONDITION = "70", "8000", "21", "GBP", "PP"
CLIENT_ID, SECRET, REDIRECT_URI = "exactly-be", "exactly-be-secret", "https://localhost/signed-in"
TIMEOUT_S, REFRESH_AFTER_S, EARLIEST_S = 30.0, 572.0, 0.05
FAILURES = (OSError, ValueError, http.client.HTTPException)


class OrdersFailedError(Exception):
    """Some orders were not accepted: the task fails, and Airflow tries again."""


def plain(told: str) -> None:
    """Post each order."""
    book_all(Told.read(told), PlainClient(Told.read(told)).post)


def looking_first(told: str) -> None:
    """Look for each order, and post it where it is not there."""
    book_all(Told.read(told), PlainClient(Told.read(told)).post_unless_there)


def left(told: str) -> int:
    """How many orders are not noted as accepted."""
    return sum(1 for _ in _unsent(Told.read(told)))


def book_all(told: Told, book: Callable[[BenchOrder], None], failures: tuple[type[Exception], ...] = FAILURES) -> None:
    """Book what is not noted as accepted, one after the other. Raises `OrdersFailedError` at the end."""
    failed: list[str] = []
    for order in list(_unsent(told)):
        try:
            book(order)
        except failures as failure:
            failed.append(f"{order.number}: {type(failure).__name__}")
            continue
        with _notes(told).open("a", encoding="ascii") as notes:
            notes.write(f"{order.number}\n")
    if failed:
        raise OrdersFailedError(f"{len(failed)} orders failed, the first was {failed[0]}")


def _unsent(told: Told) -> Iterator[BenchOrder]:
    sent = set(_notes(told).read_text(encoding="ascii").split()) if _notes(told).exists() else set()
    return (order for order in told.orders() if order.number not in sent)


def _notes(told: Told) -> Path:
    return Path(told.folder) / "accepted.txt"


class PlainClient:
    """Calls Exact with `requests`."""

    def __init__(self, told: Told) -> None:
        self._url = told.exact_url
        self._scale = told.time_scale
        self._file = Path(told.folder) / "tokens.json"
        self._session = requests.Session()
        self._wait_until = 0.0
        self._keys: dict[tuple[str, str], str] = {}

    def post(self, order: BenchOrder) -> None:
        line = {
            "GLAccount": self._key("financial/GLAccounts", LEDGER_ACCOUNT),
            "AmountFC": float(order.net),
            "VATCode": VAT_CODE,
            "Quantity": order.quantity,
        }
        header = {"Journal": JOURNAL, "EntryDate": order.day, "Currency": CURRENCY, "YourRef": order.number, "PaymentCondition": CONDITION}
        entry = {"Customer": self._key("crm/Accounts", order.customer), **header, "SalesEntryLines": [line]}
        self._call("POST", "salesentry/SalesEntries", json=entry)

    def post_unless_there(self, order: BenchOrder) -> None:
        asked = {"$filter": f"YourRef eq '{order.number}'", "$select": "EntryID"}
        if not self._call("GET", "salesentry/SalesEntries", params=asked)["d"]["results"]:
            self.post(order)

    def _key(self, endpoint: str, code: str) -> str:
        """The GUID of a relation or ledger account; asked for once per task."""
        if (endpoint, code) not in self._keys:
            answer = self._call("GET", endpoint, params={"$filter": f"trim(Code) eq '{code}'", "$select": "ID"})
            self._keys[endpoint, code] = answer["d"]["results"][0]["ID"]
        return self._keys[endpoint, code]

    def _call(self, method: str, path: str, **more: Any) -> Any:
        answer = self._called(method, path, more)
        if answer.status_code == 429:
            answer = self._called(method, path, more)
        answer.raise_for_status()
        return answer.json()

    def _called(self, method: str, path: str, more: dict[str, Any]) -> requests.Response:
        time.sleep(max(0.0, self._wait_until - time.time()))
        headers = {"Authorization": f"Bearer {self._token()}", "Accept": "application/json"}
        url = f"{self._url}/api/v1/{DIVISION}/{path}"
        answer = self._session.request(method, url, headers=headers, timeout=TIMEOUT_S / self._scale, **more)
        if answer.headers.get("X-RateLimit-Minutely-Remaining") == "0":
            self._wait_until = int(answer.headers["X-RateLimit-Minutely-Reset"]) / 1000 + EARLIEST_S
        return answer

    def _token(self) -> str:
        kept = json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else None
        if kept is None:
            kept = self._tokens(grant_type="authorization_code", code=code_of(self._authorize_url()), redirect_uri=REDIRECT_URI)
        elif time.time() - kept["at"] > REFRESH_AFTER_S / self._scale:
            kept = self._tokens(grant_type="refresh_token", refresh_token=kept["refresh_token"])
        return str(kept["access_token"])

    def _tokens(self, **form: str) -> dict[str, Any]:
        own = {"client_id": CLIENT_ID, "client_secret": SECRET}
        answer = self._session.post(f"{self._url}/api/oauth2/token", data={**own, **form}, timeout=TIMEOUT_S)
        answer.raise_for_status()
        kept: dict[str, Any] = {**answer.json(), "at": time.time()}
        self._file.write_text(json.dumps(kept), encoding="utf-8")
        return kept

    def _authorize_url(self) -> str:
        return f"{self._url}/api/oauth2/auth?client_id={CLIENT_ID}&redirect_uri={REDIRECT_URI}&response_type=code"


def code_of(authorize_url: str) -> str:
    """What a person does once in a browser; the sandbox consents by itself."""
    landed = requests.get(authorize_url, allow_redirects=False, timeout=TIMEOUT_S).headers["Location"]
    return parse_qs(urlsplit(landed).query)["code"][0]
