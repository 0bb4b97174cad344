"""An administration as its file describes it: every key, what it means, and what a right value looks like.

`description` and the first of `examples` of each field are what the messages about a wrong file say.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from include.administrations.bulk_hours import BulkHours
from include.administrations.countries import EUROPEAN_UNION, Area, area, iso_country, vat_area_of
from include.administrations.credits import Credits
from include.administrations.customers import Customers
from include.administrations.identity import registration_fault, vat_number_fault
from include.administrations.money import KindRule, LineKind, Rounding, rounding_rule
from include.administrations.parts import Code, Codes, Country, Part, mistake
from include.administrations.periods import ClosedPeriod, foreign_currencies
from include.administrations.vat import VatCodes, WithoutVatNumber
from include.outbox.off_peak import Hours

REFUSE = "refuse"


class Mode(StrEnum):
    """`off`: not even looked at (YAML reads it as false) · `observe`: planned and judged, nothing sent · `book`: sent."""

    OFF = "off"
    OBSERVE = "observe"
    BOOK = "book"


class Target(StrEnum):
    """What an order becomes: a draft in the invoicing module, or an entry that is in the books at once."""

    SALES_INVOICE = "sales_invoice"
    SALES_ENTRY = "sales_entry"


class ItemPolicy(StrEnum):
    """`match`: found by article code · `generic`: one item per product group · `refuse`: articles are not invoiced here."""

    MATCH = "match"
    GENERIC = "generic"
    REFUSE = "refuse"


def _off(value: object) -> object:
    return Mode.OFF if value is False else value


class Journals(Part):
    """Which journal of Exact each kind of document goes to."""

    sales: Code = Field(description="code of the sales journal (type 20 in Exact)", examples=['"70"'])


class Items(Part):
    """How a line of an order finds its item in Exact; only for invoices."""

    policy: ItemPolicy = Field(description="match, generic or refuse: what becomes of a line that is an article", examples=["match"])
    generic: Mapping[str, Code] = Field(
        default={}, description="item codes for product groups that are no articles", examples=["{shipping: SHIPPING}"]
    )


class Routes(Part):
    """Whose orders come here: those of some countries, or those of all countries that no other administration names."""

    countries: tuple[Country, ...] = Field(default=(), description="countries whose orders are booked here", examples=["[GB, IE]"])
    rest: Literal[True] | None = Field(default=None, description="true: takes all countries that no other file names", examples=["true"])


class Administration(Part):
    """One company of Exact ("division") and how orders become documents in it. Its name is the name of its file."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,19}$")]
    division: int = Field(strict=True, ge=1, description="number of the division in Exact", examples=["820101"])
    connection: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")] = Field(
        description="id of the Airflow connection of type Exact Online", examples=["exact_uk"]
    )
    country: Country = Field(description="country of the company", examples=["GB"])
    registration: str = Field(description="registration number of the company, as Exact shows it", examples=['"01234567"'])
    vat_number: str = Field(description="VAT number of the company, as Exact shows it", examples=["GB123456782"])
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = Field(description="currency of the division", examples=["GBP"])
    currencies: tuple[str, ...] = Field(
        default=(), description="currencies of the shop's orders beside the division's own; each needs a rate in Exact", examples=["[GBP]"]
    )
    time_zone: str = Field(description="time zone whose midnight divides the days of the books", examples=["Europe/London"])
    mode: Annotated[Mode, BeforeValidator(_off)] = Field(description="off, observe or book", examples=["observe"])
    book_from: date = Field(strict=True, description="first day that is booked; no order before it ever is", examples=["2026-01-01"])
    target: Target = Field(description="sales_invoice (a draft) or sales_entry (in the books at once)", examples=["sales_invoice"])
    routes: Routes = Field(description="whose orders come here", examples=["{countries: [GB]}"])
    journals: Journals = Field(description="journals by kind of document", examples=['{sales: "70"}'])
    gl_accounts: Codes = Field(description="ledger accounts by product group of the shop", examples=['{gifts: "8000"}'])
    vat_codes: VatCodes = Field(description="VAT codes by regime and rate", examples=['{domestic: {21: "21"}}'])
    without_vat_number: WithoutVatNumber = Field(
        default=WithoutVatNumber.REFUSE,
        description="VAT for buyers in other member states without a VAT number that counts",
        examples=["domestic"],
    )
    vat_number_checked_within_days: int = Field(
        default=30,
        strict=True,
        ge=1,
        le=366,
        description="days for which a check of a buyer's VAT number counts",
        examples=["30"],
    )
    rounding: Annotated[Rounding | None, BeforeValidator(rounding_rule)] = Field(
        default=None, description="what becomes of a difference between Exact's total and the total as paid", examples=["refuse"]
    )
    kinds: Mapping[LineKind, KindRule] = Field(
        default={}, description="ledger accounts of lines that are no articles, by kind", examples=['{voucher: {gl_account: "1600"}}']
    )
    items: Items | None = Field(
        default=None, validate_default=True, description="how a line finds its item in Exact", examples=["{policy: match}"]
    )
    guests: str = Field(description="code of the relation for orders without customer number, or refuse", examples=['"90000"'])
    customers: Customers | None = Field(
        default=None,
        description="how new customers become relations; without it none does",
        examples=['{first_code: "70000000", last_code: "79999999"}'],
    )
    payment_conditions: Codes = Field(description="payment conditions by payment method of the shop", examples=['{account: "30"}'])
    credits: Credits = Field(default=Credits(), description="rules for credits", examples=["{free: true}"])
    closed_period: ClosedPeriod = Field(
        default=ClosedPeriod.ASK, description="what becomes of documents of a closed period: first_open_period or ask", examples=["ask"]
    )
    bulk_hours: BulkHours | None = Field(
        default=None, description="hours in which past windows are sent; without it always", examples=['{from: "19:00", until: "07:00"}']
    )
    quarantine_s: int = Field(
        default=900,
        strict=True,
        ge=60,
        le=86_400,
        description="seconds after which Exact no longer books what it did not answer",
        examples=["900"],
    )

    @field_validator("registration")
    @classmethod
    def _registration_fits_country(cls, number: str, others: ValidationInfo) -> str:
        return _checked(registration_fault, number, others)

    @field_validator("vat_number")
    @classmethod
    def _vat_number_fits_country(cls, number: str, others: ValidationInfo) -> str:
        return _checked(vat_number_fault, number, others)

    @field_validator("currencies")
    @classmethod
    def _currencies_are_foreign(cls, codes: tuple[str, ...], others: ValidationInfo) -> tuple[str, ...]:
        return foreign_currencies(codes, others.data.get("currency"))

    @field_validator("time_zone")
    @classmethod
    def _time_zone_exists(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError) as error:
            raise mistake(f"there is no time zone {zone!r}", "write a name such as Europe/Amsterdam") from error
        return zone

    @field_validator("routes")
    @classmethod
    def _routes_say_one_thing(cls, routes: Routes) -> Routes:
        if bool(routes.countries) == bool(routes.rest):
            raise mistake("needs either countries or rest", "write countries: [..], or rest: true, and not both")
        return routes

    @field_validator("items")
    @classmethod
    def _items_fit_target(cls, items: Items | None, others: ValidationInfo) -> Items | None:
        target = others.data.get("target")
        if target is Target.SALES_INVOICE and items is None:
            raise mistake("is missing: a line of an invoice needs an item", "write for example items: {policy: match}")
        if target is Target.SALES_ENTRY and items is not None:
            raise mistake("has no effect with target sales_entry", "delete it")
        return items

    @field_validator("vat_codes")
    @classmethod
    def _vat_codes_fit_country(cls, codes: VatCodes, others: ValidationInfo) -> VatCodes:
        if others.data.get("country"):
            codes.check(others.data["country"])
        return codes

    @field_validator("without_vat_number")
    @classmethod
    def _one_stop_shop_is_complete(cls, chosen: WithoutVatNumber, others: ValidationInfo) -> WithoutVatNumber:
        codes = others.data.get("vat_codes")
        wanted = chosen is WithoutVatNumber.ONE_STOP_SHOP
        if codes is not None and wanted and not codes.one_stop_shop:
            raise mistake("there is no table of the one-stop shop", "write vat_codes: one_stop_shop: {DE: {19: DE19}}, or choose domestic")
        return chosen

    @field_validator("rounding")
    @classmethod
    def _rounding_fits_target(cls, rule: Rounding | None, others: ValidationInfo) -> Rounding | None:
        if rule is not None and rule.tolerance:
            _item_fits_target(rule.item, others)
        return rule

    @field_validator("kinds")
    @classmethod
    def _kinds_fit_target(cls, rules: Mapping[LineKind, KindRule], others: ValidationInfo) -> Mapping[LineKind, KindRule]:
        for kind, rule in rules.items():
            _item_fits_target(rule.item, others)
            if rule.vat_code and kind is not LineKind.VOUCHER:
                raise mistake(f"{kind}: vat_code is for vouchers only", "delete it: the VAT of other lines follows regime and rate")
        return rules

    @field_validator("credits")
    @classmethod
    def _credits_fit_target(cls, rules: Credits, others: ValidationInfo) -> Credits:
        if rules.sign is not None and others.data.get("target") is Target.SALES_ENTRY:
            raise mistake("sign has no effect with target sales_entry", "delete it: the amounts of a credit entry are always negative")
        return rules

    @field_validator("guests")
    @classmethod
    def _guests_are_a_relation(cls, code: str) -> str:
        if code != REFUSE and not re.fullmatch(r"[0-9]{1,18}", code):
            raise mistake(f"{code!r} is no code of a relation", 'write its number in quotes, such as "90000", or refuse')
        return code

    @field_validator("customers")
    @classmethod
    def _guests_have_a_code_of_their_own(cls, customers: Customers | None, others: ValidationInfo) -> Customers | None:
        guests = others.data.get("guests")
        if customers is not None and guests is not None and customers.holds(guests):
            raise mistake(f"the range holds {guests}, the relation for guests", "choose a range that no relation has a code in")
        return customers

    @property
    def collective_relation(self) -> str | None:
        """The code of the relation for guests; None when orders without customer number are refused."""
        return None if self.guests == REFUSE else self.guests

    @property
    def off_peak(self) -> Hours | None:
        """The hours in which bulk may leave; None: always."""
        hours = self.bulk_hours
        return Hours(hours.begin, hours.end, ZoneInfo(self.time_zone)) if hours else None

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) of what the file says; comments and order of keys don't count."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()

    @property
    def is_in_union(self) -> bool:
        """Whether the company's own country is a member state of the European Union."""
        return vat_area_of(self.country) in EUROPEAN_UNION

    def area(self, country: str) -> Area:
        """Say where a country lies for this administration; raises `RecordError` for what is no country."""
        return area(self.country, iso_country(country))

    def local_day(self, moment: datetime) -> date:
        """The day of the books in which a moment lies."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


def _checked(fault_of: Callable[[str, str], str | None], number: str, others: ValidationInfo) -> str:
    country = others.data.get("country")
    fault = fault_of(country, number) if country else None
    if fault is not None:
        raise mistake(f"{number!r} cannot be right: {fault}", "copy it from the company's settings in Exact")
    return number


def _item_fits_target(item: str | None, others: ValidationInfo) -> None:
    target = others.data.get("target")
    if target is Target.SALES_INVOICE and item is None:
        raise mistake("item is missing: a line of an invoice needs an item", "write for example item: ROUNDING, a code of an item in Exact")
    if target is Target.SALES_ENTRY and item is not None:
        raise mistake("item has no effect with target sales_entry", "delete it")
