"""Entries of bookkeeping, sales and purchases alike: in the books at once, with balanced transaction lines (FACTS 6.3, 6.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from include.sandbox import ledger, sql
from include.sandbox.answers import NotFoundError
from include.sandbox.bookkeeper import Bookkeeper, exact, storable
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.ledger import Control
from include.sandbox.payload import Payload
from include.sandbox.sales_lines import entry_line, read_lines, store_lines, totals, with_dc

OPEN, PROCESSED = 20, 50
STATUSES = {5: "Rejected", OPEN: "Open", PROCESSED: "Processed"}
DAY_MS = 86_400_000
HEADER = ("EntryID", "EntryNumber", "InvoiceNumber", "OrderNumber", "Type", "Status", "DueDate", "Currency", "YourRef", "Description")
TERM = (
    "PaymentCondition",
    "PaymentConditionDescription",
    "PaymentReference",
    "JournalDescription",
    "Document",
    "DocumentNumber",
    "DocumentSubject",
)


@dataclass(frozen=True)
class Side:
    """What sets the entries of one side apart: sales or purchases."""

    endpoint: str
    table: str
    lines: str  # endpoint of its lines
    lines_table: str
    party: str  # the field that names the relation
    condition: str  # the relation's field that names its payment condition
    journal_kind: int
    types: dict[int, str]
    control: Control
    find_party: Callable[[Bookkeeper, Any], Row | None]

    @property
    def collection(self) -> str:
        """Return the field that holds the lines."""
        return self.lines.rsplit("/", 1)[-1]


class EntryBook:
    """Writes, changes and deletes the entries of one side."""

    def __init__(self, side: Side) -> None:
        self.side = side

    def post(self, keeper: Bookkeeper, payload: Payload) -> Row:
        """Write an entry with its lines and bookings and return its header. Raises `ValidationError`, `BadRequestError`."""
        side, values = self.side, dict(payload.values)
        given = values.pop("EntryID", None)
        values["EntryID"] = given if given and keeper.world.switches.client_given_ids else keeper.world.new_id()
        lines = read_lines(keeper, keeper.world.catalogue[side.lines], payload.children.get(side.collection, []))
        header, priced, rate = self._prepare(keeper, values, lines)
        self._check_entry_number(keeper, header)
        keeper.refuse_if_any()
        header["EntryNumber"] = header.get("EntryNumber") or keeper.next_entry_number(side.table, header["Journal"], header["EntryDate"])
        header["InvoiceNumber"] = header.get("InvoiceNumber") or header["EntryNumber"]
        stored = storable(keeper.stamped(header))
        keeper.world.database.insert(side.table, stored)
        self._write_lines(keeper, stored, priced, rate)
        return stored

    def _prepare(self, keeper: Bookkeeper, values: Row, lines: list[Row]) -> tuple[Row, list[Row], Decimal]:
        """Return header, lines and rate of an entry, complaining about all that is wrong with it."""
        side = self.side
        party = side.find_party(keeper, values.get(side.party))
        journal = keeper.journal(values.get("Journal"), side.journal_kind)
        if not lines:
            keeper.complain("mandatory", side.collection)
        entry_date = values.get("EntryDate") or day_ms(keeper.world.stamp_ms())
        given = (values.get("ReportingYear"), values.get("ReportingPeriod"))
        year, period = keeper.period(entry_date, given, journal=values.get("Journal"))
        condition = keeper.payment_condition(values.get("PaymentCondition") or (party or {}).get(side.condition)) or {}
        priced = [entry_line(keeper, line) for line in lines]
        currency = keeper.currency(values.get("Currency"))
        rate = exact(values["Rate"]) if values.get("Rate") else keeper.rate(currency, entry_date)
        with_dc(priced, rate)
        sums = totals(priced, rate)
        sums.pop("_net_fc")
        plain, credit = side.types
        kind = credit if sums["AmountFC"] < 0 else plain
        for line in priced:
            line["Type"] = kind
        header = {
            **values,
            **sums,
            "Rate": rate,
            "Type": kind,
            "TypeDescription": side.types[kind],
            "Status": OPEN,
            "StatusDescription": STATUSES[OPEN],
            f"{side.party}Name": (party or {}).get("Name"),
            "Currency": currency,
            "EntryDate": entry_date,
            "DueDate": values.get("DueDate") or entry_date + int(condition.get("PaymentDays") or 0) * DAY_MS,
            "ReportingYear": year,
            "ReportingPeriod": period,
            "Journal": (journal or {}).get("Code"),
            "JournalDescription": (journal or {}).get("Description"),
            "PaymentCondition": condition.get("Code"),
            "PaymentConditionDescription": condition.get("Description"),
            "PaymentConditionPaymentMethod": condition.get("PaymentMethod"),
        }
        return header, priced, rate

    def _check_entry_number(self, keeper: Bookkeeper, header: Row) -> None:
        number, table = header.get("EntryNumber"), self.side.table
        if number and keeper.world.database.find(table, Division=keeper.division, EntryNumber=number, Journal=header["Journal"]):
            keeper.complain("entry_number_in_use")

    def _write_lines(self, keeper: Bookkeeper, header: Row, lines: list[Row], rate: Decimal) -> None:
        for line in lines:
            line["EntryID"] = header["EntryID"]
        store_lines(keeper, lines, self.side.lines_table)
        self._book(keeper, header, lines, rate)

    def _book(self, keeper: Bookkeeper, header: Row, lines: list[Row], rate: Decimal) -> None:
        account = keeper.world.database.find("accounts", ID=header[self.side.party]) or {}
        shared: Row = {
            "Date": header["EntryDate"],
            "FinancialYear": header["ReportingYear"],
            "FinancialPeriod": header["ReportingPeriod"],
            "Account": header[self.side.party],
            "AccountCode": account.get("Code"),
            "AccountName": account.get("Name"),
            "ExchangeRate": rate,
            "JournalCode": header["Journal"],
            "PaymentMethod": header.get("PaymentConditionPaymentMethod"),
        }
        shared.update({name: header.get(name) for name in (*HEADER, *TERM)})
        if keeper.world.switches.external_link_on_lines:
            shared.update({name: header.get(name) for name in ("ExternalLinkReference", "ExternalLinkDescription")})
        ledger.book(keeper, shared, ledger.postings_of(keeper, rate, lines, self.side.control))

    def open(self, keeper: Bookkeeper, entry_id: str) -> Row:
        """Return an entry that may still change. Raises `NotFoundError`, `ValidationError`."""
        row = self._find(keeper, entry_id)
        if row["Status"] >= PROCESSED:
            keeper.complain("already_processed")
        keeper.period(row["EntryDate"], (row["ReportingYear"], row["ReportingPeriod"]), journal=row["Journal"])
        keeper.refuse_if_any()
        return row

    def _find(self, keeper: Bookkeeper, entry_id: str) -> Row:
        row = keeper.world.database.find(self.side.table, EntryID=entry_id, Division=keeper.division)
        if row is None:
            raise NotFoundError(f"Resource not found for the segment '{self.side.endpoint.rsplit('/', 1)[-1]}'.")
        return row

    def change(self, keeper: Bookkeeper, entry_id: str, values: Row) -> None:
        """Change an open entry and book it anew."""
        row = self.open(keeper, entry_id)
        changes = {name: value for name, value in values.items() if name != "EntryID"}
        merged = {**row, **changes}
        if "Currency" in changes and "Rate" not in changes:
            merged["Rate"] = None
        if "EntryDate" in changes and "ReportingPeriod" not in changes:
            merged["ReportingYear"] = merged["ReportingPeriod"] = None
        self.rewrite(keeper, merged, self.lines_of(keeper, entry_id))

    def rewrite(self, keeper: Bookkeeper, values: Row, lines: list[Row]) -> None:
        """Write an entry and its lines anew under their old keys, and its bookings with them."""
        header, priced, rate = self._prepare(keeper, values, lines)
        keeper.refuse_if_any()
        world, entry_id = keeper.world, values["EntryID"]
        ledger.unbook(keeper, entry_id, rewritten=True)
        world.database.run(sql.delete(self.side.lines_table, '"EntryID" = ?'), (entry_id,))
        kept = {name: value for name, value in header.items() if name not in ("EntryID", "Timestamp", "Modified")}
        world.touch(self.side.table, entry_id, storable(kept), division=keeper.division)
        self._write_lines(keeper, header, priced, rate)

    def delete(self, keeper: Bookkeeper, entry_id: str) -> None:
        """Delete an open entry that nothing has settled, its lines and its bookings."""
        self.open(keeper, entry_id)
        ledger.unbook(keeper, entry_id)
        database = keeper.world.database
        database.run(sql.delete(self.side.lines_table, '"EntryID" = ?'), (entry_id,))
        database.run(sql.delete(self.side.table, '"EntryID" = ?'), (entry_id,))

    def process(self, keeper: Bookkeeper, entry_id: str) -> None:
        """Mark an entry as processed, as a bookkeeper does at the end of a period."""
        self.open(keeper, entry_id)
        self._set_status(keeper, entry_id, PROCESSED)

    def reopen(self, keeper: Bookkeeper, entry_id: str) -> None:
        """Make a processed entry open again."""
        self._set_status(keeper, entry_id, OPEN)

    def _set_status(self, keeper: Bookkeeper, entry_id: str, status: int) -> None:
        changes = {"Status": status, "StatusDescription": STATUSES[status]}
        keeper.world.touch(self.side.table, entry_id, changes, division=keeper.division)
        ledger.set_status(keeper, entry_id, status)

    def lines_of(self, keeper: Bookkeeper, entry_id: str) -> list[Row]:
        """Return the lines of an entry."""
        return keeper.world.database.find_all(self.side.lines_table, EntryID=entry_id)

    def post_line(self, keeper: Bookkeeper, payload: Payload) -> Row:
        """Add a line to an open entry, which is booked anew."""
        entry_id = payload.values.get("EntryID")
        if not isinstance(entry_id, str):
            keeper.complain("mandatory", "EntryID")
            keeper.refuse_if_any()
        entry = self.open(keeper, str(entry_id))
        lines = self.lines_of(keeper, entry["EntryID"])
        number = max((line["LineNumber"] for line in lines), default=0) + 1
        given = payload.values.get("VATAmountFC") is not None
        line = {**payload.values, "ID": keeper.world.new_id(), "LineNumber": number, "_vat_given": given}
        self.rewrite(keeper, entry, [*lines, line])
        return keeper.world.database.find(self.side.lines_table, ID=line["ID"]) or line

    def change_line(self, keeper: Bookkeeper, line_id: str, values: Row) -> None:
        """Change a line of an open entry, which is booked anew."""
        line = self._line(keeper, line_id)
        entry = self.open(keeper, line["EntryID"])
        changes = {name: value for name, value in values.items() if name not in ("ID", "EntryID")}
        if changes.get("VATAmountFC") is not None:
            changes["_vat_given"] = True
        lines = [{**row, **changes} if row["ID"] == line_id else row for row in self.lines_of(keeper, line["EntryID"])]
        self.rewrite(keeper, entry, lines)

    def delete_line(self, keeper: Bookkeeper, line_id: str) -> None:
        """Delete a line of an open entry, which is booked anew."""
        line = self._line(keeper, line_id)
        entry = self.open(keeper, line["EntryID"])
        self.rewrite(keeper, entry, [row for row in self.lines_of(keeper, line["EntryID"]) if row["ID"] != line_id])

    def _line(self, keeper: Bookkeeper, line_id: str) -> Row:
        row = keeper.world.database.find(self.side.lines_table, ID=line_id, Division=keeper.division)
        if row is None:
            raise NotFoundError("Resource not found.")
        return row
