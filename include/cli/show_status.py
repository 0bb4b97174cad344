"""The command `status`: reads the figures and shows them."""

from __future__ import annotations

from include.administrations.loader import load_administrations
from include.cli import output
from include.cli.tables import status_tables
from include.console.status import AdministrationStatus, StatusBoard
from include.outbox.causes import Language
from include.wiring.terminal import chain_of, store


def show_status(*, language: Language, as_json: bool) -> None:
    """Show where everything stands, for each administration that has a file."""
    statuses = _all_statuses(language)
    if as_json:
        output.print_json({each.name: each for each in statuses})
        return
    console = output.console()
    for each in statuses:
        for shown in status_tables(each):
            console.print(shown)


def _all_statuses(language: Language) -> list[AdministrationStatus]:
    administrations = load_administrations()
    with store() as database:
        board = StatusBoard(database, {each.name: chain_of(each) for each in administrations}, language)
        return [board.of(each) for each in administrations]
