"""The command `trace`: gathers the stories of a number and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from include.cli import output
from include.cli.tables import source_table, story_tables
from include.console.trace import SourceRow, Story, find_mutations, live_document, source_rows, story_of
from include.outbox.causes import Language
from include.store.database import Row
from include.store.deeds import DeedStore
from include.store.figures import FigureStore
from include.wiring.terminal import command_run, store, webshop


def show_trace(number: str, *, live: bool, language: Language, as_json: bool) -> bool:
    """Show every story about the number; False when there is none, or when a history was tampered with."""
    with store() as database, webshop() as shop:
        figures, deeds = FigureStore(database), DeedStore(database)
        rows = find_mutations(figures, number)
        stories = [story_of(figures, shop, row, language=language, deeds=deeds.of_record(row["mutation_id"])) for row in rows]
        unplanned = [] if stories else source_rows(shop, number)
    documents = [_live(row) if live else None for row in rows]
    if as_json:
        told = [{"story": story, "live": document} for story, document in zip(stories, documents, strict=True)]
        output.print_json({"number": number, "stories": told, "in_the_shop_only": unplanned})
    else:
        _print(number, stories, documents, unplanned)
    return bool(stories) and all(story.untouched for story in stories)


def _live(row: Row) -> Row | None:
    with command_run(row["administration"]) as run:
        return live_document(run.exact, row)


def _print(number: str, stories: Sequence[Story], documents: Sequence[Any], unplanned: Sequence[SourceRow]) -> None:
    console = output.console()
    for story, document in zip(stories, documents, strict=True):
        for shown in story_tables(story):
            console.print(shown)
        if document is not None:
            console.print(output.pairs(document, title="In Exact, now"))
    for source in unplanned:
        console.print(source_table(source))
        console.print("The outbox does not know it: the flow has not read it yet, or it is older than `book_from`.")
    if not stories and not unplanned:
        output.complain(f"nobody knows {number}: neither the outbox, nor the mirror of Exact, nor the webshop")
