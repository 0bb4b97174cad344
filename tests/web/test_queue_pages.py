"""The pages of the queue: what they say, to whom, and that everybody can use them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html

from include.outbox.model import Key
from tests.web.airflow_server import AirflowServer
from tests.web.planting import Plant

GRAVE = {"serious", "critical"}
EMAIL, NAME = "jan@example.nl", "Bakkerij Jansen"
RELATION = json.dumps({"Name": NAME, "Email": EMAIL, "Code": "1"})
VASE = {"Description": "Vaas", "NetPrice": 12.5, "Quantity": 3, "VATCode": "4", "Item": str(UUID(int=8)), "GLAccount": str(UUID(int=9))}
SHIPPING = {"Description": "Verzending", "NetPrice": 4.95, "Quantity": 1, "VATCode": "4"}
INVOICE = json.dumps({"Currency": "EUR", "OrderedBy": str(UUID(int=7)), "SalesInvoiceLines": [VASE, SHIPPING]})
REFUSED = "update mutation set state = 'dead_letter', cause_code = %s, cause_subject = %s, cause_facts = %s where your_ref = %s"


def text_of(answer) -> str:
    return " ".join(html.fromstring(answer.text).text_content().split())


class Desk:
    """Records of one mark, planted for a test of its own."""

    def __init__(self, server: AirflowServer, plant: Plant) -> None:
        self.mark = f"q{uuid4().hex[:7]}"
        self.vat_number = f"NL00{uuid4().int % 10**7:07}B01"
        self.server, self.plant = server, plant

    def id_of(self, number: str) -> int:
        with psycopg.connect(self.server.dsn) as connection:
            (mutation_id,) = connection.execute("select mutation_id from mutation where your_ref = %s", (number,)).fetchone()
        return int(mutation_id)

    def sql(self, statement: str, *values: object) -> None:
        with psycopg.connect(self.server.dsn, autocommit=True) as connection:
            connection.execute(statement, values)

    def refused(self) -> str:
        """A refused relation with a person's data in its payload, in Exact's answer and in the subject of its cause."""
        number = f"{self.mark}-rel"
        key = Key("shop", number, "account", 1, 820202)
        self.plant.planned(number, key=key, endpoint="crm/Accounts", payload=RELATION, customer=number)
        self.sql(REFUSED, "vat_number_refused", self.vat_number, json.dumps({"text": f"E-mail {EMAIL} is ongeldig"}), number)
        return number

    def written(self) -> str:
        """A refused invoice of two lines."""
        number = f"{self.mark}-inv"
        amounts = {"amount_net": Decimal("42.45"), "vat": {"4": Decimal("8.91")}, "currency": "EUR"}
        self.plant.planned(number, endpoint="salesinvoice/SalesInvoices", payload=INVOICE, customer="17850", **amounts)
        self.sql(REFUSED, "unknown_item", self.mark, "{}", number)
        return number


@pytest.fixture
def desk(airflow_server: AirflowServer, plant: Plant) -> Desk:
    return Desk(airflow_server, plant)


def test_a_document_shows_its_lines_and_sums_to_the_cent_in_the_readers_language(desk: Desk, visitor) -> None:
    path = f"/records/{desk.id_of(desk.written())}"
    dutch = text_of(visitor("viewer").page(path, headers={"Accept-Language": "nl"}))
    english = text_of(visitor("viewer").page(path))

    assert "Vaas" in dutch
    for told in (
        "12,50",
        "37,50",
        "42,45 EUR",
        "8,91 EUR",
        "51,36 EUR",
        f"Artikel {desk.mark} bestaat niet",
    ):
        assert told in dutch, told
    for told in (
        "12.50",
        "37.50",
        "42.45 EUR",
        "8.91 EUR",
        "51.36 EUR",
        f"Item {desk.mark} does not exist",
    ):
        assert told in english, told


def test_personal_data_is_whole_for_operators_and_hidden_from_viewers_on_every_page(desk: Desk, visitor) -> None:
    number = desk.refused()
    record = f"/records/{desk.id_of(number)}"
    whole = visitor("user").page(record).text

    assert all(told in whole for told in (EMAIL, NAME, desk.vat_number))
    for path in (record, "/?code=vat_number_refused", f"/search?q={number}", "/done"):
        hidden = text_of(visitor("viewer").page(path))
        assert not [told for told in (EMAIL, NAME, desk.vat_number) if told in hidden], path


def test_names_are_sought_for_operators_alone(desk: Desk, visitor) -> None:
    number = desk.refused()

    assert number in visitor("user").page("/search?q=bakkerij").text
    assert number not in visitor("viewer").page("/search?q=bakkerij").text


def test_buttons_are_there_for_those_who_may_press_them(desk: Desk, visitor) -> None:
    number = desk.written()
    for path in (f"/records/{desk.id_of(number)}", f"/cases/BE:unknown_item:{desk.mark}"):
        assert "hx-get" in visitor("user").page(path).text
        assert "/dialog/" in visitor("user").page(path).text
        assert "/dialog/" not in visitor("viewer").page(path).text


def test_what_waits_says_what_happens_when(desk: Desk, visitor) -> None:
    relation = Key("shop", f"{desk.mark}-17850", "account", 1, 820202)
    desk.plant.planned(f"{desk.mark}-17850", key=relation, endpoint="crm/Accounts")
    desk.plant.planned(f"{desk.mark}-1", waits_for=relation)
    desk.plant.planned(f"{desk.mark}-2")
    desk.sql("update mutation set state = 'sending', sent_at = now() where your_ref = %s", f"{desk.mark}-2")
    desk.sql("update mutation set state = 'unknown', next_look_at = now() + interval '12 minutes' where your_ref = %s", f"{desk.mark}-2")
    someone = visitor("viewer")

    awaiting = someone.page(f"/records/{desk.id_of(f'{desk.mark}-1')}", headers={"Accept-Language": "nl"})
    looked_up = text_of(someone.page(f"/records/{desk.id_of(f'{desk.mark}-2')}"))
    assert f"Wacht op relatie {desk.mark}-17850." in text_of(awaiting)
    assert f"/records/{desk.id_of(f'{desk.mark}-17850')}" in awaiting.text
    assert "Exact gave no clear answer; at" in looked_up
    groups = text_of(someone.page("/waiting"))
    assert "Waits for a relation or a sale to be in Exact." in groups
    listed = someone.page("/waiting?administration=BE&flow=orders_to_invoices&kind=awaited").text
    assert f"{desk.mark}-1" in listed


def test_who_dismissed_what_and_why_shows_among_what_is_done_and_in_its_history(desk: Desk, visitor) -> None:
    number = desk.written()
    reason = "<b>dubbel</b> besteld"
    visitor("user").act(f"/records/{desk.id_of(number)}/dismiss", {"reason": reason})
    for path in ("/done?state=dismissed", f"/records/{desk.id_of(number)}"):
        shown = visitor("viewer").page(path, headers={"Accept-Language": "nl"})
        assert reason in text_of(shown), path
        assert "door user" in text_of(shown), path
        assert reason not in shown.text


def test_a_changed_history_says_so(desk: Desk, visitor) -> None:
    path = f"/records/{desk.id_of(desk.written())}"
    assert "The chain is whole" in visitor("viewer").page(path).text
    with psycopg.connect(desk.server.dsn, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("update mutation_event set actor = 'nobody' where mutation_id = %s", (int(path.rpartition("/")[2]),))

    assert "The chain is broken" in visitor("viewer").page(path).text


def test_what_does_not_exist_and_what_is_no_place_in_a_list_does_no_harm(visitor) -> None:
    someone = visitor("viewer")
    for path in ("/records/999999999", "/cases/BE:no_such_case:x"):
        assert someone.page(path).status_code == 404, path
    for after in ("x", "~~", "1~2", "1~a~b", "NaN~~x", "2026-11-23~1", "9" * 400 + "~" + "9" * 30, "2026-11-23T00:00:00+00:00~1"):
        for path in ("/?after=", "/waiting?kind=run&after=", "/done?after=", "/done?day="):
            assert someone.page(path + after.replace("+", "%2B")).status_code == 200, path + after


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_on_the_pages_of_the_queue_keeps_anybody_out(desk: Desk, window, theme: str) -> None:
    number = desk.written()
    desk.plant.planned(f"{desk.mark}-9", source_changed_at=datetime(2026, 11, 2, tzinfo=UTC))
    page = window("user", language="nl", theme=theme)
    found: dict[str, list[str]] = {}
    paths = (
        "",
        f"cases/BE:unknown_item:{desk.mark}",
        f"records/{desk.id_of(number)}",
        "waiting?kind=run",
        "done",
        f"search?q={number}",
        "search?q=zzz",
    )
    for path in paths:
        page.goto(f"/exactly/{path}")
        violations = Axe().run(page).response["violations"]
        grave = [f"{each['id']}: {each['nodes'][0]['html'][:120]}" for each in violations if each["impact"] in GRAVE]
        found |= {path: grave} if grave else {}
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), path
    page.goto(f"/exactly/cases/BE:unknown_item:{desk.mark}")
    page.locator(".acts button").first.click()
    page.get_by_role("dialog").wait_for()
    dialog = [each["id"] for each in Axe().run(page).response["violations"] if each["impact"] in GRAVE]

    assert (found, dialog) == ({}, [])
