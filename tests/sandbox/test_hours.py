"""Time and cost transactions, projects and employees (FACTS 6.8)."""

from __future__ import annotations

import pytest

from tests.sandbox.company import changed, deleted, keys, made, path, row_of
from tests.sandbox.driver import error_text

TIME, COST, PROJECTS = "project/TimeTransactions", "project/CostTransactions", "project/Projects"


def hours(client, **values):
    return {"Item": keys(client)["item:HOUR"], "Quantity": 1.5, "Project": keys(client)["project:P1"], **values}


def test_6_8_hours_belong_to_a_project_and_its_relation(client):
    row = row_of(client, TIME, made(client, TIME, hours(client, Notes="token 1"))["ID"])
    assert (row["Quantity"], row["Price"], row["AmountFC"], row["HourStatus"], row["Type"]) == (1.5, 80, 120, 1, 1)
    assert (row["ProjectCode"], row["ProjectAccountName"], row["AccountName"]) == ("P1", "First customer B.V.", "First customer B.V.")
    assert row["Employee"] == keys(client)["employee:1"]
    assert len(client.rows(path(TIME), "substringof('token 1',Notes) eq true", select="ID")) == 1


def test_6_8_costs_are_a_feed_with_hours_and_lists_of_their_own(client):
    made(client, TIME, hours(client, HourStatus=10))
    cost = made(client, COST, hours(client, Quantity=2, Price=12.5, Notes="taxi"))["ID"]
    assert row_of(client, COST, cost)["AmountFC"] == 25
    assert len(client.rows(path(TIME), select="ID")) == len(client.rows(path(COST), select="ID")) == 1
    feed = client.all_rows(path("sync/Project/TimeCostTransactions"), "Timestamp gt 1L", select="Type,HourStatus")
    assert sorted((row["Type"], row["HourStatus"]) for row in feed) == [(1, 10), (2, 1)]
    assert client.get(path(f"{TIME}(guid'{cost}')")).status_code == 404


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Item": None}, "Verplicht: Artikel"),
        ({"Quantity": None}, "Verplicht: Aantal"),
        ({"Project": None}, "Verplicht: Project"),
        ({"Project": "project:P2"}, "Geblokkeerd: Project"),
        ({"HourStatus": 20}, "Ongeldig: Status"),
        ({"Employee": "00000000-0000-0000-0000-000000000001"}, "Ongeldige referentie: Medewerker"),
    ],
)
def test_6_8_hours_are_refused(client, change, text):
    named = {name: keys(client).get(value, value) if isinstance(value, str) else value for name, value in change.items()}
    refused = client.post(path(TIME), hours(client, **named))
    assert (refused.status_code, error_text(refused)) == (500, text)
    assert client.rows(path(TIME), select="ID") == []


def test_6_8_hours_for_a_relation_need_no_project(client):
    row = made(client, TIME, hours(client, Project=None, Account=keys(client)["account:25"]))
    assert row["AccountName"] == "Second customer B.V."


def test_6_8_what_is_final_is_not_changed_any_more(sandbox, client):
    key = made(client, TIME, hours(client))["ID"]
    assert changed(client, TIME, key, {"Quantity": 3}).status_code == 204
    assert row_of(client, TIME, key)["AmountFC"] == 240
    sandbox.control("POST", f"documents/{key}/process")
    assert row_of(client, TIME, key)["HourStatus"] == 20
    assert error_text(changed(client, TIME, key, {"Quantity": 4})) == "Reeds verwerkt"
    assert error_text(deleted(client, TIME, key)) == "Reeds verwerkt"
    sandbox.control("POST", f"documents/{key}/reopen")
    assert deleted(client, TIME, key).status_code == 204
    assert 14 in {row["EntityType"] for row in client.rows(path("sync/Deleted"), "Timestamp gt 1L")}


def test_6_8_projects_have_a_code_a_description_and_a_type(client):
    refused = client.post(path(PROJECTS), {"Type": 9})
    assert set(error_text(refused).split("\r\n")) == {"Verplicht: Code", "Verplicht: Omschrijving", "Ongeldig: Type"}
    row = made(client, PROJECTS, {"Code": "P9", "Description": "New", "Type": 2, "Account": keys(client)["account:1"]})
    assert (row["TypeDescription"], row["AccountName"]) == ("Fixed price", "First customer B.V.")
    assert error_text(client.post(path(PROJECTS), {"Code": "P9", "Description": "Again", "Type": 2})) == "Gegeven bestaat reeds."
    assert error_text(changed(client, PROJECTS, row["ID"], {"Code": "P1"})) == "Gegeven bestaat reeds."
    assert changed(client, PROJECTS, row["ID"], {"Type": 4}).status_code == 204
    assert row_of(client, PROJECTS, row["ID"])["TypeDescription"] == "Non billable"
    made(client, TIME, hours(client, Project=row["ID"]))
    assert error_text(deleted(client, PROJECTS, row["ID"])) == "Kan niet verwijderen: Projects - In gebruik"


def test_cost_centres_units_and_employees_can_be_read(client):
    assert [row["Code"] for row in client.rows(path("hrm/Costcenters"))] == ["SHOP"]
    assert [row["Code"] for row in client.rows(path("hrm/Costunits"))] == ["WEB"]
    assert [row["FullName"] for row in client.rows(path("payroll/Employees"))] == ["Test User"]
    assert {row["Code"] for row in client.rows(path("logistics/Units"))} == {"pc", "hour", "kg", "box"}
