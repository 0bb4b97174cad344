"""From rows to records: an order, a return or a customer when all of it can be read, else one `BadRecord` that says why not.

Beyond the faults of single values (`rows.py`) a document is refused for: no_lines, too_many_lines, duplicate_position, duplicate_number
(the view holds the number twice, as after a join that multiplies rows), negative_price on a line that is no discount, negative_total.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Generic, TypeVar

from include.sources.contract import CUSTOMERS, ORDER_LINES, ORDERS, RETURN_LINES, RETURNS, View
from include.sources.records import BadRecord, Customer, OrderLine, PostalAddress, ShopOrder, ShopReturn
from include.sources.rows import NUMBER_MAX, Fault, FaultError, Row, read_value

LINES_MAX = 2_000  # lines of one document

Values = Mapping[str, Any]
D = TypeVar("D", ShopOrder, ShopReturn)
R = TypeVar("R", ShopOrder, ShopReturn, Customer)
_MAY_BE_NEGATIVE = frozenset({"discount", "voucher"})
_NOT_CONTENT = frozenset({"changed_at", "vat_number_checked_on", "document"})


@dataclass(frozen=True)
class Source(Generic[R]):
    """One kind of record: its views, and how one is made of a row and its lines."""

    kind: str
    view: View
    line_view: View | None
    build: Callable[[Row, tuple[OrderLine, ...]], R]


def assemble(source: Source[R], header: Values, lines: Sequence[Values], *, repeated: bool) -> R | BadRecord:
    """Make one record of its rows; `repeated` says that the view holds its number more than once."""
    row = Row(source.view, header)
    if repeated:
        row.fault("duplicate_number", "number")
    read = [] if source.line_view is None else _lines(source.line_view, row, lines)
    record = source.build(row, tuple(read))
    if row.faults:
        return _bad(source, row, header, lines)
    return record


def _lines(view: View, document: Row, lines: Sequence[Values]) -> list[OrderLine]:
    read = [_line(view, document, values) for values in lines[:LINES_MAX]]
    head = Row(view, {})
    if not lines and document.text("status") != "cancelled":
        head.fault("no_lines", view.parent)
    if len(lines) > LINES_MAX:
        head.fault("too_many_lines", "position", most=LINES_MAX)
    twice = [position for position, count in Counter(line.position for line in read).items() if count > 1]
    if twice and not document.faults:
        head.fault("duplicate_position", "position", position=twice[0], positions=len(twice))
    document.faults += head.faults or _faults_of_total(view, document, read)
    return read


def _line(view: View, document: Row, values: Values) -> OrderLine:
    row = Row(view, values, position=values.get("position"))
    line = OrderLine(
        position=row.position("position"),
        article_code=row.text("article_code"),
        description=row.text("description"),
        quantity=row.number("quantity"),
        unit_price=row.number("unit_price"),
        vat_rate=row.number("vat_rate"),
        product_group=row.text("product_group"),
        kind=row.text("kind"),
        supply=row.maybe_text("supply") or "goods",
        order_position=row.maybe_position("order_position") if "order_position" in values else None,
    )
    if line.unit_price < 0 and line.kind not in _MAY_BE_NEGATIVE:
        row.fault("negative_price", "unit_price", kind=line.kind)
    document.faults += row.faults
    return line


def _faults_of_total(view: View, document: Row, lines: Sequence[OrderLine]) -> list[Fault]:
    if document.faults:
        return []
    row = Row(view, {})
    total = sum((line.quantity * line.unit_price for line in lines), Decimal(0))
    if total < 0:
        row.fault("negative_total", "unit_price")
    if abs(total) >= NUMBER_MAX or any(abs(line.quantity * line.unit_price) >= NUMBER_MAX for line in lines):
        row.fault("value_too_large", "unit_price", amount_below=NUMBER_MAX)
    return row.faults


def _bad(source: Source[R], row: Row, header: Values, lines: Sequence[Values]) -> BadRecord:
    # A fault of the document itself says more than one of a line.
    first = min(row.faults, key=lambda fault: not fault.column.startswith(f"{source.view.name}."))
    others = len(row.faults) - 1
    return BadRecord(
        number=str(header["key"]),
        kind=source.kind,
        country=_country(source.view, header),
        changed_at=_changed_at(source.view, header),
        code=first.code,
        subject=first.subject,
        facts={**first.facts, **({"further_faults": str(others)} if others else {})},
        version=_version(header, lines),
    )


def _country(view: View, header: Values) -> str | None:
    try:
        return str(read_value(view.column("country"), header.get("country")))
    except FaultError:
        return None


def _changed_at(view: View, header: Values) -> datetime | None:
    try:
        value = read_value(view.column("changed_at"), header.get("changed_at"))
    except FaultError:
        return None
    return value if isinstance(value, datetime) else None


def _version(header: Values, lines: Sequence[Values]) -> str:
    content = [{name: repr(value) for name, value in row.items() if name not in _NOT_CONTENT} for row in (header, *lines)]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _order(row: Row, lines: tuple[OrderLine, ...]) -> ShopOrder:
    return _document(ShopOrder, row, lines)


def _return(row: Row, lines: tuple[OrderLine, ...]) -> ShopReturn:
    return _document(partial(ShopReturn, order_number=row.maybe_text("order_number")), row, lines)


def _document(make: Callable[..., D], row: Row, lines: tuple[OrderLine, ...]) -> D:
    return make(
        number=row.text("number"),
        customer_number=row.maybe_text("customer_number"),
        country=row.text("country"),
        currency=row.text("currency"),
        prices_include_vat=row.flag("prices_include_vat"),
        ordered_at=row.moment("ordered_at"),
        delivered_at=row.maybe_moment("delivered_at"),
        invoiced_at=row.maybe_moment("invoiced_at"),
        changed_at=row.moment("changed_at"),
        status=row.text("status"),
        payment_method=row.text("payment_method"),
        total_paid=row.maybe_number("total_paid"),
        kind_of_buyer=row.maybe_text("kind_of_buyer"),
        vat_number=row.maybe_text("vat_number"),
        vat_number_checked_on=row.maybe_day("vat_number_checked_on"),
        lines=lines,
    )


def _customer(row: Row, _: tuple[OrderLine, ...]) -> Customer:
    country = row.text("country")
    return Customer(
        number=row.text("number"),
        name=row.text("name"),
        contact=row.maybe_text("contact"),
        email=row.maybe_text("email"),
        phone=row.maybe_text("phone"),
        address_line_1=row.maybe_text("address_line_1"),
        address_line_2=row.maybe_text("address_line_2"),
        postcode=row.maybe_text("postcode"),
        city=row.maybe_text("city"),
        country=country,
        language=row.maybe_text("language"),
        invoice_address=_address(row, "invoice", country),
        delivery_address=_address(row, "delivery", country),
        kind_of_buyer=row.maybe_text("kind_of_buyer"),
        vat_number=row.maybe_text("vat_number"),
        vat_number_checked_on=row.maybe_day("vat_number_checked_on"),
        registration_number=row.maybe_text("registration_number"),
        changed_at=row.moment("changed_at"),
    )


def _address(row: Row, kind: str, country: str) -> PostalAddress | None:
    """A further address; a country alone is none."""
    address = PostalAddress(
        line_1=row.maybe_text(f"{kind}_address_line_1"),
        line_2=row.maybe_text(f"{kind}_address_line_2"),
        postcode=row.maybe_text(f"{kind}_postcode"),
        city=row.maybe_text(f"{kind}_city"),
        country=row.maybe_text(f"{kind}_country") or country,
    )
    return address if address.line_1 or address.line_2 or address.postcode or address.city else None


ORDER_SOURCE = Source("order", ORDERS, ORDER_LINES, _order)
RETURN_SOURCE = Source("return", RETURNS, RETURN_LINES, _return)
CUSTOMER_SOURCE = Source("customer", CUSTOMERS, None, _customer)
