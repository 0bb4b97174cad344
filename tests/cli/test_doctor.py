"""The doctor finds each planted trouble, and says what helps."""

from __future__ import annotations

import shutil

import psycopg
import pytest

from include.administrations.names import DIRECTORY
from include.store.migrate import MIGRATIONS


def findings(company, *words):
    return company.json("doctor", *words)["findings"]


def failures(company, *words):
    return [(each["part"], each["says"], each["cure"]) for each in findings(company, *words) if each["level"] == "failure"]


def says(company, part, level):
    return [each["says"] for each in findings(company) if each["part"] == part and each["level"] == level]


def test_a_whole_company_has_no_failure(company):
    result = company.run("doctor")

    assert result.exit_code == 0
    assert "Gifts & Home Ltd" in result.output
    assert "failure" not in result.output


def test_every_part_is_asked(company):
    parts = {each["part"] for each in findings(company)}

    assert parts == {"configuration", "our database", "webshop", "Exact UK", "Exact BE", "Exact NL", "Airflow"}


def test_the_exact_user_and_the_language_are_told(company):
    assert "Exact user Integration UK, language EN-GB" in says(company, "Exact UK", "ok")


def test_a_wrong_registration_number_in_exact_is_a_failure(company):
    sandbox = company.world.sandbox
    sandbox.control("POST", "divisions", {"division": 820101, "ChamberOfCommerceNumber": "99999999"})
    try:
        (found,) = failures(company)
    finally:
        sandbox.control("POST", "divisions", {"division": 820101, "ChamberOfCommerceNumber": "01234567"})

    assert found[:2] == ("Exact UK", "wrong_company 820101")
    assert "ChamberOfCommerceNumber" in found[2]


def test_a_company_that_changed_its_name_warns_once(company):
    sandbox = company.world.sandbox
    sandbox.control("POST", "divisions", {"division": 820101, "Description": "Presents & Home Ltd"})
    first, second = says(company, "Exact UK", "warning"), says(company, "Exact UK", "warning")
    sandbox.control("POST", "divisions", {"division": 820101, "Description": "Gifts & Home Ltd"})

    assert first == ["division 820101 is now called 'Presents & Home Ltd', it was 'Gifts & Home Ltd'"]
    assert second == []


def test_a_missing_view_and_a_column_of_another_type_are_failures(company):
    with psycopg.connect(company.world.shop_dsn) as connection:
        connection.execute("alter view exactly_contract.customers rename to buyers")
    try:
        found = failures(company)
    finally:
        with psycopg.connect(company.world.shop_dsn) as connection:
            connection.execute("alter view exactly_contract.buyers rename to customers")

    assert [(part, text) for part, text, _ in found] == [("webshop", "view_missing: customers")]


def test_a_chain_that_needs_consent_is_a_failure_that_names_the_command(company):
    company.memory("update oauth_chain set state = 'needs_consent', reason = 'Old refresh token used' where chain like '%%exactly-be'")
    found = failures(company)
    company.memory("update oauth_chain set state = 'ok', reason = ''")

    assert found == [("Exact BE", "a person must sign in again: Old refresh token used", "exactly sign-in exact_be")]


def test_a_missing_connection_is_a_failure(company, monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_EXACT_UK")

    ((part, text, cure),) = failures(company)

    assert (part, text.split(":")[0]) == ("connections", "Airflow gives no connection exact_uk")
    assert "Admin, Connections" in cure


def test_an_incomplete_connection_is_a_failure(company, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_EXACT_UK", '{"conn_type": "exact_online", "login": "exactly-uk"}')

    assert failures(company) == [("connections", "connection_incomplete exact_uk", "fill in client ID and client secret")]


def test_an_exact_that_does_not_answer_is_a_failure(company, monkeypatch):
    connection = '{"conn_type": "exact_online", "host": "http://127.0.0.1:9", "login": "exactly-uk", "password": "exactly-uk-secret"}'
    monkeypatch.setenv("AIRFLOW_CONN_EXACT_UK", connection)

    ((part, text, cure),) = failures(company)

    assert part == "Exact UK"
    assert "http://127.0.0.1:9 does not answer" in text
    assert "exact_uk" in cure


def test_every_mistake_of_a_wrong_file_is_told_by_line(company, tmp_path):
    for file in DIRECTORY.glob("*.yaml"):
        shutil.copy(file, tmp_path)
    wrong = (tmp_path / "BE.yaml").read_text().replace("currency: EUR", "currency: euro").replace("mode: book", "mode: maybe")
    (tmp_path / "BE.yaml").write_text(wrong)

    found = [text for part, text, _ in failures(company, "--administrations", str(tmp_path)) if part == "configuration"]

    assert len(found) == 2
    assert all(text.startswith("BE.yaml:") for text in found)


def test_a_database_without_our_tables_is_a_failure_that_names_the_command(company, postgres, monkeypatch):
    name = psycopg.conninfo.conninfo_to_dict(postgres.create_database("bare"))["dbname"]
    monkeypatch.setenv("AIRFLOW_CONN_EXACTLY_STORE", company.environment["AIRFLOW_CONN_EXACTLY_STORE"].replace(_store(company), name))

    found = [each for each in failures(company) if each[0] == "our database"]

    newest = max(file.name[:4] for file in (MIGRATIONS / "versions").glob("0*.py"))
    assert found == [("our database", f"has schema none, wanted is {newest}", "exactly migrate")]


def test_a_database_of_another_environment_is_a_failure(company, monkeypatch):
    monkeypatch.setenv("EXACTLY_ENVIRONMENT", "production")

    found = [each for each in failures(company) if each[0] == "our database"]

    assert [text for _, text, _ in found] == ["foreign_environment production"]
    assert "exactly accept-database" in found[0][2]


def test_without_a_fernet_key_nobody_may_sign_in(company, monkeypatch):
    from airflow.sdk.crypto import get_fernet

    with monkeypatch.context() as patch:
        patch.setenv("AIRFLOW__CORE__FERNET_KEY", "")
        get_fernet.cache_clear()
        found = [text for part, text, _ in failures(company) if part == "Airflow"]
        refused = company.run("sign-in", "exact_uk", "--automatic")
    get_fernet.cache_clear()

    assert len(found) == 1
    assert "no Fernet key" in found[0]
    assert refused.exit_code == 3


def test_tokens_of_another_fernet_key_are_a_failure_in_words(company, monkeypatch):
    from airflow.sdk.crypto import get_fernet
    from cryptography.fernet import Fernet

    with monkeypatch.context() as patch:
        patch.setenv("AIRFLOW__CORE__FERNET_KEY", Fernet.generate_key().decode())
        get_fernet.cache_clear()
        found = {part: text for part, text, _ in failures(company)}
    get_fernet.cache_clear()

    assert found["Exact UK"].startswith("tokens_unreadable")


@pytest.mark.parametrize("level", ["ok", "warning"])
def test_the_exit_status_of_what_works_is_0(company, level):
    assert level in {each["level"] for each in findings(company)}
    assert company.run("doctor", "--json").exit_code == 0


def _store(company) -> str:
    return psycopg.conninfo.conninfo_to_dict(company.world.store_dsn)["dbname"]
