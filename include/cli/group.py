"""What all commands share: expected errors become one sentence and an exit status, never a traceback."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from include.cli.output import complain
from include.errors import ExactlyError, RetryableError, SetupError

# 0: all is well · 1: something is wrong, and was said · 2: wrong options · 3: the command could not do its work.
WRONG, NOT_DONE = 1, 3

STATUSES = "Exit status: 0 all is well, 1 something is wrong, 2 wrong options, 3 the command could not do its work."


class Commands(TyperGroup):
    """The group of all commands."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except ExactlyError as error:
            complain(_sentence(error))
            raise typer.Exit(NOT_DONE) from error


def _sentence(error: ExactlyError) -> str:
    match error:
        case SetupError():
            what = error.code.replace("_", " ")
            return f"{what} ({error.subject}): {error.cure}" if error.subject else f"{what}: {error.cure}"
        case RetryableError():
            return f"{error.reason}; try again in {error.retry_after_s:.0f} seconds"
    return str(error)
