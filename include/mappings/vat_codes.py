"""The VAT code of a line: from the table of its regime, by the rate that the shop charged, and checked against the code in Exact."""

from __future__ import annotations

from decimal import Decimal

from include.administrations.model import Administration
from include.administrations.vat import Regime
from include.errors import RecordError
from include.mappings.master_data import MasterData, VatCode
from include.mappings.money import checked, plain
from include.mappings.vat_regimes import Buyer, regime_of
from include.sources.records import OrderLine

# Types of VAT codes in Exact (FACTS 6.7).
EXCLUDING, INCLUDING, BASE_ONLY, NONE = "E", "I", "B", "N"
_WITHOUT_VAT = frozenset({EXCLUDING, BASE_ONLY, NONE})


def vat_code_of(line: OrderLine, buyer: Buyer, administration: Administration, master: MasterData, *, prices_include_vat: bool) -> VatCode:
    """Return the code of a line; raises `RecordError` when the rate does not fit the regime, or the code does not fit both."""
    rate = checked("vat_rate", line.vat_rate, line=line.position)
    regime = regime_of(line, buyer, administration)
    code = administration.vat_codes.table(regime, buyer.country).get(rate)
    if code is None:
        raise RecordError("vat_rate_not_mapped", f"{_name(regime, buyer)}/{plain(rate)}", country=buyer.country, line=line.position)
    return fitting_code(code, rate, master, prices_include_vat=prices_include_vat, line=line.position)


def fitting_code(code: str, rate: Decimal, master: MasterData, *, prices_include_vat: bool, **facts: object) -> VatCode:
    """Return a code that Exact has, unblocked, of that rate, and of a type that fits the prices.

    A code of type I holds amounts that include VAT. Amounts that include it also fit type E: they are converted then.
    """
    found = master.vat_code(code)
    if found is None:
        raise RecordError("vat_code_missing", code, **facts)
    if found.blocked:
        raise RecordError("vat_code_blocked", code, **facts)
    fitting = {EXCLUDING} if rate else _WITHOUT_VAT
    if found.type not in (fitting | {INCLUDING} if prices_include_vat else fitting):
        wanted = "E or I" if prices_include_vat else "E"
        raise RecordError("vat_code_wrong_type", code, type=found.type, wanted=wanted, **facts)
    if found.percentage * 100 != rate:
        raise RecordError("vat_code_wrong_rate", code, rate=plain(rate), in_exact=plain(found.percentage * 100), **facts)
    return found


def _name(regime: Regime, buyer: Buyer) -> str:
    return f"{regime}/{buyer.country}" if regime is Regime.ONE_STOP_SHOP else regime.value
