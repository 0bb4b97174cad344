"""Transaction lines: what a booking leaves in the ledger. Debit is positive, and a booking's lines add up to zero."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from include.sandbox import sql
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


def book(keeper: Bookkeeper, header: Row, postings: list[Posting]) -> None:
    """Write the transaction lines of a document. `header` has the columns that all of its lines share."""
    rows = [storable(_transaction_line(keeper, header, posting)) for posting in postings]
    keeper.world.database.insert("transaction_lines", *rows)


def unbook(keeper: Bookkeeper, entry_id: str) -> None:
    """Take the transaction lines of a document out of the ledger and log them as deleted."""
    database = keeper.world.database
    for row in database.find_all("transaction_lines", EntryID=entry_id):
        keeper.world.log_deletion("transaction_lines", row["ID"], division=keeper.division, user_id=keeper.user_id)
    database.run(sql.delete("transaction_lines", '"EntryID" = ?'), (entry_id,))


def postings_of(keeper: Bookkeeper, rate: Decimal, lines: list[Row]) -> list[Posting]:
    """Return debtors, revenue and VAT of a document whose lines have base and VAT in `_base` and `_vat`."""
    debtors = special_account(keeper, "1300", 20)
    vat_account = special_account(keeper, "1500", 24)
    found: list[Posting] = []
    for line in lines:
        base, vat = line["_base"], line["_vat"]
        found.append(Posting(line["_gl_account"], -base, -cents(base * rate), line["LineNumber"], line, (-base, -vat)))
        if vat:
            account = line["_vat_account"] or vat_account
            found.append(Posting(account, -vat, -cents(vat * rate), line["LineNumber"], line))
    total_fc = -sum((posting.amount_fc for posting in found), ZERO)
    total_dc = -sum((posting.amount_dc for posting in found), ZERO)
    return [Posting(debtors, total_fc, total_dc, 0, {}), *found]


def special_account(keeper: Bookkeeper, code: str, kind: int) -> Row:
    """Return the ledger account of a code, or else the first of its type."""
    database = keeper.world.database
    row = database.find("gl_accounts", Division=keeper.division, Code=code) or database.find(
        "gl_accounts", Division=keeper.division, Type=kind
    )
    if row is None:
        raise LookupError(f"the books of {keeper.division} have no ledger account {code} nor one of type {kind}")
    return row


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
    if line.get("Description"):
        row["Description"] = line["Description"]
    return keeper.stamped(row)


def trial_balance(database_rows: list[Row]) -> tuple[list[dict[str, str]], Decimal]:
    """Return the balance per ledger account and their sum, which has to be zero."""
    balances = [
        {"code": row["code"], "description": row["description"] or "", "amount_dc": str(cents(exact(row["cents"]) / 100))}
        for row in database_rows
    ]
    total = sum((Decimal(balance["amount_dc"]) for balance in balances), Decimal("0.00"))
    return balances, total
