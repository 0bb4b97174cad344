"""Relations, contacts and addresses: numbered, checked, inherited, deleted (FACTS 6.7)."""

from __future__ import annotations

import pytest

from tests.sandbox.books import DIVISION, ENTRIES, entry, keys
from tests.sandbox.driver import error_text

ACCOUNTS, ADDRESSES, CONTACTS = (f"{DIVISION}/crm/{name}" for name in ("Accounts", "Addresses", "Contacts"))


def made(client, path, **body):
    answer = client.post(path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()["d"]


def at(path, key):
    return f"{path}(guid'{key}')"


def test_6_7_a_relation_without_a_code_gets_the_next_one_that_is_free(client):
    codes = [made(client, ACCOUNTS, Name=f"New {number}", Status="C")["Code"].strip() for number in range(40)]
    taken = {"1", "25", "30", "40"}
    assert codes == [str(number) for number in range(2, 45) if str(number) not in taken][:40]
    found = client.rows(ACCOUNTS, f"Code eq '{'2'.rjust(18)}'", select="Name,Type,Status")
    assert (found[0]["Name"], found[0]["Type"], found[0]["Status"]) == ("New 0", "A", "C")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Name": " "}, "Verplicht: Naam"),
        ({"Status": "X"}, "Ongeldig: Status"),
        ({"Code": "12A"}, "Ongeldig: Code"),
        ({"Code": "25"}, "Gegeven bestaat reeds."),
        ({"Country": "Nederland"}, "Ongeldige referentie: Land"),
        ({"Country": "NL", "Postcode": "ABC"}, "Ongeldig: Postcode"),
        ({"Country": "BE", "Postcode": "2611 XX"}, "Ongeldig: Postcode"),
        ({"Country": "GB", "Postcode": "12345"}, "Ongeldig: Postcode"),
    ],
)
def test_6_7_a_relation_is_refused_when_it_is_made_and_when_it_changes(client, change, text):
    refused = client.post(ACCOUNTS, {"Name": "New", **change})
    assert (refused.status_code, error_text(refused)) == (500, text)
    key = made(client, ACCOUNTS, Name="New")["ID"]
    refused = client.call("PUT", at(ACCOUNTS, key), change)
    assert (refused.status_code, error_text(refused)) == (500, text)


@pytest.mark.parametrize(
    ("country", "postcode"), [("NL", "2611 BC"), ("NL", "2611bc"), ("BE", "9000"), ("GB", "SW1A 1AA"), ("PL", "00-950"), ("AU", "whatever")]
)
def test_6_7_postcodes_of_their_country_are_taken(client, country, postcode):
    made(client, ACCOUNTS, Name="New", Country=country, Postcode=postcode)


def test_6_7_postcodes_are_taken_unchecked_by_switch(sandbox, client):
    sandbox.switch(check_postcodes=False)
    made(client, ACCOUNTS, Name="New", Country="NL", Postcode="x")


def test_6_7_a_relation_changes_and_becomes_a_customer(client):
    key = made(client, ACCOUNTS, Name="Prospect", Status="P")["ID"]
    assert error_text(client.post(ENTRIES, {**entry(client), "Customer": key})) == "Ongeldig: Factuur voor (Type)"
    assert client.call("PUT", at(ACCOUNTS, key), {"Status": "C", "Code": "4711", "Country": "BE"}).status_code == 204
    row = client.rows(ACCOUNTS, f"ID eq guid'{key}'")[0]
    assert (row["Status"], row["Code"], row["Country"], row["Name"]) == ("C", "4711".rjust(18), "BE", "Prospect")
    assert client.post(ENTRIES, {**entry(client), "Customer": key}).status_code == 201


def test_6_7_contacts_want_a_relation_and_both_names(client):
    refused = client.post(CONTACTS, {})
    assert set(error_text(refused).split("\r\n")) == {"Verplicht: Relatie", "Verplicht: Voornaam", "Verplicht: Achternaam"}
    contact = made(client, CONTACTS, Account=keys(client)["1"], FirstName="Ada", LastName="Lovelace")
    assert (contact["FullName"], contact["AccountName"], contact["AccountIsCustomer"]) == ("Ada Lovelace", "First customer B.V.", True)
    assert error_text(client.call("PUT", at(CONTACTS, contact["ID"]), {"LastName": ""})) == "Verplicht: Achternaam"
    assert client.call("PUT", at(CONTACTS, contact["ID"]), {"LastName": "King"}).status_code == 204
    assert client.get(at(CONTACTS, contact["ID"])).json()["d"]["FullName"] == "Ada King"


def test_6_7_an_address_that_is_there_already_answers_with_its_key(client):
    address = {
        "Account": keys(client)["1"],
        "Type": 4,
        "AddressLine1": "Dorpsstraat 1",
        "Postcode": "2611 BC",
        "City": "Delft",
        "Country": "NL",
    }
    first = made(client, ADDRESSES, **address)
    assert first["AccountName"] == "First customer B.V."
    assert made(client, ADDRESSES, **address)["ID"] == first["ID"]
    assert made(client, ADDRESSES, **{**address, "Type": 3})["ID"] != first["ID"]
    assert error_text(client.post(ADDRESSES, {**address, "Account": None})) == "Verplicht: Relatie"
    assert error_text(client.post(ADDRESSES, {**address, "Type": 9})) == "Ongeldig: Type"
    assert error_text(client.call("PUT", at(ADDRESSES, first["ID"]), {"Postcode": "x"})) == "Ongeldig: Postcode"
    assert client.call("PUT", at(ADDRESSES, first["ID"]), {"AddressLine1": "Markt 2"}).status_code == 204
    assert made(client, ADDRESSES, **address)["ID"] != first["ID"]


def test_a_relation_goes_with_its_contacts_and_addresses_unless_something_uses_it(client):
    key = made(client, ACCOUNTS, Name="Short-lived", Status="C")["ID"]
    contact = made(client, CONTACTS, Account=key, FirstName="A", LastName="B")["ID"]
    made(client, ADDRESSES, Account=key, Type=1, AddressLine1="Markt 1")
    assert client.call("DELETE", at(ACCOUNTS, key)).status_code == 204
    assert client.get(at(CONTACTS, contact)).status_code == 404
    gone = client.rows(f"{DIVISION}/sync/Deleted", "Timestamp gt 1L")
    assert {row["EntityType"] for row in gone} == {2, 3, 5}
    client.post(ENTRIES, entry(client))
    refused = client.call("DELETE", at(ACCOUNTS, keys(client)["1"]))
    assert error_text(refused) == "Kan niet verwijderen: Relatie - Gebruikt in: Documenten"
