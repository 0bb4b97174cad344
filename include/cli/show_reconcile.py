"""The command `reconcile`: compares the shop with Exact as each night does, shows what differs, and writes files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.text import Text

from include.administrations.loader import load_administrations
from include.cli import output
from include.cli.show_verify import USUAL_SPAN
from include.console.reconciliation import KindLine, Picture, cause_and_cure, differences_sheet, look, sentence, sheets, words
from include.errors import SetupError
from include.flows.nightly_reconciliation import reconcile, refresh_books
from include.outbox.causes import Language
from include.reports.reconciliation_kinds import EXPLAINED
from include.reports.sheets import csv_lines, write_xlsx
from include.sources.webshop import BUSINESS_DAY
from include.store.audit import Days
from include.store.database import Database
from include.store.reconciliation_pages import ReconciliationPages, Shown
from include.wiring.reconciliations import both_sides
from include.wiring.terminal import command_run, store

STARTED_BY = "terminal"
NUMBERS_SHOWN = 12
STYLES = {"ok": "green", "warning": "yellow", "failure": "bold red"}


def reconcile_command(words_given: Sequence[str]) -> bool:
    """Compare and show; False when something needs a person. Raises `SetupError` for an empty span or an unknown administration."""
    options = _parser().parse_args(words_given)
    days = _days(options.since, options.until)
    names = [each.name for each in load_administrations()]
    if options.administration:
        load_administrations()[options.administration]
    for name in names if options.refresh else ():
        with command_run(name) as run:
            refresh_books(run)
    with both_sides() as sides:
        run_id = reconcile(sides, days, STARTED_BY)["run_id"]
    with store() as database:
        picture = look(database, Shown(run_id, days.since, days.until, options.administration))
        if picture is None:
            raise SetupError("unknown_run", run_id, cure="somebody deleted it meanwhile: run the command again")
        _show(database, picture, options)
    return picture.light != "failure"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="exactly reconcile", add_help=False)
    parser.add_argument("--since", type=date.fromisoformat)
    parser.add_argument("--until", type=date.fromisoformat)
    parser.add_argument("--administration", default="")
    parser.add_argument("--refresh", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--language", choices=("nl", "en"), default="en")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--xlsx", type=Path)
    return parser


def _days(since: date | None, until: date | None) -> Days:
    end = until or datetime.now(BUSINESS_DAY).date() + timedelta(days=1)
    begin = since or end - USUAL_SPAN - timedelta(days=1)
    if begin >= end:
        raise SetupError("empty_window", f"{begin} to {end}", cure="--since must lie before --until")
    return Days(begin, end)


def _show(database: Database, picture: Picture, options: argparse.Namespace) -> None:
    language: Language = options.language
    if options.csv is not None:
        with options.csv.open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines(differences_sheet(ReconciliationPages(database), picture.shown, language)))
    if options.xlsx is not None:
        with options.xlsx.open("wb") as file:
            write_xlsx(sheets(database, picture, language), file)
    if options.json:
        output.print_json(_plain(database, picture))
        return
    _print(database, picture, language)


def _plain(database: Database, picture: Picture) -> dict[str, object]:
    kept = ("kind", "administration", "day", "document_type", "number", "currency", "state", "cause_code", "cause_subject", "case_id",
            "documents", "facts", "expected_net", "expected_vat", "booked_net", "booked_vat")  # fmt: skip
    differences = [{name: row[name] for name in kept} for row in ReconciliationPages(database).all_differences(picture.shown)]
    return {
        "ok": picture.light != "failure",
        "run": picture.shown.run_id,
        "since": picture.shown.since,
        "until": picture.shown.until,
        "expected": picture.expected,
        "agreeing": picture.agreeing,
        "waiting": picture.waiting,
        "to_decide": picture.to_decide,
        "kinds": {line.kind.value: line.documents for line in picture.kinds},
        "totals": picture.totals,
        "differences": differences,
    }


def _print(database: Database, picture: Picture, language: Language) -> None:
    t, console = words(language), output.console()
    if picture.totals:
        console.print(_totals(picture, language))
    for line in picture.kinds:
        console.print(_kind(database, picture, line, language))
    console.print(Text(sentence(picture, t), style=STYLES[picture.light]))


def _totals(picture: Picture, language: Language) -> object:
    t = words(language)
    sides = [f"{t(f'reconciliation.{side}')} {t(f'reconciliation.{each}')}" for side in ("shop", "exact") for each in ("net", "vat")]
    names = [t(f"reconciliation.{name}") for name in ("administration", "type", "vat_code", "currency")]
    numbers = [*sides, t("reconciliation.difference")]
    shown = output.table(*names, *numbers, right=numbers, title=t("reconciliation.totals"))
    for row in picture.totals:
        gap = row["booked_net"] + row["booked_vat"] - row["expected_net"] - row["expected_vat"]
        amounts = [str(row[name]) for name in ("expected_net", "expected_vat", "booked_net", "booked_vat")]
        place = (row["administration"], t(f"reconciliation.type.{row['document_type']}"), row["vat_code"], row["currency"])
        shown.add_row(*place, *amounts, Text(str(gap), style="red" if gap else ""))
    return shown


def _kind(database: Database, picture: Picture, line: KindLine, language: Language) -> Text:
    """A kind with its first documents, its sums and its cure."""
    t = words(language)
    rows = ReconciliationPages(database).differences(picture.shown, kind=line.kind.value, at_most=NUMBERS_SHOWN)
    numbers = ", ".join(_name(row) for row in rows)
    more = f" … +{line.documents - len(rows)}" if line.documents > len(rows) else ""
    sums = " · ".join(f"{each.gross} {each.currency}".rstrip() for each in line.sums)
    cure = "" if line.kind in EXPLAINED else f"\n  {cause_and_cure(line.kind, f'{picture.shown.since}…{picture.last_day}', language)[1]}"
    return Text(f"{t(f'reconciliation.kind.{line.kind}')}: {line.documents} ({sums})\n  {numbers}{more}{cure}")


def _name(row: dict[str, object]) -> str:
    documents = row["documents"]
    if isinstance(documents, list) and str(row["number"]).startswith("~") and documents:
        return str(documents[0].get("reference") or documents[0].get("number") or documents[0]["id"])
    return str(row["number"])
