"""Administrations of the demo, and variations of them: a Dutch one with every regime, in both targets."""

from __future__ import annotations

from typing import Any

from include.administrations.loader import load_administrations
from include.administrations.model import Administration, ItemPolicy, Items

ADMINISTRATIONS = load_administrations()
UK = ADMINISTRATIONS["UK"]
BE = ADMINISTRATIONS["BE"]


def variation(of: Administration, **changes: Any) -> Administration:
    """The administration, but for the changes, read anew so that they are checked."""
    return Administration.model_validate({**of.model_dump(), **changes})


VAT_CODES = {
    "domestic": {"21": "NL21", "9": "NL9", "0": "NL0"},
    "eu": {"0": "ICL"},
    "one_stop_shop": {"DE": {"19": "DE19", "7": "DE7"}},
    "reverse_charge": {"0": "ICD"},
    "export": {"0": "EXP"},
    "services_outside": {"0": "OUT"},
}
ROUNDING = {"tolerance": "0.05", "gl_account": "8190", "vat_code": "NONE"}
KINDS = {"voucher": {"gl_account": "1600", "vat_code": "NONE"}, "payment_cost": {"gl_account": "8130"}}
# A company with every regime, in both targets: NL books entries, NL_INVOICES draft invoices.
NL = variation(
    BE,
    name="NL",
    country="NL",
    registration="12345678",
    vat_number="NL123456782B90",
    time_zone="Europe/Amsterdam",
    vat_codes=VAT_CODES,
    without_vat_number="one_stop_shop",
    rounding=ROUNDING,
    kinds=KINDS,
)
NL_INVOICES = variation(
    NL,
    target="sales_invoice",
    items={"policy": "match", "generic": dict(UK.items.generic) if UK.items else {}},
    rounding={**ROUNDING, "item": "ROUNDING"},
    kinds={
        "voucher": {**KINDS["voucher"], "item": "VOUCHER"},
        "payment_cost": {"gl_account": "8130", "item": "CHARGES"},
    },
)


def with_items(policy: ItemPolicy, **generic: str) -> Administration:
    """The British administration with another policy for items."""
    return variation(UK, items=Items(policy=policy, generic=generic))
