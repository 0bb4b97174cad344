"""Bank and cash entries: statements of a day, whose lines lead from the opening to the closing balance (FACTS 6.9)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from include.sandbox import ledger, sql, terms
from include.sandbox.answers import NotFoundError
from include.sandbox.bookkeeper import ZERO, Bookkeeper, cents, exact, storable
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.ledger import Posting
from include.sandbox.payload import Payload
from include.sandbox.sales_lines import read_lines

OPEN, PROCESSED, CASH_FLOW = 20, 50, 40
STATUSES = {OPEN: "Open", PROCESSED: "Processed"}


@dataclass(frozen=True)
class Money:
    """What sets bank and cash apart."""

    name: str
    endpoint: str
    table: str
    lines: str
    lines_table: str
    journal_kinds: tuple[int, ...]


class MoneyBook:
    """Writes and deletes the entries of bank or cash."""

    def __init__(self, money: Money) -> None:
        self.money = money
        self.collection = money.lines.rsplit("/", 1)[-1]

    def post(self, keeper: Bookkeeper, payload: Payload) -> Row:
        """Write an entry with its lines and bookings and return its header. Raises `ValidationError`, `BadRequestError`."""
        values = dict(payload.values)
        given = values.pop("EntryID", None)
        values["EntryID"] = given if given and keeper.world.switches.client_given_ids else keeper.world.new_id()
        lines = read_lines(keeper, keeper.world.catalogue[self.money.lines], payload.children.get(self.collection, []))
        header, whole = self._prepare(keeper, values, lines)
        self._check_number(keeper, header)
        keeper.refuse_if_any()
        date_ms = header["_date_ms"]
        header["EntryNumber"] = header.get("EntryNumber") or keeper.next_entry_number(
            self.money.table, header["JournalCode"], date_ms, "JournalCode"
        )
        stored = storable(keeper.stamped(header))
        keeper.world.database.insert(self.money.table, stored)
        self._write_lines(keeper, stored, whole)
        return stored

    def _prepare(self, keeper: Bookkeeper, values: Row, lines: list[Row]) -> tuple[Row, list[Row]]:
        journal = self._journal(keeper, values.get("JournalCode"))
        if not lines:
            keeper.complain("mandatory", self.collection)
        dates = [line["Date"] for line in lines if line.get("Date")]
        date_ms = values.get("_date_ms") or (max(dates) if dates else day_ms(keeper.world.stamp_ms()))
        year, period = keeper.period(
            date_ms, (values.get("FinancialYear"), values.get("FinancialPeriod")), journal=values.get("JournalCode")
        )
        currency = keeper.currency(values.get("Currency") or (journal or {}).get("Currency"))
        rates = [exact(line["ExchangeRate"]) for line in lines if line.get("ExchangeRate")]
        rate = rates[0] if rates else keeper.rate(currency, date_ms)
        whole = [self._line(keeper, line, (journal, rate, date_ms)) for line in lines]
        header = {
            **values,
            "JournalCode": (journal or {}).get("Code"),
            "JournalDescription": (journal or {}).get("Description"),
            "Currency": currency,
            "FinancialYear": year,
            "FinancialPeriod": period,
            "Status": OPEN,
            "StatusDescription": STATUSES[OPEN],
            "_date_ms": date_ms,
            "_rate": rate,
        }
        header.update(self._balances(keeper, header, sum((line["AmountFC"] for line in whole), ZERO)))
        return header, whole

    def _journal(self, keeper: Bookkeeper, code: str | None) -> Row | None:
        row = keeper.by_code("journals", code, "JournalCode", mandatory=True)
        if row is not None and row["Type"] not in self.money.journal_kinds:
            keeper.complain("invalid_journal", self.money.name)
            return None
        if row is not None and row["IsBlocked"]:
            keeper.complain("blocked", "JournalCode")
        return row

    def _line(self, keeper: Bookkeeper, line: Row, at: tuple[Row | None, Decimal, int]) -> Row:
        """Return a line with what it refers to; a positive amount came in."""
        journal, rate, date_ms = at
        account = keeper.ledger_account(line.get("GLAccount"), mandatory=True)
        if account and journal and account["ID"] == journal["GLAccount"]:
            keeper.complain("gl_account_type")
        relation = keeper.by_id("accounts", line.get("Account"), "Account", mandatory=bool(account and account["Type"] in terms.KINDS))
        vat_code = keeper.vat_code(line.get("VATCode"))
        if line.get("AmountFC") is None:
            keeper.complain("mandatory", "AmountFC")
        amount = cents(exact(line.get("AmountFC")))
        found = {**line, "AmountFC": amount, "AmountDC": cents(amount * rate), "ExchangeRate": rate, "Date": line.get("Date") or date_ms}
        found.update(GLAccountCode=(account or {}).get("Code"), GLAccountDescription=(account or {}).get("Description"))
        found.update(AccountCode=(relation or {}).get("Code"), AccountName=(relation or {}).get("Name"))
        found.update(VATCodeDescription=(vat_code or {}).get("Description"), VATPercentage=(vat_code or {}).get("Percentage"))
        found["_gl_account"], found["_vat"] = account, _vat_inside(line, amount, vat_code)
        return found

    def _balances(self, keeper: Bookkeeper, header: Row, total: Decimal) -> Row:
        """Return opening and closing balance; what is not posted follows from the last entry and the lines (FACTS 6.9)."""
        last = self._last_balance(keeper, header)
        opening = last if header.get("OpeningBalanceFC") is None else cents(exact(header["OpeningBalanceFC"]))
        if last is None:
            opening = opening or ZERO
        elif opening != last and keeper.world.switches.opening_balance_follows:
            keeper.complain("opening_balance")
        closing = (opening or ZERO) + total
        if header.get("ClosingBalanceFC") is not None and cents(exact(header["ClosingBalanceFC"])) != closing:
            keeper.complain("closing_balance", self.money.name)
        return {"OpeningBalanceFC": opening, "ClosingBalanceFC": closing}

    def _last_balance(self, keeper: Bookkeeper, header: Row) -> Decimal | None:
        where = '"Division" = ? AND "JournalCode" = ? AND "EntryID" <> ?'
        row = keeper.world.database.one(
            sql.select('"ClosingBalanceFC"', self.money.table, where, "ORDER BY rowid DESC LIMIT 1"),
            (keeper.division, header["JournalCode"], header["EntryID"]),
        )
        return None if row is None else cents(exact(row["ClosingBalanceFC"]))

    def _check_number(self, keeper: Bookkeeper, header: Row) -> None:
        number, journal = header.get("EntryNumber"), header["JournalCode"]
        if number and keeper.world.database.find(self.money.table, Division=keeper.division, EntryNumber=number, JournalCode=journal):
            keeper.complain("entry_number_in_use")

    def _write_lines(self, keeper: Bookkeeper, header: Row, lines: list[Row]) -> None:
        rows = [keeper.stamped({**line, "EntryID": header["EntryID"], "EntryNumber": header["EntryNumber"]}) for line in lines]
        keeper.world.database.insert(self.money.lines_table, *(storable(row) for row in rows))
        self._book(keeper, header, lines)

    def _book(self, keeper: Bookkeeper, header: Row, lines: list[Row]) -> None:
        journal: dict[str, Any] = keeper.find("journals", "Code", header["JournalCode"]) or {}
        bank = keeper.find("gl_accounts", "ID", journal.get("GLAccount")) or ledger.special_account(keeper, "1100", 12, self.money.name)
        rate = exact(header["_rate"])
        shared = {
            "Date": header["_date_ms"],
            "Type": CASH_FLOW,
            "ExchangeRate": rate,
            **{name: header[name] for name in _SHARED},
        }
        postings = [posting for line in lines for posting in _postings(keeper, line, rate)]
        total_fc = -sum((posting.amount_fc for posting in postings), ZERO)
        total_dc = -sum((posting.amount_dc for posting in postings), ZERO)
        ledger.book(keeper, shared, [Posting(bank, total_fc, total_dc, 0, {}), *postings])

    def add_line(self, keeper: Bookkeeper, payload: Payload) -> Row:
        """Add a line to an open entry; its closing balance follows. Raises `ValidationError`."""
        entry_id = payload.values.get("EntryID")
        if not isinstance(entry_id, str):
            keeper.complain("mandatory", "EntryID")
            keeper.refuse_if_any()
        entry = self._open(keeper, str(entry_id))
        database = keeper.world.database
        earlier = database.find_all(self.money.lines_table, EntryID=entry["EntryID"])
        line = {**payload.values, "ID": keeper.world.new_id(), "LineNumber": len(earlier) + 1}
        header, whole = self._prepare(keeper, {**entry, "ClosingBalanceFC": None}, [*earlier, line])
        keeper.refuse_if_any()
        ledger.unbook(keeper, entry["EntryID"], rewritten=True)
        database.run(sql.delete(self.money.lines_table, '"EntryID" = ?'), (entry["EntryID"],))
        kept = {name: header[name] for name in ("OpeningBalanceFC", "ClosingBalanceFC")}
        keeper.world.touch(self.money.table, entry["EntryID"], storable(kept), division=keeper.division)
        self._write_lines(keeper, header, whole)
        return database.find(self.money.lines_table, ID=line["ID"]) or line

    def _open(self, keeper: Bookkeeper, entry_id: str) -> Row:
        row = keeper.world.database.find(self.money.table, EntryID=entry_id, Division=keeper.division)
        if row is None:
            raise NotFoundError(f"Resource not found for the segment '{self.money.endpoint.rsplit('/', 1)[-1]}'.")
        if row["Status"] >= PROCESSED:
            keeper.complain("already_processed")
        keeper.period(row["_date_ms"], (row["FinancialYear"], row["FinancialPeriod"]), journal=row["JournalCode"])
        keeper.refuse_if_any()
        return row

    def delete(self, keeper: Bookkeeper, entry_id: str) -> None:
        """Delete an open entry, its lines and its bookings; what it settled is open again."""
        self._open(keeper, entry_id)
        ledger.unbook(keeper, entry_id)
        database = keeper.world.database
        database.run(sql.delete(self.money.lines_table, '"EntryID" = ?'), (entry_id,))
        database.run(sql.delete(self.money.table, '"EntryID" = ?'), (entry_id,))

    def process(self, keeper: Bookkeeper, entry_id: str) -> None:
        """Mark an entry as processed."""
        self._open(keeper, entry_id)
        self._set_status(keeper, entry_id, PROCESSED)

    def reopen(self, keeper: Bookkeeper, entry_id: str) -> None:
        """Make a processed entry open again."""
        self._set_status(keeper, entry_id, OPEN)

    def _set_status(self, keeper: Bookkeeper, entry_id: str, status: int) -> None:
        changes = {"Status": status, "StatusDescription": STATUSES[status]}
        keeper.world.touch(self.money.table, entry_id, changes, division=keeper.division)
        ledger.set_status(keeper, entry_id, status)


_SHARED = (
    "EntryID",
    "EntryNumber",
    "JournalCode",
    "JournalDescription",
    "Status",
    "Currency",
    "FinancialYear",
    "FinancialPeriod",
)


def _vat_inside(line: Row, amount: Decimal, vat_code: Row | None) -> Decimal:
    """Return the VAT that an amount includes: as posted, or by its code."""
    if line.get("AmountVATFC") is not None:
        return cents(exact(line["AmountVATFC"]))
    if vat_code is None or vat_code["Type"] not in ("E", "I"):
        return ZERO
    return cents(amount - amount / (1 + exact(vat_code["Percentage"])))


def _postings(keeper: Bookkeeper, line: Row, rate: Decimal) -> list[Posting]:
    """Return what a line books against bank or cash: its ledger account, and its VAT."""
    vat, amount = line["_vat"], line["AmountFC"]
    named = {**line, "InvoiceNumber": line.get("OurRef")}
    base = amount - vat
    found = [Posting(line["_gl_account"], -base, -cents(base * rate), line["LineNumber"], named, (-base, -vat))]
    if vat:
        account = ledger.special_account(keeper, "1500", 24, "VAT")
        found.append(Posting(account, -vat, -cents(vat * rate), line["LineNumber"], named))
    return found


BANK = MoneyBook(
    Money(
        "Bank",
        "financialtransaction/BankEntries",
        "bank_entries",
        "financialtransaction/BankEntryLines",
        "bank_entry_lines",
        (12, 16),
    )
)
CASH = MoneyBook(
    Money(
        "Cash",
        "financialtransaction/CashEntries",
        "cash_entries",
        "financialtransaction/CashEntryLines",
        "cash_entry_lines",
        (10,),
    )
)
