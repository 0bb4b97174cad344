"""Transaction lines: what a booking leaves in the ledger. Debit is positive, and a booking's lines add up to zero."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from include.sandbox import sql, terms
from include.sandbox.bookkeeper import ZERO, Bookkeeper, cents, exact, storable
from include.sandbox.database import Row


@dataclass(frozen=True)
class Posting:
    """One line of a booking before it is written."""

    gl_account: Row
    amount_fc: Decimal
    amount_dc: Decimal
    line_number: int
    line: Row  # the document's line that it comes from; empty for the debtors
    vat: tuple[Decimal, Decimal] = (ZERO, ZERO)  # base and amount, in the document's currency


@dataclass(frozen=True)
class Control:
    """The account against which the documents of one side are booked."""

    code: str
    kind: int
    about: str
    vat_column: str  # the column of a VAT code that names the ledger account of the VAT
    vat_code: str  # and that account, where it names none
    sign: int  # 1: the document's total is a debit


RECEIVABLE = Control("1300", 20, "Debtors", "GLToPay", "1500", 1)
PAYABLE = Control("1600", 22, "Creditors", "GLToClaim", "1520", -1)


def book(keeper: Bookkeeper, header: Row, postings: list[Posting]) -> None:
    """Write the transaction lines of a document, and what they leave open. `header` has the columns that all of its lines share."""
    rows = [storable(_transaction_line(keeper, header, posting)) for posting in postings]
    keeper.world.database.insert("transaction_lines", *rows)
    for posting, row in zip(postings, rows, strict=True):
        if posting.gl_account["Type"] in terms.KINDS:
            terms.follow(keeper, posting.gl_account["Type"], header, row)


def unbook(keeper: Bookkeeper, entry_id: str, *, rewritten: bool = False) -> None:
    """Take the transaction lines of a document out of the ledger, log them as deleted, take back what they settled."""
    terms.unfollow(keeper, entry_id, rewritten=rewritten)
    database = keeper.world.database
    for row in database.find_all("transaction_lines", EntryID=entry_id):
        keeper.world.log_deletion("transaction_lines", row["ID"], division=keeper.division, user_id=keeper.user_id)
    database.run(sql.delete("transaction_lines", '"EntryID" = ?'), (entry_id,))


def set_status(keeper: Bookkeeper, entry_id: str, status: int) -> None:
    """Give the transaction lines of a document the status that the document has."""
    for line in keeper.world.database.find_all("transaction_lines", EntryID=entry_id):
        keeper.world.touch("transaction_lines", line["ID"], {"Status": status}, division=keeper.division)


def postings_of(keeper: Bookkeeper, rate: Decimal, lines: list[Row], control: Control = RECEIVABLE) -> list[Posting]:
    """Return control account, revenue or cost and VAT of a document whose lines have base and VAT in `_base` and `_vat`."""
    against = special_account(keeper, control.code, control.kind, control.about)
    fallback: Row | None = None
    found: list[Posting] = []
    for line in lines:
        base, vat = line["_base"] * -control.sign, line["_vat"] * -control.sign
        found.append(Posting(line["_gl_account"], base, cents(base * rate), line["LineNumber"], line, (base, vat)))
        if vat:
            named = (line["_vat_code"] or {}).get(control.vat_column)
            account = keeper.find("gl_accounts", "ID", named) if named else None
            if account is None:
                account = fallback = fallback or special_account(keeper, control.vat_code, 24, "VAT")
            found.append(Posting(account, vat, cents(vat * rate), line["LineNumber"], line))
    total_fc = -sum((posting.amount_fc for posting in found), ZERO)
    total_dc = -sum((posting.amount_dc for posting in found), ZERO)
    return [Posting(against, total_fc, total_dc, 0, {}), *found]


def special_account(keeper: Bookkeeper, code: str, kind: int, about: str) -> Row:
    """Return the ledger account of a code if it is of a type, or else the first of that type. Raises `ValidationError`."""
    database = keeper.world.database
    row = database.find("gl_accounts", Division=keeper.division, Code=code, Type=kind) or database.find(
        "gl_accounts", Division=keeper.division, Type=kind
    )
    if row is None:
        keeper.complain("mandatory", about)
        keeper.refuse_if_any()
    return row or {}


def _transaction_line(keeper: Bookkeeper, header: Row, posting: Posting) -> Row:
    line = posting.line
    row: Row = {
        **header,
        "ID": keeper.world.new_id(),
        "LineNumber": posting.line_number,
        "GLAccount": posting.gl_account["ID"],
        "GLAccountCode": posting.gl_account["Code"],
        "GLAccountDescription": posting.gl_account["Description"],
        "AmountFC": posting.amount_fc,
        "AmountDC": posting.amount_dc,
        "AmountVATBaseFC": posting.vat[0],
        "AmountVATFC": posting.vat[1],
    }
    for name in ("VATCode", "VATCodeDescription", "VATPercentage", "Item", "ItemCode", "ItemDescription", "Quantity", "Notes"):
        row[name] = line.get(name)
    row.update({name: line[name] for name in _OWN if line.get(name) is not None})
    return keeper.stamped(row)


# What a line of a document says for itself, whatever its header says.
_OWN = (
    "Account",
    "AccountCode",
    "AccountName",
    "CostCenter",
    "CostUnit",
    "Date",
    "Description",
    "Document",
    "InvoiceNumber",
    "Project",
    "ProjectDescription",
)


def trial_balance(database_rows: list[Row]) -> tuple[list[dict[str, str]], Decimal]:
    """Return the balance per ledger account and their sum, which has to be zero."""
    balances = [
        {"code": row["code"], "description": row["description"] or "", "amount_dc": str(cents(exact(row["cents"]) / 100))}
        for row in database_rows
    ]
    total = sum((Decimal(balance["amount_dc"]) for balance in balances), Decimal("0.00"))
    return balances, total
