"""Sales invoices: drafts without a number, printed into the books (FACTS 6.2)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from include.sandbox import documents, ledger, sql, stock
from include.sandbox.answers import BadRequestError, NotFoundError
from include.sandbox.bookkeeper import Bookkeeper, storable
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.payload import TOP_LEVEL, Payload
from include.sandbox.sales_lines import credit_sign, invoice_line, read_lines, store_lines, totals, with_dc
from include.sandbox.stock import Movement

TYPES = {8020: "Sales invoice", 8021: "Sales credit note", 8023: "Direct sales invoice", 8024: "Direct credit note"}
CREDITS, DIRECT = frozenset({8021, 8024}), frozenset({8023, 8024})
STATUSES = {10: "Draft", 20: "Open", 50: "Processed"}
PROCESSED, SALES_INVOICE, DELIVERY = 50, 10, 120
DAY_MS = 86_400_000
LINES = "salesinvoice/SalesInvoiceLines"


def post_invoice(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write a draft invoice with its lines and return its header. Raises `ValidationError`, `BadRequestError`."""
    values = dict(payload.values)
    header = _header(keeper, values)
    raw_lines = payload.children.get("SalesInvoiceLines", [])
    if not raw_lines:
        keeper.complain("mandatory", "SalesInvoiceLines")
    lines = read_lines(keeper, keeper.world.catalogue[LINES], raw_lines)
    return _write(keeper, header, lines)


def _write(keeper: Bookkeeper, header: Row, lines: list[Row]) -> Row:
    rate = keeper.rate(header["Currency"], day_ms(keeper.world.stamp_ms()))
    priced = _priced(keeper, header, lines)
    keeper.refuse_if_any()
    with_dc(priced, rate)
    sums = totals(priced, rate)
    sums["AmountFCExclVat"] = sums.pop("_net_fc")
    stored = storable(keeper.stamped({**header, **sums}))
    database = keeper.world.database
    database.insert("sales_invoices", stored)
    for line in priced:
        line["InvoiceID"] = header["InvoiceID"]
    store_lines(keeper, priced, "sales_invoice_lines")
    return stored


def _priced(keeper: Bookkeeper, header: Row, lines: list[Row]) -> list[Row]:
    sign = credit_sign(keeper, lines) if header["Type"] in CREDITS else 1
    return [invoice_line(keeper, line, sign=sign) for line in lines]


def _header(keeper: Bookkeeper, values: Row) -> Row:
    ordered_by = keeper.customer(values.get("OrderedBy"), "OrderedBy", mandatory=True)
    invoice_to = _other_party(keeper, values, "InvoiceTo", ordered_by)
    deliver_to = _other_party(keeper, values, "DeliverTo", ordered_by)
    journal = keeper.sales_journal(values.get("Journal"), mandatory=False)
    condition = keeper.payment_condition(values.get("PaymentCondition") or (ordered_by or {}).get("PaymentConditionSales"))
    given = values.pop("InvoiceID", None) if keeper.world.switches.client_given_ids else None
    values.pop("InvoiceID", None)
    kind = values.get("Type") or 8020
    if kind not in TYPES:
        keeper.complain("invalid", "Type")
    keeper.by_id("warehouses", values.get("Warehouse"), "Warehouse", mandatory=kind in DIRECT)
    status = keeper.world.switches.draft_status
    return {
        **values,
        "InvoiceID": given or keeper.world.new_id(),
        "Type": kind,
        "TypeDescription": TYPES.get(kind),
        "Status": status,
        "StatusDescription": STATUSES.get(status),
        "Currency": keeper.currency(values.get("Currency")),
        "OrderDate": values.get("OrderDate") or day_ms(keeper.world.stamp_ms()),
        "OrderNumber": values.get("OrderNumber") or keeper.world.database.next(f"order/{keeper.division}"),
        "OrderedByName": (ordered_by or {}).get("Name"),
        "InvoiceTo": (invoice_to or {}).get("ID"),
        "InvoiceToName": (invoice_to or {}).get("Name"),
        "DeliverTo": (deliver_to or {}).get("ID"),
        "DeliverToName": (deliver_to or {}).get("Name"),
        "Journal": (journal or {}).get("Code"),
        "JournalDescription": (journal or {}).get("Description"),
        "PaymentCondition": (condition or {}).get("Code"),
        "PaymentConditionDescription": (condition or {}).get("Description"),
    }


def _other_party(keeper: Bookkeeper, values: Row, name: str, ordered_by: Row | None) -> Row | None:
    """Return the relation of another role; the one that ordered where none is given."""
    given = values.get(name)
    if given is None or given == values.get("OrderedBy"):
        if values.get("OrderedBy") is None and name == "InvoiceTo":
            keeper.complain("mandatory", "InvoiceTo")
        elif ordered_by is None and values.get("OrderedBy") is not None:
            keeper.complain("invalid_reference", name)
        return ordered_by
    return keeper.customer(given, name)


def open_invoice(keeper: Bookkeeper, invoice_id: str) -> Row:
    """Return a draft that may still change. Raises `NotFoundError`, `ValidationError`."""
    row = keeper.world.database.find("sales_invoices", InvoiceID=invoice_id, Division=keeper.division)
    if row is None:
        raise NotFoundError("Resource not found for the segment 'SalesInvoices'.")
    if row["InvoiceNumber"] or row["Status"] >= PROCESSED > keeper.world.switches.draft_status:
        keeper.complain("already_processed")
    keeper.refuse_if_any()
    return row


def change_invoice(keeper: Bookkeeper, invoice_id: str, values: Row) -> None:
    """Change a draft; any change gives header and lines a new timestamp (FACTS 4.8)."""
    open_invoice(keeper, invoice_id)
    changes = {name: value for name, value in values.items() if name != "InvoiceID"}
    if changes.get("PaymentCondition"):
        keeper.payment_condition(changes["PaymentCondition"])
    if "Currency" in changes:
        changes["Currency"] = keeper.currency(changes["Currency"])
    keeper.refuse_if_any()
    keeper.world.touch("sales_invoices", invoice_id, storable(changes), division=keeper.division)
    recompute(keeper, invoice_id)


def recompute(keeper: Bookkeeper, invoice_id: str) -> None:
    """Add up a draft anew from its lines; header and lines get new timestamps."""
    database = keeper.world.database
    header = database.find("sales_invoices", InvoiceID=invoice_id)
    if header is None:
        return
    rate = keeper.rate(header["Currency"], day_ms(keeper.world.stamp_ms()))
    lines = _priced(keeper, header, database.find_all("sales_invoice_lines", InvoiceID=invoice_id))
    keeper.refuse_if_any()
    with_dc(lines, rate)
    sums = totals(lines, rate)
    sums["AmountFCExclVat"] = sums.pop("_net_fc")
    keeper.world.touch("sales_invoices", invoice_id, storable(sums), division=keeper.division)
    known = database.columns("sales_invoice_lines")
    for line in lines:
        changes = {name: value for name, value in line.items() if name in known and name not in ("ID", "Timestamp", "Division")}
        keeper.world.touch("sales_invoice_lines", line["ID"], storable(changes), division=keeper.division)


def delete_invoice(keeper: Bookkeeper, invoice_id: str) -> None:
    """Delete a draft with its lines. Raises `ValidationError` where it is processed."""
    open_invoice(keeper, invoice_id)
    world = keeper.world
    for line in world.database.find_all("sales_invoice_lines", InvoiceID=invoice_id):
        world.log_deletion("sales_invoice_lines", line["ID"], division=keeper.division, user_id=keeper.user_id)
    world.database.run(sql.delete("sales_invoice_lines", '"InvoiceID" = ?'), (invoice_id,))
    world.database.run(sql.delete("sales_invoices", '"InvoiceID" = ?'), (invoice_id,))
    world.log_deletion("sales_invoices", invoice_id, division=keeper.division, user_id=keeper.user_id)


def print_invoice(keeper: Bookkeeper, payload: Payload) -> Row:
    """Finalise a draft: number, document and transaction lines. The answer does not carry the number (FACTS 6.2)."""
    invoice_id = payload.values.get("InvoiceID")
    if invoice_id is None:
        keeper.complain("mandatory", "InvoiceID")
        keeper.refuse_if_any()
    if not isinstance(invoice_id, str):
        raise BadRequestError(TOP_LEVEL)
    process_invoice(keeper, invoice_id, payload.values.get("InvoiceDate"))
    document = keeper.world.database.find("sales_invoices", InvoiceID=invoice_id) or {}
    return {**payload.values, "Document": document.get("Document"), "Division": keeper.division, "DocumentCreationSuccess": "1"}


def process_invoice(keeper: Bookkeeper, invoice_id: str, invoice_date: int | None = None) -> None:
    """Give a draft its number and book it."""
    header = open_invoice(keeper, invoice_id)
    date_ms = day_ms(invoice_date or keeper.world.stamp_ms())
    year, period = keeper.period(date_ms, journal=header["Journal"])
    rate = keeper.rate(header["Currency"], date_ms)
    keeper.refuse_if_any()
    database = keeper.world.database
    lines = _priced(keeper, header, database.find_all("sales_invoice_lines", InvoiceID=invoice_id))
    keeper.refuse_if_any()
    numbers = _numbers(keeper, header["Journal"], date_ms)
    condition = (keeper.find("payment_conditions", "Code", header["PaymentCondition"]) if header["PaymentCondition"] else None) or {}
    due = header["DueDate"] or date_ms + int(condition.get("PaymentDays") or 0) * DAY_MS
    entry_id = keeper.world.new_id()
    processed = {
        "Status": PROCESSED,
        "StatusDescription": STATUSES[PROCESSED],
        **numbers,
        "DueDate": due,
        "_entry_id": entry_id,
    }
    processed.update(_document(keeper, {**header, **processed, "EntryID": entry_id}))
    keeper.world.touch("sales_invoices", invoice_id, processed, division=keeper.division)
    touch_lines(keeper, invoice_id)
    _book(keeper, {**header, **processed}, lines, (rate, year, period))
    if header["Type"] in DIRECT:
        _move_stock(keeper, {**header, **processed, "FinancialYear": year, "FinancialPeriod": period}, lines)


def _move_stock(keeper: Bookkeeper, header: Row, lines: list[Row]) -> None:
    """Let the goods of a direct invoice leave its warehouse, or come back by a direct credit note (FACTS 6.6)."""
    warehouse = keeper.find("warehouses", "ID", header["Warehouse"]) or {}
    sign = 1 if header["Type"] in CREDITS else -1
    movements = []
    for line in lines:
        item = keeper.find("items", "ID", line["Item"]) or {}
        if item.get("IsStockItem"):
            quantity = abs(line["Quantity"]) if header["Type"] in CREDITS else line["Quantity"]
            movements.append(Movement(item, warehouse, quantity * sign))
    stock.move(keeper, movements)
    shared = {"EntryID": header["_entry_id"], "EntryNumber": header["InvoiceNumber"], "Type": DELIVERY, "Date": header["InvoiceDate"]}
    stock.book(keeper, {**shared, **{name: header[name] for name in ("FinancialYear", "FinancialPeriod", "YourRef")}}, movements)


def touch_lines(keeper: Bookkeeper, invoice_id: str) -> None:
    """Give the lines of an invoice new timestamps, as every change of it does (FACTS 4.8)."""
    for line in keeper.world.database.find_all("sales_invoice_lines", InvoiceID=invoice_id):
        keeper.world.touch("sales_invoice_lines", line["ID"], {}, division=keeper.division)


def _document(keeper: Bookkeeper, header: Row) -> Row:
    """Make the document that a printed invoice comes with (FACTS 6.2)."""
    made = documents.made_for(keeper, {**header, "DocumentSubject": f"Invoice {header['InvoiceNumber']}"}, SALES_INVOICE)
    return {"Document": made["ID"], "DocumentNumber": made["HID"], "DocumentSubject": made["Subject"]}


def _numbers(keeper: Bookkeeper, journal: str, date_ms: int) -> Row:
    number = keeper.world.database.next(f"invoice/{keeper.division}/{journal}")
    return {"InvoiceNumber": 20_000_000 + number, "InvoiceDate": date_ms}


def _book(keeper: Bookkeeper, header: Row, lines: list[Row], when: tuple[Decimal, int, int]) -> None:
    rate, year, period = when
    account: dict[str, Any] = keeper.world.database.find("accounts", ID=header["InvoiceTo"]) or {}
    shared: Row = {
        "EntryID": header["_entry_id"],
        "EntryNumber": header["InvoiceNumber"],
        "Type": 21 if header["Type"] in CREDITS else 20,
        "Status": PROCESSED,
        "Date": header["InvoiceDate"],
        "DueDate": header["DueDate"],
        "FinancialYear": year,
        "FinancialPeriod": period,
        "Account": header["InvoiceTo"],
        "AccountCode": account.get("Code"),
        "AccountName": account.get("Name"),
        "ExchangeRate": rate,
        "JournalCode": header["Journal"],
    }
    condition = ("PaymentCondition", "PaymentConditionDescription")
    copied = ("Currency", "InvoiceNumber", "OrderNumber", "YourRef", "Description", "PaymentReference", "JournalDescription")
    document = ("Document", "DocumentNumber", "DocumentSubject")
    shared.update({name: header[name] for name in copied + document + condition})
    ledger.book(keeper, shared, ledger.postings_of(keeper, rate, lines))
