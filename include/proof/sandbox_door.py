"""What the checker asks of the sandbox's control door: the books, and the log of the calls."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.request import Request, urlopen

from include.proof.judge import BookedDocument, Violation, calls_per_window

TOKEN_ENDPOINT = "oauth2/token"  # noqa: S105  an address
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
ERRORS_MAX = 5
REFRESH_AFTER_S = 570.0
PAGE = 5000
# Where each kind of document carries our token.
TOKEN_FIELDS = {"sales_invoice": "description", "sales_entry": "external_link_reference"}


class SandboxDoor:
    """The control door of a sandbox at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def ask(self, path: str, body: object = None, *, method: str | None = None) -> Any:
        """GET, or POST when there is a body; JSON both ways."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/control/{path}", data=data, method=method or ("POST" if data else "GET"))  # noqa: S310
        with urlopen(request, timeout=120) as answer:  # noqa: S310  the tester's own address
            return json.load(answer)

    def documents(self, *, division: int | None = None) -> Iterator[BookedDocument]:
        """All sales documents, with their amounts as the books have them."""
        where = f"?division={division}" if division is not None else ""
        for row in self.ask(f"books{where}")["documents"]:
            yield BookedDocument(
                division=row["division"],
                exact_id=row["id"],
                token=row[TOKEN_FIELDS[row["kind"]]] or "",
                your_ref=row["your_ref"] or "",
                # Not the sum of the lines: theirs hold the VAT where prices include it.
                amount_net=Decimal(row["amount_fc"]) - Decimal(row["vat_fc"]),
                vat={code: Decimal(each["vat_fc"]) for code, each in row["vat_by_code"].items()},
                lines=row["lines"],
                created=row["created"],
            )

    def calls(self) -> list[dict[str, Any]]:
        """The whole log of calls, in the order of their arrival."""
        found: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            page = self.ask(f"calls?after={after}&limit={PAGE}")
            found += page["calls"]
            after = page["next"]
        return found


def limits_are_kept(calls: Sequence[Mapping[str, Any]], *, minutely: int, daily: int, time_scale: float) -> list[Violation]:
    """I7: never more calls in any sliding minute than the limit, nor in a day of Exact's, and no 429 but those injected."""
    found = [
        Violation("I7", f"call {each['seq']}", f"429 at {each['endpoint']}")
        for each in calls
        if each["status"] == 429 and not each["injected_429"]
    ]
    moments: dict[tuple[str, int], list[float]] = defaultdict(list)
    for each in calls:
        if each["counted"]:
            moments[each["client_id"], each["division"]].append(each["received_ms"] / 1000)
    for (client, division), at in moments.items():
        days = Counter(int(moment // (DAY_S / time_scale)) for moment in at)
        for what, most, limit in (
            ("minute", calls_per_window(at, MINUTE_S / time_scale), minutely),
            ("day", max(days.values()), daily),
        ):
            if most > limit:
                found.append(Violation("I7", f"{client} in {division}", f"{most} calls in a {what}, the limit is {limit}"))
    return found


def errors_are_few(calls: Sequence[Mapping[str, Any]], *, time_scale: float) -> list[Violation]:
    """I8: at most five counted errors per application, division, endpoint and hour."""
    moments: dict[tuple[str, int, str], list[float]] = defaultdict(list)
    for each in calls:
        if each["error_counted"]:
            moments[each["client_id"], each["division"], each["endpoint"]].append(each["received_ms"] / 1000)
    return [
        Violation("I8", f"{endpoint} in {division}", f"{most} errors in an hour")
        for (_, division, endpoint), at in moments.items()
        if (most := calls_per_window(at, HOUR_S / time_scale)) > ERRORS_MAX
    ]


def refreshes_are_apart(calls: Sequence[Mapping[str, Any]], *, sign_ins: int, time_scale: float) -> list[Violation]:
    """I9: token calls are answered well and are 570 s apart.

    Each sign-in by a person in the middle of a run explains two that are not: the refusal that made it necessary, and itself.
    """
    early: list[Violation] = []
    last: dict[str, float] = {}
    for each in calls:
        if each["endpoint"] != TOKEN_ENDPOINT or each["fault"]:
            continue
        client, at = each["client_id"], each["received_ms"] / 1000
        if each["status"] != 200:
            early.append(Violation("I9", client, f"token call {each['seq']} was answered {each['status']}"))
        elif at - last.get(client, -math.inf) < REFRESH_AFTER_S / time_scale:
            early.append(Violation("I9", client, f"token call {each['seq']} came {at - last[client]:.2f} s after the one before"))
        if each["status"] == 200:
            last[client] = (each["answered_ms"] or each["received_ms"]) / 1000
    return early[2 * sign_ins :]
