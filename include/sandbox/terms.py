"""Payment terms: what each booking on debtors or creditors leaves open, and what settles it (FACTS 6.5).

A term's AmountFC and AmountDC have the sign against that of its transaction: an invoice of 121 leaves -121 to receive.
A part payment splits the term: its row keeps what is still open, a new row has what was paid.
"""

from __future__ import annotations

from decimal import Decimal

from include.sandbox import sql
from include.sandbox.bookkeeper import Bookkeeper, cents, exact, storable
from include.sandbox.database import Row

OPEN, MATCHED = 20, 50
INVOICES = frozenset({20, 21, 30, 31})
KINDS = frozenset({20, 22})  # types of ledger accounts that hold open items: debtors and creditors
COPIED = (
    "Account",
    "AccountCode",
    "AccountName",
    "Currency",
    "Description",
    "Document",
    "DocumentNumber",
    "DocumentSubject",
    "DueDate",
    "EntryID",
    "EntryNumber",
    "GLAccount",
    "GLAccountCode",
    "GLAccountDescription",
    "InvoiceNumber",
    "JournalDescription",
    "OrderNumber",
    "PaymentCondition",
    "PaymentConditionDescription",
    "PaymentDays",
    "PaymentMethod",
    "PaymentReference",
    "YourRef",
)


def follow(keeper: Bookkeeper, kind: int, header: Row, line: Row) -> None:
    """Let a transaction line on debtors or creditors open an item, or settle those that it names."""
    left_fc, left_dc = exact(line["AmountFC"]), exact(line["AmountDC"])
    if line["Type"] not in INVOICES and line.get("InvoiceNumber") and line.get("Account") and keeper.world.switches.match_by_our_ref:
        left_fc, left_dc = _settle(keeper, kind, line)
    if left_fc or left_dc:
        _open(keeper, kind, {**header, **line}, (left_fc, left_dc))
    elif line["Type"] in INVOICES:
        for term in keeper.world.database.find_all("payment_terms", TransactionEntryID=line["EntryID"], LineType=kind):
            _delete(keeper, term["ID"])


def _open(keeper: Bookkeeper, kind: int, line: Row, amounts: tuple[Decimal, Decimal]) -> None:
    row = {name: line.get(name) for name in COPIED}
    account = keeper.find("accounts", "ID", line["Account"]) if line.get("Account") else None
    row.update(
        LineType=kind,
        Status=OPEN,
        IsFullyPaid=False,
        AmountFC=-amounts[0],
        AmountDC=-amounts[1],
        AccountCountry=(account or {}).get("Country"),
        DueDate=line.get("DueDate") or line["Date"],
        EntryDate=line["Date"],
        InvoiceDate=line["Date"],
        Journal=line["JournalCode"],
        PaymentMethod=line.get("PaymentMethod") or "B",
        RateFC=line.get("ExchangeRate"),
        Source=0,
        TransactionAmountFC=amounts[0],
        TransactionAmountDC=amounts[1],
        TransactionDueDate=line.get("DueDate") or line["Date"],
        TransactionEntryID=line["EntryID"],
        TransactionID=line["ID"],
        TransactionIsReversal=False,
        TransactionReportingPeriod=line["FinancialPeriod"],
        TransactionReportingYear=line["FinancialYear"],
        TransactionStatus=line["Status"],
        TransactionType=line["Type"],
    )
    _write(keeper, row)


def _write(keeper: Bookkeeper, row: Row) -> None:
    """Write a term; one that the same entry left before it was booked anew keeps its key."""
    database = keeper.world.database
    earlier = database.find("payment_terms", TransactionEntryID=row["TransactionEntryID"], LineType=row["LineType"], Status=OPEN)
    if earlier and earlier["TransactionType"] in INVOICES:
        keeper.world.touch("payment_terms", earlier["ID"], storable(row), division=keeper.division)
    else:
        database.insert("payment_terms", storable(keeper.stamped({"ID": keeper.world.new_id(), **row})))


def _settle(keeper: Bookkeeper, kind: int, line: Row) -> tuple[Decimal, Decimal]:
    """Settle the items that a payment names by relation and invoice number; return what is left of the payment."""
    left_fc, left_dc = exact(line["AmountFC"]), exact(line["AmountDC"])
    rate = left_dc / left_fc if left_fc else Decimal(1)
    for term in _named(keeper, kind, line):
        open_fc = exact(term["AmountFC"])
        if not left_fc or (open_fc > 0) != (left_fc > 0):
            continue
        paid = min(abs(open_fc), abs(left_fc)) * (1 if left_fc > 0 else -1)
        _pay(keeper, term, paid, line)
        left_fc -= paid
        left_dc = cents(left_fc * rate)
    return left_fc, left_dc


def _named(keeper: Bookkeeper, kind: int, line: Row) -> list[Row]:
    where = {"Account": line["Account"], "InvoiceNumber": line["InvoiceNumber"], "Currency": line["Currency"]}
    return keeper.world.database.find_all("payment_terms", Division=keeper.division, LineType=kind, Status=OPEN, **where)


def _pay(keeper: Bookkeeper, term: Row, paid: Decimal, line: Row) -> None:
    world = keeper.world
    settled: Row = {
        "Status": MATCHED,
        "IsFullyPaid": True,
        "LastPaymentDate": line["Date"],
        "EndDate": line["Date"],
        "_settled_by": line["EntryID"],
    }
    settled.update(EndYear=line["FinancialYear"], EndPeriod=line["FinancialPeriod"])
    open_fc, open_dc = exact(term["AmountFC"]), exact(term["AmountDC"])
    if paid == open_fc:
        world.touch("payment_terms", term["ID"], settled, division=keeper.division)
        return
    paid_dc = cents(open_dc * paid / open_fc)
    rest = {"AmountFC": open_fc - paid, "AmountDC": open_dc - paid_dc, "LastPaymentDate": line["Date"]}
    world.touch("payment_terms", term["ID"], storable(rest), division=keeper.division)
    part = {**term, **settled, "ID": world.new_id(), "AmountFC": paid, "AmountDC": paid_dc}
    world.database.insert("payment_terms", storable(keeper.stamped(part)))


def check_free(keeper: Bookkeeper, entry_id: str) -> None:
    """Complain where something that an entry left open has been settled since."""
    where = '"TransactionEntryID" = ? AND "Status" >= 50'
    if keeper.world.database.scalar(sql.select("1", "payment_terms", where, "LIMIT 1"), (entry_id,)):
        keeper.complain("matched")


def unfollow(keeper: Bookkeeper, entry_id: str, *, rewritten: bool = False) -> None:
    """Take back what an entry opened (unless it is only written anew) and what it settled. Raises `ValidationError`."""
    check_free(keeper, entry_id)
    keeper.refuse_if_any()
    database = keeper.world.database
    for term in database.find_all("payment_terms", _settled_by=entry_id):
        _unpay(keeper, term)
    if rewritten:
        return
    for term in database.find_all("payment_terms", TransactionEntryID=entry_id):
        _delete(keeper, term["ID"])


def _unpay(keeper: Bookkeeper, term: Row) -> None:
    world = keeper.world
    rest = world.database.find("payment_terms", TransactionID=term["TransactionID"], LineType=term["LineType"], Status=OPEN)
    if rest is None:
        again = {"Status": OPEN, "IsFullyPaid": False, "_settled_by": None, "EndDate": None, "LastPaymentDate": None}
        world.touch("payment_terms", term["ID"], again, division=keeper.division)
        return
    sums = {name: float(exact(rest[name]) + exact(term[name])) for name in ("AmountFC", "AmountDC")}
    world.touch("payment_terms", rest["ID"], sums, division=keeper.division)
    _delete(keeper, term["ID"])


def _delete(keeper: Bookkeeper, term_id: str) -> None:
    keeper.world.database.run(sql.delete("payment_terms", '"ID" = ?'), (term_id,))
    keeper.world.log_deletion("payment_terms", term_id, division=keeper.division, user_id=keeper.user_id)


def change_term(keeper: Bookkeeper, term_id: str, values: Row) -> None:
    """Change what a client may change of a receivable or a payment: method, description, reference."""
    changes = {name: value for name, value in values.items() if name != "ID"}
    keeper.world.touch("payment_terms", term_id, storable(changes), division=keeper.division)
