"""The catalogue knows every text that was ever quoted, in the languages in which a sandbox of Exact says it; the rest is unknown."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.exact.catalogue import Refusal, recognise
from tests.exact.provocations import ENTRIES, PROVOCATIONS, keys, provoke, speak
from tests.sandbox.driver import ExactClient, SandboxProcess, error_text

QUOTED = json.loads((Path(__file__).parent / "samples" / "errors.json").read_text(encoding="utf-8"))["errors"]
KNOWN = {
    "Ongeldige referentie: Leveren aan\r\nOngeldige referentie: Besteld door\r\nOngeldige referentie: Factuur voor": "invalid_reference",
    "Ongeldig: Factuur voor (Type)": "account_not_customer",
    "Verplicht: Factuur voor\r\nVerplicht: Besteld door": "required_field_missing",
    "Ongeldig controlecijfer voor btw-nummer.": "vat_number_refused",
    "Verplicht: Boekjaar": "closed_period",
    "Ongeldig: Btw-percentage []": "vat_code_refused",
    "Ongeldig: Leverancier (Type)": "account_not_supplier",
    "In gebruik: Boekstuknummer.": "entry_number_in_use",
    "Reeds verwerkt": "already_processed",
}
LANGUAGES = ("NL", "EN", "FR")


@pytest.fixture(scope="module")
def books() -> Iterator[tuple[SandboxProcess, ExactClient]]:
    """A sandbox of its own, whose user changes language; its endpoints do not rest after errors."""
    process = SandboxProcess("--seed", "small", "--auto-consent", "--minutely-limit", "1000000", "--daily-limit", "1000000")
    process.switch(error_block=False)
    yield process, ExactClient(process, "app-one", "secret-one", "https://app-one.example/callback").sign_in()
    process.stop()


@pytest.mark.parametrize("quoted", QUOTED, ids=lambda quoted: quoted["text"][:40])
def test_each_quoted_text_is_recognised_or_deliberately_left_to_its_status(quoted: dict[str, object]) -> None:
    refusal = recognise(str(quoted["text"]))

    assert (refusal.code if refusal else None) == KNOWN.get(str(quoted["text"]))
    # What comes with a status of its own needs no text to be sorted.
    assert refusal is not None or quoted["status"] in {400, 403}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", PROVOCATIONS)
def test_what_the_sandbox_refuses_is_recognised_in_its_language(
    books: tuple[SandboxProcess, ExactClient], case: str, language: str
) -> None:
    sandbox, client = books
    speak(sandbox, language)
    provocation = PROVOCATIONS[case]

    status, text = provoke(client, provocation)

    assert status == 500
    assert recognise(text) == Refusal(provocation.code, provocation.kind), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_number_that_is_taken_is_recognised(books: tuple[SandboxProcess, ExactClient], language: str) -> None:
    sandbox, client = books
    speak(sandbox, language)
    entry = {"Customer": keys(client)["1"], "Journal": "70", "EntryNumber": 26700999}
    document = {**entry, "SalesEntryLines": [{"GLAccount": keys(client)["8000"], "AmountFC": 1}]}
    client.post(ENTRIES, document)

    refused = client.post(ENTRIES, document)

    assert refused.status_code == 500
    assert recognise(error_text(refused)) == Refusal("entry_number_in_use")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closed_period_is_recognised(books: tuple[SandboxProcess, ExactClient], language: str) -> None:
    sandbox, client = books
    speak(sandbox, language)
    year, month = (int(part) for part in sandbox.control("GET", "clock")["now"][:7].split("-"))
    period = {"division": 100, "year": year, "period": month}
    sandbox.control("POST", "periods", {**period, "closed": True})
    try:
        entry = {"Customer": keys(client)["1"], "Journal": "70", "SalesEntryLines": [{"GLAccount": keys(client)["8000"], "AmountFC": 1}]}
        refused = client.post(ENTRIES, entry)
    finally:
        sandbox.control("POST", "periods", {**period, "closed": False})

    assert recognise(error_text(refused)) == Refusal("closed_period", "period")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", ["unknown_text", "problem_before_commit"])
def test_a_failure_of_exact_itself_is_never_taken_for_a_refusal(
    books: tuple[SandboxProcess, ExactClient], fault: str, language: str
) -> None:
    sandbox, client = books
    speak(sandbox, language)
    sandbox.fault(fault, times=1)

    failed = client.post(ENTRIES, {"Customer": keys(client)["1"]})

    assert failed.status_code == 500
    assert recognise(error_text(failed)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \r\n ",
        "A problem has occurred. The cause of this issue will be investigated as soon as possible.",
        "Verplicht",
        "Verplicht: ",
        "Niet verplicht: Dagboek",
        "Verplicht: Dagboek\r\nEr is iets misgegaan",
        "Er is iets misgegaan\r\nVerplicht: Dagboek",
        "Time-out expired. Ongeldig: Dagboek",
        "Kan niet verwijderen: Relatie - Gebruikt in: Documenten",
    ],
)
def test_what_is_not_known_in_every_line_is_unknown(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    "text", ["ongeldig: factuur voor (type)", "Ongeldig: Factuur voor (Type).", "  Ongeldig: Factuur voor (Type)\r\n\r\n"]
)
def test_case_blanks_and_a_full_stop_make_no_difference(text: str) -> None:
    assert recognise(text) == Refusal("account_not_customer", "account")


def test_the_first_line_decides_what_a_refusal_is_called() -> None:
    assert recognise("Geblokkeerd: Klant\nVerplicht: Dagboek") == Refusal("blocked_account", "account")
    assert recognise("Verplicht: Dagboek\nGeblokkeerd: Klant") == Refusal("required_field_missing")


def test_no_pattern_takes_long_to_say_no() -> None:
    started = time.perf_counter()

    assert recognise("Ongeldig: " + "[" * 50_000) == Refusal("payload_refused")
    assert [recognise(text) for text in ("a" * 100_000, ": " * 50_000, "Ongeldig: Btw-percentage [" * 5_000 + "\nx")] == [None] * 3
    assert time.perf_counter() - started < 1
