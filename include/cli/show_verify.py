"""The command `verify`: compares, and shows days, VAT codes and findings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from include.administrations.loader import load_administrations
from include.administrations.model import Mode
from include.checks.completeness import MISSING, ON_ITS_WAY, DayFigure, Side, all_were_read
from include.checks.findings import Finding, Level, has_failure
from include.checks.invariants import deeds_are_whole
from include.cli import output
from include.console.shop_reading import ShopReading, read_shop
from include.console.verify import VatFigure, Verdict, refresh_documents, verify
from include.errors import SetupError
from include.outbox.states import State
from include.store.audit import Audit, Days
from include.store.deeds import DeedStore
from include.wiring.terminal import command_run, store, webshop

USUAL_SPAN = timedelta(days=31)
FATES = {
    "dead": State.DEAD_LETTER.value,
    "dismissed": State.DISMISSED.value,
    "gone": State.GONE.value,
    "on its way": ON_ITS_WAY,
    "LOST": MISSING,
}


def days_between(since: datetime | None, until: datetime | None) -> Days:
    """The days that were asked for, or the usual ones. Raises `SetupError` for an empty span."""
    today = datetime.now(UTC).date()
    days = Days(since.date() if since else today - USUAL_SPAN, until.date() if until else today + timedelta(days=1))
    if days.since >= days.until:
        raise SetupError("empty_window", f"{days.since} to {days.until}", cure="--since must lie before --until")
    return days


def show_verify(days: Days, *, refresh: bool, as_json: bool) -> bool:
    """Compare and show; False when something is lost, duplicated or unexplained."""
    shop, verdicts = _all_verdicts(days, refresh=refresh)
    findings = [*shop, *(finding for verdict in verdicts for finding in verdict.findings)]
    agrees = not has_failure(findings)
    if as_json:
        told = [{**vars(verdict), "days": [_day(figure) for figure in verdict.days]} for verdict in verdicts]
        output.print_json({"ok": agrees, "shop": shop, "administrations": told})
        return agrees
    console = output.console()
    for verdict in verdicts:
        _print(console.print, verdict)
    if shop:
        console.print(output.findings_table(shop, title="The shop"))
    console.print(_sentence(findings))
    return agrees


def _all_verdicts(days: Days, *, refresh: bool) -> tuple[list[Finding], list[Verdict]]:
    """What concerns the shop as a whole, and each administration compared; `refresh`: read Exact anew before."""
    administrations = load_administrations()
    with webshop() as shop:
        reading = read_shop(shop, administrations, days)
    verdicts = [_verdict(each.name, reading, days, refresh=refresh) for each in administrations]
    with store() as database:
        deeds = deeds_are_whole(DeedStore(database).broken())
    return [*all_were_read(reading.counted, reading.read), *deeds], verdicts


def _verdict(name: str, reading: ShopReading, days: Days, *, refresh: bool) -> Verdict:
    with store() as database, command_run(name) as run:
        if refresh and run.administration.mode is not Mode.OFF:
            refresh_documents(run)
        return verify(run, Audit(database, name), reading, days)


def _print(show: Any, verdict: Verdict) -> None:
    seen = f"Exact as read at {output.moment(verdict.seen_at)}" if verdict.seen_at else "Exact was never read"
    show(Text(f"{verdict.administration} · division {verdict.division} · {verdict.since} up to {verdict.until} · {seen}", style="bold"))
    if verdict.days:
        show(_days_table(verdict.days))
    if verdict.vat_codes:
        show(_vat_table(verdict.vat_codes))
    if verdict.findings:
        show(output.findings_table(verdict.findings))


def _days_table(days: Sequence[DayFigure]) -> RenderableType:
    numbers = ("shop", "net", "booked", "booked net", *FATES, "Exact", "Exact net", "difference")
    shown = output.table("day", "currency", "kind", *numbers, right=numbers)
    for day in days:
        # A reversal is no document of the shop: what was written stands beside what Exact holds.
        booked = day.fates.get(State.POSTED.value, Side() if day.source.documents else day.written)
        fates = [str(day.fates[fate].documents) if fate in day.fates else "" for fate in FATES.values()]
        difference = day.exact.net - booked.net
        cells = [str(day.day), day.currency, day.effect, *_side(day.source), *_side(booked), *fates, *_side(day.exact)]
        shown.add_row(*cells, Text(str(difference), style="" if day.agrees and not difference else "red"))
    return shown


def _vat_table(figures: Sequence[VatFigure]) -> RenderableType:
    shown = output.table(
        "VAT code", "currency", "net as written", "net in Exact", "difference", right=("net as written", "net in Exact", "difference")
    )
    for figure in figures:
        difference = figure.exact - figure.written
        shown.add_row(
            figure.vat_code,
            figure.currency,
            str(figure.written),
            str(figure.exact),
            Text(str(difference), style="red" if difference else ""),
        )
    return shown


def _side(side: Side) -> tuple[str, str]:
    return str(side.documents), str(side.net)


def _day(figure: DayFigure) -> dict[str, Any]:
    return {
        "day": figure.day,
        "currency": figure.currency,
        "kind": figure.effect,
        "agrees": figure.agrees,
        "source": figure.source,
        **figure.fates,
        "written": figure.written,
        "exact": figure.exact,
    }


def _sentence(findings: Sequence[Finding]) -> Text:
    wrong = sum(finding.level is Level.FAILURE for finding in findings)
    noted = sum(finding.level is Level.WARNING for finding in findings)
    if wrong:
        return Text(f"{wrong} things are wrong, {noted} are worth a look.", style="bold red")
    return Text(
        f"Nothing is lost, nothing is double, nothing is unexplained{f'; {noted} are worth a look' if noted else ''}.", style="green"
    )
