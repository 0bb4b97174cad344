"""A document line by line, to the cent: as we wrote it for Exact, or as the shop has it where it could not be written yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from include.checks.source_totals import net_of, total_of
from include.exact.shown import WrittenLine, lines_of, relation_of
from include.sources.records import OrderLine, ShopDocument
from include.store.database import Row
from include.store.desk import DeskStore

ITEMS, GL_ACCOUNTS, VAT_CODES, ACCOUNTS = "Items", "GLAccounts", "VATCodes", "Accounts"
INCLUDING = "I"
CENT = Decimal("0.01")
HUNDRED = Decimal(100)
ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class ShownLine:
    """A line as people read it; `vat_rate` in percent, `gl_account` the group of the article where no ledger account is known yet."""

    description: str
    article: str
    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal
    vat_code: str
    vat_rate: Decimal | None
    gl_account: str
    gl_name: str


@dataclass(frozen=True)
class VatSum:
    """The VAT under one code, as Exact will reckon it."""

    code: str
    rate: Decimal | None
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class ShownDocument:
    """Lines and sums, in `currency`; `from_shop`: as the shop has it, since nothing was written for Exact yet.

    `including`: amounts of lines include VAT. `rounding`: what makes the total what was paid. Sums are None where they are not known.
    """

    lines: Sequence[ShownLine]
    currency: str
    net: Decimal | None
    vat: Sequence[VatSum]
    total: Decimal | None
    rounding: Decimal
    from_shop: bool
    including: bool


class Names:
    """Codes and names of what a division's payloads refer to, as the mirror has them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._by_id = {(row["entity"], row["record_id"].lower()): row for row in rows}
        self._vat = {(row["code"] or "").upper(): row["data"] for row in rows if row["entity"] == VAT_CODES}

    def code(self, entity: str, record_id: str) -> str:
        """The code of a record; empty when the mirror does not have it."""
        row = self._by_id.get((entity, record_id.lower()))
        return str(row["code"] or "").strip() if row else ""

    def name(self, entity: str, record_id: str) -> str:
        """Its name or description; empty when the mirror does not have it."""
        row = self._by_id.get((entity, record_id.lower()))
        return str(row["data"].get("Description") or row["data"].get("Name") or "") if row else ""

    def vat_rate(self, code: str) -> Decimal | None:
        """In percent."""
        told = self._vat.get(code.upper(), {}).get("Percentage")
        return None if told is None else (Decimal(str(told)) * HUNDRED).normalize()

    def includes_vat(self, code: str) -> bool:
        """Whether amounts under the code include VAT."""
        return bool(self._vat.get(code.upper(), {}).get("Type") == INCLUDING)


def names_for(desk: DeskStore, row: Row) -> Names:
    """What the mirror knows of the master data that a record's payload names."""
    lines = lines_of(row["endpoint"], row["payload"])
    ids = {name for line in lines for name in (line.item_id, line.gl_account_id)} | {relation_of(row["endpoint"], row["payload"])}
    codes = {line.vat_code for line in lines} | set(row["vat"])
    entities = (ITEMS, GL_ACCOUNTS, VAT_CODES, ACCOUNTS)
    return Names(desk.names_in_exact(row["division"], entities, ids=sorted(ids - {""}), codes=sorted(codes - {""})))


def written(row: Row, names: Names) -> ShownDocument | None:
    """A record's payload as a document; None when it is none, or was not written yet."""
    lines = lines_of(row["endpoint"], row["payload"])
    if not lines:
        return None
    net, vat = row["amount_net"], {code: Decimal(amount) for code, amount in row["vat"].items()}
    including = any(names.includes_vat(line.vat_code) for line in lines)
    added = sum((line.amount for line in lines), ZERO)
    # A credit may be written as it was sold: it stands in Exact as negative all the same.
    sign = -1 if net is not None and net < 0 < added else 1
    added *= sign
    total = None if net is None else net + sum(vat.values(), ZERO)
    rounding = ZERO
    if including and total is not None and added != total:
        rounding, total = added - total, added
    elif not including and net is not None and added != net:
        rounding, total = added - net, (total or ZERO) + added - net
    return ShownDocument(
        lines=[_line(line, names, sign) for line in lines],
        currency=row["currency"] or "",
        net=net,
        vat=[VatSum(code, names.vat_rate(code), amount) for code, amount in sorted(vat.items())],
        total=total,
        rounding=rounding,
        from_shop=False,
        including=including,
    )


def in_shop(document: ShopDocument, sign: int) -> ShownDocument:
    """The shop's own document; `sign` is -1 for what goes back to the customer."""
    net, total = net_of(document), total_of(document)
    reckoned = None if net is None or total is None else sign * (total - net)
    return ShownDocument(
        lines=[_shop_line(line) for line in document.lines],
        currency=document.currency,
        net=None if net is None else sign * net,
        vat=[] if reckoned is None else [VatSum("", None, reckoned)],
        total=None if total is None else sign * total,
        rounding=ZERO,
        from_shop=True,
        including=document.prices_include_vat,
    )


def _line(line: WrittenLine, names: Names, sign: int) -> ShownLine:
    return ShownLine(
        description=line.description or names.name(ITEMS, line.item_id),
        article=names.code(ITEMS, line.item_id),
        quantity=line.quantity,
        price=line.price,
        amount=sign * line.amount,
        vat_code=line.vat_code,
        vat_rate=names.vat_rate(line.vat_code),
        gl_account=names.code(GL_ACCOUNTS, line.gl_account_id),
        gl_name=names.name(GL_ACCOUNTS, line.gl_account_id),
    )


def _shop_line(line: OrderLine) -> ShownLine:
    return ShownLine(
        description=line.description,
        article=line.article_code,
        quantity=line.quantity,
        price=line.unit_price,
        amount=(line.quantity * line.unit_price).quantize(CENT, ROUND_HALF_UP),
        vat_code="",
        vat_rate=line.vat_rate.normalize(),
        gl_account="",
        gl_name=line.product_group,
    )
