"""Is Exact's total the total as paid? If not, a line of its own or a refusal, as the administration chose."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from include.administrations.model import Administration
from include.errors import RecordError
from include.mappings.lookups import ledger_account, stock_item
from include.mappings.master_data import MasterData
from include.mappings.money import checked
from include.mappings.vat_codes import fitting_code
from include.mappings.written_lines import WrittenLine
from include.sources.records import ShopDocument

ZERO = Decimal(0)
TEXT = "Rounding"


def total_of(lines: Sequence[WrittenLine]) -> Decimal:
    """Exact's total, VAT included."""
    return sum((line.net + line.vat for line in lines), ZERO)


def rounding_line(
    lines: Sequence[WrittenLine], document: ShopDocument, administration: Administration, master: MasterData
) -> WrittenLine | None:
    """The line that makes Exact's total the total as paid, if one is needed; raises `RecordError` beyond the tolerance.

    Nothing is compared when the shop does not tell what was paid, or the administration has no rule.
    """
    rule = administration.rounding
    if rule is None or document.total_paid is None:
        return None
    paid, total = checked("total_paid", document.total_paid), total_of(lines)
    if paid == total:
        return None
    if abs(paid - total) > rule.tolerance or rule.gl_account is None or rule.vat_code is None:
        raise RecordError("total_differs", document.currency, paid=paid, in_exact=total, tolerance=rule.tolerance)
    return WrittenLine(
        gl_account=ledger_account(rule.gl_account, master),
        vat_code=fitting_code(rule.vat_code, ZERO, master, prices_include_vat=document.prices_include_vat),
        item=stock_item(rule.item, master) if rule.item else None,
        quantity=Decimal(1 if paid > total else -1),
        price=abs(paid - total),
        amount=paid - total,
        text=TEXT,
    )
