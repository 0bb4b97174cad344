"""General journal entries: lines that balance by themselves (FACTS 6.9)."""

from __future__ import annotations

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

OPEN, PROCESSED, OTHER, GENERAL = 20, 50, 90, 90
STATUSES = {5: "Rejected", OPEN: "Open", PROCESSED: "Processed"}
TABLE, LINES_TABLE = "journal_entries", "journal_entry_lines"
LINES = "generaljournalentry/GeneralJournalEntryLines"
COLLECTION = "GeneralJournalEntryLines"


def post_entry(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write an entry whose lines add up to zero, with its bookings. Raises `ValidationError`, `BadRequestError`."""
    values, raw = dict(payload.values), payload.children.get(COLLECTION, [])
    given = values.pop("EntryID", None)
    values["EntryID"] = given if given and keeper.world.switches.client_given_ids else keeper.world.new_id()
    lines = read_lines(keeper, keeper.world.catalogue[LINES], raw)
    for line, posted in zip(lines, raw, strict=True):
        line["_dc"] = posted.get("AmountDC")  # taken by the live service although its documentation says read-only
    header, whole, rate = _prepare(keeper, values, lines)
    keeper.refuse_if_any()
    number = header.get("EntryNumber")
    header["EntryNumber"] = number or keeper.next_entry_number(TABLE, header["JournalCode"], header["_date_ms"], "JournalCode")
    stored = storable(keeper.stamped(header))
    keeper.world.database.insert(TABLE, stored)
    rows = [keeper.stamped({**line, "EntryID": stored["EntryID"], "EntryNumber": stored["EntryNumber"]}) for line in whole]
    keeper.world.database.insert(LINES_TABLE, *(storable(row) for row in rows))
    _book(keeper, stored, whole, rate)
    return stored


def post_line(keeper: Bookkeeper, payload: Payload) -> Row:
    """Refuse a line by itself: it would unbalance its entry. Raises `NotFoundError`, `ValidationError`."""
    _open(keeper, str(payload.values.get("EntryID")))
    keeper.complain("unbalanced")
    keeper.refuse_if_any()
    return {}


def _prepare(keeper: Bookkeeper, values: Row, lines: list[Row]) -> tuple[Row, list[Row], Decimal]:
    journal = _journal(keeper, values.get("JournalCode"))
    if not lines:
        keeper.complain("mandatory", COLLECTION)
    dates = [line["Date"] for line in lines if line.get("Date")]
    date_ms = max(dates) if dates else day_ms(keeper.world.stamp_ms())
    year, period = keeper.period(date_ms, (values.get("FinancialYear"), values.get("FinancialPeriod")), journal=values.get("JournalCode"))
    currency = keeper.currency(values.get("Currency"))
    rate = exact(values["ExchangeRate"]) if values.get("ExchangeRate") else keeper.rate(currency, date_ms)
    whole = [_line(keeper, line, (rate, date_ms, journal)) for line in lines]
    if sum((line["AmountFC"] for line in whole), ZERO):
        keeper.complain("unbalanced")
    number = values.get("EntryNumber")
    code = (journal or {}).get("Code")
    if number and keeper.world.database.find(TABLE, Division=keeper.division, EntryNumber=number, JournalCode=code):
        keeper.complain("entry_number_in_use")
    header = {
        **values,
        "JournalCode": code,
        "JournalDescription": (journal or {}).get("Description"),
        "Currency": currency,
        "ExchangeRate": rate,
        "FinancialYear": year,
        "FinancialPeriod": period,
        "Status": OPEN,
        "StatusDescription": STATUSES[OPEN],
        "Type": OTHER,
        "TypeDescription": "Other",
        "_date_ms": date_ms,
    }
    return header, whole, rate


def _journal(keeper: Bookkeeper, code: str | None) -> Row | None:
    row = keeper.by_code("journals", code, "JournalCode", mandatory=True)
    if row is not None and row["Type"] != GENERAL:
        keeper.complain("invalid_journal", "General")
    elif row is not None and row["IsBlocked"]:
        keeper.complain("blocked", "JournalCode")
    return row


def _line(keeper: Bookkeeper, line: Row, at: tuple[Decimal, int, Row | None]) -> Row:
    rate, date_ms, journal = at
    account = keeper.ledger_account(line.get("GLAccount"), mandatory=True)
    relation = keeper.by_id("accounts", line.get("Account"), "Account", mandatory=bool(account and account["Type"] in terms.KINDS))
    if line.get("VATCode") and journal and not journal["AllowVAT"]:
        keeper.complain("not_allowed", "VATCode")
    vat_code = keeper.vat_code(line.get("VATCode"))
    amount = _amount(keeper, line, rate)
    found = {**line, "AmountFC": amount, "AmountDC": cents(amount * rate), "Date": line.get("Date") or date_ms}
    found.update(GLAccountCode=(account or {}).get("Code"), GLAccountDescription=(account or {}).get("Description"))
    found.update(AccountCode=(relation or {}).get("Code"), AccountName=(relation or {}).get("Name"))
    found.update(VATCodeDescription=(vat_code or {}).get("Description"), VATPercentage=(vat_code or {}).get("Percentage"))
    found["_gl_account"] = account
    return found


def _amount(keeper: Bookkeeper, line: Row, rate: Decimal) -> Decimal:
    """Return a line's amount in its currency; from the division's where only that was posted."""
    if line.get("AmountFC") is not None:
        return cents(exact(line["AmountFC"]))
    posted: Any = line.get("_dc")
    if isinstance(posted, int | Decimal) and not isinstance(posted, bool):
        return cents(Decimal(posted) / rate)
    keeper.complain("mandatory", "AmountFC")
    return ZERO


def _book(keeper: Bookkeeper, header: Row, lines: list[Row], rate: Decimal) -> None:
    shared: Row = {"Date": header["_date_ms"], "Type": OTHER, "ExchangeRate": rate}
    shared.update({name: header[name] for name in ("EntryID", "EntryNumber", "JournalCode", "JournalDescription", "Status", "Currency")})
    shared.update({name: header[name] for name in ("FinancialYear", "FinancialPeriod")})
    postings = [
        Posting(line["_gl_account"], line["AmountFC"], line["AmountDC"], line["LineNumber"], {**line, "InvoiceNumber": line.get("OurRef")})
        for line in lines
    ]
    rest = sum((posting.amount_dc for posting in postings), ZERO)
    if rest:  # cents of rounding in a foreign currency go to the last line
        last = postings[-1]
        postings[-1] = Posting(last.gl_account, last.amount_fc, last.amount_dc - rest, last.line_number, last.line)
    ledger.book(keeper, shared, postings)


def _open(keeper: Bookkeeper, entry_id: str) -> Row:
    row = keeper.world.database.find(TABLE, EntryID=entry_id, Division=keeper.division)
    if row is None:
        raise NotFoundError("Resource not found for the segment 'GeneralJournalEntries'.")
    if row["Status"] >= PROCESSED:
        keeper.complain("already_processed")
    keeper.period(row["_date_ms"], (row["FinancialYear"], row["FinancialPeriod"]), journal=row["JournalCode"])
    keeper.refuse_if_any()
    return row


def delete_entry(keeper: Bookkeeper, entry_id: str) -> None:
    """Delete an open entry, its lines and its bookings."""
    _open(keeper, entry_id)
    ledger.unbook(keeper, entry_id)
    database = keeper.world.database
    database.run(sql.delete(LINES_TABLE, '"EntryID" = ?'), (entry_id,))
    database.run(sql.delete(TABLE, '"EntryID" = ?'), (entry_id,))


def process_entry(keeper: Bookkeeper, entry_id: str) -> None:
    """Mark an entry as processed."""
    _open(keeper, entry_id)
    _set_status(keeper, entry_id, PROCESSED)


def reopen_entry(keeper: Bookkeeper, entry_id: str) -> None:
    """Make a processed entry open again."""
    _set_status(keeper, entry_id, OPEN)


def _set_status(keeper: Bookkeeper, entry_id: str, status: int) -> None:
    changes = {"Status": status, "StatusDescription": STATUSES[status]}
    keeper.world.touch(TABLE, entry_id, changes, division=keeper.division)
    ledger.set_status(keeper, entry_id, status)
