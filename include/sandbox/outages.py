"""Exact away altogether: a maintenance page for every call, or nobody who takes connections."""

from __future__ import annotations

from collections.abc import Callable

from include.sandbox.clock import Clock

KINDS = ("maintenance", "refuse")


class Outages:
    """When Exact is closed, and until when."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.maintenance_until_ms = 0
        self.refuse: Callable[[float], None] = lambda _: None  # the server's: listen no more for so many seconds

    @property
    def in_maintenance(self) -> bool:
        """Tell whether every call gets the maintenance page now."""
        return self._clock.now_ms() < self.maintenance_until_ms

    def begin(self, kind: str, seconds: float) -> None:
        """Close Exact for so many of its seconds. Raises `ValueError`."""
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if kind == "refuse":
            self.refuse(self._clock.span_s(seconds))
        else:
            self.maintenance_until_ms = self._clock.now_ms() + self._clock.span_ms(seconds)

    def end(self) -> None:
        """Open again after maintenance."""
        self.maintenance_until_ms = 0
