"""Lines of documents: looked up, priced, with their VAT. Shared by invoices, orders and entries of both sides."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from include.sandbox.bookkeeper import AMOUNT_MAX, ZERO, Bookkeeper, cents, exact, storable, vat_of
from include.sandbox.catalogue import Entity
from include.sandbox.database import Row
from include.sandbox.payload import read_payload


def read_lines(keeper: Bookkeeper, entity: Entity, raw: list[Any]) -> list[Row]:
    """Return the posted values of lines, numbered from 1."""
    sure_only = not keeper.world.switches.enforce_doubtful_lengths
    lines = []
    for number, item in enumerate(raw, start=1):
        values = read_payload(entity, item, verb="POST", sure_lengths_only=sure_only).values
        given = values.get("ID") if keeper.world.switches.client_given_ids else None
        vat_given = values.get("VATAmountFC") is not None
        lines.append({**values, "ID": given or keeper.world.new_id(), "LineNumber": number, "_vat_given": vat_given})
    return lines


def invoice_line(keeper: Bookkeeper, line: Row, *, sign: int) -> Row:
    """Return an invoice line with item, price, amounts and VAT. Private columns are for the ledger."""
    item = keeper.by_id("items", line.get("Item"), "Item", mandatory=True)
    account_id = line.get("GLAccount") or (item["GLRevenue"] if item else None)
    account = keeper.revenue_account(account_id, mandatory=item is not None)
    vat_code = keeper.vat_code(line.get("VATCode") or (item["SalesVatCode"] if item else None))
    quantity = exact(line["Quantity"]) if line.get("Quantity") is not None else Decimal(1)
    unit_price, net_price = _prices(keeper, line, item)
    amount = cents(quantity * net_price) * sign
    found = {**line, "Quantity": quantity, "UnitPrice": unit_price, "NetPrice": net_price, "GLAccount": account_id}
    if item:
        found.update(
            ItemCode=item["Code"], ItemDescription=item["Description"], UnitCode=item["Unit"], UnitDescription=item["UnitDescription"]
        )
        found["Description"] = line.get("Description") or item["Description"]
    return _with_amounts(keeper, found, amount, (account, vat_code))


def credit_sign(keeper: Bookkeeper, lines: list[Row]) -> int:
    """Return what the lines of a credit invoice are multiplied by so that it reads negative, as the switch says (FACTS 6.2, 8)."""
    how = keeper.world.switches.credit_sign
    if how != "either":
        return -1 if how == "positive" else 1
    written = ZERO
    for line in lines:
        quantity = exact(line["Quantity"]) if line.get("Quantity") is not None else Decimal(1)
        item = keeper.find("items", "ID", line.get("Item")) if line.get("Item") else None
        written += cents(quantity * _price(line, item)[1])
    return -1 if written > 0 else 1


def _prices(keeper: Bookkeeper, line: Row, item: Row | None) -> tuple[Decimal, Decimal]:
    unit, net = _price(line, item)
    if keeper.world.switches.refuse_negative_price and min(unit, net) < 0:
        keeper.complain("negative_price")
    return unit, net


def _price(line: Row, item: Row | None) -> tuple[Decimal, Decimal]:
    """Return the price of a unit without and with its discount; the article's own where none is written."""
    unit_price, net_price = line.get("UnitPrice"), line.get("NetPrice")
    if unit_price is None and net_price is None:
        unit_price = (item or {}).get("StandardSalesPrice") or ZERO
    net = exact(net_price) if net_price is not None else exact(unit_price) * (1 - exact(line.get("Discount")))
    return exact(unit_price) if unit_price is not None else net, net


def entry_line(keeper: Bookkeeper, line: Row) -> Row:
    """Return a line of an entry with its amounts and VAT. Private columns are for the ledger."""
    account = keeper.revenue_account(line.get("GLAccount"), mandatory=True)
    vat_code = keeper.vat_code(line.get("VATCode") or (account["VATCode"] if account else None))
    if line.get("AmountFC") is None:
        keeper.complain("mandatory", "AmountFC")
    return _with_amounts(keeper, dict(line), cents(exact(line.get("AmountFC"))), (account, vat_code))


def _with_amounts(keeper: Bookkeeper, line: Row, amount: Decimal, looked_up: tuple[Row | None, Row | None]) -> Row:
    account, vat_code = looked_up
    if abs(amount) > AMOUNT_MAX:
        keeper.complain("amount_too_large", "AmountFC")
        amount = ZERO
    percentage = exact(vat_code["Percentage"]) if vat_code else ZERO
    base, vat = vat_of(amount, percentage, vat_code["Type"] if vat_code else "N")
    if line.get("_vat_given"):
        vat = cents(exact(line["VATAmountFC"]))
        vat = vat if vat * amount >= 0 or not line.get("Item") else -vat  # a credit's VAT follows the sign of its amount
        base = amount - vat if vat_code and vat_code["Type"] == "I" else amount
    line.update(AmountFC=amount, VATAmountFC=vat, VATPercentage=percentage, _base=base, _vat=vat)
    line.update(VATCode=vat_code["Code"] if vat_code else None, VATCodeDescription=vat_code["Description"] if vat_code else None)
    line.update(GLAccountCode=account["Code"] if account else None, GLAccountDescription=account["Description"] if account else None)
    line["_gl_account"] = account
    line["_vat_code"] = vat_code
    return line


def with_dc(lines: list[Row], rate: Decimal) -> None:
    """Add the amounts in the division's currency."""
    for line in lines:
        line["AmountDC"] = cents(line["AmountFC"] * rate)
        line["VATAmountDC"] = cents(line["_vat"] * rate)


def totals(lines: list[Row], rate: Decimal) -> Row:
    """Return the totals of a document: with VAT in AmountFC and AmountDC."""
    base_fc = sum((line["_base"] for line in lines), ZERO)
    vat_fc = sum((line["_vat"] for line in lines), ZERO)
    base_dc = sum((cents(line["_base"] * rate) for line in lines), ZERO)
    vat_dc = sum((cents(line["_vat"] * rate) for line in lines), ZERO)
    return {"AmountFC": base_fc + vat_fc, "AmountDC": base_dc + vat_dc, "VATAmountFC": vat_fc, "VATAmountDC": vat_dc, "_net_fc": base_fc}


def store_lines(keeper: Bookkeeper, lines: list[Row], table: str) -> None:
    """Write lines, stamped."""
    keeper.world.database.insert(table, *(storable(keeper.stamped(line)) for line in lines))
