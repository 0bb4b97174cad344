"""What a bookkeeper looks up and complains about before a document is booked."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from include.sandbox import sql
from include.sandbox.answers import Complaint, ValidationError
from include.sandbox.clock import moment
from include.sandbox.database import Row
from include.sandbox.world import World

CENT = Decimal("0.01")
AMOUNT_MAX = Decimal("1e12")
DEBTORS, CREDITORS, SALES_JOURNAL = 20, 22, 20
ZERO = Decimal(0)


@dataclass
class Bookkeeper:
    """One user at work in one division; complaints pile up until `refuse_if_any`."""

    world: World
    division: int
    user_id: str | None
    client_id: str | None = None
    complaints: list[Complaint] = field(default_factory=list)
    visible: tuple[int, int] = (0, 0)
    _known: dict[tuple[str, str, Any], Row | None] = field(default_factory=dict)

    def find(self, table: str, column: str, value: Any) -> Row | None:
        """Return a row of this division; each is looked up once per document."""
        key = (table, column, value)
        if key not in self._known:
            self._known[key] = self.world.database.find(table, **{column: value}, Division=self.division)
        return self._known[key]

    def complain(self, text: str, about: str = "") -> None:
        """Add a complaint."""
        self.complaints.append(Complaint(text, about))

    def refuse_if_any(self) -> None:
        """Raise `ValidationError` if there is a complaint."""
        if self.complaints:
            raise ValidationError(self.complaints)

    def by_id(self, table: str, key: Any, about: str, *, mandatory: bool = False) -> Row | None:
        """Return the row that a GUID refers to in this division, complaining where there is none."""
        if key is None:
            if mandatory:
                self.complain("mandatory", about)
            return None
        row = self.find(table, "ID", key)
        if row is None:
            self.complain("invalid_reference", about)
        return row

    def by_code(self, table: str, code: str | None, about: str, *, mandatory: bool = False) -> Row | None:
        """Return the row with a code in this division, complaining where there is none."""
        if code is None or code == "":
            if mandatory:
                self.complain("mandatory", about)
            return None
        row = self.find(table, "Code", code.strip())
        if row is None:
            self.complain("invalid_reference", about)
        return row

    def customer(self, key: Any, about: str, *, mandatory: bool = False) -> Row | None:
        """Return a relation that may be invoiced: a customer (Status C) that is not blocked (FACTS 6.3)."""
        row = self.by_id("accounts", key, about, mandatory=mandatory)
        if row is None:
            return None
        if row["Status"] != "C":
            self.complain("invalid_type", about)
        elif row["Blocked"]:
            self.complain("blocked", about)
        return row

    def supplier(self, key: Any, about: str, *, mandatory: bool = False) -> Row | None:
        """Return a relation that may be bought from: a supplier that is not blocked (FACTS 6.4)."""
        row = self.by_id("accounts", key, about, mandatory=mandatory)
        if row is None:
            return None
        if not row["IsSupplier"]:
            self.complain("invalid_type", about)
        elif row["Blocked"]:
            self.complain("blocked", about)
        return row

    def sales_journal(self, code: str | None, *, mandatory: bool) -> Row | None:
        """Return a sales journal; where none is asked for, the first one (FACTS 6.2)."""
        if code is None and not mandatory:
            where = '"Division" = ? AND "Type" = ?'
            found = self.world.database.one(sql.select("*", "journals", where, 'ORDER BY "Code"'), (self.division, SALES_JOURNAL))
            if found is None:
                self.complain("mandatory", "Journal")
            return found
        return self.journal(code, SALES_JOURNAL)

    def journal(self, code: str | None, kind: int) -> Row | None:
        """Return a journal of a type that is not blocked."""
        row = self.by_code("journals", code, "Journal", mandatory=True)
        if row is not None and row["Type"] != kind:
            self.complain("invalid_type", "Journal")
        elif row is not None and row["IsBlocked"]:
            self.complain("blocked", "Journal")
        return row

    def next_entry_number(self, table: str, journal: str, date_ms: int, column: str = "Journal") -> int:
        """Return the next free number of a journal: year, journal, running number."""
        code = int(journal) % 100 if journal.isdigit() else 0
        prefix = moment(date_ms).year % 100 * 1_000_000 + code * 10_000
        while True:
            number = prefix + self.world.database.next(f"entry/{self.division}/{journal}/{prefix}")
            if not self.world.database.find(table, Division=self.division, EntryNumber=number, **{column: journal}):
                return number

    def ledger_account(self, key: Any, *, mandatory: bool) -> Row | None:
        """Return any ledger account that is not blocked."""
        row = self.by_id("gl_accounts", key, "GLAccount", mandatory=mandatory)
        if row is not None and row["IsBlocked"]:
            self.complain("blocked", "GLAccount")
        return row

    def revenue_account(self, key: Any, *, mandatory: bool) -> Row | None:
        """Return a ledger account that the lines of invoices and entries may be booked on: not debtors, not creditors."""
        row = self.ledger_account(key, mandatory=mandatory)
        if row is not None and not row["IsBlocked"] and row["Type"] in (DEBTORS, CREDITORS):
            self.complain("gl_account_type")
        return row

    def vat_code(self, code: str | None) -> Row | None:
        """Return a VAT code that is not blocked."""
        row = self.by_code("vat_codes", code, "VATCode")
        if row is not None and row["IsBlocked"]:
            self.complain("blocked", "VATCode")
        elif row is not None and row["Percentage"] is None:
            self.complain("vat_percentage")
        return row

    def currency(self, code: str | None) -> str:
        """Return the document's currency; the division's own where none is given."""
        if code is None:
            return self.own_currency()
        row = self.find("currencies", "Code", code.strip())
        if row is None:
            self.complain("invalid_reference", "Currency")
        elif not row["_active"]:
            self.complain("currency_inactive")
        return code.strip()

    def own_currency(self) -> str:
        """Return the division's currency."""
        row = self.world.database.find("divisions", Code=self.division)
        return str(row["Currency"]) if row else "EUR"

    def rate(self, currency: str, on_ms: int) -> Decimal:
        """Return what one unit of a currency is worth in the division's on a day: AmountFC x rate = AmountDC (FACTS 6.7)."""
        if currency == self.own_currency():
            return Decimal(1)
        where = '"Division" = ? AND "SourceCurrency" = ? AND "StartDate" <= ?'
        tail = 'ORDER BY "StartDate" DESC, "Timestamp" DESC LIMIT 1'
        found = self.world.database.scalar(sql.select('"Rate"', "exchange_rates", where, tail), (self.division, currency, on_ms))
        if not found:
            if not self.complaints:
                self.complain("rate_missing")
            return Decimal(1)
        return Decimal(repr(found))

    def period(self, on_ms: int, given: tuple[int | None, int | None] = (None, None), *, journal: str | None = None) -> tuple[int, int]:
        """Return year and period of a booking, complaining where there is no year or the period is closed (for its journal)."""
        year, number = given
        if year is not None and number is not None:
            row = self.world.database.find("periods", Division=self.division, FinYear=year, FinPeriod=number)
        else:
            where = '"Division" = ? AND "StartDate" <= ? AND "EndDate" >= ?'
            row = self.world.database.one(sql.select("*", "periods", where), (self.division, on_ms, on_ms))
        if row is None:
            self.complain("financial_year")
            return moment(on_ms).year, moment(on_ms).month
        if row["_closed"] or (journal or "-") in (row["_closed_journals"] or "").split(","):
            self.complain("period_closed")
        return int(row["FinYear"]), int(row["FinPeriod"])

    def payment_condition(self, code: str | None) -> Row | None:
        """Return a payment condition."""
        return self.by_code("payment_conditions", code, "PaymentCondition")

    def stamped(self, row: Row) -> Row:
        """Return a new row of this division with all that Exact adds."""
        return self.world.stamp_new(row, division=self.division, user_id=self.user_id, visible=self.visible)


def cents(amount: Decimal) -> Decimal:
    """Round to cents, half away from zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def exact(value: Any) -> Decimal:
    """Return a stored or posted number as a decimal; nothing is zero."""
    if value is None:
        return ZERO
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def storable(row: Row) -> Row:
    """Return a row whose decimals are what SQLite stores."""
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def vat_of(amount: Decimal, percentage: Decimal, kind: str) -> tuple[Decimal, Decimal]:
    """Return base and VAT of an amount: on top of it for type E, inside it for type I (FACTS 6.3)."""
    if kind == "I":
        vat = cents(amount - amount / (1 + percentage))
        return amount - vat, vat
    if kind == "E":
        return amount, cents(amount * percentage)
    return amount, ZERO
