"""All returns of an order are found together, whenever they changed."""

from __future__ import annotations

from include.sources.records import BadRecord, ShopReturn


def test_all_returns_that_name_one_of_the_orders_are_found_with_their_lines(bare) -> None:
    for number, order in (("R-1", "536365"), ("R-2", "536365"), ("R-3", "536366"), ("R-4", "536367"), ("R-5", None)):
        bare.refund(number, order_number=order)

    found = bare.reader().returns_of_orders(["536365", "536366", "536365"])

    assert [(each.number, each.order_number) for each in found] == [("R-1", "536365"), ("R-2", "536365"), ("R-3", "536366")]
    assert all(isinstance(each, ShopReturn) and each.lines for each in found)


def test_a_return_that_cannot_be_read_is_found_as_such(bare) -> None:
    bare.refund("R-1", order_number="536365", currency="pounds")

    (bad,) = bare.reader().returns_of_orders(["536365"])
    assert isinstance(bad, BadRecord)


def test_no_orders_have_no_returns(bare) -> None:
    bare.refund("R-1", order_number="536365")

    assert bare.reader().returns_of_orders([]) == []
