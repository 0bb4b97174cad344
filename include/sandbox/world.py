"""Everything that one sandbox consists of, in one place, and the small services that all rooms of it use."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from include.sandbox.calls import CallLog
from include.sandbox.catalogue import Catalogue
from include.sandbox.clock import Clock, day_ms, wall_ms
from include.sandbox.database import Database, Row
from include.sandbox.endpoints import ENTITY_TYPE
from include.sandbox.faults import Faults
from include.sandbox.limits import DAY_S, MINUTE_S, Limits
from include.sandbox.outages import Outages
from include.sandbox.switches import Switches


@dataclass(frozen=True)
class Settings:
    """How a sandbox is started."""

    state: str
    seed_books: str
    seed_number: int
    minutely_limit: int
    daily_limit: int
    time_scale: float
    language: str | None
    auto_consent: bool
    redirect_uris: tuple[str, ...] = ()


class World:
    """The state of one sandbox: books, clock, limits, faults, switches and the log of calls."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.catalogue = Catalogue()
        self.clock = Clock(settings.time_scale)
        self.database = Database(settings.state, self.catalogue)
        self.limits = Limits(self.clock, settings.minutely_limit, settings.daily_limit)
        self.calls = CallLog(self.database)
        self.faults = Faults(settings.seed_number)
        self.switches = Switches()
        self.base_url = ""
        self.scheme = "http"
        self.outages = Outages(self.clock)
        self.late_row_s = 0.0  # what is booked right now shows up in sync so much later
        self.callbacks: dict[str, str] = {}  # addresses that were just asked to take notifications, and what was wrong with the answer
        self.sync_visible_ms = 0  # the latest moment at which a hidden booking shows up in sync
        self.read_visible_ms = 0
        self._dice = random.Random(f"{settings.seed_number}/{self.database.next('starts')}")
        self.database.lend("today_ms", lambda: day_ms(self.stamp_ms()))
        self.database.lend("list_sign", lambda: -1 if self.switches.open_items_negative else 1)
        self._restore()
        self._restore_limits()

    def _restore(self) -> None:
        """Take up clock and switches as they were left."""
        self.clock.offset_s = float(self.database.fact("offset_s") or 0)
        remembered = self.database.fact("switches")
        if remembered:
            self.switches = self.switches.changed(json.loads(remembered))
            self.limits.stranger_per_minute = self.switches.stranger_per_minute
        if self.settings.auto_consent:
            self.switches = self.switches.changed({"auto_consent": True})

    def load(self, path: str) -> None:
        """Go on from a saved state: its books, tokens, log, switches and clock. Raises `OSError`, `ValueError`."""
        self.database.load(path)
        self.limits.clear()
        self._restore()
        self._restore_limits()

    def reset(self, *, keep_tokens: bool) -> None:
        """Go back to the beginning: books, log, faults, windows, limits, switches and clock; tokens unless told to keep them."""
        with self.database.transaction():
            self.database.empty(keep_tokens=keep_tokens)
        self.faults.remove(None)
        self.limits.clear()
        self.limits.own.clear()
        self.limits.minutely, self.limits.daily = self.settings.minutely_limit, self.settings.daily_limit
        self.switches = Switches(auto_consent=self.settings.auto_consent)
        self.clock.offset_s = 0.0
        self.outages.end()
        self.limits.stranger_per_minute = 0
        self.sync_visible_ms = self.read_visible_ms = 0

    def _restore_limits(self) -> None:
        """Take up the windows that were running when the sandbox stopped."""
        counts: dict[tuple[str, int], list[int]] = {}
        for place, seconds in enumerate((MINUTE_S, DAY_S)):
            for row in self.calls.counted_since(self.limits.window_start_ms(seconds)):
                counts.setdefault((row["client_id"], row["division"]), [0, 0])[place] = row["calls"]
        for key, (in_minute, in_day) in counts.items():
            self.limits.restore(key, in_minute, in_day)

    def new_id(self) -> str:
        """Draw a GUID; the same seed and the same number of starts draw the same ones."""
        return str(UUID(int=self._dice.getrandbits(128), version=4))

    def new_secret(self) -> str:
        """Draw an opaque text for a token."""
        return f"{self._dice.getrandbits(320):080x}"

    def stamp_ms(self) -> int:
        """Return what Created and Modified say now: Dutch wall time as if it were UTC, unless switched off."""
        return wall_ms(self.clock.now_ms(), amsterdam=self.switches.amsterdam_stamps)

    def timestamp(self, division: int) -> int:
        """Draw the next rowversion of a division."""
        gap = self.switches.rowversion_gap_max
        step = 1 if gap <= 1 else self._dice.randint(1, gap)
        return self.database.next(f"timestamp/{division}", step=step)

    def visibility(self) -> tuple[int, int]:
        """Return when a booking made now shows in reads and in sync, as the switches say."""
        now = self.clock.now_ms()
        switches = self.switches
        seen = now + self.clock.span_ms(switches.read_lag_s) if switches.read_lag_s else 0
        late = self.late_row_s > 0 or (switches.late_visible_rate > 0 and self._dice.random() < switches.late_visible_rate)
        synced = now + self.clock.span_ms(self.late_row_s or switches.late_visible_s) if late else seen
        self.read_visible_ms = max(self.read_visible_ms, seen)
        self.sync_visible_ms = max(self.sync_visible_ms, synced)
        return seen, synced

    def stamp_new(self, row: Row, *, division: int, user_id: str | None, visible: tuple[int, int] = (0, 0)) -> Row:
        """Return a row with everything that Exact adds to a new one."""
        now = self.stamp_ms()
        added: Row = {
            "Division": division,
            "Timestamp": self.timestamp(division),
            "Created": now,
            "Modified": now,
            "Creator": user_id,
            "Modifier": user_id,
            "_made_ms": self.clock.now_ms(),
            "_seen_ms": visible[0],
            "_synced_ms": visible[1],
        }
        return {**row, **added}

    def touch(self, table: str, key: Any, changes: Row, *, division: int) -> None:
        """Change a row and give it a new rowversion and Modified."""
        added: Row = {"Timestamp": self.timestamp(division)}
        if "Modified" in self.database.columns(table):
            added["Modified"] = self.stamp_ms()
        self.database.update(table, key, {**changes, **added})

    def log_deletion(self, table: str, key: str, *, division: int, user_id: str | None) -> None:
        """Enter a deleted row into the log that sync/Deleted shows (FACTS 4.4)."""
        if table not in ENTITY_TYPE:
            return
        entry: Row = {
            "ID": self.new_id(),
            "EntityKey": key,
            "EntityType": ENTITY_TYPE[table],
            "DeletedBy": user_id,
            "DeletedDate": self.stamp_ms(),
            "Division": division,
            "Timestamp": self.timestamp(division),
        }
        self.database.insert("deleted", entry)

    def change_switches(self, changes: dict[str, Any]) -> None:
        """Change switches and remember them. Raises `UnknownSwitchError`."""
        self.switches = self.switches.changed(changes)
        self.limits.stranger_per_minute = self.switches.stranger_per_minute
        self.database.remember("switches", self.switches.as_json())
