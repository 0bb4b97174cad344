"""The administrations that ship with the project, and how orders find theirs."""

from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from include.administrations.countries import ALIASES, COUNTRIES, EUROPEAN_UNION, Area, iso_country
from include.administrations.identity import registration_fault, vat_number_fault
from include.administrations.loader import load_administrations
from include.administrations.model import Administration, Mode, Target
from include.administrations.names import DIRECTORY, administration_names
from include.administrations.vat import Regime
from include.errors import RecordError, SetupError
from include.sources import iso

ALL = load_administrations()
UK, BE, NL = ALL["UK"], ALL["BE"], ALL["NL"]
DEMO_COUNTRIES = {
    "UK": ["GB"],
    "NL": ["NL", "DE", "NO", "PL", "LT"],
    "BE": ["IE", "FR", "AU", "CH", "ES", "PT", "IT", "BE", "JP"],
}
LIGHT = """
import sys, time
start = time.perf_counter()
from include.administrations.names import administration_names
names = administration_names()
print(time.perf_counter() - start, ",".join(names), any(name in sys.modules for name in ("pydantic", "yaml", "ruamel.yaml")))
"""


def test_the_shipped_administrations_are_those_of_the_demo() -> None:
    assert [each.name for each in ALL] == administration_names() == ["BE", "NL", "UK"]
    assert (UK.division, UK.connection, UK.target, UK.currency) == (820101, "exact_uk", Target.SALES_INVOICE, "GBP")
    assert (BE.division, BE.connection, BE.target, BE.currency) == (820202, "exact_be", Target.SALES_ENTRY, "EUR")
    assert (NL.division, NL.connection, NL.target, NL.currency) == (820303, "exact_nl", Target.SALES_INVOICE, "EUR")
    assert (UK.registration, UK.vat_number) == ("01234567", "GB123456782")
    assert (BE.registration, BE.vat_number) == ("0123456749", "BE0123456749")
    assert (NL.registration, NL.vat_number) == ("27123456", "NL123456782B90")
    assert {each.mode for each in ALL} == {Mode.BOOK}
    assert {each.quarantine_s for each in ALL} == {900}
    assert {each.book_from for each in ALL} == {date(2020, 1, 1)}
    assert {each.collective_relation for each in ALL} == {"90000"}


def test_listing_the_names_imports_nothing_heavy() -> None:
    answer = subprocess.run([sys.executable, "-c", LIGHT], check=True, capture_output=True, text=True, cwd=DIRECTORY.parent.parent)
    seconds, names, heavy = answer.stdout.split()

    assert (names, heavy) == ("BE,NL,UK", "False")
    assert float(seconds) < 0.1


def test_a_hidden_file_of_an_editor_is_no_administration(tmp_path: Path) -> None:
    for name in (".#UK.yaml", "UK.yaml", "notes.txt"):
        (tmp_path / name).touch()

    assert administration_names(tmp_path) == ["UK"]


@pytest.mark.parametrize(("name", "country"), [(name, country) for name, countries in DEMO_COUNTRIES.items() for country in countries])
def test_an_order_finds_the_administration_of_its_country(name: str, country: str) -> None:
    assert ALL.route(country).name == name


@pytest.mark.parametrize("written", ["gb", " GB "])
def test_a_country_is_found_however_it_is_written(written: str) -> None:
    assert ALL.route(written) is UK


@pytest.mark.parametrize("country", ["", "UK", "ZZ", "XI", "Belgium", "B1"])
def test_what_is_no_country_is_routed_nowhere(country: str) -> None:
    with pytest.raises(RecordError) as caught:
        ALL.route(country)

    assert (caught.value.code, caught.value.subject) == ("unknown_country", country)


def test_an_administration_that_nobody_described_is_a_finding_with_the_nearest_name() -> None:
    with pytest.raises(SetupError, match="did you mean UK"):
        ALL["UKK"]


@pytest.mark.parametrize(
    ("administration", "country", "area"),
    [
        (UK, "GB", Area.HOME),
        (UK, "IM", Area.HOME),
        (UK, "FR", Area.UNION),
        (UK, "MC", Area.UNION),
        (UK, "NO", Area.ELSEWHERE),
        (BE, "BE", Area.HOME),
        (BE, "FR", Area.UNION),
        (BE, "GR", Area.UNION),
        (BE, "MC", Area.UNION),
        (BE, "GB", Area.ELSEWHERE),
        (BE, "IM", Area.ELSEWHERE),
        (BE, "CH", Area.ELSEWHERE),
        (BE, "AX", Area.ELSEWHERE),
        (BE, "RE", Area.ELSEWHERE),
        (BE, "JP", Area.ELSEWHERE),
    ],
)
def test_a_country_lies_in_one_area(administration: Administration, country: str, area: Area) -> None:
    assert administration.area(country) is area


def test_greece_may_be_written_as_its_vat_numbers_do() -> None:
    assert iso_country("el") == "GR"
    assert BE.area("EL") is Area.UNION


def test_the_union_has_27_members_and_the_united_kingdom_is_none() -> None:
    assert len(EUROPEAN_UNION) == 27
    assert EUROPEAN_UNION < COUNTRIES
    assert "GB" not in EUROPEAN_UNION
    assert not ALIASES.keys() & COUNTRIES


def test_orders_and_routes_know_the_same_countries() -> None:
    assert COUNTRIES == iso.COUNTRIES


def test_a_rate_is_the_same_however_it_is_written() -> None:
    table = UK.vat_codes.table(Regime.DOMESTIC, "GB")

    assert table[Decimal(20)] == table[Decimal("20.0")] == table[Decimal("2E+1")] == "1"


def test_a_day_begins_at_the_midnight_of_its_company() -> None:
    moment = datetime(2026, 7, 31, 22, 30, tzinfo=UTC)

    assert (UK.local_day(moment), BE.local_day(moment)) == (date(2026, 7, 31), date(2026, 8, 1))


def test_an_administration_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        UK.mode = Mode.OFF


def test_an_administration_survives_the_way_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(UK)) == UK


def test_the_fingerprint_changes_with_the_content_and_not_with_comments_or_order(tmp_path: Path) -> None:
    texts = {name: (DIRECTORY / f"{name}.yaml").read_text() for name in administration_names()}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text("# another comment\n" + text)
    commented = load_administrations(tmp_path)
    (tmp_path / "UK.yaml").write_text(texts["UK"].replace('"8000"', '"8001"'))
    changed = load_administrations(tmp_path)
    home, kitchen = '  home: "8010"\n', '  kitchen: "8020"\n'
    (tmp_path / "UK.yaml").write_text(texts["UK"].replace(home + kitchen, kitchen + home))

    assert load_administrations(tmp_path).fingerprint == ALL.fingerprint
    assert commented.fingerprint == ALL.fingerprint
    assert changed.fingerprint != ALL.fingerprint
    assert changed["BE"].fingerprint == BE.fingerprint
    assert changed["UK"].fingerprint != UK.fingerprint


def test_off_may_be_written_without_quotes(tmp_path: Path) -> None:
    for name in administration_names():
        text = (DIRECTORY / f"{name}.yaml").read_text()
        (tmp_path / f"{name}.yaml").write_text(text.replace("mode: book", "mode: off"))

    assert (NL.registration, NL.vat_number) == ("27123456", "NL123456782B90")
    assert {each.mode for each in load_administrations(tmp_path)} == {Mode.OFF}


def test_guests_may_be_refused() -> None:
    assert Administration.model_validate({**UK.model_dump(), "guests": "refuse"}).collective_relation is None


@pytest.mark.parametrize(
    ("country", "number", "right"),
    [
        ("GB", "GB123456782", True),
        ("GB", "XI123456782", True),
        ("GB", "GB100000034", True),
        ("GB", "GB123456783", False),
        ("BE", "BE0123456749", True),
        ("BE", "BE0123456750", False),
        ("BE", "BE 0123.456.749", False),
        ("NL", "NL123456782B90", True),
        ("NL", "NL000099998B57", True),
        ("NL", "NL123456783B90", False),
        ("GR", "EL123456789", True),
        ("GR", "GR123456789", False),
        ("DE", "DE123456788", True),
        ("DE", "DE123456789", False),
        ("SE", "SE556188840401", True),
        ("SE", "5561888404", False),
    ],
)
def test_a_vat_number_is_checked_by_the_rules_of_its_country(country: str, number: str, right: bool) -> None:
    assert (vat_number_fault(country, number) is None) is right


@pytest.mark.parametrize(
    ("country", "number", "right"),
    [
        ("GB", "01234567", True),
        ("GB", "SC123456", True),
        ("GB", "1234567", False),
        ("BE", "0123456749", True),
        ("BE", "0123456748", False),
        ("NL", "12345678", True),
        ("NL", "1234567", False),
        ("DE", "HRB 12345", True),
        ("DE", "", False),
    ],
)
def test_a_registration_number_is_checked_by_the_rules_of_its_country(country: str, number: str, right: bool) -> None:
    assert (registration_fault(country, number) is None) is right
