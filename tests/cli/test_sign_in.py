"""Signing in at a terminal, in one process or in two."""

from __future__ import annotations

import re

import pytest

from tests.cli.company import consent_of_a_person


@pytest.fixture(autouse=True)
def signed_out(company):
    """Nobody has signed in to the Belgian company."""
    company.memory("delete from oauth_chain where chain like '%%exactly-be'")


def chain(company):
    figures = company.json("status")["BE"]
    return figures["sign_in"]


def test_a_sandbox_that_consents_by_itself_needs_no_person(company):
    result = company.run("sign-in", "exact_be", "--automatic")

    assert result.exit_code == 0
    assert chain(company) == "ok"


def test_a_person_opens_the_address_consents_and_pastes_where_the_browser_landed(company):
    command = company.start("sign-in", "exact_be")
    address = next(found[0] for line in command.stdout if (found := re.search(r"http\S+", line)))

    rest, _ = command.communicate(consent_of_a_person(address) + "\n", timeout=60)

    assert command.returncode == 0
    assert "Next: exactly doctor" in rest
    assert chain(company) == "ok"


def test_another_process_may_finish_a_sign_in(company):
    first = company.run("sign-in", "exact_be", typed="\n")
    address = re.search(r"http\S+", first.output)[0]

    second = company.run("sign-in", "exact_be", "--landed", consent_of_a_person(address))

    assert second.exit_code == 0
    assert chain(company) == "ok"


def test_an_address_of_another_connections_sign_in_is_refused(company):
    address = re.search(r"http\S+", company.run("sign-in", "exact_uk", typed="\n").output)[0]

    result = company.run("sign-in", "exact_be", "--landed", consent_of_a_person(address))

    assert result.exit_code == 3
    assert "belongs to another sign-in" in result.output
    assert chain(company) == "nobody has signed in"


def test_an_address_without_a_code_is_refused_in_words(company):
    result = company.run("sign-in", "exact_be", "--landed", "https://localhost/signed-in")

    assert result.exit_code == 3
    assert "paste the whole address" in result.output


def test_a_connection_that_is_not_there_is_refused_in_words(company):
    result = company.run("sign-in", "exact_fr", "--automatic")

    assert result.exit_code == 3
    assert "missing connection (exact_fr)" in result.output
