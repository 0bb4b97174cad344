"""Customers of the shop become relations, once each: made, found again, changed, and waited for by their orders."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import include.administrations
from include.flows.attention import CaseOpenError, settle_case
from include.flows.customers_to_accounts import relate_customers
from include.flows.orders_to_invoices import book_orders
from include.flows.unknown_outcomes import settle
from include.outbox.ports import Purpose
from include.outbox.times import Times
from include.run import Window
from tests.sandbox.driver import ExactClient

FILES = Path(include.administrations.__file__).parent
DIVISIONS = {"BE": 820202, "UK": 820101}
CUSTOMERS = '\ncustomers: {first_code: "70000000", last_code: "79999999"}\n'
# All that a shop may know of a customer; the café is new to Exact.
CAFE = {
    "buyer_no": "40001",
    "company_name": "Café du Marché SARL",
    "contact_person": "Amélie de la Tour",
    "email": "amelie@cafe.example",
    "phone": "+33 1 23 45 67 89",
    "street": "1 Rue du Marché",
    "zip": "75001",
    "town": "Paris",
    "country_code": "FR",
    "vat_id": "FR40303265045",
    "company_register_no": "303265045",
    "delivery_street": "12 Quai de la Gare",
    "trade_buyer": True,
}
# A quarantine of seconds, longer than the slowest commit below.
QUICK = Times(deadline_s=1.5, guard_s=1.0, first_look_s=0.2, second_look_s=0.6, quarantine_s=5.0, lease_s=4.0, cooldown_s=1.0, retry_s=0.5)
SETTLED_S = 30.0


class Shop:
    """A world whose administrations make relations, and what is in their books."""

    def __init__(self, world: Any, folder: Path) -> None:
        self.world = world
        for file in sorted(FILES.glob("*.yaml")):
            text = "\n".join(line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("customers:"))
            (folder / file.name).write_text(text + CUSTOMERS, encoding="utf-8")
        world.configuration = folder
        # Another application, as a bookkeeper would look, so that the chains of ours stay whole.
        self._visitor = ExactClient(world.sandbox, "visitor", "visitor-secret", "https://visitor.example/callback").sign_in()

    def add(self, **columns: Any) -> str:
        row = {**CAFE, "updated_at": datetime.now(UTC), **columns}
        names, marks = ", ".join(row), ", ".join("%s" for _ in row)
        self.world.shop(f"insert into webshop.buyers ({names}) values ({marks})", *row.values())
        return str(row["buyer_no"])

    def change(self, number: str, **columns: Any) -> None:
        sets = ", ".join(f"{name} = %s" for name in columns)
        self.world.shop(f"update webshop.buyers set {sets}, updated_at = clock_timestamp() where buyer_no = %s", *columns.values(), number)

    def relate(self, *numbers: str, name: str = "BE", **others: Any) -> Counter[str]:
        with self.world.run(name, window=window(*numbers), **others) as run:
            return relate_customers(run)

    def order(self, number: str, customer: str, *, name: str = "BE", like: str = "536370") -> Counter[str]:
        """An order of a customer, and what the flow of orders makes of it."""
        self.world.add_order(number, like=like)
        self.world.shop("update webshop.sales set buyer_no = %s where sale_no = %s", customer, number)
        return self.book(number, name=name)

    def book(self, *numbers: str, name: str = "BE") -> Counter[str]:
        with self.world.run(name, window=window(*numbers)) as run:
            return book_orders(run)

    def relations(self, search_code: str, name: str = "BE") -> list[dict[str, Any]]:
        where = f"SearchCode eq '{search_code}'"
        fields = "ID,Code,Name,Status,VATNumber,City,Email,Phone,Postcode,AddressLine1,CodeAtSupplier"
        return self._visitor.all_rows(f"{DIVISIONS[name]}/crm/Accounts", where, select=fields)

    def parts(self, kind: str, relation: str, name: str = "BE") -> list[dict[str, Any]]:
        return self._visitor.all_rows(f"{DIVISIONS[name]}/crm/{kind}", f"Account eq guid'{relation}'")

    def enter(self, name: str = "BE", **fields: Any) -> dict[str, Any]:
        """A relation that a bookkeeper enters by hand."""
        return self.world.sandbox.control("POST", "accounts", {"division": DIVISIONS[name], **fields})

    def mutation(self, source_id: str, effect: str = "account", number: int = 1) -> dict[str, Any]:
        return self.world.mutations("source_id = %s and effect = %s and effect_number = %s", source_id, effect, number)[-1]

    def calls(self, since: int, method: str) -> list[str]:
        return [call["endpoint"] for call in self.world.sandbox.calls()[since:] if call["method"] == method]


def window(*numbers: str) -> Window:
    now = datetime.now(UTC)
    return Window(now, now, order_numbers=numbers) if numbers else Window(now - timedelta(minutes=10), now + timedelta(minutes=10))


@pytest.fixture
def shop(world, tmp_path) -> Shop:
    return Shop(world, tmp_path)


def test_a_new_customer_becomes_a_relation_with_a_contact_and_an_address(shop: Shop) -> None:
    shop.add()
    tally = shop.relate("40001")
    (relation,) = shop.relations("40001")
    (contact,) = shop.parts("Contacts", relation["ID"])
    (address,) = [each for each in shop.parts("Addresses", relation["ID"]) if each["Type"] == 4]

    assert tally["posted"] == 3
    assert relation["Code"].strip() == "70040001"
    assert (relation["Status"], relation["Name"], relation["VATNumber"]) == ("C", "Café du Marché SARL", "FR40303265045")
    assert (contact["FirstName"], contact["LastName"]) == ("Amélie", "de la Tour")
    assert (address["AddressLine1"], address["Postcode"]) == ("12 Quai de la Gare", "75001")


def test_a_new_customer_costs_a_call_for_each_of_its_records_and_the_run_one_for_all(shop: Shop) -> None:
    for number in range(40001, 40006):
        shop.add(buyer_no=str(number), vat_id=None, company_register_no=None)
    shop.add(buyer_no="40000", vat_id=None, company_register_no=None)
    # What an administration does when it books for the first time is behind it then.
    shop.relate("40000")
    before = len(shop.world.sandbox.calls())
    shop.relate(*map(str, range(40001, 40006)))

    assert Counter(shop.calls(before, "POST")) == {"crm/Accounts": 5, "crm/Contacts": 5, "crm/Addresses": 5}
    assert shop.calls(before, "GET") == ["sync/CRM/Accounts"]


def test_a_second_run_makes_no_second_relation_and_costs_no_call(shop: Shop) -> None:
    shop.add()
    shop.relate()
    before = len(shop.world.sandbox.calls())
    tally = shop.relate()

    assert (tally["posted"], tally["planned"], tally["calls"]) == (0, 0, 0)
    assert len(shop.world.sandbox.calls()) == before
    assert len(shop.relations("40001")) == 1


@pytest.mark.parametrize("field", ["VATNumber", "ChamberOfCommerce"])
def test_a_relation_that_stands_in_exact_is_found_by_its_number_and_taken_as_it_is(shop: Shop, field: str) -> None:
    value = {"VATNumber": CAFE["vat_id"], "ChamberOfCommerce": CAFE["company_register_no"]}[field]
    entered = shop.enter(Code="4711", Name="Something else", Country="FR", **{field: value})
    shop.add()
    tally = shop.relate("40001")

    assert (tally["adopted"], tally["posted"]) == (1, 0)
    assert shop.relations("40001") == []
    assert (shop.mutation("40001")["state"], str(shop.mutation("40001")["exact_id"])) == ("posted", entered["ID"])
    assert shop.parts("Contacts", entered["ID"]) == []


def test_a_relation_with_the_customers_number_as_code_is_taken_when_its_name_agrees(shop: Shop) -> None:
    entered = shop.enter(Code="40001", Name="CAFE DU MARCHE", Country="FR")
    shop.add()
    shop.relate("40001")

    assert str(shop.mutation("40001")["exact_id"]) == entered["ID"]


def test_a_code_alone_takes_nothing_and_makes_nothing_and_the_order_waits_for_a_person(shop: Shop) -> None:
    shop.enter(Code="40001", Name="Boulangerie", Postcode="13001", Country="FR")
    shop.add()
    shop.relate("40001")
    shop.order("940001", "40001")

    assert shop.relations("40001") == []
    for source_id, effect in (("40001", "account"), ("40001", "contact"), ("940001", "sale")):
        row = shop.mutation(source_id, effect)
        assert (row["state"], row["cause_code"], row["cause_subject"]) == ("dead_letter", "relation_differs", "40001")


def test_after_the_cure_the_case_brings_relation_and_order_back(shop: Shop) -> None:
    shop.enter(Code="40001", Name="Boulangerie", Postcode="13001", Country="FR")
    shop.add()
    shop.order("940001", "40001")
    work_off(shop, "BE:relation_differs:40001")
    shop.enter(Code="40001", Name="Café du Marché")
    work_off(shop, "BE:relation_differs:40001")
    shop.book("940001")

    assert (shop.mutation("40001")["state"], shop.mutation("940001", "sale")["state"]) == ("posted", "posted")
    assert shop.mutation("40001", "contact")["state"] == "dismissed"


def work_off(shop: Shop, case_id: str) -> None:
    with shop.world.run("BE", purpose=Purpose.OPERATOR) as run:
        try:
            settle_case(run, case_id)
        except CaseOpenError:
            return


def test_of_several_relations_with_the_same_vat_number_none_is_taken(shop: Shop) -> None:
    for code in ("4711", "4712"):
        shop.enter(Code=code, Name="Café", Country="FR", VATNumber=CAFE["vat_id"])
    shop.add()
    shop.relate("40001")

    assert shop.mutation("40001")["cause_code"] == "relation_ambiguous"


def test_a_vat_number_that_exact_refuses_holds_the_order_under_the_same_cause(shop: Shop) -> None:
    shop.add(vat_id="FR41303265045")
    shop.order("940001", "40001")
    shop.book("940001")

    assert shop.relations("40001") == []
    for source_id, effect in (("40001", "account"), ("940001", "sale")):
        row = shop.mutation(source_id, effect)
        assert (row["state"], row["cause_code"], row["cause_subject"]) == ("dead_letter", "vat_number_refused", "FR41303265045")

    shop.change("40001", vat_id="FR40303265045")
    for _ in range(2):
        work_off(shop, "BE:vat_number_refused:FR41303265045")
    shop.book("940001")
    assert (shop.mutation("40001")["state"], shop.mutation("940001", "sale")["state"]) == ("posted", "posted")
    assert [each["VATNumber"] for each in shop.relations("40001")] == ["FR40303265045"]


def test_an_order_before_its_customer_makes_the_relation_and_is_booked_on_it_in_one_run(shop: Shop) -> None:
    shop.add()
    tally = shop.order("940001", "40001")
    (relation,) = shop.relations("40001")
    order = shop.mutation("940001", "sale")

    assert tally["posted"] == 2
    assert order["state"] == "posted"
    assert json.loads(order["payload"])["Customer"] == relation["ID"]


def test_a_customer_that_nobody_asked_for_is_unknown_where_no_relations_are_made(shop: Shop) -> None:
    file = shop.world.configuration / "BE.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(CUSTOMERS, "\n"), encoding="utf-8")
    shop.add()
    shop.order("940001", "40001")
    tally = shop.relate("40001")

    assert tally == {}
    assert shop.mutation("940001", "sale")["cause_code"] == "unknown_relation"
    assert shop.relations("40001") == []


@pytest.mark.parametrize(("rule", "fate"), [("true", "posted"), ("false", "dead_letter")])
def test_a_number_that_the_shop_does_not_explain_is_a_code_only_where_codes_are_numbers(shop: Shop, rule: str, fate: str) -> None:
    file = shop.world.configuration / "BE.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace('"79999999"}', f'"79999999", number_is_code: {rule}}}'), encoding="utf-8")
    shop.enter(Code="40009", Name="Somebody")
    shop.world.shop("alter table webshop.sales drop constraint sales_buyer_no_fkey")
    shop.order("940001", "40009")

    assert shop.mutation("940001", "sale")["state"] == fate


def test_a_case_of_an_unknown_relation_is_cured_by_a_file_that_makes_relations(shop: Shop) -> None:
    file = shop.world.configuration / "BE.yaml"
    makes_relations = file.read_text(encoding="utf-8")
    file.write_text(makes_relations.replace(CUSTOMERS, "\n"), encoding="utf-8")
    shop.add()
    shop.order("940001", "40001")
    file.write_text(makes_relations, encoding="utf-8")
    for _ in range(2):
        work_off(shop, "BE:unknown_relation:40001")
    assert (shop.mutation("940001", "sale")["state"], shop.mutation("40001")["state"]) == ("planned", "planned")

    shop.book("940001")
    assert shop.mutation("940001", "sale")["state"] == "posted"


def test_one_customer_is_a_relation_of_its_own_in_each_administration(shop: Shop) -> None:
    shop.add()
    shop.relate("40001")
    shop.order("940002", "40001", name="UK", like="536365")

    assert [len(shop.relations("40001", name)) for name in DIVISIONS] == [1, 1]
    assert {row["key_division"] for row in shop.world.mutations("effect = 'account'")} == set(DIVISIONS.values())
    assert shop.mutation("940002", "sale")["state"] == "posted"


def test_only_the_fields_that_the_shop_changed_are_changed_in_exact(shop: Shop) -> None:
    shop.add()
    shop.relate("40001")
    shop.change("40001", town="Lyon", zip="69001", contact_person="Marc de la Tour")
    tally = shop.relate("40001")
    (relation,) = shop.relations("40001")
    (contact,) = shop.parts("Contacts", relation["ID"])

    # The street of deliveries is in the same town.
    assert tally["posted"] == 3
    assert json.loads(shop.mutation("40001", number=2)["payload"]) == {"City": "Lyon", "Postcode": "69001"}
    assert json.loads(shop.mutation("40001", "contact", 2)["payload"]) == {"FirstName": "Marc"}
    assert (relation["City"], relation["Name"], contact["FirstName"]) == ("Lyon", "Café du Marché SARL", "Marc")


def test_a_change_and_the_way_back_reach_exact_both_and_nothing_after(shop: Shop) -> None:
    shop.add()
    shop.relate("40001")
    for town in ("Lyon", "Paris", "Lyon"):
        shop.change("40001", town=town)
        shop.relate("40001")
        before = len(shop.world.sandbox.calls())
        shop.relate("40001")

        assert [each["City"] for each in shop.relations("40001")] == [town]
        assert shop.calls(before, "PUT") == []


def test_what_a_person_changed_in_exact_stays_while_the_shop_does_not_change_it(shop: Shop) -> None:
    shop.add()
    shop.relate("40001")
    (relation,) = shop.relations("40001")
    shop.enter(Code=relation["Code"], Phone="0800")
    shop.change("40001", town="Lyon")
    shop.relate("40001")

    assert [(each["City"], each["Phone"]) for each in shop.relations("40001")] == [("Lyon", "0800")]


def test_what_both_changed_is_for_a_person_who_may_send_it_all_the_same(shop: Shop) -> None:
    shop.add()
    shop.relate("40001")
    (relation,) = shop.relations("40001")
    shop.enter(Code=relation["Code"], City="Nice")
    shop.change("40001", town="Lyon")
    shop.relate("40001")
    row = shop.mutation("40001", number=2)

    assert (row["state"], row["cause_code"], row["cause_facts"]) == ("dead_letter", "relation_changed_in_exact", {"fields": "City"})
    assert [each["City"] for each in shop.relations("40001")] == ["Nice"]
    for _ in range(2):
        work_off(shop, "BE:relation_changed_in_exact:40001")
    assert [each["City"] for each in shop.relations("40001")] == ["Lyon"]


def test_a_customer_that_is_gone_from_the_shop_changes_nothing_in_exact(shop: Shop) -> None:
    shop.add()
    shop.relate("40001")
    shop.world.shop("delete from webshop.buyers where buyer_no = '40001'")
    tally = shop.relate()

    assert tally["posted"] == 0
    assert len(shop.relations("40001")) == 1


def test_a_dry_run_makes_no_relation(shop: Shop) -> None:
    shop.add()
    tally = shop.relate("40001", dry_run=True)

    assert tally["would_be_planned"] == 3
    assert shop.relations("40001") == []
    assert shop.world.mutations() == []


LOST = "timeout_after_commit"


@pytest.mark.parametrize(
    ("kind", "endpoint"),
    [(LOST, "crm/Accounts"), (LOST, "crm/Contacts"), ("reset_before_commit", "crm/Accounts")],
)
def test_a_record_of_unknown_outcome_is_settled_without_a_second_one(shop: Shop, kind: str, endpoint: str) -> None:
    shop.world.times = QUICK
    shop.add()
    shop.world.sandbox.fault(kind, endpoint=endpoint, seconds=3)
    until = time.monotonic() + SETTLED_S
    while time.monotonic() < until:
        shop.relate("40001")
        with shop.world.run("BE") as run:
            settle(run)
        if {row["state"] for row in shop.world.mutations()} == {"posted"} and len(shop.world.mutations()) == 3:
            break
        time.sleep(0.3)
    (relation,) = shop.relations("40001")

    assert {row["state"] for row in shop.world.mutations()} == {"posted"}
    assert len(shop.parts("Contacts", relation["ID"])) == 1
    assert len([each for each in shop.parts("Addresses", relation["ID"]) if each["Type"] == 4]) == 1
