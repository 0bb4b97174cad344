"""The books as a checker wants them: each sales document and purchase entry with its amounts by VAT code, and the trial balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from include.sandbox import sql
from include.sandbox.bookkeeper import cents, exact
from include.sandbox.clock import iso
from include.sandbox.database import Database, Row
from include.sandbox.ledger import trial_balance

INVOICES, ENTRIES, PURCHASES = "sales_invoice", "sales_entry", "purchase_entry"
# kind -> table, its lines, key, relation, number
KINDS = {
    INVOICES: ("sales_invoices", "sales_invoice_lines", "InvoiceID", "OrderedBy", "InvoiceNumber"),
    ENTRIES: ("sales_entries", "sales_entry_lines", "EntryID", "Customer", "EntryNumber"),
    PURCHASES: ("purchase_entries", "purchase_entry_lines", "EntryID", "Supplier", "EntryNumber"),
}
PAGE = 1000
CHUNK = 200


class Books:
    """Reads documents and balances, past all limits and visibility."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def documents(self, *, division: int | None = None, your_ref: str | None = None) -> Iterator[list[dict[str, Any]]]:
        """Yield all documents, in pages."""
        for kind in KINDS:
            after = 0
            while page := self._page(kind, (after, CHUNK), division, your_ref):
                yield [document for _, document in page]
                after = page[-1][0]

    def page(self, kind: str, *, after: int = 0, division: int | None = None) -> tuple[list[dict[str, Any]], int | None]:
        """Return one page of a kind of documents and where the next begins."""
        found = self._page(kind, (after, PAGE), division, None)
        return [document for _, document in found], found[-1][0] if len(found) == PAGE else None

    def document(self, document_id: str) -> tuple[str, Row] | None:
        """Return kind and header of a document by its key."""
        for kind, (table, _, key, _, _) in KINDS.items():
            row = self._database.find(table, **{key: document_id})
            if row:
                return kind, row
        return None

    def _page(self, kind: str, place: tuple[int, int], division: int | None, your_ref: str | None) -> list[tuple[int, dict[str, Any]]]:
        table, lines_table, key, account, number = KINDS[kind]
        where = ["rowid > ?"]
        parameters: list[Any] = [place[0]]
        for column, value in (("Division", division), ("YourRef", your_ref)):
            if value is not None:
                where.append(f"{sql.quoted(column)} = ?")
                parameters.append(value)
        rows = self._database.all(
            sql.select("rowid AS _row, *", table, " AND ".join(where), f"ORDER BY rowid LIMIT {place[1]}"), parameters
        )
        if not rows:
            return []
        lines = self._lines(lines_table, key, [row[key] for row in rows])
        codes = self._account_codes([row[account] for row in rows])
        return [(row["_row"], _document(kind, row, lines[row[key]], (codes.get(row[account]), row[number]))) for row in rows]

    def _lines(self, table: str, key: str, keys: list[str]) -> dict[str, list[Row]]:
        marks = ", ".join("?" * len(keys))
        columns = (
            f'{sql.quoted(key)} AS _parent, "LineNumber", "AmountFC", "AmountDC", "VATAmountFC", "VATAmountDC", "VATCode", "GLAccountCode"'
        )
        if table == "sales_invoice_lines":
            columns = columns.replace(', "GLAccountCode"', ', "ItemCode"')
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._database.all(sql.select(columns, table, f"{sql.quoted(key)} IN ({marks})", 'ORDER BY "LineNumber"'), keys):
            found[row["_parent"]].append(row)
        return found

    def _account_codes(self, keys: list[str]) -> dict[str, str]:
        wanted = list(dict.fromkeys(keys))
        marks = ", ".join("?" * len(wanted))
        rows = self._database.all(sql.select('"ID", trim("Code") AS code', "accounts", f'"ID" IN ({marks})'), wanted)
        return {row["ID"]: row["code"] for row in rows}

    def trial_balance(self, division: int | None = None) -> list[dict[str, Any]]:
        """Return balances per division and ledger account; the sum of each division has to be zero."""
        codes = [row["Code"] for row in self._database.all('SELECT "Code" FROM divisions ORDER BY "Code"')]
        return [self._balance(code) for code in codes if division in (None, code)]

    def _balance(self, division: int) -> dict[str, Any]:
        rows = self._database.all(
            'SELECT "GLAccountCode" AS code, sum(CAST(round("AmountDC" * 100) AS INTEGER)) AS cents FROM transaction_lines'
            ' WHERE "Division" = ? GROUP BY "GLAccountCode" ORDER BY "GLAccountCode"',
            (division,),
        )
        for row in rows:
            account = self._database.find("gl_accounts", Division=division, Code=row["code"])
            row["description"] = account["Description"] if account else None
        balances, total = trial_balance(rows)
        return {"division": division, "balances": balances, "sum_dc": str(total)}


def _document(kind: str, row: Row, lines: list[Row], named: tuple[str | None, int | None]) -> dict[str, Any]:
    key = KINDS[kind][2]
    amounts = {name: row[column] for name, column in _AMOUNTS.items()}
    return {
        "kind": kind,
        "division": row["Division"],
        "id": row[key],
        "your_ref": row["YourRef"],
        "description": row["Description"],
        "external_link_reference": row.get("ExternalLinkReference"),
        "account_code": named[0],
        "currency": row["Currency"],
        **{name: _money(value) for name, value in amounts.items()},
        "vat_by_code": _vat_by_code(lines),
        "lines": len(lines),
        "line_amounts": [_line(line) for line in lines],
        "type": row["Type"],
        "status": row["Status"],
        "number": named[1],
        "journal": row["Journal"],
        "document_date": iso(row.get("EntryDate") or row.get("OrderDate")),
        "created_ms": row["_made_ms"],
        "created": iso(row["_made_ms"]),
        "timestamp": row["Timestamp"],
    }


_AMOUNTS = {"amount_fc": "AmountFC", "amount_dc": "AmountDC", "vat_fc": "VATAmountFC", "vat_dc": "VATAmountDC"}


def _line(line: Row) -> dict[str, Any]:
    shown = {
        "line": line["LineNumber"],
        "vat_code": line["VATCode"],
        "amount_fc": _money(line["AmountFC"]),
        "vat_fc": _money(line["VATAmountFC"]),
    }
    name = "item_code" if "ItemCode" in line else "gl_account_code"
    return {**shown, name: line.get("ItemCode") or line.get("GLAccountCode")}


def _vat_by_code(lines: list[Row]) -> dict[str, dict[str, str]]:
    """Return amount and VAT by VAT code; lines without a code are under the empty one."""
    sums: dict[str, list[Any]] = {}
    for line in lines:
        pair = sums.setdefault(line["VATCode"] or "", [exact(0), exact(0)])
        pair[0] += exact(line["AmountFC"])
        pair[1] += exact(line["VATAmountFC"])
    return {code: {"amount_fc": str(cents(pair[0])), "vat_fc": str(cents(pair[1]))} for code, pair in sums.items()}


def _money(value: float | None) -> str | None:
    return None if value is None else str(cents(exact(value)))
