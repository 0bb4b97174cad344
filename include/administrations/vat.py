"""What an administration's file says about VAT: the regimes, their tables of codes, and who counts as a business."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from include.administrations.countries import EUROPEAN_UNION, Area, area, vat_area_of
from include.administrations.parts import Country, Part, VatTable, mistake


class Regime(StrEnum):
    """By which rule of VAT a line is sold, as seen from the administration. Each but `one_stop_shop` is one table of codes."""

    DOMESTIC = "domestic"
    EU = "eu"
    ONE_STOP_SHOP = "one_stop_shop"
    REVERSE_CHARGE = "reverse_charge"
    EXPORT = "export"
    SERVICES_OUTSIDE = "services_outside"


class WithoutVatNumber(StrEnum):
    """What a buyer in another member state is charged who has no VAT number that counts.

    `domestic`: the administration's own VAT, while such sales to the whole Union stay below EUR 10,000 a year (directive, article 59c).
    `one_stop_shop`: the VAT of the buyer's country (article 33, point (a)), declared through the one-stop shop. `refuse`: a person decides.
    """

    DOMESTIC = "domestic"
    ONE_STOP_SHOP = "one_stop_shop"
    REFUSE = "refuse"


class VatCodes(Part):
    """VAT codes by regime and by the rate that the shop charged, in percent; a pair that is not listed is refused."""

    domestic: VatTable = Field(default={}, description="VAT codes for buyers in the administration's own country", examples=['{21: "21"}'])
    eu: VatTable = Field(
        default={}, description="VAT codes for goods to buyers in (other) member states of the Union", examples=['{0: "4"}']
    )
    one_stop_shop: Mapping[Country, VatTable] = Field(
        default={}, description="VAT codes of distance sales by country of the buyer", examples=['{DE: {19: "DE19", 7: "DE7"}}']
    )
    reverse_charge: VatTable = Field(
        default={}, description="VAT codes for services to businesses in other member states", examples=['{0: "6"}']
    )
    export: VatTable = Field(default={}, description="VAT codes for goods to buyers everywhere else", examples=['{0: "5"}'])
    services_outside: VatTable = Field(
        default={}, description="VAT codes for services to businesses outside the Union", examples=['{0: "7"}']
    )

    def table(self, regime: Regime, country: str) -> VatTable:
        """The codes of a regime by rate; those of the one-stop shop are the buyer's country's."""
        if regime is Regime.ONE_STOP_SHOP:
            return self.one_stop_shop.get(vat_area_of(country), {})
        table: VatTable = getattr(self, regime.value)
        return table

    def check(self, home: str) -> None:
        """Refuse tables that could never be used from `home`."""
        for regime in (Regime.ONE_STOP_SHOP, Regime.REVERSE_CHARGE):
            if getattr(self, regime.value) and vat_area_of(home) not in EUROPEAN_UNION:
                raise mistake(f"{regime} has no effect for a company outside the Union", "delete it; buyers in member states are under eu")
        for country in self.one_stop_shop:
            if area(home, country) is not Area.UNION:
                raise mistake(f"one_stop_shop: {country} is no other member state of the Union", f"delete {country}")
