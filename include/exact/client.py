"""The client for one division of one host: every address is built or checked here, so that no call goes anywhere else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn, Protocol
from urllib.parse import unquote, urlencode, urljoin, urlsplit
from uuid import UUID

from include.errors import RetryableError, SetupError
from include.exact.limits import date_of, limits_of
from include.exact.odata import Int64, Row, above, error_text, int64, literal, parsed, rows_of, selection
from include.exact.transport import Reply, Request, Transport

log = logging.getLogger(__name__)

PAGES_MAX = 100_000
AGAIN_S = 20.0
READ_TRIES = 3
READ_PAUSE_S = 1.0
PAUSE_AT_UNKNOWN_LIMIT_S = 61.0
BODY_MAX_BYTES = 10 * 1000 * 1000
TOO_LARGE = 413


class CallGuard(Protocol):
    """What stands before and after each call: permits, error budget, audit."""

    def before(self, endpoint: str) -> Any: ...

    def unused(self, ticket: Any) -> None: ...

    def after(self, ticket: Any, method: str, endpoint: str, reply: Reply) -> None: ...


class Tokens(Protocol):
    """Hands out access tokens; `rejected` is one that Exact answered with 401."""

    def access_token(self, *, rejected: str | None = None) -> str: ...


@dataclass(frozen=True)
class Site:
    """Where and for which company: the base address of the country's host and the division, both explicit."""

    base_url: str
    division: int

    def address(self, path: str) -> str:
        return f"{self.base_url.rstrip('/')}/api/v1/{self.division}/{path}"

    def pinned(self, next_url: str, asked: str) -> str:
        """Resolve the address of a next page and refuse it when it leads out of this host or division (FACTS 3.5)."""
        # Exact's own example begins with `../api/v1/`, which means its root wherever it was asked from.
        try:
            url = urljoin(asked, next_url.removeprefix("..") if next_url.startswith("../api/v1/") else next_url)
        except ValueError:
            url = ""
        if not (_same_host(url, self.base_url) and _inside(urlsplit(url).path, urlsplit(self.address("")).path)):
            raise SetupError("foreign_address", self.division, cure="the next page lies on another host or division: tell Exact's support")
        return url


def _same_host(url: str, base_url: str) -> bool:
    theirs, ours = urlsplit(url), urlsplit(base_url)
    return (theirs.scheme, theirs.netloc.lower()) == (ours.scheme, ours.netloc.lower())


def _inside(path: str, folder: str) -> bool:
    """Whether a path stays in a folder, however it is written: a step back may be encoded, and servers may decode it."""
    plain = path
    while plain != unquote(plain):
        plain = unquote(plain)
    steps = plain.replace("\\", "/").split("/")
    return path.lower().startswith(folder.lower()) and not {".", ".."} & set(steps)


@dataclass(frozen=True)
class Query:
    """A read: explicit fields, an optional filter and an optional total cap."""

    endpoint: str
    select: Sequence[str]
    where: str | None = None
    top: int | None = None

    @property
    def parameters(self) -> dict[str, str]:
        given = {"$select": selection(self.select), "$filter": self.where, "$top": str(self.top) if self.top else None}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class Page:
    """Rows of one answer, and Exact's clock when it gave them."""

    rows: list[Row]
    at: datetime | None


class ExactClient:
    """Reads pages and posts records; raises `RetryableError` and `SetupError`, and returns replies of changes unjudged."""

    def __init__(self, site: Site, transport: Transport, tokens: Tokens, guard: CallGuard, sleep: Callable[[float], None]) -> None:
        self.site = site
        self._transport = transport
        self._tokens = tokens
        self._guard = guard
        self._sleep = sleep
        self._token: str | None = None
        self._rejected: str | None = None
        self._refused = False

    def prepare(self) -> None:
        """Have an access token in hand. Raises `SetupError` when Exact refused two different ones in a row."""
        if self._refused:
            raise SetupError("not_accepted", self.site.division, cure="Exact refuses two tokens in a row: sign in again (exactly sign-in)")
        self._token = self._tokens.access_token(rejected=self._rejected)

    def post(self, endpoint: str, payload: str, still_in_time: Callable[[], bool]) -> Reply:
        """Make a record: POST once and return whatever came, with the record in it if Exact made it (FACTS 3.14)."""
        return self._change("POST", endpoint, payload, still_in_time)

    def put(self, endpoint: str, target_id: UUID, payload: str, still_in_time: Callable[[], bool]) -> Reply:
        """Change the fields of `payload` in a record that stands there; the answer is empty (FACTS 3.14)."""
        return self._change("PUT", f"{endpoint}({literal(target_id)})", payload, still_in_time)

    def delete(self, endpoint: str, target_id: UUID, still_in_time: Callable[[], bool]) -> Reply:
        """Delete a record; the answer is empty."""
        return self._change("DELETE", f"{endpoint}({literal(target_id)})", None, still_in_time)

    def _change(self, method: str, path: str, payload: str | None, still_in_time: Callable[[], bool]) -> Reply:
        """Send once and return whatever came; needs `prepare` before. A 401 is remembered, so that the next `prepare` refreshes.

        What is larger than Exact takes is answered as Exact would answer it, and not sent (FACTS 2.9).
        """
        body = payload.encode() if payload is not None else None
        if body is not None and len(body) > BODY_MAX_BYTES:
            return Reply(False, TOO_LARGE, {}, 0.0, failure="larger than Exact takes")
        headers = {"Accept": "application/json", "Connection": "close"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Prefer": "return=representation"}
        request = Request(method, self.site.address(path), headers, body, self._token)
        reply = self._transport.change(request, still_in_time)
        self._note(reply)
        return reply

    def rows(self, query: Query) -> Iterator[Row]:
        """Yield every matching record, page after page (60 or 1,000 rows a call; FACTS 3.4)."""
        for page in self.pages(query):
            yield from page.rows

    def sync(self, endpoint: str, select: Sequence[str], since: int) -> Iterator[Page]:
        """Yield the pages of a sync feed after rowversion `since` (FACTS 4.1), the last one included."""
        return self.pages(Query(endpoint, select, above("Timestamp", Int64(since))))

    def pages(self, query: Query) -> Iterator[Page]:
        """Yield page after page, in sequence (FACTS 3.7); a page that was seen before ends in an error, not in a loop."""
        url: str | None = f"{self.site.address(query.endpoint)}?{urlencode(query.parameters)}"
        seen: set[str] = set()
        while url is not None:
            if url in seen or len(seen) >= PAGES_MAX:
                raise RetryableError("Exact's pages run in a circle", retry_after_s=AGAIN_S)
            seen.add(url)
            document, at = self._read(query.endpoint, url)
            rows, following = rows_of(document)
            yield Page(rows, at)
            url = self.site.pinned(following, url) if following else None

    def me(self) -> Row:
        """The Exact user (FACTS 3.17); the division that the user last opened is none of our business."""
        url = f"{self.site.base_url.rstrip('/')}/api/v1/current/Me?{urlencode({'$select': 'UserID,FullName,LanguageCode,ServerTime'})}"
        rows, _ = rows_of(self._read("current/Me", url)[0])
        return rows[0]

    def _read(self, endpoint: str, url: str) -> tuple[Any, datetime | None]:
        for attempt in range(READ_TRIES):
            reply = self._call(endpoint, url)
            if reply.status == 200 and not reply.failure:
                return parsed(reply.body), date_of(reply.headers)
            if reply.status in {401, 408} or reply.status is None or reply.status >= 500 or reply.failure:
                self._sleep(attempt * READ_PAUSE_S)
                continue
            self._refuse(endpoint, reply)
        raise RetryableError(f"Exact does not answer: {reply.status or reply.failure}", retry_after_s=AGAIN_S)

    def _call(self, endpoint: str, url: str) -> Reply:
        ticket = self._guard.before(endpoint)
        try:
            # Only now: while Exact is away, nobody asks it for a token either.
            self.prepare()
        except Exception:
            # Whatever it was, it goes on to the caller; the permit was not used.
            self._guard.unused(ticket)
            raise
        reply = self._transport.read(Request("GET", url, {"Accept": "application/json"}, bearer=self._token))
        self._guard.after(ticket, "GET", endpoint, reply)
        self._note(reply)
        return reply

    def _note(self, reply: Reply) -> None:
        if reply.status == 401:
            self._refused = self._rejected is not None and self._rejected != self._token
            self._rejected = self._token
        elif reply.status is not None:
            self._rejected = None

    def _refuse(self, endpoint: str, reply: Reply) -> NoReturn:
        if reply.status == 429:
            wait_s = limits_of(reply.headers).exhausted_for_s
            raise RetryableError("Exact's limit is reached", retry_after_s=wait_s or PAUSE_AT_UNKNOWN_LIMIT_S)
        reason = reply.headers.get("Reason", "") or _text(reply) or "no reason given"
        raise SetupError(
            f"exact_{reply.status}",
            endpoint,
            cure=f"check division, rights, licence and scope of the Exact user and the app. Exact says: {reason[:300]}",
        )


def _text(reply: Reply) -> str | None:
    try:
        return error_text(parsed(reply.body))
    except RetryableError:
        return None


def newest(rows: Sequence[Row]) -> int:
    """The highest rowversion among the rows of a sync page, 0 for none."""
    return max((int64(row["Timestamp"]) for row in rows), default=0)
