"""A shop whose customers bring things back, for the tests of credits."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from include.flows.orders_to_invoices import book_orders
from include.flows.returns_to_credit_notes import credit_returns
from include.run import Window

SHIPPED = Path(__file__).parents[2] / "include" / "administrations"
_HEADER = "buyer_no ship_to currency gross_prices pay_method trade_buyer vat_id vat_id_checked"


def only(*numbers: str) -> Window:
    """The window of some orders, or some returns."""
    return Window(datetime.now(UTC), datetime.now(UTC), order_numbers=numbers)


def book(world, name: str, *numbers: str, **others: Any) -> Counter[str]:
    with world.run(name, window=only(*numbers), **others) as run:
        return book_orders(run)


def credit(world, name: str, *numbers: str, **others: Any) -> Counter[str]:
    with world.run(name, window=only(*numbers), **others) as run:
        return credit_returns(run)


def bring_back(world, number: str, order: str, *, named: bool = True, **quantities: Any) -> str:
    """A return of an order: all of it, or the quantities by article, as in `a22086=3`; `named=False`: nobody knows of which order."""
    now = datetime.now(UTC)
    with psycopg.connect(world.shop_dsn) as connection:
        names = ", ".join(_HEADER.split())
        connection.execute(
            f"insert into webshop.refunds (refund_no, sale_no, asked_at, credited_at, updated_at, {names})"
            f" select %s, %s, %s, %s, %s, {names} from webshop.sales where sale_no = %s",
            (number, order if named else None, now, now, now, order),
        )
        connection.execute(
            "insert into webshop.refund_items (refund_no, line_no, sku, title, qty, price, vat_pct, category)"
            " select %s, line_no, sku, title, qty, price, vat_pct, category from webshop.sale_items where sale_no = %s",
            (number, order),
        )
        if quantities:
            connection.execute("update webshop.refund_items set qty = 0 where refund_no = %s", (number,))
        for article, quantity in quantities.items():
            connection.execute(
                "update webshop.refund_items set qty = %s where refund_no = %s and sku = %s", (quantity, number, article.removeprefix("a"))
            )
    return number


def the(world, number: str) -> dict[str, Any]:
    """The newest mutation of an order or a return."""
    return world.mutations("source_id = %s", number)[-1]


def in_exact(world, number: str) -> list[dict[str, Any]]:
    return [each for each in world.sandbox.documents() if each["your_ref"] == number]


def total(world, number: str) -> Decimal:
    """What Exact's documents of a number come to, VAT included."""
    return sum((Decimal(str(each["amount_fc"])) for each in in_exact(world, number)), Decimal(0))


def configure(world, folder: Path, **rules: dict[str, object]) -> None:
    """Give administrations rules for credits, as in `UK={"free": True}`, in a copy of the configuration."""
    folder.mkdir(exist_ok=True)
    for file in sorted((world.configuration or SHIPPED).glob("*.yaml")):
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("credits:")]
        wanted = rules.get(file.stem)
        if wanted:
            text = ", ".join(f"{name}: {str(value).lower()}" for name, value in wanted.items())
            lines.append(f"credits: {{{text}}}")
        (folder / file.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    world.configuration = folder
