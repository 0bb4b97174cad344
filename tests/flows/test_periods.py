"""Orders of closed periods against the books: asked about, moved, or booked where an operator decided, whatever happens meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from include.console.acts import book_in_current_period
from include.errors import SetupError
from include.flows.attention import CaseOpenError, settle_case
from include.flows.orders_to_invoices import book_orders
from include.outbox.model import Tally
from include.run import Window
from include.store.cases import CaseStore
from include.store.database import Database
from include.store.deeds import TERMINAL, Doer
from tests.flows.test_orders_to_invoices import configure

UK, BE = 820101, 820202
PROCESSED = 50
FRENCH, BRITISH = "536370", "536390"
# The Belgian company's own day, which is not always that of London.
TODAY = datetime.now(ZoneInfo("Europe/Brussels")).date()
CLOSED = TODAY.replace(day=1) - timedelta(days=1)
OWN_DAY = CLOSED.replace(day=15)
CAUSE = f"closed_period:{CLOSED:%Y-%m}"


def close(world: Any, division: int, *, closed: bool = True) -> None:
    world.sandbox.control("POST", "periods", {"division": division, "year": CLOSED.year, "period": CLOSED.month, "closed": closed})


@pytest.fixture
def late(world) -> str:
    """A French order whose invoice lies in the month before this one, which is closed."""
    close(world, BE)
    world.sandbox.control("POST", "accounts", {"division": BE, "Code": "12583", "Name": "A customer in France", "Country": "FR"})
    return dated(world, "late-1", FRENCH)


def dated(world: Any, number: str, like: str) -> str:
    world.add_order(number, like=like)
    moment = datetime(OWN_DAY.year, OWN_DAY.month, OWN_DAY.day, 12, tzinfo=UTC)
    world.shop("update webshop.sales set placed_at = %s, billed_at = %s where sale_no = %s", moment, moment, number)
    return number


def book(world: Any, name: str, *numbers: str) -> Tally:
    now = datetime.now(UTC)
    with world.run(name, window=Window(now, now, order_numbers=numbers)) as run:
        return book_orders(run)


def fate(world: Any, number: str) -> tuple[str, str]:
    (row,) = world.mutations("your_ref = %s", number)
    return row["state"], f"{row['cause_code']}:{row['cause_subject']}" if row["cause_code"] else ""


def in_exact(world: Any, number: str) -> dict[str, Any]:
    (found,) = world.sandbox.documents(your_ref=number)
    return dict(found)


def entry(world: Any, number: str) -> tuple[str, str]:
    """Day and description of the entry in Exact."""
    found = in_exact(world, number)
    return found["document_date"][:10], found["description"]


def decide(world: Any, by: str = "An") -> None:
    """What `exactly errors retry --in-current-period` does first."""
    database = Database(world.store_dsn)
    case = CaseStore(database).get(f"BE:{CAUSE}")
    assert case is not None
    book_in_current_period(database, case, Doer(by, TERMINAL))
    database.close()


def retry(world: Any, case_id: str) -> None:
    """Clear the case's square until it was tried: the first time only shows it."""
    for _ in range(2):
        with world.run("BE") as run:
            try:
                settle_case(run, case_id)
            except CaseOpenError:
                continue
            return


def test_an_order_of_a_closed_period_is_asked_about_and_costs_exact_no_error(world, late: str) -> None:
    tally = book(world, "BE", late, FRENCH)

    assert fate(world, late) == ("dead_letter", CAUSE)
    assert (fate(world, FRENCH), tally["posted"]) == (("posted", ""), 1)
    assert not [call for call in world.sandbox.calls() if (call["status"] or 0) >= 500]


def test_it_is_booked_on_the_first_open_day_where_the_administration_says_so(world, late: str, tmp_path: Path) -> None:
    configure(world, tmp_path, "guests:", "closed_period: first_open_period\nguests:")
    book(world, "BE", late)

    assert fate(world, late) == ("posted", "")
    assert entry(world, late) == (TODAY.replace(day=1).isoformat(), f"Webshop {late} of {OWN_DAY}")


def test_a_period_that_was_opened_again_is_noticed_without_a_refresh(world, late: str) -> None:
    book(world, "BE", late)
    close(world, BE, closed=False)
    retry(world, f"BE:{CAUSE}")

    assert fate(world, late) == ("posted", "")
    assert entry(world, late) == (OWN_DAY.isoformat(), f"Webshop {late}")


def test_an_operator_books_it_in_the_current_period(world, late: str) -> None:
    book(world, "BE", late)
    decide(world)
    retry(world, f"BE:{CAUSE}")

    assert fate(world, late) == ("posted", "")
    assert entry(world, late) == (TODAY.isoformat(), f"Webshop {late} of {OWN_DAY}")


def test_the_choice_holds_when_the_order_is_mapped_again(world, late: str) -> None:
    """The shop changes the order after the decision: it is mapped again by the flow, with the day that was chosen."""
    book(world, "BE", late)
    decide(world)
    world.shop("update webshop.sale_items set price = price + 1 where sale_no = %s", late)
    world.shop("update webshop.sales set updated_at = now() where sale_no = %s", late)
    book(world, "BE", late)

    assert fate(world, late) == ("posted", "")
    assert entry(world, late)[0] == TODAY.isoformat()


def test_only_cases_of_closed_periods_can_be_booked_in_the_current_one(world) -> None:
    world.add_order("stranger-1", like=FRENCH)
    book(world, "BE", "stranger-1")
    database = Database(world.store_dsn)
    case = CaseStore(database).get("BE:unknown_relation:12583")
    assert case is not None
    with pytest.raises(SetupError, match="no_closed_period"):
        book_in_current_period(database, case, Doer("An", TERMINAL))
    database.close()


def test_a_draft_of_a_closed_month_is_made_and_gets_its_day_when_it_is_processed(world) -> None:
    close(world, UK)
    number = dated(world, "late-2", BRITISH)
    book(world, "UK", number)
    (row,) = world.mutations("your_ref = %s", number)
    world.sandbox.control("POST", f"documents/{row['exact_id']}/process", {})

    assert row["state"] == "posted"
    assert in_exact(world, number)["status"] == PROCESSED
