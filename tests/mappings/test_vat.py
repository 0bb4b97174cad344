"""Each VAT regime, by example: who buys what where, at which rate, and the VAT code that Exact gets, or why it is refused."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from include.administrations.model import Administration
from include.administrations.money import LineKind
from include.errors import RecordError
from include.mappings.orders_to_invoices import sales_document
from include.sources.contract import ORDER_LINES
from include.sources.records import ShopOrder
from tests.mappings.books import Books
from tests.mappings.companies import BE, NL, NL_INVOICES, UK, variation
from tests.mappings.orders import CHECKED_ON, dutch, german, line, order

NL_DOMESTIC = variation(NL, without_vat_number="domestic")
NL_REFUSES = variation(NL, without_vat_number="refuse")
UK_SERVICES = variation(UK, vat_codes={**UK.vat_codes.model_dump(), "services_outside": {"0": "5"}})
CONSUMER = {"kind_of_buyer": "consumer", "vat_number": None, "vat_number_checked_on": None}
NO_NUMBER = {"vat_number": None, "vat_number_checked_on": None}


def at(rate: str, **changes: Any) -> Any:
    return line(quantity="1", unit_price="100", vat_rate=rate, **changes)


def service(rate: str) -> Any:
    return at(rate, supply="services")


def code_of(shop_order: ShopOrder, administration: Administration) -> object:
    sent = json.loads(sales_document(shop_order, administration, Books()).record.payload())
    (only,) = sent.get("SalesInvoiceLines") or sent["SalesEntryLines"]
    return only["VATCode"]


SOLD: dict[str, tuple[ShopOrder, Administration, str]] = {
    "at home, standard rate": (dutch(at("21")), NL, "NL21"),
    "at home, reduced rate": (dutch(at("9")), NL, "NL9"),
    "at home, zero rate": (dutch(at("0")), NL, "NL0"),
    "at home, a service": (dutch(service("21")), NL, "NL21"),
    "at home, a business pays VAT too": (german(at("9"), country="NL"), NL, "NL9"),
    "in the Union, to a business": (german(), NL, "ICL"),
    "in the Union, to a business whose number is of a third state": (german(vat_number="LU12345678"), NL, "ICL"),
    "in the Union, to a business in Greece": (german(country="GR", vat_number="EL123456789"), NL, "ICL"),
    "in the Union, the number written with points": (german(vat_number="de 123.456.788"), NL, "ICL"),
    "in the Union, to nobody says whom, with a number": (german(kind_of_buyer=None), NL, "ICL"),
    "in the Union, to a consumer, by the one-stop shop": (dutch(at("19"), country="DE"), NL, "DE19"),
    "in the Union, to a consumer, reduced rate there": (dutch(at("7"), country="DE"), NL, "DE7"),
    "in the Union, to a business without number": (german(at("7"), **NO_NUMBER), NL, "DE7"),
    "in the Union, to a consumer, below the threshold": (dutch(at("9"), country="DE"), NL_DOMESTIC, "NL9"),
    "in the Union, to a consumer, below the threshold, zero rate": (dutch(at("0"), country="DE"), NL_DOMESTIC, "NL0"),
    "in the Union, a service to a business": (german(service("0")), NL, "ICD"),
    "in the Union, a service to a consumer": (dutch(service("19"), country="DE"), NL, "DE19"),
    "in Monaco, which is France": (german(country="MC"), NL, "ICL"),
    "outside the Union, to a consumer": (dutch(at("0"), country="NO"), NL, "EXP"),
    "outside the Union, to a business": (german(country="CH", vat_number=None), NL, "EXP"),
    "outside the Union, to the United Kingdom": (dutch(at("0"), country="GB"), NL, "EXP"),
    "outside the Union, a service to a business": (german(service("0"), country="CH"), NL, "OUT"),
    "outside the Union, a service to a consumer": (dutch(service("21"), country="CH"), NL, "NL21"),
    "outside the Union, a service to nobody says whom": (dutch(service("21"), country="CH", kind_of_buyer=None), NL, "NL21"),
    "from London, at home": (order(at("20")), UK, "1"),
    "from London, to a consumer in the Union": (order(at("0"), country="FR", kind_of_buyer="consumer"), UK, "4"),
    "from London, elsewhere": (order(at("0"), country="US"), UK, "5"),
    "from London, a service to a business in the Union": (
        order(service("0"), country="FR", kind_of_buyer="business"),
        UK_SERVICES,
        "5",
    ),
    "from London, a service to a consumer in the Union": (order(service("20"), country="FR", kind_of_buyer="consumer"), UK, "1"),
}


@pytest.mark.parametrize("situation", SOLD)
def test_a_line_gets_the_vat_code_of_its_regime_and_rate(situation: str) -> None:
    shop_order, administration, code = SOLD[situation]

    assert code_of(shop_order, administration) == code


REFUSED: dict[str, tuple[ShopOrder, Administration, str]] = {
    "nothing charged to a business without a number": (german(**NO_NUMBER), NL, "vat_number_needed:DE"),
    "nothing charged to nobody says whom": (german(**NO_NUMBER, kind_of_buyer=None), NL_DOMESTIC, "vat_number_needed:DE"),
    "a number that was never checked": (german(vat_number_checked_on=None), NL, "vat_number_not_checked:DE"),
    "a number of the seller's own country": (german(vat_number="NL123456782B90"), NL, "vat_number_unfit:DE"),
    "a number of no member state": (german(vat_number="CHE123456789"), NL, "vat_number_unfit:DE"),
    "a number that is misspelled": (german(vat_number="DE12345678"), NL, "vat_number_unfit:DE"),
    "a number with wrong check digits": (german(vat_number="BE0123456750", country="BE"), NL, "vat_number_unfit:BE"),
    "a consumer where only businesses are booked": (dutch(at("19"), country="DE"), NL_REFUSES, "vat_number_needed:DE"),
    "nothing charged to a consumer": (german(**CONSUMER), NL, "vat_rate_not_mapped:one_stop_shop/DE/0"),
    "nothing charged to a consumer who gives a number": (german(kind_of_buyer="consumer"), NL, "vat_rate_not_mapped:one_stop_shop/DE/0"),
    "VAT charged to a business with a number": (german(at("21")), NL, "vat_rate_not_mapped:eu/21"),
    "home VAT where the one-stop shop is used": (dutch(at("21"), country="DE"), NL, "vat_rate_not_mapped:one_stop_shop/DE/21"),
    "a country without one-stop shop rates": (dutch(at("20"), country="FR"), NL, "vat_rate_not_mapped:one_stop_shop/FR/20"),
    "foreign VAT below the threshold": (dutch(at("19"), country="DE"), NL_DOMESTIC, "vat_rate_not_mapped:domestic/19"),
    "VAT charged on an export": (dutch(at("21"), country="NO"), NL, "vat_rate_not_mapped:export/21"),
    "VAT charged on a service with reverse charge": (german(service("21")), NL, "vat_rate_not_mapped:reverse_charge/21"),
    "a rate that does not exist at home": (dutch(at("6")), NL, "vat_rate_not_mapped:domestic/6"),
    "services abroad, which nobody configured": (
        order(service("0"), country="FR", kind_of_buyer="business"),
        UK,
        "vat_rate_not_mapped:services_outside/0",
    ),
    "prices with VAT under a code without any": (
        dutch(at("21")),
        variation(NL, vat_codes={"domestic": {"21": "NONE"}, "one_stop_shop": {"DE": {"19": "DE19"}}}),
        "vat_code_wrong_type:NONE",
    ),
    "prices without VAT under a code that includes it": (dutch(at("21"), prices_include_vat=False), NL, "vat_code_wrong_type:NL21"),
}


@pytest.mark.parametrize("situation", REFUSED)
def test_a_rate_that_does_not_fit_its_regime_is_refused_and_both_are_said(situation: str) -> None:
    shop_order, administration, cause = REFUSED[situation]

    with pytest.raises(RecordError) as caught:
        sales_document(shop_order, administration, Books())

    assert f"{caught.value.code}:{caught.value.subject}" == cause
    assert "DE123456788" not in str(caught.value)


@pytest.mark.parametrize(("days_before", "counts"), [(0, True), (30, True), (31, False), (-5, True)])
def test_a_check_of_a_vat_number_counts_for_as_long_as_the_administration_says(days_before: int, counts: bool) -> None:
    invoiced = datetime.fromisoformat("2026-11-16T12:00:00+00:00")
    checked_on = date.fromordinal(invoiced.date().toordinal() - days_before)
    shop_order = german(invoiced_at=invoiced, vat_number_checked_on=checked_on)

    if counts:
        assert code_of(shop_order, NL) == "ICL"
    else:
        with pytest.raises(RecordError, match="vat_number_not_checked:DE"):
            sales_document(shop_order, NL, Books())


def test_the_day_of_the_document_decides_and_not_the_day_of_the_order() -> None:
    late = german(invoiced_at=datetime.fromisoformat("2026-12-20T12:00:00+00:00"), vat_number_checked_on=CHECKED_ON)

    with pytest.raises(RecordError, match="vat_number_not_checked:DE"):
        sales_document(late, NL, Books())


def test_lines_of_several_regimes_and_rates_stand_in_one_document() -> None:
    lines = (at("21"), line(2, quantity="1", unit_price="10", vat_rate="9"), line(3, quantity="1", unit_price="5", vat_rate="0"))

    document = sales_document(dutch(*lines), NL, Books())

    assert document.vat_fc == {"NL0": 0, "NL21": Decimal("17.36"), "NL9": Decimal("0.83")}
    assert document.total_fc == Decimal("115.00")
    assert {"vat_code:NL21", "vat_code:NL9", "vat_code:NL0"} < document.subjects


@pytest.mark.parametrize("administration", [NL, NL_INVOICES])
def test_a_voucher_is_a_means_of_payment_on_an_account_of_its_own_without_vat(administration: Administration) -> None:
    voucher = line(2, quantity="1", unit_price="-20", vat_rate="0", kind="voucher", product_group="vouchers")

    document = sales_document(dutch(at("21"), voucher, total_paid=Decimal(80)), administration, Books())

    assert document.vat_fc == {"NL21": Decimal("17.36"), "NONE": 0}
    assert document.total_fc == 80
    assert "gl_account:1600" in document.subjects


def test_a_voucher_may_pay_for_everything() -> None:
    voucher = line(2, quantity="1", unit_price="-100", vat_rate="0", kind="voucher", product_group="vouchers")

    document = sales_document(dutch(at("21"), voucher), NL, Books())

    assert (document.total_fc, document.net_fc) == (0, Decimal("-17.36"))


def test_a_voucher_without_a_vat_code_of_its_own_is_booked_with_the_vat_that_was_charged() -> None:
    administration = variation(NL, kinds={"voucher": {"gl_account": "1600"}})
    voucher = line(2, quantity="1", unit_price="-12.10", vat_rate="21", kind="voucher", product_group="vouchers")

    assert sales_document(dutch(at("21"), voucher), administration, Books()).vat_fc == {"NL21": Decimal("15.26")}


@pytest.mark.parametrize(
    ("administration", "rate", "cause"),
    [(NL, "21", "voucher_with_vat"), (variation(NL, kinds={}), "0", "voucher_not_mapped")],
)
def test_a_voucher_that_cannot_be_booked_is_refused(administration: Administration, rate: str, cause: str) -> None:
    voucher = line(2, quantity="1", unit_price="-5", vat_rate=rate, kind="voucher")

    with pytest.raises(RecordError, match=cause):
        sales_document(dutch(at("21"), voucher), administration, Books())


def test_a_kind_of_line_goes_to_its_own_account_whatever_its_product_group() -> None:
    cost = line(2, quantity="1", unit_price="2", vat_rate="21", kind="payment_cost", product_group="gifts")

    assert {"gl_account:8000", "gl_account:8130"} < sales_document(dutch(at("21"), cost), NL, Books()).subjects


def test_the_shop_and_the_administrations_know_the_same_kinds_of_lines() -> None:
    assert set(ORDER_LINES.column("kind").choices) == {*LineKind, "article"}


def test_belgium_books_other_buyers_in_the_union_with_its_own_vat() -> None:
    assert code_of(dutch(at("21"), country="IE", prices_include_vat=False), BE) == "21"
