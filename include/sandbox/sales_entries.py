"""Sales entries: in the books at once, with balanced transaction lines (FACTS 6.3)."""

from __future__ import annotations

from decimal import Decimal

from include.sandbox import ledger, sql
from include.sandbox.answers import NotFoundError
from include.sandbox.bookkeeper import Bookkeeper, exact, storable
from include.sandbox.clock import day_ms, moment
from include.sandbox.database import Row
from include.sandbox.payload import Payload
from include.sandbox.sales_lines import entry_line, read_lines, store_lines, totals, with_dc

TYPES = {20: "Sales entry", 21: "Sales credit note"}
STATUSES = {20: "Open", 50: "Processed"}
OPEN, PROCESSED = 20, 50
DAY_MS = 86_400_000
LINES = "salesentry/SalesEntryLines"


def post_entry(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write an entry with its lines and bookings and return its header. Raises `ValidationError`, `BadRequestError`."""
    values = dict(payload.values)
    raw_lines = payload.children.get("SalesEntryLines", [])
    given = values.pop("EntryID", None)
    values["EntryID"] = given if given and keeper.world.switches.client_given_ids else keeper.world.new_id()
    lines = read_lines(keeper, keeper.world.catalogue[LINES], raw_lines)
    header, priced, rate = _prepare(keeper, values, lines)
    _check_entry_number(keeper, header)
    keeper.refuse_if_any()
    header["EntryNumber"] = header.get("EntryNumber") or _next_number(keeper, header["Journal"], header["EntryDate"])
    header["InvoiceNumber"] = header.get("InvoiceNumber") or header["EntryNumber"]
    stored = storable(keeper.stamped(header))
    keeper.world.database.insert("sales_entries", stored)
    _write_lines(keeper, stored, priced, rate)
    return stored


def _prepare(keeper: Bookkeeper, values: Row, lines: list[Row]) -> tuple[Row, list[Row], Decimal]:
    """Return header, lines and rate of an entry, complaining about all that is wrong with it."""
    customer = keeper.customer(values.get("Customer"), "Customer", mandatory=True)
    journal = keeper.sales_journal(values.get("Journal"), mandatory=True)
    if not lines:
        keeper.complain("mandatory", "SalesEntryLines")
    entry_date = values.get("EntryDate") or day_ms(keeper.world.stamp_ms())
    given = (values.get("ReportingYear"), values.get("ReportingPeriod"))
    year, period = keeper.period(entry_date, given, journal=values.get("Journal"))
    condition = keeper.payment_condition(values.get("PaymentCondition") or (customer or {}).get("PaymentConditionSales"))
    priced = [entry_line(keeper, line) for line in lines]
    currency = keeper.currency(values.get("Currency"))
    rate = exact(values["Rate"]) if values.get("Rate") else keeper.rate(currency, entry_date)
    with_dc(priced, rate)
    sums = totals(priced, rate)
    sums.pop("_net_fc")
    kind = 21 if sums["AmountFC"] < 0 else 20
    for line in priced:
        line["Type"] = kind
    header = {
        **values,
        **sums,
        "Rate": rate,
        "Type": kind,
        "TypeDescription": TYPES[kind],
        "Status": OPEN,
        "StatusDescription": STATUSES[OPEN],
        "CustomerName": (customer or {}).get("Name"),
        "Currency": currency,
        "EntryDate": entry_date,
        "DueDate": values.get("DueDate") or entry_date + int((condition or {}).get("PaymentDays") or 0) * DAY_MS,
        "ReportingYear": year,
        "ReportingPeriod": period,
        "Journal": (journal or {}).get("Code"),
        "JournalDescription": (journal or {}).get("Description"),
        "PaymentCondition": (condition or {}).get("Code"),
        "PaymentConditionDescription": (condition or {}).get("Description"),
        "PaymentConditionPaymentMethod": (condition or {}).get("PaymentMethod"),
    }
    return header, priced, rate


def _check_entry_number(keeper: Bookkeeper, header: Row) -> None:
    number = header.get("EntryNumber")
    if number and keeper.world.database.find("sales_entries", Division=keeper.division, EntryNumber=number, Journal=header["Journal"]):
        keeper.complain("entry_number_in_use")


def _next_number(keeper: Bookkeeper, journal: str, date_ms: int) -> int:
    """Return the next free number of a journal: year, journal, running number."""
    prefix = (
        (moment(date_ms).year % 100) * 1_000_000 + int(journal) % 100 * 10_000
        if journal.isdigit()
        else moment(date_ms).year % 100 * 1_000_000
    )
    while True:
        number = prefix + keeper.world.database.next(f"entry/{keeper.division}/{journal}/{prefix}")
        if not keeper.world.database.find("sales_entries", Division=keeper.division, EntryNumber=number, Journal=journal):
            return number


def _write_lines(keeper: Bookkeeper, header: Row, lines: list[Row], rate: Decimal) -> None:
    for line in lines:
        line["EntryID"] = header["EntryID"]
    store_lines(keeper, lines, "sales_entry_lines")
    _book(keeper, header, lines, rate)


def _book(keeper: Bookkeeper, header: Row, lines: list[Row], rate: Decimal) -> None:
    account = keeper.world.database.find("accounts", ID=header["Customer"]) or {}
    shared: Row = {
        "Date": header["EntryDate"],
        "FinancialYear": header["ReportingYear"],
        "FinancialPeriod": header["ReportingPeriod"],
        "Account": header["Customer"],
        "AccountCode": account.get("Code"),
        "AccountName": account.get("Name"),
        "ExchangeRate": rate,
        "JournalCode": header["Journal"],
    }
    copied = ("EntryID", "EntryNumber", "InvoiceNumber", "OrderNumber", "Type", "Status", "DueDate", "Currency", "YourRef", "Description")
    shared.update({name: header.get(name) for name in (*copied, "PaymentReference", "JournalDescription")})
    if keeper.world.switches.external_link_on_lines:
        shared.update({name: header.get(name) for name in ("ExternalLinkReference", "ExternalLinkDescription")})
    ledger.book(keeper, shared, ledger.postings_of(keeper, rate, lines))


def open_entry(keeper: Bookkeeper, entry_id: str) -> Row:
    """Return an entry that may still change. Raises `NotFoundError`, `ValidationError`."""
    row = keeper.world.database.find("sales_entries", EntryID=entry_id, Division=keeper.division)
    if row is None:
        raise NotFoundError("Resource not found for the segment 'SalesEntries'.")
    if row["Status"] >= PROCESSED:
        keeper.complain("already_processed")
    keeper.period(row["EntryDate"], (row["ReportingYear"], row["ReportingPeriod"]), journal=row["Journal"])
    keeper.refuse_if_any()
    return row


def change_entry(keeper: Bookkeeper, entry_id: str, values: Row) -> None:
    """Change an open entry and book it anew."""
    row = open_entry(keeper, entry_id)
    changes = {name: value for name, value in values.items() if name != "EntryID"}
    merged = {**row, **changes}
    if "Currency" in changes and "Rate" not in changes:
        merged["Rate"] = None
    if "EntryDate" in changes and "ReportingPeriod" not in changes:
        merged["ReportingYear"] = merged["ReportingPeriod"] = None
    lines = keeper.world.database.find_all("sales_entry_lines", EntryID=entry_id)
    rewrite_entry(keeper, merged, lines)


def rewrite_entry(keeper: Bookkeeper, values: Row, lines: list[Row]) -> None:
    """Write an entry and its lines anew under their old keys, and its bookings with them."""
    header, priced, rate = _prepare(keeper, values, lines)
    keeper.refuse_if_any()
    world, entry_id = keeper.world, values["EntryID"]
    ledger.unbook(keeper, entry_id)
    world.database.run(sql.delete("sales_entry_lines", '"EntryID" = ?'), (entry_id,))
    kept = {name: value for name, value in header.items() if name not in ("EntryID", "Timestamp", "Modified")}
    world.touch("sales_entries", entry_id, storable(kept), division=keeper.division)
    _write_lines(keeper, header, priced, rate)


def delete_entry(keeper: Bookkeeper, entry_id: str) -> None:
    """Delete an open entry, its lines and its bookings."""
    open_entry(keeper, entry_id)
    ledger.unbook(keeper, entry_id)
    database = keeper.world.database
    database.run(sql.delete("sales_entry_lines", '"EntryID" = ?'), (entry_id,))
    database.run(sql.delete("sales_entries", '"EntryID" = ?'), (entry_id,))


def process_entry(keeper: Bookkeeper, entry_id: str) -> None:
    """Mark an entry as processed, as a bookkeeper does at the end of a period."""
    open_entry(keeper, entry_id)
    _set_status(keeper, entry_id, PROCESSED)


def reopen_entry(keeper: Bookkeeper, entry_id: str) -> None:
    """Make a processed entry open again."""
    _set_status(keeper, entry_id, OPEN)


def _set_status(keeper: Bookkeeper, entry_id: str, status: int) -> None:
    world = keeper.world
    world.touch("sales_entries", entry_id, {"Status": status, "StatusDescription": STATUSES[status]}, division=keeper.division)
    for line in world.database.find_all("transaction_lines", EntryID=entry_id):
        world.touch("transaction_lines", line["ID"], {"Status": status}, division=keeper.division)
