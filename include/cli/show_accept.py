"""The command `accept-database`: shows what is different, asks, accepts, says what it did."""

from __future__ import annotations

import getpass
import socket
from typing import Any

import typer

from include.cli import output
from include.store.database import Database
from include.store.figures import FigureStore
from include.store.installation import Accepted, Installation, accept, installation_of
from include.wiring.connections import environment
from include.wiring.terminal import store

QUESTION = "Is the database that this one was copied from stopped for good? Two that book in the same companies book twice. Accept?"


def show_accept(*, yes: bool, restored: bool, as_json: bool) -> None:
    """Accept the database when it is not this environment's own and somebody wants it."""
    with store(accepted=False) as database:
        found = installation_of(database)
        if found.environment == environment() and not found.is_copy and not restored:
            _tell({"accepted": False, "says": "nothing to accept: this database is this environment's own"}, as_json=as_json)
            return
        if not as_json:
            output.console().print(output.pairs(_differences(found, database), title="What is different"))
        if not yes:
            typer.confirm(QUESTION, abort=True, err=as_json)
        done = accept(database, environment(), by=f"accept-database by {getpass.getuser()} at {socket.gethostname()}")
    _tell(_done(done), as_json=as_json)


def _differences(found: Installation, database: Database) -> dict[str, Any]:
    figures = FigureStore(database)
    unsent = sum(row["documents"] for row in figures.states() if row["state"] in {"planned", "dead_letter"})
    return {
        "environment": f"{found.environment!r} in the database, {environment()!r} here",
        "cluster/history/database/table": f"{found.place} in the database, {found.found} here",
        "last change in it": max((row["at"] for row in figures.last_events()), default=None),
        "unsent records": unsent,
        "sign-ins": len(figures.chains()),
    }


def _done(done: Accepted) -> dict[str, Any]:
    says = (
        f"accepted for environment {environment()!r}: {done.records} unsent records look in Exact first, as will everything that the shop "
        f"changed before now; {done.chains} sign-ins were thrown away. Next: exactly sign-in CONNECTION, for each; exactly verify"
    )
    return {"accepted": True, "says": says, "records": done.records, "chains": done.chains}


def _tell(content: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        output.print_json(content)
    else:
        output.say(f"{content['says'][0].upper()}{content['says'][1:]}.")
