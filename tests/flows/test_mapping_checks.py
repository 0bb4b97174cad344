"""Mistakes in Exact that the configuration stumbles over: found before anything is booked, and felt by no other document than must."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from include.adapters.master import ENTITIES
from include.errors import SetupError
from include.feeds import orders_feed
from include.flows.mapping_checks import check_mapping
from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.outbox.model import Tally
from tests.flows.test_orders_to_invoices import configure

UK, BE = 820101, 820202
RATES = ENTITIES["ExchangeRates"]
TODAY = datetime.now(UTC).date()
MONTH = f"{TODAY:%Y-%m}"
CURRENT = {"year": TODAY.year, "period": TODAY.month}
START = datetime(2020, 1, 1, tzinfo=UTC)
Plant = Callable[[Any], None]


def changed(endpoint: str, division: int, **values: object) -> Plant:
    """Change a row of Exact by its code, as a bookkeeper would."""
    return lambda world: world.sandbox.control("POST", "rows", {"endpoint": endpoint, "division": division, **values})


def removed(endpoint: str, division: int, code: str) -> Plant:
    return lambda world: world.sandbox.control("DELETE", "rows", {"endpoint": endpoint, "division": division, "Code": code})


def without_rates(world: Any) -> None:
    with world.run("BE") as run:
        run.pulls.pull(RATES)
        for row in run.mirror.records(RATES.name):
            world.sandbox.control("DELETE", "rows", {"endpoint": RATES.endpoint, "division": BE, "ID": row["record_id"]})
        run.pulls.pull(RATES)


def book(world: Any, name: str) -> Tally:
    with world.run(name) as run:
        return book_orders(run)


def refreshed(world: Any, name: str) -> None:
    with world.run(name) as run:
        refresh(run)


def spent_on_documents(world: Any) -> int:
    return len([call for call in world.sandbox.calls() if call["method"] == "POST" and call["endpoint"].startswith("sales")])


STOPS = {
    f"journal_blocked:70 {BE}": ("BE", changed("financial/Journals", BE, Code="70", IsBlocked=True)),
    f"journal_wrong_type:70 {BE}": ("BE", changed("financial/Journals", BE, Code="70", Type=90)),
    f"journal_wrong_currency:70 {BE}": ("BE", changed("financial/Journals", BE, Code="70", AllowVariableCurrency=False)),
    f"unknown_journal:70 {BE}": ("BE", removed("financial/Journals", BE, "70")),
    f"wrong_company:{UK}": ("UK", lambda world: world.sandbox.control("POST", "divisions", {"division": UK, "VATNumber": "GB999999973"})),
    f"wrong_division_currency:{UK}": ("UK", lambda world: world.sandbox.control("POST", "divisions", {"division": UK, "Currency": "EUR"})),
    f"missing_exchange_rate:GBP {BE}": ("BE", without_rates),
    f"current_period_closed:{MONTH} {BE}": (
        "BE",
        lambda world: world.sandbox.control("POST", "periods", {"division": BE, **CURRENT, "journal": "70", "closed": True}),
    ),
}


def test_a_mistake_in_division_journal_currency_or_period_stops_the_administration_before_it_plans_anything(world) -> None:
    """One mistake after the other in the same books: each is what Exact says at that moment, whatever the mirror held before."""
    for finding, (name, plant) in STOPS.items():
        world.sandbox.reset()
        plant(world)
        with world.run(name) as run:
            run.mapping.check_anew()
        with pytest.raises(SetupError, match="mapping_check") as refusal:
            book(world, name)

        assert finding.split(maxsplit=1)[0] in refusal.value.subject, finding
        assert refusal.value.subject.startswith(f"{name}: ")
        assert "NL: " in refusal.value.cure
        assert "EN: " in refusal.value.cure
        assert world.mutations() == []
        assert spent_on_documents(world) == 0


def test_a_division_that_exact_blocks_stops_the_administration_as_well(world) -> None:
    world.sandbox.control("POST", "divisions", {"division": UK, "BlockingStatus": 1})
    with pytest.raises(SetupError):
        book(world, "UK")

    assert world.mutations() == []


def test_what_was_mended_in_exact_is_noticed_at_the_next_attempt_without_a_refresh(world) -> None:
    changed("financial/Journals", BE, Code="70", IsBlocked=True)(world)
    with pytest.raises(SetupError, match="journal_blocked"):
        book(world, "BE")
    changed("financial/Journals", BE, Code="70", IsBlocked=False)(world)

    assert book(world, "BE")["posted"] > 0


def test_a_stop_costs_no_more_calls_than_reading_what_is_judged(world) -> None:
    refreshed(world, "BE")
    changed("financial/Journals", BE, Code="70", IsBlocked=True)(world)
    refreshed(world, "BE")
    before = len(world.sandbox.calls())
    with pytest.raises(SetupError, match="journal_blocked"):
        book(world, "BE")

    # Company, journals, rates and periods (two lists), read again before the verdict stands.
    assert len(world.sandbox.calls()) - before == 5


PER_DOCUMENT = {
    "missing_gl_account:8050": ("gl_account:8050", removed("financial/GLAccounts", BE, "8050")),
    "gl_account_blocked:8050": ("gl_account:8050", changed("financial/GLAccounts", BE, Code="8050", IsBlocked=True)),
    "gl_account_refused:8050": ("gl_account:8050", changed("financial/GLAccounts", BE, Code="8050", Type=22)),
    "vat_code_missing:I0": ("vat_code:I0", removed("vat/VATCodes", BE, "I0")),
    "vat_code_blocked:I0": ("vat_code:I0", changed("vat/VATCodes", BE, Code="I0", IsBlocked=True)),
    "vat_code_wrong_type:I0": ("vat_code:I0", changed("vat/VATCodes", BE, Code="I0", Type="X")),
    "vat_code_wrong_rate:I0": ("vat_code:I0", changed("vat/VATCodes", BE, Code="I0", Percentage=0.06)),
    "unknown_payment_condition:30": ("payment_condition:30", removed("cashflow/PaymentConditions", BE, "30")),
}


@pytest.fixture
def needs(world) -> dict[str, set[str]]:
    """What each document of BE needs, from a first plan of it that sends nothing."""
    with world.run("BE", dry_run=True) as run:
        drafts = orders_feed(run).drafts([record for page in run.sources.orders(START, run.window.until) for record in page])
    return {draft.your_ref: set(draft.subjects) for draft in drafts if draft.payload is not None}


@pytest.mark.parametrize("finding", PER_DOCUMENT)
def test_a_mistake_in_one_code_makes_dead_letters_of_the_documents_that_need_it_and_of_no_others(world, needs, finding: str) -> None:
    subject, plant = PER_DOCUMENT[finding]
    plant(world)
    refreshed(world, "BE")
    book(world, "BE")
    hit = {row["your_ref"] for row in world.mutations("cause_code || ':' || cause_subject = %s", finding)}
    states = {row["your_ref"]: row["state"] for row in world.mutations() if row["your_ref"] in needs}

    assert finding in findings_of(world, "BE")
    assert hit == {number for number, subjects in needs.items() if subject in subjects}
    assert hit
    assert {number for number, state in states.items() if state != "posted"} == hit


def test_a_mistake_in_one_code_costs_no_call_more(world, needs) -> None:
    removed("cashflow/PaymentConditions", BE, "30")(world)
    refreshed(world, "BE")
    before = len(world.sandbox.calls())
    tally = book(world, "BE")

    made = world.sandbox.calls()[before:]
    # One more look at the list of payment conditions, whatever number of documents needs the missing one; nothing for the dead ones.
    assert [call["endpoint"] for call in made].count("cashflow/PaymentConditions") == 1
    assert len([call for call in made if call["method"] == "POST"]) == sum(row["attempt"] for row in world.mutations())
    assert tally["posted"] > 0


def findings_of(world: Any, name: str) -> dict[str, bool]:
    """The last findings, and whether each stops the administration."""
    with world.run(name) as run:
        known = run.mapping.known()
    assert known is not None
    return {str(finding): finding.stops for finding in known.findings}


def test_a_currency_that_only_orders_have_is_found_once_documents_wait_for_its_rate(world) -> None:
    world.shop("update webshop.sales set currency = 'CHF' where sale_no = '536370'")
    world.shop("update webshop.sales set currency = 'SEK' where sale_no = '536527'")
    assert book(world, "BE")["posted"] > 0

    assert {cause: stops for cause, stops in checked(world, "BE").items() if "rate" in cause} == {"missing_exchange_rate:CHF": False}


def checked(world: Any, name: str) -> dict[str, bool]:
    with world.run(name) as run:
        run.mapping.check()
    return findings_of(world, name)


def test_the_check_is_made_once_for_each_change_of_either_side(world, tmp_path: Path) -> None:
    def checked_at() -> datetime:
        with world.run("BE") as run:
            return run.mapping.verdict().at

    first = checked_at()
    refreshed(world, "BE")
    assert checked_at() == first

    changed("cashflow/PaymentConditions", BE, Code="30", Description="Thirty days")(world)
    refreshed(world, "BE")
    second = checked_at()
    assert second > first

    configure(world, tmp_path, 'account: "30"', 'account: "PP"')
    assert checked_at() > second


def test_the_daily_check_names_every_finding_and_its_cure_and_goes_red(world) -> None:
    removed("cashflow/PaymentConditions", BE, "30")(world)
    with world.run("BE") as run, pytest.raises(SetupError) as refusal:
        check_mapping(run)

    assert "unknown_payment_condition:30" in refusal.value.subject
    assert "Create payment condition 30 in Exact" in refusal.value.cure
    assert "Maak betalingsconditie 30 aan in Exact" in refusal.value.cure


def test_pages_that_cannot_be_written_stop_nothing(world, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "no-folder").write_text("a file")
    with world.run("BE", data_docs=tmp_path / "no-folder") as run:
        assert run.mapping.verdict().stops == ()

    assert "set EXACTLY_DATA_DOCS" in caplog.text


def test_an_administration_that_is_off_is_not_checked(world, tmp_path: Path) -> None:
    configure(world, tmp_path, "mode: book", "mode: off")
    before = len(world.sandbox.calls())
    with world.run("BE") as run:
        assert check_mapping(run) == {}
    assert len(world.sandbox.calls()) == before


def test_the_page_and_the_data_docs_of_each_administration_are_written(world, tmp_path: Path) -> None:
    removed("cashflow/PaymentConditions", BE, "30")(world)
    for name in ("BE", "UK"):
        with world.run(name, data_docs=tmp_path) as run:
            run.mapping.verdict()
    page = (tmp_path / "index.html").read_text(encoding="utf-8")

    assert "unknown_payment_condition:30" in page
    assert "Betalingsconditie 30 bestaat niet" in page
    assert '<h2 id="UK">' in page
    assert {path.name for path in tmp_path.iterdir()} == {"index.html", "BE", "UK"}
    assert {path.stem for path in (tmp_path / "BE" / "expectations").iterdir()} >= {"division", "journals", "periods", "gl_accounts"}
    assert list((tmp_path / "BE" / "validations").rglob("*.html"))
