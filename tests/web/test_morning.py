"""The bookkeeper's morning: what is open is looked at, mended or given up, until the queue is empty. In Dutch and in English."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from playwright.sync_api import Page, expect
from psycopg.conninfo import conninfo_to_dict

from include.demo.loader import load
from tests.conftest import Postgres
from tests.flows.conftest import DEMO_SANDBOX, LAST_DAY
from tests.sandbox.driver import SandboxProcess
from tests.web.airflow_server import AirflowServer
from tests.web.bookkeeping import BRITISH, FRENCH, Books, settle_all

# The database that the connection `webshop` of the tests' Airflow names.
SHOP = "webshop"
SOON_MS = 30_000


@pytest.fixture(scope="module")
def books(postgres: Postgres, airflow_server: AirflowServer) -> Iterator[Books]:
    settle_all(airflow_server.dsn)
    dsn = postgres.dsn(SHOP)
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute(f"create database {conninfo_to_dict(dsn)['dbname']} template template0")
    load(dsn, today=LAST_DAY)
    sandbox = SandboxProcess(*DEMO_SANDBOX)
    company = Books(airflow_server, dsn, sandbox)
    try:
        yield company
    finally:
        company.close()
        sandbox.stop()
        settle_all(airflow_server.dsn)
        with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
            connection.execute(f"drop database {SHOP} with (force)")


def open_row(page: Page, steps: int) -> None:
    """To a row by the keyboard alone, and into it."""
    for _ in range(steps):
        page.keyboard.press("j")
    page.keyboard.press("Enter")


def decide(page: Page, button: str, yes: str) -> None:
    """Press a button that asks, and say yes."""
    page.locator(".acts").get_by_role("button", name=button).click()
    page.get_by_role("dialog").get_by_role("button", name=yes, exact=True).click()


def test_a_morning_in_dutch_ends_with_an_empty_queue(books: Books, window) -> None:
    known = [books.order("NL-1", buyer="17850"), books.order("NL-2", buyer="17850")]
    given_up = books.order("NL-3", buyer="13047")
    books.book(*known, given_up)
    page = window("user", language="nl")

    page.goto("/exactly/")
    expect(page.locator("main")).to_contain_text("3 documenten wachten op u.")
    expect(page.locator("tr[data-row]").first).to_contain_text("333,88 GBP")
    open_row(page, 1)
    expect(page.get_by_role("heading", level=1)).to_have_text("Relatie 17850 bestaat niet in deze administratie van Exact.")
    expect(page.locator(".cure")).to_contain_text("Maak in Exact een klant met code 17850 aan")
    books.make_relation("17850")
    decide(page, "Opnieuw proberen…", "Opnieuw proberen")
    expect(page.locator("#told")).to_contain_text("Wordt opnieuw geprobeerd: 2 documenten")
    books.work_off()
    expect(page.locator("#case")).to_contain_text("Deze oorzaak is afgehandeld", timeout=SOON_MS)
    assert books.states(*known) == ["posted", "posted"]

    page.get_by_role("link", name="Te doen").first.click()
    expect(page.locator("main")).to_contain_text("1 document wacht op u.")
    open_row(page, 1)
    page.locator(".acts").get_by_role("button", name="Notitie…").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Proefbestelling van de verkoopafdeling")
    page.get_by_role("dialog").get_by_role("button", name="Bewaren").click()
    expect(page.locator("#case .history")).to_contain_text("Proefbestelling van de verkoopafdeling")
    page.locator(".acts").get_by_role("button", name="Afwijzen…").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Een proef, geen verkoop")
    page.get_by_role("dialog").get_by_role("button", name="Afwijzen", exact=True).click()
    expect(page.locator("#case")).to_contain_text("Deze oorzaak is afgehandeld")

    page.goto("/exactly/")
    expect(page.locator(".empty")).to_contain_text("Niets te doen")
    expect(page.locator(".empty")).to_contain_text("geboekt")
    page.get_by_role("link", name="Afgehandeld").click()
    expect(page.get_by_role("row", name="NL-3")).to_contain_text("Een proef, geen verkoop door user")
    page.keyboard.press("/")
    page.keyboard.type("166,94")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="NL-1")).to_contain_text("bedrag incl. btw")
    open_row(page, 1)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Verkoop NL-")


def test_a_morning_in_english_ends_with_an_empty_queue(books: Books, window) -> None:
    mistyped = books.order("EN-1", like=BRITISH, buyer="15311")
    books.call_article(mistyped, "85123A", "85I23A")
    late = books.order("EN-2", like=FRENCH, buyer="12567", day=datetime.now(UTC) - timedelta(days=60))
    books.book(mistyped, late)
    page = window("user", language="en", theme="dark")

    page.goto("/exactly/?sort=administration")
    expect(page.locator("main")).to_contain_text("2 documents wait for you.")
    open_row(page, 1)
    expect(page.get_by_role("heading", level=1)).to_contain_text("is closed in Exact, or does not exist yet")
    decide(page, "Book in the current period…", "Book in the current period")
    expect(page.locator("#told")).to_contain_text("Gets the entry date")
    books.work_off()
    expect(page.locator("#case")).to_contain_text("This cause is settled", timeout=SOON_MS)

    page.goto("/exactly/")
    open_row(page, 1)
    page.get_by_role("link", name="EN-1").click()
    expect(page.locator("#record")).to_contain_text("Item 85I23A does not exist")
    expect(page.locator("table.lines")).to_contain_text("85I23A")
    expect(page.locator("table.lines tfoot")).to_contain_text("166.94 GBP")
    books.call_article(mistyped, "85I23A", "85123A")
    decide(page, "Try again…", "Try again")
    expect(page.locator("#told")).to_contain_text("Is tried again: 1 document")
    books.work_off()
    expect(page.locator("#record h1")).to_contain_text("booked", timeout=SOON_MS)
    expect(page.locator("#record .history")).to_contain_text("by user")
    assert books.states("EN-1", "EN-2") == ["posted", "posted"]

    page.goto("/exactly/")
    expect(page.locator(".empty")).to_contain_text("Nothing to do")
