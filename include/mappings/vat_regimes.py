"""By which VAT rule a line is sold: domestic, intra-community, one-stop shop, reverse charge, export, or outside the scope.

Sources: Council Directive 2006/112/EC as amended (the articles below); United Kingdom: Value Added Tax Act 1994 (VATA).
The administration's country is where its goods leave from; `country` of the order is where they go.

| goods to | by the directive | regime |
|---|---|---|
| the same country | taxed where dispatch begins or where they are (31, 32) | domestic: standard, reduced, zero rate (96-99, 110) |
| another member state, to a business with a VAT number | exempt (138(1)): intracommunautaire levering | eu |
| another member state, to any other buyer | taxed where they arrive (33(a)): afstandsverkoop | one_stop_shop (369a-369k) |
| the same, below EUR 10,000 a year | taxed where dispatch begins (59c, 32) | domestic |
| outside the Union | exempt (146(1)(a)): uitvoer | export |

| services to | by the directive | regime |
|---|---|---|
| the same country | taxed there (44, 45) | domestic |
| a business in another member state | taxed there, and the customer owes the VAT (44, 196): btw verlegd | reverse_charge |
| any other buyer in another member state | taxed at home (45), electronic ones there (58, 59c) | domestic or one_stop_shop |
| a business outside the Union | outside the scope (44) | services_outside |
| any other buyer outside the Union | taxed at home (45) | domestic |

In Belgium the same rules bear French names as well: livraison intracommunautaire, vente à distance, exportation, autoliquidation.

Since 2020 the VAT number is a condition of article 138(1) itself, as changed by Directive (EU) 2018/1910, and not only evidence: without
one that counts, an order at 0 % is refused here. It counts when it is of another member state than the seller's, looks as that state's do,
and was found valid (VIES) no longer ago than the administration allows, seen from the day of the document. A consumer's never counts.

Seen from the United Kingdom, goods that leave are exported whoever buys (VATA section 30(6)); those to member states may have VAT codes of
their own (`eu`). Services to businesses abroad are outside the scope (section 7A(2)(a)), those to consumers domestic (7A(2)(b)).

What an order cannot tell is not decided here: the place of special services (articles 46-59: real estate, transport of passengers,
admission), domestic reverse charge (199), margin schemes (311-343), triangulation (141), excise goods and new means of transport
(138(2)), and Northern Ireland (XI), which has no country code of its own. Such orders are for a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from include.administrations.countries import ALIASES, EUROPEAN_UNION, Area, iso_country, vat_area_of
from include.administrations.identity import vat_number_fault
from include.administrations.model import Administration
from include.administrations.vat import Regime, WithoutVatNumber
from include.errors import RecordError
from include.sources.records import OrderLine, ShopDocument

BUSINESS, CONSUMER = "business", "consumer"
SERVICES = "services"


class Standing(StrEnum):
    """Whether the buyer's VAT number counts, and if not, why not."""

    COUNTS = "counts"
    MISSING = "missing"
    UNFIT = "unfit"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Buyer:
    """Who buys, as VAT sees it: where the goods go, and whether the VAT number counts."""

    country: str
    area: Area
    kind: str | None
    standing: Standing


def buyer_of(document: ShopDocument, administration: Administration, on: date) -> Buyer:
    """Say who buys on the day of the document; raises `RecordError` for what is no country."""
    country = iso_country(document.country)
    standing = vat_number_standing(document, administration, on)
    return Buyer(country, administration.area(country), document.kind_of_buyer, standing)


def vat_number_standing(document: ShopDocument, administration: Administration, on: date) -> Standing:
    """Say whether the VAT number makes its buyer a business of another member state."""
    number = re.sub(r"[^0-9A-Z+*]", "", (document.vat_number or "").upper())
    if not number or document.kind_of_buyer == CONSUMER:
        return Standing.MISSING
    state = ALIASES.get(number[:2], number[:2])
    if state not in EUROPEAN_UNION or state == vat_area_of(administration.country) or vat_number_fault(state, number):
        return Standing.UNFIT
    checked_on = document.vat_number_checked_on
    if checked_on is None or on - checked_on > timedelta(days=administration.vat_number_checked_within_days):
        return Standing.UNCHECKED
    return Standing.COUNTS


def regime_of(line: OrderLine, buyer: Buyer, administration: Administration) -> Regime:
    """Return the rule by which a line is sold; raises `RecordError` when a VAT number is needed and none counts."""
    if buyer.area is Area.HOME:
        return Regime.DOMESTIC
    if line.supply == SERVICES:
        return _of_services(line, buyer, administration)
    if buyer.area is Area.ELSEWHERE:
        return Regime.EXPORT
    if not administration.is_in_union or buyer.standing is Standing.COUNTS:
        return Regime.EU
    return _without_vat_number(line, buyer, administration)


def _of_services(line: OrderLine, buyer: Buyer, administration: Administration) -> Regime:
    if buyer.area is Area.UNION and administration.is_in_union:
        return Regime.REVERSE_CHARGE if buyer.standing is Standing.COUNTS else _without_vat_number(line, buyer, administration)
    return Regime.SERVICES_OUTSIDE if buyer.kind == BUSINESS else Regime.DOMESTIC


def _without_vat_number(line: OrderLine, buyer: Buyer, administration: Administration) -> Regime:
    """What the administration chose; but a shop that charged nothing took the buyer for a business, and nobody is to guess."""
    match administration.without_vat_number:
        case WithoutVatNumber.REFUSE:
            raise _vat_number_needed(line, buyer)
        case WithoutVatNumber.DOMESTIC:
            regime = Regime.DOMESTIC
        case WithoutVatNumber.ONE_STOP_SHOP:
            regime = Regime.ONE_STOP_SHOP
    if line.vat_rate == 0 and buyer.kind != CONSUMER:
        raise _vat_number_needed(line, buyer)
    return regime


def _vat_number_needed(line: OrderLine, buyer: Buyer) -> RecordError:
    match buyer.standing:
        case Standing.UNCHECKED:
            return RecordError("vat_number_not_checked", buyer.country, line=line.position)
        case Standing.UNFIT:
            return RecordError("vat_number_unfit", buyer.country, line=line.position)
        case _:
            return RecordError("vat_number_needed", buyer.country, line=line.position)
