"""Bad orders of every kind among good ones: each becomes a dead letter with a cause, and the good ones are booked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from include.flows.orders_to_invoices import book_orders
from include.run import Window

FRENCH, BRITISH = "536852", "536390"
PER_LINE = "update webshop.sale_items set {} where sale_no = %s"
PER_ORDER = "update webshop.sales set {} where sale_no = %s"
MANY_LINES = (
    "insert into webshop.sale_items (sale_no, line_no, sku, title, qty, price, vat_pct, category)"
    " select sale_no, 10000 + n, sku, title, {qty}, {price}, vat_pct, category from webshop.sale_items i, generate_series(1, {lines}) n"
    " where sale_no = %s and line_no = (select min(line_no) from webshop.sale_items m where m.sale_no = i.sale_no)"
)
BAD = {
    "country": PER_ORDER.format("ship_to = 'QQ'"),
    "currency": PER_ORDER.format("currency = 'QQQ'"),
    "yen": PER_ORDER.format("currency = 'JPY'"),
    "method": PER_ORDER.format("pay_method = repeat('x', 90)"),
    "infinite": PER_ORDER.format("placed_at = 'infinity'"),
    "never": PER_ORDER.format("placed_at = '-infinity'"),
    "far": PER_ORDER.format("billed_at = '9999-12-31 23:59:59+00'"),
    "negative": PER_LINE.format("price = -1"),
    "returned": PER_LINE.format("qty = -5"),
    "rate": PER_LINE.format("vat_pct = 17.5"),
    "no-number": PER_LINE.format("price = 'NaN'"),
    "endless": PER_LINE.format("vat_pct = 'NaN'"),
    "huge": PER_LINE.format("price = 9999999999"),
    "group": PER_LINE.format("category = repeat('g', 5000)"),
    "script": PER_LINE.format("category = '<script>alert(1)</script>'"),
    "formula": PER_LINE.format("category = '=HYPERLINK(\"x\")'"),
    "no-lines": "delete from webshop.sale_items where sale_no = %s",
    "lines": MANY_LINES.format(qty="1", price="1", lines=2_100),
}
# Whose lines are added up, in a sales entry, to more digits than Exact keeps.
BAD_ENTRY = {
    "digits": MANY_LINES.format(qty="987654321.123", price="0.0001", lines=1_099),
}
GOOD = {
    "unicode": PER_LINE.format("title = E'\\U0001F381 caf\\u00e9 \\u202e ' || repeat(E'\\U0001F384', 400)"),
    "controls": PER_LINE.format("title = E'a\\tb\\nc\\x01'"),
    "long": MANY_LINES.format(qty="1", price="1", lines=1_500),
    "empty": PER_LINE.format("title = null"),
    "gross": PER_ORDER.format("gross_prices = true"),
}


def numbers_of(kinds: dict[str, str]) -> list[str]:
    return [f"{kind}-{like}" for kind in kinds for like in (FRENCH, BRITISH)]


@pytest.fixture
def poisoned(world):
    """A good and a bad copy of a French and of a British order for each kind, the bad ones first."""
    for kind, statement in {**BAD, **BAD_ENTRY, **GOOD}.items():
        for like in (FRENCH, BRITISH):
            number = world.add_order(f"{kind}-{like}", like=like)
            world.shop(statement, number)
    return world


def test_each_bad_order_is_a_dead_letter_and_each_good_one_is_booked(poisoned) -> None:
    bad, good = [*numbers_of(BAD), *(f"{kind}-{FRENCH}" for kind in BAD_ENTRY)], numbers_of(GOOD)
    window = Window(datetime.now(UTC), datetime.now(UTC), order_numbers=(*bad, *good, FRENCH, BRITISH))
    for name in ("BE", "UK"):
        with poisoned.run(name, window=window) as run:
            book_orders(run)
    states = {row["source_id"]: (row["state"], row["cause_code"], row["cause_facts"]) for row in poisoned.mutations()}

    assert {number: states.get(number) for number in good if states.get(number, ("",))[0] != "posted"} == {}
    assert {number: states.get(number) for number in bad if states.get(number, ("",))[0] != "dead_letter"} == {}
    assert states[FRENCH][0] == states[BRITISH][0] == "posted"


def test_a_window_with_bad_orders_is_read_to_its_end_and_once(poisoned) -> None:
    now = datetime.now(UTC)
    follows = Window(now, now, follows_cursor=True)
    with poisoned.run("BE", window=follows) as run:
        book_orders(run)
    with poisoned.run("BE", window=follows) as run:
        again = book_orders(run)

    assert again["posted"] == again["planned"] == again["superseded_dead_letter"] == 0
    assert {row["state"] for row in poisoned.mutations()} <= {"posted", "dead_letter", "dismissed"}
