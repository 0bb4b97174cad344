"""The mirror becomes what Exact holds: page by page, from where it stood, without what was deleted."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest

from include.adapters.pulls import Pulls
from include.errors import RetryableError
from include.exact.entities import DOCUMENTS, MASTER_DATA
from include.store.mirror import MirrorStore
from tests.exact.conftest import OpenGuard
from tests.exact.provocations import ENTRIES, keys
from tests.exact.raw_server import RawServer, Visit, answer
from tests.sandbox.driver import ExactClient as PlainClient
from tests.sandbox.driver import SandboxProcess

ENTITIES = {entity.name: entity for entity in MASTER_DATA}
LINES = DOCUMENTS["TransactionLines"]
PAGE = 3


def held(mirror: MirrorStore, entity: str, field: str = "Code") -> set[str]:
    return {str(row["data"][field]).strip() for row in mirror.records(entity)}


def entry(books: PlainClient, number: str) -> dict[str, Any]:
    known = keys(books)
    lines = [{"GLAccount": known["8000"], "AmountFC": 10, "VATCode": "E21"}]
    return {"Customer": known["1"], "Journal": "70", "YourRef": number, "ExternalLinkReference": f"TOKEN{number}", "SalesEntryLines": lines}


class Feed:
    """A sync feed of accounts in pages of three, which may break off at a page."""

    def __init__(self, rows: int, *, breaks_at: int | None = None) -> None:
        self.rows = [{"Timestamp": str(100 + each), "ID": f"id-{each:02}", "Code": str(each)} for each in range(rows)]
        self.breaks_at = breaks_at
        self.pages = 0

    def script(self, visit: Visit) -> None:
        target = unquote_plus(visit.heard.target)
        after = int(re.search(r"Timestamp gt (\d+)L", target)[1])  # type: ignore[index]
        skipped = re.search(r"skiptoken=(\d+)", target)
        start = int(skipped[1]) if skipped else 0
        if self.breaks_at is not None and self.pages >= self.breaks_at:
            visit.say(answer(503))
            return
        self.pages += 1
        newer = [row for row in self.rows if int(row["Timestamp"]) > after]
        content: dict[str, Any] = {"results": newer[start : start + PAGE]}
        if len(newer) > start + PAGE:
            content["__next"] = f"{target.split('&$skiptoken')[0]}&$skiptoken={start + PAGE}".replace(" ", "+")
        visit.say(answer(200, json.dumps({"d": content}).encode()))


# Sync


def test_a_first_pull_brings_all_and_a_second_only_what_changed(
    pulls: Pulls, mirror: MirrorStore, sandbox: SandboxProcess, pulls_from: Callable[..., Pulls], books: PlainClient
) -> None:
    eager = pulls_from(sandbox.url, token=books.tokens["access_token"], overlap_s=0.0)
    first = eager.pull(ENTITIES["Accounts"])
    sandbox.control("POST", "accounts", {"division": 100, "Code": "99", "Name": "New"})
    second = eager.pull(ENTITIES["Accounts"])

    assert first >= 4
    assert second == 1
    assert held(mirror, "Accounts") == {"1", "25", "30", "40", "99"}


def test_what_a_pull_brings_twice_is_held_once(pulls: Pulls, mirror: MirrorStore) -> None:
    assert pulls.pull(ENTITIES["Accounts"]) == pulls.pull(ENTITIES["Accounts"]) == len(mirror.records("Accounts"))


@pytest.mark.parametrize("rows", [0, 1, 3, 6, 7])
@pytest.mark.parametrize("breaks_at", [0, 1, 2])
def test_a_pull_that_breaks_off_at_a_page_goes_on_and_ends_with_all(
    mirror: MirrorStore, pulls_from: Callable[..., Pulls], rows: int, breaks_at: int
) -> None:
    feed = Feed(rows, breaks_at=breaks_at)
    with RawServer(feed.script) as server:
        pulls = pulls_from(server.url, overlap_s=0.0)
        if feed.breaks_at is not None and breaks_at * PAGE < max(rows, 1):
            with pytest.raises(RetryableError):
                pulls.pull(ENTITIES["Accounts"])
            assert mirror.pulled_at("Accounts") is None
            assert len(mirror.records("Accounts")) == breaks_at * PAGE
        feed.breaks_at = None
        pulls.pull(ENTITIES["Accounts"])

    assert held(mirror, "Accounts") == {str(each) for each in range(rows)}
    assert mirror.pulled_at("Accounts") is not None


def test_a_pull_goes_on_where_it_broke_off_and_reads_no_page_twice(mirror: MirrorStore, pulls_from: Callable[..., Pulls]) -> None:
    feed = Feed(12, breaks_at=2)
    with RawServer(feed.script) as server:
        pulls = pulls_from(server.url, overlap_s=0.0)
        with pytest.raises(RetryableError):
            pulls.pull(ENTITIES["Accounts"])
        feed.breaks_at = None
        assert pulls.pull(ENTITIES["Accounts"]) == 6


def late_and_early(sandbox: SandboxProcess, books: PlainClient) -> None:
    """Two entries: the first shows up in sync only after the second, with lower rowversions."""
    sandbox.switch(late_visible_rate=1.0, late_visible_s=1.5)
    assert books.post(ENTRIES, entry(books, "late")).status_code == 201
    sandbox.switch(late_visible_rate=0.0)
    assert books.post(ENTRIES, entry(books, "early")).status_code == 201


def test_rows_that_become_visible_late_are_found_by_the_overlap(
    pulls: Pulls, mirror: MirrorStore, sandbox: SandboxProcess, books: PlainClient
) -> None:
    late_and_early(sandbox, books)
    pulls.pull(LINES)
    at_first = held(mirror, "TransactionLines", "YourRef")
    time.sleep(1.6)
    pulls.pull(LINES)

    assert at_first == {"early"}
    assert held(mirror, "TransactionLines", "YourRef") == {"early", "late"}


def test_without_an_overlap_late_rows_would_be_lost(
    pulls_from: Callable[..., Pulls], mirror: MirrorStore, sandbox: SandboxProcess, books: PlainClient
) -> None:
    hasty = pulls_from(sandbox.url, token=books.tokens["access_token"], overlap_s=0.0)
    late_and_early(sandbox, books)
    hasty.pull(LINES)
    time.sleep(1.6)
    hasty.pull(LINES)

    assert held(mirror, "TransactionLines", "YourRef") == {"early"}


def test_our_token_and_the_amounts_come_with_a_document(pulls: Pulls, mirror: MirrorStore, books: PlainClient) -> None:
    books.post(ENTRIES, entry(books, "7"))
    pulls.pull(LINES)

    amounts = {row["data"]["AmountFC"] for row in mirror.records("TransactionLines")}
    assert held(mirror, "TransactionLines", "ExternalLinkReference") == {"TOKEN7"}
    assert all(isinstance(amount, (str, int)) for amount in amounts)


# Deletions


def test_what_was_deleted_in_exact_is_gone_from_the_mirror(pulls: Pulls, mirror: MirrorStore, sandbox: SandboxProcess) -> None:
    pulls.pull(ENTITIES["Accounts"])
    sandbox.control("DELETE", "rows", {"endpoint": "crm/Accounts", "division": 100, "Code": "25"})

    pulls.pull(ENTITIES["Accounts"])
    assert pulls.pull_deleted() == 1

    assert held(mirror, "Accounts") == {"1", "30", "40"}


def test_what_was_made_anew_after_a_deletion_stays(pulls: Pulls, mirror: MirrorStore, sandbox: SandboxProcess) -> None:
    pulls.pull(ENTITIES["Accounts"])
    sandbox.control("DELETE", "rows", {"endpoint": "crm/Accounts", "division": 100, "Code": "25"})
    sandbox.control("POST", "accounts", {"division": 100, "Code": "25", "Name": "Anew"})
    pulls.pull(ENTITIES["Accounts"])
    pulls.pull_deleted()

    assert {row["data"]["Name"] for row in mirror.records("Accounts") if row["code"] == "25"} == {"Anew"}


def test_an_old_deletion_takes_no_newer_row_away(mirror: MirrorStore, pulls_from: Callable[..., Pulls]) -> None:
    feed = Feed(1)
    with RawServer(feed.script) as server:
        pulls_from(server.url).pull(ENTITIES["Accounts"])
    deleted = {"Timestamp": "99", "EntityKey": "ID-00", "EntityType": 2, "DeletedDate": None}
    with RawServer(lambda visit: visit.say(answer(200, json.dumps({"d": [deleted]}).encode()))) as server:
        pulls_from(server.url).pull_deleted()
        assert len(mirror.records("Accounts")) == 1
        deleted["Timestamp"] = "100"
        pulls_from(server.url).pull_deleted()

    assert mirror.records("Accounts") == []


def test_deletions_of_what_we_do_not_hold_are_not_read_again_and_again(mirror: MirrorStore, pulls_from: Callable[..., Pulls]) -> None:
    rows = [{"Timestamp": str(500 + each), "EntityKey": f"k{each}", "EntityType": 4, "DeletedDate": None} for each in range(2)]
    with RawServer(lambda visit: visit.say(answer(200, json.dumps({"d": rows}).encode()))) as server:
        pulls = pulls_from(server.url, overlap_s=0.0)
        pulls.pull_deleted()
        pulls.pull_deleted()

    assert [re.search(r"gt (\d+)L", unquote_plus(each.target))[1] for each in server.heard] == ["1", "501"]  # type: ignore[index]


# Whole entities


def test_an_entity_that_is_read_whole_forgets_what_is_gone(pulls: Pulls, mirror: MirrorStore, sandbox: SandboxProcess) -> None:
    pulls.pull(ENTITIES["Journals"])
    before = held(mirror, "Journals")
    sandbox.control("DELETE", "rows", {"endpoint": "financial/Journals", "division": 100, "Code": "71"})
    pulls.pull(ENTITIES["Journals"])

    assert before - held(mirror, "Journals") == {"71"}


def test_a_whole_read_that_breaks_off_forgets_nothing(mirror: MirrorStore, pulls_from: Callable[..., Pulls]) -> None:
    first = {"d": {"results": [{"ID": "a", "Code": "70"}, {"ID": "b", "Code": "71"}]}}
    with RawServer(lambda visit: visit.say(answer(200, json.dumps(first).encode()))) as server:
        pulls_from(server.url).pull(ENTITIES["Journals"])
    half = {"d": {"results": [{"ID": "a", "Code": "70"}], "__next": "?$skiptoken=1"}}
    with (
        RawServer(
            lambda visit: visit.say(answer(503) if "skip" in visit.heard.target else answer(200, json.dumps(half).encode()))
        ) as server,
        pytest.raises(RetryableError),
    ):
        pulls_from(server.url).pull(ENTITIES["Journals"])

    assert held(mirror, "Journals") == {"70", "71"}


def test_only_what_was_never_pulled_is_pulled_when_it_is_missing(pulls: Pulls, guard: OpenGuard) -> None:
    for _ in range(2):
        pulls.pull_missing([ENTITIES["Journals"], ENTITIES["VATCodes"]])

    assert [endpoint for _, endpoint, _ in guard.calls] == ["financial/Journals", "vat/VATCodes"]


@pytest.mark.parametrize("name", ENTITIES)
def test_each_entity_is_read_with_all_its_fields(pulls: Pulls, mirror: MirrorStore, name: str) -> None:
    assert pulls.pull(ENTITIES[name]) > 0
    assert all(set(row["data"]) == set(ENTITIES[name].fields) for row in mirror.records(name))


# Clocks


@pytest.mark.parametrize(("ahead_s", "counts"), [(300, "ours"), (-300, "theirs")])
def test_a_pull_began_by_the_clock_that_is_behind(
    pulls: Pulls, mirror: MirrorStore, sandbox: SandboxProcess, books: PlainClient, ahead_s: int, counts: str
) -> None:
    sandbox.control("POST", "clock", {"offset_s": ahead_s})
    try:
        before = mirror.now()
        pulls.pull(ENTITIES["Accounts"])
        after = mirror.now()
    finally:
        sandbox.control("POST", "clock", {"offset_s": 0})
    began = mirror.pulled_at("Accounts")
    shift = timedelta(seconds=0 if counts == "ours" else ahead_s)

    assert began is not None
    assert before + shift - timedelta(seconds=1) <= began <= after + shift
