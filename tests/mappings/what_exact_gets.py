"""Writes docs/what-exact-gets.md from the golden payloads: `python -m tests.mappings.what_exact_gets`.

The page is checked against them by a test, so that what a bookkeeper reads is what Exact gets.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from include.mappings.money import plain
from include.mappings.orders_to_invoices import sales_document
from include.sources.records import ShopDocument
from tests.mappings.books import GL_ACCOUNTS, ITEMS, Books, id_of
from tests.mappings.returns import RETURNS, ReturnSample
from tests.mappings.samples import SAMPLES, Sample

GOLDEN = Path(__file__).parent / "golden"
PAGE = Path(__file__).parents[2] / "docs" / "what-exact-gets.md"
INTRODUCTION = Path(__file__).parent / "what_exact_gets.md"
TOKEN = "ABCDEFGH2345"
CREDIT_NOTE = 8021
RELATIONS = {str(id_of("account", code)): code for code in ("17850", "12583", "90000")}
NAMES = {str(id_of("gl_account", code)): code for code in GL_ACCOUNTS} | {str(id_of("item", code)): code for code in ITEMS}
RETURNS_HEAD = "| Situation | The sale | What comes back | Exact gets | Its total |\n|---|---|---|---|---|"
HEAD = "| Situation | The shop says | Exact gets | Its total |\n|---|---|---|---|"


def page() -> str:
    """The whole page: what people wrote, and the table made of the golden payloads."""
    rows = "\n".join(_row(name, sample) for name, sample in SAMPLES.items())
    returns = "\n".join(_return_row(name, sample) for name, sample in RETURNS.items())
    text = INTRODUCTION.read_text(encoding="utf-8").replace("{table}", f"{HEAD}\n{rows}")
    return text.replace("{returns}", f"{RETURNS_HEAD}\n{returns}")


def golden(name: str) -> dict[str, Any]:
    """A golden payload, its numbers exact."""
    content: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
    return content


def payload(sample: Sample) -> str:
    """What the mapping makes of a sample."""
    return sales_document(sample.order, sample.administration, Books()).record.with_token(TOKEN).payload()


def _row(name: str, sample: Sample) -> str:
    document = sales_document(sample.order, sample.administration, Books())
    return f"| {sample.situation} | {_shop(sample.order)} | {_exact(golden(name))} | {document.currency} {document.total_fc:.2f} |"


def _return_row(name: str, sample: ReturnSample) -> str:
    total = f"{sample.document.currency} {sample.document.total_fc:.2f}"
    sale = _shop(sample.of) if sample.of is not None else "not known"
    return f"| {sample.situation} | {sale} | {_shop(sample.back)} | {_exact(golden(name))} | {total} |"


def _shop(document: ShopDocument) -> str:
    prices = "incl." if document.prices_include_vat else "excl."
    lines = (
        f"{plain(line.quantity)} × {_money(line.unit_price)} at {plain(line.vat_rate)} %{_kind(line.kind, line.supply)}"
        for line in sorted(document.lines, key=lambda line: line.position)
    )
    paid = f"<br>paid: {document.total_paid:.2f}" if document.total_paid is not None else ""
    return f"{document.currency}, prices {prices} VAT<br>{'<br>'.join(lines)}{paid}"


def _money(amount: Decimal) -> str:
    """With two decimals, or as many as there are."""
    return max(f"{amount:.2f}", plain(amount), key=lambda text: len(text.partition(".")[2]))


def _kind(kind: str, supply: str) -> str:
    return f", {kind.replace('_', ' ')}" if kind != "article" else ", service" if supply == "services" else ""


def _exact(content: dict[str, Any]) -> str:
    relation = RELATIONS[content.get("Customer") or content["OrderedBy"]]
    condition = f"relation {relation}, payment condition {content['PaymentCondition']}"
    if "SalesEntryLines" in content:
        lines = (
            f"{_money(line['AmountFC'])} on {NAMES[line['GLAccount']]}, VAT code {line['VATCode']}" for line in content["SalesEntryLines"]
        )
        return f"{'credit' if _is_negative(content) else 'sales'} entry of {content['EntryDate'][:10]}, {condition}<br>{'<br>'.join(lines)}"
    lines = (
        f"{plain(line['Quantity'])} × {_money(line['NetPrice'])} {NAMES[line['Item']]} on {NAMES[line['GLAccount']]}, "
        f"VAT code {line['VATCode']}"
        for line in content["SalesInvoiceLines"]
    )
    return f"draft {'credit invoice' if content['Type'] == CREDIT_NOTE else 'invoice'}, {condition}<br>{'<br>'.join(lines)}"


def _is_negative(content: dict[str, Any]) -> bool:
    return sum(line["AmountFC"] for line in content["SalesEntryLines"]) < 0


def write() -> None:
    """Write golden payloads that are not there yet, and the page; a payload that is there changes by hand only."""
    payloads = {name: payload(sample) for name, sample in SAMPLES.items()}
    payloads |= {name: sample.document.record.with_token(TOKEN).payload() for name, sample in RETURNS.items()}
    for name, text in payloads.items():
        if not (GOLDEN / f"{name}.json").exists():
            content = json.loads(text)
            (GOLDEN / f"{name}.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
