"""What to try on a client: what goes wrong, what a good client does, and the fact that it shows. The page has a button for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Trial:
    """Something that happens to clients of Exact."""

    name: str
    fact: str
    expect: str
    path: str = "faults"
    fields: dict[str, Any] = field(default_factory=dict)


def _fault(name: str, fact: str, expect: str, **fields: Any) -> Trial:
    return Trial(name, fact, expect, "faults", {"method": "*", "times": 1, **fields})


TRIALS = (
    _fault(
        "The answer to the next POST is lost",
        "6.11",
        "It was booked. Exact knows no idempotency key: who sends again has two documents, who looks first finds one.",
        kind="timeout_after_commit",
        method="POST",
        seconds=30,
    ),
    _fault("The connection breaks after the next POST", "6.11", "As above, only sooner.", kind="reset_after_commit", method="POST"),
    _fault(
        "The next POST is booked 45 seconds after the client gave up",
        "6.11",
        "A look right after the time-out finds nothing, and yet the document comes.",
        kind="late_commit",
        method="POST",
    ),
    _fault("503 without a body", "3.16", "Wait and try again; nothing was booked.", kind="unavailable_before_commit"),
    _fault(
        "500 with “A problem has occurred”", "3.16", "May or may not be booked: look before sending again.", kind="problem_after_commit"
    ),
    _fault("An error page in HTML", "3.16", "No crash in the JSON parser.", kind="error_html_before_commit"),
    _fault("Half an answer", "3.16", "Noticed as incomplete, not taken for an empty list.", kind="truncated_after_commit"),
    _fault(
        "A 429 out of the blue", "2.5", "Empty body; wait until the Reset in milliseconds, send the same call.", kind="too_many_requests"
    ),
    _fault(
        "Somebody else uses 40 calls of the minute",
        "2.6",
        "The client follows Remaining, not a count of its own.",
        kind="stranger",
        calls=40,
    ),
    _fault("The token is refused before its time", "1.15", "A 401 in HTML: one refresh, then the same call again.", kind="unauthorised"),
    _fault("The next page is on another host", "3.5", "The token is not sent there.", kind="next_foreign_host", method="GET"),
    _fault("The next page is this one", "3.5", "The client notices that it goes in circles.", kind="next_loop", method="GET"),
    _fault(
        "The next booking shows a minute late in sync, with its low timestamp",
        "4.3",
        "It is read all the same, by looking back a little.",
        kind="late_visible",
        method="POST",
    ),
    _fault("Exact's clock is two hours off", "2.7", "Nothing is computed from the client's own clock.", kind="clock_skew", times=10),
    _fault("The next five calls take five seconds", "2.9", "No time-out below what Exact needs on a bad day.", kind="slow", times=5),
)
OUTAGES = (
    Trial("Maintenance for a minute", "3.16", "503 with a page; sign-in is closed too.", "outage", {"kind": "maintenance", "seconds": 60}),
    Trial(
        "Nobody listens for ten seconds",
        "3.16",
        "Connection refused; the client is there again when Exact is.",
        "outage",
        {"kind": "refuse", "seconds": 10},
    ),
    Trial("Ten minutes pass", "1.6", "The access token has expired; one refresh, never before 570 seconds.", "clock", {"advance_s": 600}),
    Trial(
        "A month passes", "1.8", "The refresh token has expired: the client asks a person to sign in.", "clock", {"advance_s": 31 * 86400}
    ),
    Trial(
        "An old refresh token works until its successor is used",
        "1.11",
        "Either way of rotation is survived.",
        "switches",
        {"rotation": "lenient"},
    ),
)
