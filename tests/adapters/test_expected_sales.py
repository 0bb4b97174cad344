"""What the shop asks of the books, reckoned apart from the mapping: it agrees with what the mapping writes, and with no mistake in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from include.adapters.expected_sales import NOT_JUDGED, ExpectedSales
from include.administrations.loader import load_administrations
from include.sources.records import BadRecord, OrderLine, ShopOrder, ShopReturn
from include.store.audit import Days
from include.store.reconciliation import ShopAmount

ADMINISTRATIONS = load_administrations()
TYPES = {"UK": {"1": "E"}, "BE": {"21": "E", "I0": "E"}, "NL": {"NL21": "I", "NL9": "I", "NONE": "N"}}
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = Days(date(2026, 11, 20), date(2026, 11, 21))


class Shop:
    """A shop with these records."""

    def __init__(self, *records: ShopOrder | ShopReturn | BadRecord) -> None:
        self._records = records

    def orders(self, since: datetime, until: datetime, *, page_size: int) -> Iterator[Sequence[ShopOrder | BadRecord]]:
        yield [each for each in self._records if not isinstance(each, ShopReturn)]

    def returns(self, since: datetime, until: datetime, *, page_size: int) -> Iterator[Sequence[ShopReturn]]:
        yield [each for each in self._records if isinstance(each, ShopReturn)]

    def orders_by_number(self, numbers: Sequence[str]) -> list[ShopOrder]:
        return [each for each in self._records if isinstance(each, ShopOrder) and each.number in numbers]


def line(quantity: str, price: str, rate: str, *, group: str = "gifts", position: int = 1, kind: str = "article") -> OrderLine:
    return OrderLine(position, "20725", "LUNCH BAG", Decimal(quantity), Decimal(price), Decimal(rate), group, kind)


def order(country: str, *lines: OrderLine, kind: type = ShopOrder, **changes: object) -> ShopOrder | ShopReturn:
    facts = {
        "number": "700001",
        "customer_number": "1",
        "country": country,
        "currency": "EUR",
        "prices_include_vat": country == "NL",
        "ordered_at": AT,
        "delivered_at": None,
        "invoiced_at": None,
        "changed_at": AT,
        "status": "open",
        "payment_method": "card",
        "total_paid": None,
        "kind_of_buyer": None,
        "vat_number": None,
        "vat_number_checked_on": None,
        "lines": lines,
        **changes,
    }
    return kind(**facts)


def asked(*records: ShopOrder | ShopReturn | BadRecord) -> list[ShopAmount]:
    expected = ExpectedSales(Shop(*records), ADMINISTRATIONS, TYPES)  # type: ignore[arg-type]
    return [row for page in expected.amounts(DAYS, AT) for row in page]


def sums(*records: ShopOrder | ShopReturn) -> dict[str, tuple[int, int]]:
    return {row.vat_code: (row.net, row.vat) for row in asked(*records)}


def test_vat_is_reckoned_line_by_line_for_a_draft() -> None:
    lines = [line("1", "0.02", "20", position=number) for number in range(1, 4)]

    assert sums(order("GB", *lines)) == {"1": (6, 0)}


def test_vat_is_reckoned_by_ledger_account_for_an_entry() -> None:
    lines = [line("1", "0.02", "21", position=number) for number in range(1, 4)]

    assert sums(order("BE", *lines)) == {"21": (6, 1)}
    assert sums(order("BE", *lines[:2], line("1", "0.02", "21", group="home", position=3))) == {"21": (6, 1)}


def test_vat_is_taken_out_of_prices_that_include_it() -> None:
    assert sums(order("NL", line("2", "60.50", "21"), line("1", "10.90", "9", position=2))) == {"NL21": (10_000, 2_100), "NL9": (1_000, 90)}


def test_what_was_paid_makes_a_rounding_line_within_the_tolerance_only() -> None:
    paid = {"total_paid": Decimal("121.03")}

    assert sums(order("NL", line("2", "60.50", "21"), **paid))["NONE"] == (3, 0)
    assert "NONE" not in sums(order("NL", line("2", "60.50", "21"), total_paid=Decimal("122.00")))


def test_a_return_is_negative_and_goes_where_its_sale_went() -> None:
    sale = order("BE", line("1", "100", "21"))
    returned = order("FR", line("1", "100", "21"), kind=ShopReturn, number="R1", order_number="700001")

    (row,) = [row for row in asked(sale, returned) if row.effect == "credit"]
    assert (row.division, row.vat_code, row.net, row.vat) == (820202, "21", -10_000, -2_100)


def test_a_document_counts_once_whatever_its_vat_codes() -> None:
    rows = asked(order("NL", line("2", "60.50", "21"), line("1", "10.90", "9", position=2)))

    assert [row.documents for row in rows] == [1, 0]


@pytest.mark.parametrize("changes", [{"status": "cancelled"}, {"ordered_at": AT.replace(day=19)}, {"lines": (line("1", "0", "20"),)}])
def test_what_is_cancelled_costs_nothing_or_is_of_another_day_is_not_asked_for(changes: dict[str, object]) -> None:
    assert asked(order("GB", line("1", "5", "20"), **changes)) == []


def test_what_no_rule_covers_is_asked_for_all_the_same() -> None:
    assert sums(order("GB", line("1", "100", "5"))) == {NOT_JUDGED: (10_000, 500)}


def test_what_cannot_be_read_is_a_document_without_amounts() -> None:
    bad = BadRecord("700009", "order", "GB", AT, "value_missing", "orders.currency", {}, "v")

    assert [(row.document, row.documents, row.net) for row in asked(bad)] == [("700009", 1, 0)]


def test_an_administration_that_is_not_compared_is_asked_for_nothing() -> None:
    expected = ExpectedSales(Shop(order("GB", line("1", "5", "20"))), ADMINISTRATIONS, {"BE": TYPES["BE"]})  # type: ignore[arg-type]

    assert [row for page in expected.amounts(DAYS, AT) for row in page] == []
