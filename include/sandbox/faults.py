"""Faults on request: by script (the next n matching calls) or by rate; each names what goes wrong and at which moment.

All seconds are Exact's: they are divided by the time scale.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import Any

HOLD_S = 120.0
# kind -> (moment: before | after | late the commit, what the client sees, default seconds)
KINDS: dict[str, tuple[str, str, float]] = {
    "timeout_before_commit": ("before", "hold", HOLD_S),
    "timeout_after_commit": ("after", "hold", HOLD_S),
    "late_commit": ("late", "hold", 45.0),
    "reset_before_commit": ("before", "reset", 0.0),
    "reset_after_commit": ("after", "reset", 0.0),
    "unavailable_before_commit": ("before", "503", 0.0),
    "unavailable_after_commit": ("after", "503", 0.0),
    "unavailable_html_before_commit": ("before", "503_html", 0.0),
    "unavailable_html_after_commit": ("after", "503_html", 0.0),
    "error_html_before_commit": ("before", "500_html", 0.0),
    "error_html_after_commit": ("after", "500_html", 0.0),
    "problem_before_commit": ("before", "500_problem", 0.0),
    "problem_after_commit": ("after", "500_problem", 0.0),
    "bad_gateway_before_commit": ("before", "502_html", 0.0),
    "bad_gateway_after_commit": ("after", "502_html", 0.0),
    "gateway_timeout_before_commit": ("before", "504", 0.0),
    "gateway_timeout_after_commit": ("after", "504", 0.0),
    "request_timeout": ("before", "408", 0.0),
    "redirected": ("before", "302", 0.0),
    "login_page_after_commit": ("after", "200_html", 0.0),
    "unknown_text": ("before", "500_unknown", 0.0),
    "truncated_after_commit": ("after", "truncate", 0.0),
    "empty_after_commit": ("after", "empty", 0.0),
    "too_many_requests": ("before", "429", 0.0),
    "unauthorised": ("before", "401", 0.0),
    "slow": ("after", "slow", 5.0),
    "clock_skew": ("after", "skew", 7200.0),  # `Date` is wrong by so many seconds
    "late_visible": ("after", "late_row", 60.0),  # sync shows what this call books so much later, with its low timestamp
    "next_foreign_host": ("after", "next_foreign", 0.0),
    "next_loop": ("after", "next_loop", 0.0),
    "stranger": ("after", "stranger", 0.0),  # somebody else uses `calls` of the quota behind this call
    "maintenance": ("before", "maintenance", 60.0),  # this call and all others, for so long
    "refuse_connections": ("before", "refuse", 5.0),  # this call is cut off, and nobody listens for so long
}


class UnknownFaultError(ValueError):
    """A fault that the sandbox does not know, or one without sense."""


@dataclass
class Fault:
    """One fault in force."""

    id: int
    kind: str
    method: str = "POST"  # or * for all
    endpoint: str = "*"  # service/Entity, oauth2/token, or * for all of the API
    division: int | None = None
    contains: str = ""  # only calls whose body or query contains this
    times: int | None = 1  # None: until it is taken away
    rate: float = 1.0  # share of the matching calls
    seconds: float | None = None
    calls: int = 30
    used: int = 0

    @property
    def moment(self) -> str:
        """Return when it strikes, seen from the commit: before, after or late."""
        return KINDS[self.kind][0]

    @property
    def answer(self) -> str:
        """Return what the client sees."""
        return KINDS[self.kind][1]

    @property
    def duration_s(self) -> float:
        """Return its seconds, its own or those of its kind."""
        return KINDS[self.kind][2] if self.seconds is None else self.seconds

    def matches(self, method: str, endpoint: str, division: int | None, content: str) -> bool:
        """Tell whether a call is one that this fault is for."""
        return (
            (self.times is None or self.used < self.times)
            and self.method in ("*", method)
            and (self.endpoint in ("*", endpoint) and not (self.endpoint == "*" and endpoint.startswith("oauth2/")))
            and self.division in (None, division)
            and self.contains in content
        )


class Faults:
    """The faults in force, oldest first, and the dice."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._faults: list[Fault] = []
        self._last_id = 0

    def add(self, raw: dict[str, Any]) -> Fault:
        """Put a fault in force. Raises `UnknownFaultError`."""
        if raw.get("kind") not in KINDS:
            raise UnknownFaultError(f"kind must be one of {', '.join(KINDS)}")
        settings = {"method": "GET", **raw} if raw["kind"].startswith("next_") else dict(raw)
        if "rate" in settings and "times" not in settings:
            settings["times"] = None
        try:
            fault = Fault(id=self._last_id + 1, **settings)
        except TypeError as error:
            raise UnknownFaultError(f"a fault takes {', '.join(Fault.__dataclass_fields__)}") from error
        self._last_id += 1
        self._faults.append(fault)
        return fault

    def remove(self, fault_id: int | None) -> int:
        """Take one fault away, or all; return how many."""
        kept = [] if fault_id is None else [fault for fault in self._faults if fault.id != fault_id]
        removed = len(self._faults) - len(kept)
        self._faults = kept
        return removed

    def pick(self, method: str, endpoint: str, division: int | None, content: str) -> Fault | None:
        """Return the fault that strikes this call, if any: scripted ones first, then one throw of the dice over all rates."""
        matching = [fault for fault in self._faults if fault.matches(method, endpoint, division, content)]
        chosen = next((fault for fault in matching if fault.rate >= 1), None) or self._throw(matching)
        if chosen:
            chosen.used += 1
        return chosen

    def _throw(self, matching: list[Fault]) -> Fault | None:
        if not matching:
            return None
        drawn = self._dice.random()
        for fault in matching:
            if drawn < fault.rate:
                return fault
            drawn -= fault.rate
        return None

    def listed(self) -> list[dict[str, Any]]:
        """Return the faults in force, with how often each struck."""
        return [{**asdict(fault), "exhausted": fault.times is not None and fault.used >= fault.times} for fault in self._faults]
