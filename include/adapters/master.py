"""Master data for mappings: from the mirror; a miss costs one targeted read, then it is missing for this run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from include.adapters.pulls import Pulls
from include.errors import SetupError
from include.exact.entities import MASTER_DATA, PERIODS, Entity
from include.exact.odata import day, equal
from include.exact.types import NO_SALES, PERIOD_CLOSED, SALES_JOURNAL
from include.mappings.master_data import NOBODY, GLAccount, Journal, Period, VatCode
from include.mappings.periods import is_open
from include.outbox.model import Key
from include.store.database import Row
from include.store.mirror import MirrorRow, MirrorStore

ENTITIES = {entity.name: entity for entity in MASTER_DATA}
ACCOUNT_CODE_LENGTH = 18
TARGETED = {
    "Accounts": ("crm/Accounts", ACCOUNT_CODE_LENGTH),
    "Items": ("logistics/Items", 0),
    "GLAccounts": ("financial/GLAccounts", 0),
}


class MirroredMaster:
    """Implements `include.mappings.master_data.MasterData` for one division; reads each entity of the mirror once."""

    def __init__(self, mirror: MirrorStore, pulls: Pulls, currency: str, customers: Mapping[str, UUID | Key | None] | None = None) -> None:
        self._mirror = mirror
        self._pulls = pulls
        self._currency = currency
        self._customers = customers if customers is not None else {}
        self._by_code: dict[str, dict[str, Row]] = {}
        self._missed: set[tuple[str, str]] = set()
        self._periods: dict[str, list[Period]] = {}
        self._periods_are_new = False

    def account_id(self, code: str) -> UUID | None:
        return self._id("Accounts", code)

    def customer_id(self, number: str) -> UUID | None:
        """The relation that the outbox knows of; of a customer whom it was not asked about, the one whose code is the number."""
        if number not in self._customers:
            return self.account_id(number)
        known = self._customers[number]
        return NOBODY if isinstance(known, Key) else known

    def item_id(self, code: str) -> UUID | None:
        return self._id("Items", code)

    def gl_account(self, code: str) -> GLAccount | None:
        row = self._row("GLAccounts", code, _takes_sales)
        return GLAccount(UUID(row["record_id"]), _number(row["data"]["Type"]), bool(row["data"]["IsBlocked"])) if row else None

    def vat_code(self, code: str) -> VatCode | None:
        data = self._data("VATCodes", code, _is_free)
        if data is None:
            return None
        return VatCode(data["Code"].strip(), Decimal(str(data["Percentage"])), str(data["Type"]), bool(data["IsBlocked"]))

    def journal(self, code: str) -> Journal | None:
        data = self._data("Journals", code, lambda data: _is_free(data) and _number(data["Type"]) == SALES_JOURNAL)
        return Journal(data["Code"].strip(), _number(data["Type"]), bool(data["IsBlocked"])) if data else None

    def payment_condition(self, code: str) -> bool:
        return self._data("PaymentConditions", code) is not None

    def exchange_rate(self, currency: str, on: date) -> Decimal | None:
        """The newest rate of that currency to the division's that had begun on the day; never the inverse of another."""
        return newest_rate(self._rates, (currency, self._currency), on)

    def periods(self, journal: str, on: date) -> Sequence[Period]:
        """From the mirror; where it says that the day is not open, from Exact, once a run: somebody may have opened the period."""
        if journal not in self._periods:
            self._periods_are_new |= any(self._mirror.pulled_at(entity.name) is None for entity in PERIODS)
            self._pulls.pull_missing(PERIODS)
            self._periods[journal] = mirrored_periods(self._mirror, journal)
        if not is_open(on, self._periods[journal]) and not self._periods_are_new:
            self._periods_are_new = True
            for entity in PERIODS:
                self._pulls.pull(entity)
            self._periods = {journal: mirrored_periods(self._mirror, journal)}
        return self._periods[journal]

    @cached_property
    def _rates(self) -> list[Row]:
        self._pulls.pull_missing([ENTITIES["ExchangeRates"]])
        return [row["data"] for row in self._mirror.records("ExchangeRates")]

    def _id(self, entity: str, code: str) -> UUID | None:
        row = self._row(entity, code)
        return UUID(row["record_id"]) if row else None

    def _data(self, entity: str, code: str, usable: Callable[[Row], bool] = bool) -> Row | None:
        row = self._row(entity, code, usable)
        return row["data"] if row else None

    def _row(self, entity: str, code: str, usable: Callable[[Row], bool] = bool) -> Row | None:
        """What is missing, or cannot be used, is read again once: somebody may just have mended it."""
        known = self._known(entity)
        found = known.get(code.upper())
        if (found is None or not usable(found["data"])) and (entity, code.upper()) not in self._missed:
            self._missed.add((entity, code.upper()))
            self._read_again(ENTITIES[entity], code)
            found = self._known(entity).get(code.upper())
        return found

    def _known(self, entity: str) -> dict[str, Row]:
        if entity not in self._by_code:
            self._pulls.pull_missing([ENTITIES[entity]])
            self._by_code[entity] = {row["code"].upper(): row for row in self._mirror.records(entity) if row["code"] is not None}
        return self._by_code[entity]

    def _read_again(self, entity: Entity, code: str) -> None:
        target = TARGETED.get(entity.name)
        if target is None:
            self._pulls.pull(entity)
            self._by_code.pop(entity.name, None)
            return
        endpoint, width = target
        found = self._pulls.find(entity, endpoint, equal("Code", code.rjust(width)))
        # What was just read counts, even where the mirror holds the record under the code that it had before.
        self._known(entity.name).update({row.code.upper(): _as_stored(row) for row in found if row.code is not None})


def newest_rate(rows: Iterable[Row], pair: tuple[str, str], on: date) -> Decimal | None:
    """The rate from the first currency of the pair to the second that had begun last on that day; None when none had."""
    begun = [
        (begins, Decimal(str(row["Rate"])))
        for row in rows
        if (row["SourceCurrency"], row["TargetCurrency"]) == pair and (begins := day(row["StartDate"])) is not None and begins <= on
    ]
    return max(begun, key=lambda rate: rate[0])[1] if begun else None


def mirrored_periods(mirror: MirrorStore, journal: str) -> list[Period]:
    """The periods of the mirror as they stand for a journal, the earliest first; one that its status does not name is open."""
    closed = {
        (_number(data["Year"]), _number(data["Period"]))
        for data in (row["data"] for row in mirror.records("JournalStatusList"))
        if str(data["Journal"]).strip() == journal and _number(data["Status"]) == PERIOD_CLOSED
    }
    found = [
        Period(begins, ends, (_number(data["FinYear"]), _number(data["FinPeriod"])) in closed)
        for data in (row["data"] for row in mirror.records("FinancialPeriods"))
        if (begins := day(data["StartDate"])) is not None and (ends := day(data["EndDate"])) is not None
    ]
    return sorted(found, key=lambda period: period.begins)


def _takes_sales(data: Row) -> bool:
    return _is_free(data) and _number(data["Type"]) not in NO_SALES


def _is_free(data: Row) -> bool:
    return not data["IsBlocked"]


def _number(value: object) -> int:
    """A number of the mirror, where it may be text; -1 for none."""
    return int(str(value)) if value is not None else -1


def _as_stored(row: MirrorRow) -> Row:
    return {"record_id": row.record_id, "code": row.code, "data": dict(row.data)}


def check_company(mirror: MirrorStore, division: int, *, registration: str, vat_number: str) -> str:
    """Compare the division with what its file expects and return its name; raises `SetupError` before anything is written."""
    company = next((row["data"] for row in mirror.records("Divisions") if int(row["data"]["Code"]) == division), None)
    if company is None:
        raise SetupError("division_not_granted", division, cure="the Exact user cannot see this division: grant it, then sign in again")
    for field, expected in (("ChamberOfCommerceNumber", registration), ("VATNumber", vat_number)):
        if letters(company.get(field)) != letters(expected):
            raise SetupError(
                "wrong_company",
                division,
                cure=f"{field} in Exact is not {expected!r}: correct the administration's file, or the division in it",
            )
    return str(company.get("Description") or "")


def letters(number: object) -> str:
    """A registration or VAT number without what people write between its letters and digits."""
    return "".join(character for character in str(number or "").upper() if character.isalnum())
