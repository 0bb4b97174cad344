"""When bulk may leave: hours of the day in the administration's time zone, and the gate that keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from include.errors import RetryableError
from include.outbox.ports import Gate, Permit, Purpose, Receipt

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """From `begin` (included) to `end` (excluded) each day; past midnight when it ends earlier than it begins."""

    begin: time
    end: time
    zone: ZoneInfo

    def spans(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open spans between two moments, in order, in UTC."""
        day = since.astimezone(self.zone).date() - DAY
        while day <= until.astimezone(self.zone).date():
            opens = max(self._moment(day, self.begin), since)
            closes = min(self._moment(day if self.end > self.begin else day + DAY, self.end), until)
            if opens < closes:
                yield opens, closes
            day += DAY

    def opens_in_s(self, moment: datetime) -> float:
        """Seconds until they begin; 0 while they last."""
        opens, _ = next(self.spans(moment, moment + 3 * DAY))
        return (opens - moment).total_seconds()

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)


class OffPeakGate:
    """Implements `include.outbox.ports.Gate`: bulk passes in its hours only, where it has any; all else as the gate behind it says."""

    def __init__(self, gate: Gate, hours: Hours | None, now: Callable[[], datetime]) -> None:
        self._gate = gate
        self._hours = hours
        self._now = now

    def take(self, endpoint: str, purpose: Purpose) -> Permit:
        """Take a permit at once, or raise `RetryableError` with the seconds until one may be free."""
        closed_s = self._hours.opens_in_s(self._now()) if self._hours and purpose is Purpose.BULK else 0.0
        if closed_s > 0:
            raise RetryableError("bulk waits for its hours", retry_after_s=closed_s)
        return self._gate.take(endpoint, purpose)

    def give_back(self, receipt: Receipt) -> None:
        self._gate.give_back(receipt)

    def give_back_unused(self, permit: Permit) -> None:
        self._gate.give_back_unused(permit)

    def nobody_there(self) -> None:
        self._gate.nobody_there()
