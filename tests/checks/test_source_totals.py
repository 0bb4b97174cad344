"""What the shop's documents add up to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from include.checks.source_totals import net_of, net_off_by
from tests.mappings.orders import line, order


def test_lines_are_rounded_one_by_one_half_up():
    document = order(line(1, quantity=1, unit_price="0.125"), line(2, quantity=1, unit_price="0.125"))

    assert net_of(document) == Decimal("0.26")


def test_prices_with_vat_are_made_net_line_by_line():
    document = order(line(quantity=3, unit_price="1.21", vat_rate=21), prices_include_vat=True)

    assert net_of(document) == Decimal("3.00")


def test_only_prices_with_vat_leave_cents_to_round():
    lines = (line(1), line(2))

    assert net_off_by(order(*lines)) == 0
    assert net_off_by(order(*lines, prices_include_vat=True)) == Decimal("0.02")


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_a_number_that_is_none_has_no_net(number):
    assert net_of(order(line(unit_price=number))) is None
