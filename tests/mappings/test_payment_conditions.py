"""The payment condition follows the payment method: as the file lists it, and as Exact has it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.administrations.model import Administration
from include.errors import RecordError
from include.mappings.orders_to_invoices import sales_document
from tests.mappings.books import Books
from tests.mappings.companies import BE, UK, variation
from tests.mappings.orders import french, order

CONDITIONS = st.sampled_from(["PP", "30", "14", "08"])
METHODS = st.sampled_from(["card", "account", "ideal", "on delivery"])


@settings(max_examples=250, deadline=None)
@given(listed=st.dictionaries(METHODS, CONDITIONS, min_size=1), in_exact=st.frozensets(CONDITIONS), method=METHODS)
@pytest.mark.parametrize("administration", [UK, BE], ids=["invoice", "entry"])
def test_a_document_has_the_condition_of_its_payment_method_or_is_not_booked(
    administration: Administration, listed: dict[str, str], in_exact: frozenset[str], method: str
) -> None:
    shop_order = replace(order() if administration is UK else french(), payment_method=method)
    books = replace(Books(), payment_conditions=in_exact)
    mapped = variation(administration, payment_conditions=listed)
    wanted = listed.get(method)
    if wanted in in_exact:
        document = sales_document(shop_order, mapped, books)
        assert json.loads(document.record.payload())["PaymentCondition"] == wanted
        assert f"payment_condition:{wanted}" in document.subjects
        return
    cause = f"missing_payment_condition:{method}" if wanted is None else f"unknown_payment_condition:{wanted}"
    with pytest.raises(RecordError, match=f"^{cause}"):
        sales_document(shop_order, mapped, books)
