"""VAT numbers of relations are checked by the rules of their country (FACTS 6.7)."""

from __future__ import annotations

import pytest

from tests.sandbox.books import DIVISION, keys
from tests.sandbox.driver import error_text

ACCOUNTS = f"{DIVISION}/crm/Accounts"
RIGHT = ("BE0123456749", "BE 0123.456.749", "DE123456788", "FR40303265045", "GB123456782", "NL123456782B90", "SE556188840401", "LU1")
WRONG = ("BE0123456750", "BE123", "DE123456789", "FR41303265045", "GB123456783", "NL123456783B90", "NL123456782")


@pytest.mark.parametrize("number", RIGHT)
def test_a_number_that_can_be_right_is_taken(client, number):
    answer = client.post(ACCOUNTS, {"Name": "New customer", "Code": "500", "Status": "C", "VATNumber": number})

    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("number", WRONG)
def test_a_number_with_wrong_check_digits_is_refused(client, number):
    answer = client.post(ACCOUNTS, {"Name": "New customer", "Code": "500", "Status": "C", "VATNumber": number})

    assert (answer.status_code, error_text(answer)) == (500, "Ongeldig controlecijfer voor btw-nummer.")


def test_a_number_is_checked_when_it_changes(client):
    path = f"{ACCOUNTS}(guid'{keys(client)['1']}')"

    assert client.call("PUT", path, {"VATNumber": "DE123456789"}).status_code == 500
    assert client.call("PUT", path, {"VATNumber": "DE123456788"}).status_code == 204
