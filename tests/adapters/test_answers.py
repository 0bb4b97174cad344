"""From Exact's replies to the outbox's words, and the verdict that follows from them."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from requests.structures import CaseInsensitiveDict

from include.adapters.answers import PAUSE_AT_UNKNOWN_LIMIT_S, answer_of, receipt_of
from include.exact.documents import KINDS
from include.exact.transport import Reply
from include.outbox.classify import Verdict, classify
from include.outbox.ports import Permit
from include.outbox.times import Times

KIND = KINDS["salesinvoice/SalesInvoices"]
ID = "71b961de-b9f3-49fe-883d-0f46c7e0e89b"
PERMIT = Permit(100, "salesinvoice/SalesInvoices", 1, 0, "us")
DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
MIDNIGHT_MS = 1767225600000


def reply(status: int | None, content: Any = b"", *, left: bool = True, failure: str = "", **headers: object) -> Reply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
    return Reply(left, status, CaseInsensitiveDict({"Date": DATE, **named}), 0.5, body, failure)


def error(text: str) -> dict[str, Any]:
    return {"error": {"code": "", "message": {"lang": "", "value": text}}}


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (reply(201, {"d": {"__metadata": {}, "InvoiceID": ID}}), Verdict.POSTED),
        (reply(200, {"d": {"__metadata": {}, "InvoiceID": ID.upper()}}), Verdict.POSTED),
        (reply(201, {"d": {"__metadata": {}, "InvoiceID": None}}), Verdict.UNKNOWN),
        (reply(201, {"d": {"__metadata": {}, "InvoiceID": "no guid"}}), Verdict.UNKNOWN),
        (reply(201, {"d": {"__metadata": {}, "EntryID": ID}}), Verdict.UNKNOWN),
        (reply(201, {"d": []}), Verdict.UNKNOWN),
        (reply(201, b""), Verdict.UNKNOWN),
        (reply(201, b"<html>"), Verdict.UNKNOWN),
        (reply(201, b"", failure="answer too slow"), Verdict.UNKNOWN),
        (reply(204), Verdict.UNKNOWN),
        (reply(302, Location="https://start.exactonline.nl/docs/Login.aspx"), Verdict.UNKNOWN),
        (reply(408), Verdict.UNKNOWN),
        (reply(None, failure="ReadTimeout"), Verdict.UNKNOWN),
        (reply(None, failure="ConnectionError"), Verdict.UNKNOWN),
        (reply(503, b"<html>"), Verdict.UNKNOWN),
        (reply(500, b""), Verdict.UNKNOWN),
        (reply(500, error("Verplicht: Boekjaar"), failure="ChunkedEncodingError"), Verdict.UNKNOWN),
        (reply(503, error("Verplicht: Boekjaar")), Verdict.UNKNOWN),
        (reply(500, error("Verplicht: Boekjaar")), Verdict.REFUSED),
        (reply(500, error("Something nobody has seen")), Verdict.UNRECOGNISED),
        (reply(400, error("Error in query syntax.")), Verdict.REFUSED),
        (reply(413, left=False, failure="larger than Exact takes"), Verdict.REFUSED),
        (reply(403, Reason="NoDivisionAccess"), Verdict.SET_UP),
        (reply(404), Verdict.SET_UP),
        (reply(401, b"<html>Object moved</html>"), Verdict.NOT_PROCESSED),
        (reply(429), Verdict.NOT_PROCESSED),
        (reply(None, left=False, failure="too_late"), Verdict.NOT_PROCESSED),
        (reply(None, left=False, failure="SSLError"), Verdict.NOT_PROCESSED),
    ],
)
def test_each_reply_gets_its_verdict(seen: Reply, verdict: Verdict) -> None:
    assert classify(answer_of(seen, KIND)) is verdict


def test_a_booked_document_is_known_by_its_id() -> None:
    assert answer_of(reply(201, {"d": {"__metadata": {}, "InvoiceID": ID}}), KIND).exact_id == UUID(ID)


def test_a_refusal_says_what_it_is_about() -> None:
    known = answer_of(reply(500, error("Geblokkeerd: Grootboekrekening")), KIND).known_cause

    assert known is not None
    assert (known.code, known.subject_kind) == ("gl_account_blocked", "gl_account")


@pytest.mark.parametrize(
    ("headers", "wait_s", "for_today"),
    [
        ({"X_RateLimit_Minutely_Remaining": 0, "X_RateLimit_Minutely_Reset": MIDNIGHT_MS + 30_000}, 31.0, False),
        ({"X_RateLimit_Remaining": 0, "X_RateLimit_Reset": MIDNIGHT_MS + 7_200_000}, 7201.0, True),
        ({}, 61.0, False),
    ],
)
def test_a_limit_says_how_long_it_lasts(headers: dict[str, object], wait_s: float, for_today: bool) -> None:
    answered = answer_of(reply(429, **headers), KIND)

    assert (answered.wait_s, answered.for_today) == (wait_s, for_today)


def test_a_receipt_holds_the_limits_that_the_answer_showed() -> None:
    shown = {
        "X_RateLimit_Limit": 5000,
        "X_RateLimit_Remaining": 0,
        "X_RateLimit_Reset": MIDNIGHT_MS + 60_000,
        "X_RateLimit_Minutely_Limit": 60,
    }
    receipt = receipt_of(reply(201, **shown), PERMIT, "POST", KIND.endpoint)

    assert receipt.limits is not None
    assert (receipt.limits.day_limit, receipt.limits.day_remaining, receipt.limits.minute_limit) == (5000, 0, 60)
    assert (receipt.limits.day_window, receipt.limits.minute_window) == (MIDNIGHT_MS + 60_000, None)
    assert (receipt.status, receipt.seconds, receipt.pause_s) == (201, 0.5, None)


def test_a_receipt_of_a_refusal_makes_all_wait_for_the_reset() -> None:
    shown = {"X_RateLimit_Minutely_Remaining": 0, "X_RateLimit_Minutely_Reset": MIDNIGHT_MS + 30_000}

    assert receipt_of(reply(429, **shown), PERMIT, "POST", KIND.endpoint).pause_s == 31.0


def test_a_call_whose_time_had_passed_tells_nothing_of_exact() -> None:
    late = Reply(False, None, {}, 0.1, failure="too_late")

    assert receipt_of(late, PERMIT, "POST", KIND.endpoint).is_there is None
    assert receipt_of(Reply(False, None, {}, 0.1, failure="ConnectionError"), PERMIT, "POST", KIND.endpoint).is_there is False
    assert receipt_of(reply(400), PERMIT, "POST", KIND.endpoint).is_there is True


def test_a_receipt_of_an_unlimited_answer_pauses_nobody() -> None:
    assert receipt_of(reply(200), PERMIT, "GET", "crm/Accounts").pause_s is None


def test_a_minutes_limit_without_a_reset_is_waited_out_and_does_not_end_a_drain() -> None:
    assert PAUSE_AT_UNKNOWN_LIMIT_S < Times().longest_wait_s < 120
