"""A wrong file is refused whole: each mistake by file and line, with its cure, all at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.administrations.loader import load_administrations
from include.administrations.mistakes import ConfigurationError, Mistake
from include.administrations.money import Rounding
from include.administrations.vat import Regime

UK = """\
division: 820101
connection: exact_uk
country: GB
registration: "01234567"
vat_number: GB123456782
currency: GBP
time_zone: Europe/London
mode: book
book_from: 2020-01-01
target: sales_invoice
routes:
  countries: [GB, IE]
journals:
  sales: "70"
gl_accounts:
  gifts: "8000"
  home: "8010"
vat_codes:
  domestic:
    20: "1"
    5: "2"
  eu:
    0: "4"
items:
  policy: match
  generic:
    shipping: SHIPPING
guests: "90000"
payment_conditions:
  card: "PP"
quarantine_s: 900
"""
BE = """\
division: 820202
connection: exact_be
country: BE
registration: "0123456749"
vat_number: BE0123456749
currency: EUR
time_zone: Europe/Brussels
mode: observe
book_from: 2020-01-01
target: sales_entry
routes:
  rest: true
journals:
  sales: "70"
gl_accounts:
  gifts: "8000"
vat_codes:
  domestic:
    21: "21"
guests: refuse
payment_conditions:
  card: "PP"
"""


class Wrong(NamedTuple):
    """A file that is wrong in one place: what was written instead of what, the text on the blamed line, and words of the message."""

    instead_of: str
    written: str
    blamed: str
    words: str


WRONG = {
    "a misspelled key": Wrong("connection:", "conection:", "conection", "there is no key conection - did you mean connection?"),
    "a key of nobody": Wrong(
        "mode: book\n", "mode: book\ncolour: red\n", "colour", "there is no key colour - delete it; the keys here are division"
    ),
    "a misspelled key in a table": Wrong("  sales:", "  sale:", "  sale:", "there is no key journals.sale - did you mean sales?"),
    "an unknown regime": Wrong("  eu:", "  europe:", "  europe:", "there is no key vat_codes.europe"),
    "a name inside": Wrong("mode: book\n", "mode: book\nname: UK\n", "name:", "the name of the file is the name"),
    "a currency in small letters": Wrong(
        "currency: GBP\n", "currency: GBP\ncurrencies: [eur]\n", "currencies", "'eur' is no currency - write three capital letters"
    ),
    "its own currency among the others": Wrong(
        "currency: GBP\n", "currency: GBP\ncurrencies: [EUR, GBP]\n", "currencies", "GBP is the division's own currency - delete GBP"
    ),
    "a rule for closed periods that is none": Wrong(
        "mode: book\n", "mode: book\nclosed_period: next\n", "closed_period", "first_open_period"
    ),
    "no division": Wrong(
        "division: 820101\n", "", "connection", "division is missing: number of the division in Exact - write for example division: 820101"
    ),
    "no sales journal": Wrong(
        '  sales: "70"',
        "  {}",
        "journals:",
        'journals.sales is missing: code of the sales journal (type 20 in Exact) - write for example sales: "70"',
    ),
    "a key twice": Wrong(
        "mode: book\n", "mode: book\nmode: off\n", "mode: off", "mode stands twice (first in line 8) - keep one of the two"
    ),
    "a product group twice": Wrong("  home:", "  gifts:", '  gifts: "8010"', "gifts stands twice (first in line 16)"),
    "a rate twice": Wrong("    5:", "    20.0:", "    20.0", "VAT rate domestic 20 is the same as another key of the table"),
    "a rate twice, once in quotes": Wrong("    5:", '    "20":', '    "20"', "20 stands twice"),
    "a division as text": Wrong("820101", '"820101"', "820101", "division must be a whole number without quotes, not '820101'"),
    "a division with a fraction": Wrong("820101", "820101.5", "820101", "division must be a whole number"),
    "a division that is none": Wrong("820101", "-1", "division", "division must be at least 1, not '-1'"),
    "an octal division": Wrong("820101", "0720101", "division", "YAML does not read 0720101 as it is written"),
    "a division with underscores": Wrong("820101", "820_101", "division", "YAML does not read 820_101 as it is written"),
    "a list as division": Wrong("820101", "[820101]", "division", "division must be a whole number"),
    "an empty division": Wrong("division: 820101", "division:", "division", "division is empty - write for example division: 820101"),
    "a journal read as octal": Wrong('"70"', "070", "  sales:", 'YAML does not read 070 as it is written - write "070" in quotes'),
    "a journal as a number": Wrong('"70"', "70", "  sales:", 'journals.sales: 70 without quotes is no text - write "70" in quotes'),
    "a journal that means false": Wrong(
        '"70"', "off", "  sales:", 'journals.sales: off without quotes means false - write "off" in quotes'
    ),
    "an account as a number": Wrong(
        '"8000"', "8000", "gifts", 'gl_accounts.gifts: 8000 without quotes is no text - write "8000" in quotes'
    ),
    "a code with blanks": Wrong(
        '"8000"', '" 8000"', "gifts", "gl_accounts.gifts: ' 8000' is no code - write 1 to 20 characters without blanks"
    ),
    "customers without a range": Wrong(
        'guests: "90000"\n', 'guests: "90000"\ncustomers: {}\n', "customers", "is missing: first code of the range"
    ),
    "a range of codes that ends before it begins": Wrong(
        'guests: "90000"\n', 'guests: "90000"\ncustomers: {first_code: "9", last_code: "8"}\n', "customers", "first_code is above last_code"
    ),
    "a range of codes with the guests in it": Wrong(
        'guests: "90000"\n', 'guests: "90000"\ncustomers: {first_code: "1", last_code: "99999"}\n', "customers", "the range holds 90000"
    ),
    "a range of codes that begins with a nought": Wrong(
        'guests: "90000"\n',
        'guests: "90000"\ncustomers: {first_code: "07", last_code: "8"}\n',
        "customers",
        "'07' is no code of a relation",
    ),
    "an empty code": Wrong('"8000"', '""', "gifts", "gl_accounts.gifts is empty"),
    "a code too long": Wrong('"8000"', '"800000000000000000000"', "gifts", "is no code"),
    "a group that means true": Wrong("  gifts:", "  on:", "  on:", 'on without quotes means true - write "on" in quotes'),
    "Norway": Wrong("[GB, IE]", "[GB, NO]", "NO", 'routes.countries.1: NO without quotes means false - write "NO" in quotes'),
    "the United Kingdom by another name": Wrong("[GB, IE]", "[UK]", "UK", "'UK' is no country code - write GB"),
    "Greece by another name": Wrong("[GB, IE]", "[EL]", "EL", "'EL' is no country code - write GR"),
    "a country in small letters": Wrong("country: GB", "country: gb", "country: gb", "country: 'gb' is no country code - write GB"),
    "a country by name": Wrong(
        "country: GB", "country: Britain", "country: Br", "'Britain' is no country code - write two capital letters"
    ),
    "a country twice": Wrong(
        "[GB, IE]", "[GB, IE, GB]", "countries", "country GB is routed already, by UK.yaml:12 - name each country once"
    ),
    "one country without a list": Wrong("[GB, IE]", "GB", "countries", "routes.countries must be a list in [ ], not 'GB'"),
    "no routes": Wrong("  countries: [GB, IE]\n", "  countries: []\n", "routes", "routes: needs either countries or rest"),
    "a rest that is not": Wrong("  countries: [GB, IE]\n", "  rest: false\n", "rest", "routes.rest must be true, not 'false'"),
    "a short registration": Wrong(
        '"01234567"',
        '"1234567"',
        "registration",
        "registration: '1234567' cannot be right: a registration number of GB looks like 01234567",
    ),
    "a registration as a number": Wrong('"01234567"', "12345678", "registration", "registration: 12345678 without quotes is no text"),
    "a VAT number of another country": Wrong(
        "GB123456782", "BE0123456749", "vat_number", "a VAT number of GB looks like GB123456782 - copy it from the company's settings"
    ),
    "a VAT number with a typing mistake": Wrong("GB123456782", "GB123456728", "vat_number", "its check digits do not fit the others"),
    "a currency by its sign": Wrong("currency: GBP", "currency: £", "currency", "write for example currency: GBP"),
    "a time zone of nowhere": Wrong(
        "Europe/London", "Europe/Londn", "time_zone", "there is no time zone 'Europe/Londn' - write a name such as Europe/Amsterdam"
    ),
    "a mode of nobody": Wrong("mode: book", "mode: live", "mode", "mode must be one of 'off', 'observe' or 'book', not 'live'"),
    "a mode that means true": Wrong("mode: book", "mode: on", "mode", "mode must be one of 'off', 'observe' or 'book', not 'on'"),
    "a target of nobody": Wrong(
        "sales_invoice", "invoice", "target", "target must be one of 'sales_invoice' or 'sales_entry', not 'invoice'"
    ),
    "a day that is none": Wrong("2020-01-01", "2020-02-30", "book_from", "2020-02-30 cannot be read: day is out of range for month"),
    "a day in quotes": Wrong(
        "2020-01-01", '"2020-01-01"', "book_from", "book_from must be a day such as 2026-01-31, without quotes and without a time"
    ),
    "a day with a time": Wrong("2020-01-01", "2020-01-01 10:00:00", "book_from", "book_from must be a day"),
    "a day the Dutch way": Wrong("2020-01-01", "01-01-2020", "book_from", "book_from must be a day such as 2026-01-31"),
    "a rate with a percent sign": Wrong("    20:", "    20%:", "    20%", "'20%' is no VAT rate in percent - write a number from 0 to 100"),
    "a rate with a comma": Wrong("    5:", '    "5,5":', "5,5", "'5,5' is no VAT rate in percent"),
    "a rate that is negative": Wrong("    5:", "    -5:", "    -5", "'-5' is no VAT rate in percent"),
    "a rate beyond all": Wrong("    5:", "    500:", "    500", "'500' is no VAT rate in percent"),
    "a rate that is no number": Wrong("    5:", "    .nan:", "    .nan", "'.nan' is no VAT rate in percent"),
    "items missing for invoices": Wrong(
        "items:\n  policy: match\n  generic:\n    shipping: SHIPPING\n",
        "",
        "division",
        "items: is missing: a line of an invoice needs an item",
    ),
    "a policy of nobody": Wrong(
        "policy: match", "policy: guess", "policy", "items.policy must be one of 'match', 'generic' or 'refuse', not 'guess'"
    ),
    "items without effect": Wrong("sales_invoice", "sales_entry", "items:", "items: has no effect with target sales_entry - delete it"),
    "a relation by name": Wrong('guests: "90000"', "guests: Guests", "guests", "guests: 'Guests' is no code of a relation"),
    "a relation as a number": Wrong(
        'guests: "90000"', "guests: 90000", "guests", 'guests: 90000 without quotes is no text - write "90000" in quotes'
    ),
    "no ledger account": Wrong(
        'gl_accounts:\n  gifts: "8000"\n  home: "8010"\n',
        "gl_accounts: {}\n",
        "gl_accounts",
        'gl_accounts is empty - write for example gl_accounts: {gifts: "8000"}',
    ),
    "a list for a table": Wrong(
        '  gifts: "8000"\n  home: "8010"\n', '  - "8000"\n', "gl_accounts", "gl_accounts must be a table of keys and values"
    ),
    "a table for a code": Wrong('  card: "PP"', "  card: {code: PP}", "card", "payment_conditions.card must be text"),
    "a quarantine too short": Wrong("quarantine_s: 900", "quarantine_s: 5", "quarantine_s", "quarantine_s must be at least 60, not '5'"),
    "a quarantine too long": Wrong("quarantine_s: 900", "quarantine_s: 864000", "quarantine_s", "quarantine_s must be at most 86400"),
    "hours for bulk in words": Wrong(
        "mode: book\n",
        'mode: book\nbulk_hours: {from: "7 pm", until: "07:00"}\n',
        "bulk_hours",
        "bulk_hours.from: '7 pm' is no time of the day - write hours and minutes in quotes, such as \"19:00\"",
    ),
    "hours for bulk without an end": Wrong(
        "mode: book\n",
        'mode: book\nbulk_hours: {from: "19:00"}\n',
        "bulk_hours",
        'bulk_hours.until is missing: time of the day until which bulk may leave - write for example until: "07:00"',
    ),
    "hours for bulk with another word": Wrong(
        "mode: book\n",
        'mode: book\nbulk_hours: {from: "19:00", until: "07:00", untill: "08:00"}\n',
        "bulk_hours",
        "there is no key bulk_hours.untill - did you mean until?",
    ),
    "hours for bulk that are none": Wrong(
        "mode: book\n",
        'mode: book\nbulk_hours: {from: "07:00", until: "07:00"}\n',
        "bulk_hours",
        "bulk_hours: from and until are the same - delete bulk_hours",
    ),
    "a quarantine in words": Wrong(
        "quarantine_s: 900",
        "quarantine_s: 15 minutes",
        "quarantine_s",
        "quarantine_s must be a whole number without quotes, not '15 minutes'",
    ),
    "a rate of the one-stop shop twice": Wrong(
        "  eu:\n",
        "  one_stop_shop:\n    DE:\n      19: X\n      19.0: Y\n  eu:\n",
        "19.0:",
        "VAT rate one_stop_shop DE 19 is the same as another key of the table",
    ),
    "a one-stop shop outside the Union": Wrong(
        "  eu:\n", "  one_stop_shop: {DE: {19: X}}\n  eu:\n", "vat_codes:", "one_stop_shop has no effect for a company outside the Union"
    ),
    "a reverse charge outside the Union": Wrong(
        "  eu:\n", "  reverse_charge: {0: X}\n  eu:\n", "vat_codes:", "reverse_charge has no effect for a company outside the Union"
    ),
    "a one-stop shop that is not there": Wrong(
        "mode: book\n", "mode: book\nwithout_vat_number: one_stop_shop\n", "without_vat", "there is no table of the one-stop shop"
    ),
    "a choice that nobody offers": Wrong(
        "mode: book\n",
        "mode: book\nwithout_vat_number: guess\n",
        "without_vat",
        "without_vat_number must be one of 'domestic', 'one_stop_shop' or 'refuse', not 'guess'",
    ),
    "a check that counts for ever": Wrong(
        "mode: book\n",
        "mode: book\nvat_number_checked_within_days: 9999\n",
        "vat_number_checked",
        "vat_number_checked_within_days must be at most 366",
    ),
    "a tolerance beyond reason": Wrong(
        "mode: book\n",
        'mode: book\nrounding: {tolerance: "50", gl_account: "8190", vat_code: "0", item: X}\n',
        "rounding",
        "rounding.tolerance: '50' is no tolerance - write an amount with a point",
    ),
    "a tolerance with a comma": Wrong(
        "mode: book\n", 'mode: book\nrounding: {tolerance: "0,05"}\n', "rounding", "rounding.tolerance: '0,05' is no tolerance"
    ),
    "a rounding line without a ledger account": Wrong(
        "mode: book\n", 'mode: book\nrounding: {tolerance: "0.05"}\n', "rounding", "rounding: gl_account or vat_code is missing"
    ),
    "a rounding line without an item": Wrong(
        "mode: book\n",
        'mode: book\nrounding: {tolerance: "0.05", gl_account: "8190", vat_code: "0"}\n',
        "rounding",
        "rounding: item is missing: a line of an invoice needs an item",
    ),
    "a rounding of nobody": Wrong(
        "mode: book\n", "mode: book\nrounding: ignore\n", "rounding", "rounding must be a table of keys and values"
    ),
    "a sign of nobody": Wrong(
        "mode: book\n",
        "mode: book\ncredits: {sign: minus}\n",
        "credits",
        "credits.sign must be one of 'negative' or 'positive', not 'minus'",
    ),
    "a permission in words": Wrong("mode: book\n", "mode: book\ncredits: {free: sometimes}\n", "credits", "credits.free must be"),
    "a kind of line of nobody": Wrong(
        "mode: book\n",
        'mode: book\nkinds: {shiping: {gl_account: "8100", item: X}}\n',
        "kinds",
        "kinds.shiping must be one of 'shipping', 'discount', 'payment_cost' or 'voucher'",
    ),
    "a kind of line without an item": Wrong(
        "mode: book\n", 'mode: book\nkinds: {voucher: {gl_account: "1600"}}\n', "kinds", "kinds: item is missing"
    ),
    "a VAT code for shipping": Wrong(
        "mode: book\n",
        'mode: book\nkinds: {shipping: {gl_account: "8100", item: X, vat_code: "0"}}\n',
        "kinds",
        "kinds: shipping: vat_code is for vouchers only",
    ),
    "an alias": Wrong('  home: "8010"', "  home: &a x\n  bags: *a", "bags", "refers to another place by * (alias) - write the value out"),
    "a merge key": Wrong('  home: "8010"', "  <<: {home: x}", "<<", "this is no key"),
    "a tag": Wrong('"8000"', "!!python/name:os.system x", "gifts", "has the tag"),
    "a tab": Wrong("  sales:", "\tsales:", "\tsales:", "not YAML: found character '\\t'"),
    "a colon too much": Wrong("country: GB", "country: GB: x", "country", "not YAML: mapping values are not allowed here"),
    "a bracket left open": Wrong("[GB, IE]", "[GB, IE", "journals:", "not YAML:"),
    "two documents": Wrong("mode: book\n", "mode: book\n---\n", "---", "not YAML: but found another document"),
    "a control character": Wrong("country: GB", "country: G\x01B", "division", "cannot be read: "),
}


def folder(directory: Path, **files: str) -> Path:
    for name, text in files.items():
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
    return directory


def mistakes_in(directory: Path) -> tuple[Mistake, ...]:
    with pytest.raises(ConfigurationError) as caught:
        load_administrations(directory)
    return caught.value.mistakes


def test_the_files_that_are_made_wrong_are_right_themselves(tmp_path: Path) -> None:
    assert [each.name for each in load_administrations(folder(tmp_path, UK=UK, BE=BE))] == ["BE", "UK"]


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_by_file_and_line_with_its_cure(name: str, tmp_path: Path) -> None:
    instead_of, written, blamed, words = WRONG[name]
    assert UK.count(instead_of) >= 1
    text = UK.replace(instead_of, written, 1)
    line = next(number for number, content in enumerate(text.splitlines(), 1) if blamed in content)

    found = [mistake for mistake in mistakes_in(folder(tmp_path, UK=text, BE=BE)) if words in f"{mistake.cause} - {mistake.cure}"]

    assert [(mistake.file, mistake.line) for mistake in found] == [("UK.yaml", line)]


def test_every_mistake_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    several = {
        "a misspelled key",
        "a journal read as octal",
        "a VAT number with a typing mistake",
        "a day that is none",
        "a rate with a percent sign",
        "Norway",
        "a quarantine too short",
    }
    text = UK
    for name in several:
        text = text.replace(WRONG[name].instead_of, WRONG[name].written, 1)

    told = [str(mistake) for mistake in mistakes_in(folder(tmp_path, UK=text, BE=BE.replace("mode: observe", "mode: watch"), NL="a: [\n"))]

    assert all(any(WRONG[name].words in each for each in told) for name in several)
    assert any(each.startswith("BE.yaml:8: mode must be one of") for each in told)
    assert any(each.startswith("NL.yaml:") for each in told)
    assert len(told) == len(several) + 3  # and connection is missing


def test_the_message_shows_where_to_look_and_why_nothing_works(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_administrations(folder(tmp_path, UK=UK.replace("mode: book", "mode: live"), BE=BE))

    assert "\nUK.yaml:8: mode must be one of 'off', 'observe' or 'book', not 'live' - write for example mode: observe" in str(caught.value)
    assert "Nothing is booked for any administration" in str(caught.value)
    assert caught.value.code == "configuration_refused"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("  one_stop_shop: {BE: {21: X}}", "one_stop_shop: BE is no other member state of the Union - delete BE"),
        ("  one_stop_shop: {GB: {20: X}}", "one_stop_shop: GB is no other member state of the Union - delete GB"),
        ("  one_stop_shop: {Germany: {19: X}}", "'Germany' is no country code"),
        ("  one_stop_shop: {DE: {19%: X}}", "'19%' is no VAT rate in percent"),
    ],
)
def test_the_one_stop_shop_is_for_other_member_states(written: str, words: str, tmp_path: Path) -> None:
    wrong = BE.replace("vat_codes:\n", f"vat_codes:\n{written}\n")

    assert any(words in f"{each.cause} - {each.cure}" for each in mistakes_in(folder(tmp_path, UK=UK, BE=wrong)))


def test_a_line_of_an_entry_has_no_item(tmp_path: Path) -> None:
    wrong = BE + 'kinds:\n  voucher: {gl_account: "1600", item: X}\n'

    assert any("item has no effect with target sales_entry" in each.cause for each in mistakes_in(folder(tmp_path, UK=UK, BE=wrong)))


def test_every_regime_kind_and_rounding_can_be_written(tmp_path: Path) -> None:
    tables = (
        "vat_codes:\n  reverse_charge: {0: R}\n  services_outside: {0: S}\n  one_stop_shop:\n    DE: {19: D19, 7: D7}\n    FR: {5.5: F5}\n"
    )
    text = BE.replace("vat_codes:\n", tables) + (
        "without_vat_number: one_stop_shop\nvat_number_checked_within_days: 90\n"
        'rounding: {tolerance: 0.05, gl_account: "8190", vat_code: "0"}\nkinds:\n  voucher: {gl_account: "1600", vat_code: "0"}\n'
    )

    be = load_administrations(folder(tmp_path, UK=UK + "rounding: refuse\n", BE=text))["BE"]

    assert be.vat_codes.table(Regime.ONE_STOP_SHOP, "MC") == {Decimal("5.5"): "F5"}
    assert be.rounding is not None
    assert be.rounding.tolerance == Decimal("0.05")
    assert load_administrations(tmp_path)["UK"].rounding == Rounding(tolerance=Decimal(0))


def test_two_files_may_not_take_the_same_country(tmp_path: Path) -> None:
    nl = UK.replace("820101", "820303").replace("[GB, IE]", "[NL, IE]")

    assert [str(mistake) for mistake in mistakes_in(folder(tmp_path, NL=nl, UK=UK, BE=BE))] == [
        "UK.yaml:12: country IE is routed already, by NL.yaml:12 - name each country once, in one file"
    ]


def test_only_one_file_may_take_the_rest(tmp_path: Path) -> None:
    nl = BE.replace("820202", "820303")

    assert [str(mistake) for mistake in mistakes_in(folder(tmp_path, UK=UK, BE=BE, NL=nl))] == [
        "NL.yaml:12: the rest goes already to BE.yaml:12 - write rest: true in one file only"
    ]


def test_one_file_must_take_the_rest(tmp_path: Path) -> None:
    assert [mistake.cause for mistake in mistakes_in(folder(tmp_path, UK=UK))] == ["no administration takes the rest"]


def test_two_files_may_not_book_in_one_company(tmp_path: Path) -> None:
    nl = UK.replace("[GB, IE]", "[NL]")

    assert [str(mistake) for mistake in mistakes_in(folder(tmp_path, NL=nl, UK=UK, BE=BE))] == [
        "UK.yaml:1: division and connection are those of NL.yaml:1 - write the number of this company's own division"
    ]


def test_claims_of_a_wrong_file_count_as_well(tmp_path: Path) -> None:
    nl = UK.replace("820101", "820303").replace("mode: book", "mode: live")

    causes = {mistake.cause for mistake in mistakes_in(folder(tmp_path, NL=nl, UK=UK, BE=BE))}

    assert {"country GB is routed already, by NL.yaml:12", "country IE is routed already, by NL.yaml:12"} < causes


def test_an_unreadable_file_does_not_make_us_say_that_nobody_takes_the_rest(tmp_path: Path) -> None:
    assert [mistake.file for mistake in mistakes_in(folder(tmp_path, UK=UK, BE="a: [\n"))] == ["BE.yaml"]


def test_a_file_with_the_wrong_ending_is_not_overlooked(tmp_path: Path) -> None:
    folder(tmp_path, UK=UK, BE=BE)
    (tmp_path / "NL.yml").write_text(UK, encoding="utf-8")

    assert [str(mistake) for mistake in mistakes_in(tmp_path)] == ["NL.yml: ends with .yml and would be overlooked - rename it to NL.yaml"]


def test_a_folder_without_files_is_a_mistake(tmp_path: Path) -> None:
    assert "holds no file that ends with .yaml" in {mistake.cause for mistake in mistakes_in(tmp_path)}


@pytest.mark.parametrize("name", ["U K", "1UK", "UK-2", "a" * 21])
def test_the_name_of_a_file_must_do_for_a_task(name: str, tmp_path: Path) -> None:
    (mistake,) = mistakes_in(folder(tmp_path, **{name: UK, "BE": BE}))

    assert mistake.file == f"{name}.yaml"
    assert "rename the file" in mistake.cure


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "cannot be read"),
        (b"x: " + b"1" * 200_000, "larger than"),
        (b"", "holds no keys"),
        (b"# nothing\n", "holds no keys"),
        (b"- 1\n", "holds no keys"),
        (b"a: &a [*a]\n", "alias"),
        (b"a: " + b"[" * 50_000, "nested too deeply"),
        (b"mode: !!bool perhaps\n", "cannot be read"),
        (b"book_from: !!timestamp soon\n", "cannot be read"),
        (b"division: " + b"9" * 5_000 + b"\n", "cannot be read"),
        (b"!!bool perhaps: 1\n", "without quotes means"),
    ],
)
def test_bytes_that_are_no_configuration_are_refused(content: bytes, words: str, tmp_path: Path) -> None:
    folder(tmp_path, BE=BE)
    (tmp_path / "UK.yaml").write_bytes(content)

    assert any(words in mistake.cause for mistake in mistakes_in(tmp_path) if mistake.file == "UK.yaml")


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, len(UK)), cut=st.integers(0, 12), inserted=st.text(max_size=8))
def test_whatever_is_typed_into_a_file_it_is_loaded_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, inserted: str
) -> None:
    directory = folder(tmp_path_factory.mktemp("any"), BE=BE)
    text = UK[:at] + inserted + UK[at + cut :]
    (directory / "UK.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))

    mistakes: tuple[Mistake, ...] = ()
    try:
        load_administrations(directory)
    except ConfigurationError as error:
        mistakes = error.mistakes

    assert all(mistake.cause and mistake.cure for mistake in mistakes)


def test_a_sign_of_quantities_is_for_invoices_only(tmp_path: Path) -> None:
    wrong = BE.replace("target: sales_entry", "target: sales_entry\ncredits: {sign: negative}")

    assert any("sign has no effect with target sales_entry" in each.cause for each in mistakes_in(folder(tmp_path, UK=UK, BE=wrong)))
