"""The flag --in-current-period of `exactly errors retry`: only cases of closed periods have a use for it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from typer.core import TyperCommand

FLAG = "--in-current-period"
_given: ContextVar[bool] = ContextVar("in_current_period", default=False)


class WithPeriod(TyperCommand):
    """A command that takes the flag beside its own options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the flag out of the words of the command line, and remember it."""
        _given.set(FLAG in args)
        return list(super().parse_args(ctx, [word for word in args if word != FLAG]))


def in_current_period() -> bool:
    """Whether the running command was given the flag."""
    return _given.get()
