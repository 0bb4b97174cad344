"""Returns become credits, over the real orders, against the sandbox over HTTP."""

from __future__ import annotations

import pytest

from tests.flows.returning import book, bring_back, configure, credit, in_exact, the, total

BRITISH, IRISH = "536402", "536890"
NAME = {BRITISH: "UK", IRISH: "BE"}


@pytest.fixture
def strict(world, tmp_path):
    """No free credits, and nothing more than was sold."""
    configure(world, tmp_path / "strict")
    return world


@pytest.mark.parametrize("order", [BRITISH, IRISH])
def test_a_full_return_is_the_sale_turned_round_to_the_cent(strict, order: str) -> None:
    book(strict, NAME[order], order)
    returned = bring_back(strict, "R-1", order)
    tally = credit(strict, NAME[order], returned)

    assert tally["posted"] == 1
    assert total(strict, returned) == -total(strict, order) != 0
    assert the(strict, returned)["amount_net"] == -the(strict, order)["amount_net"]
    assert the(strict, returned)["division"] == the(strict, order)["division"]
    assert {each["kind"] for each in in_exact(strict, returned)} == {each["kind"] for each in in_exact(strict, order)}
