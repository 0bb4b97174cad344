"""Pages of documents: lists of all kinds by their last change, and one document with lines, bookings and what it left open."""

from __future__ import annotations

from functools import cache
from typing import Any

from include.sandbox import sql
from include.sandbox.catalogue import Catalogue
from include.sandbox.database import Row
from include.sandbox.face import PAGE, Face, place_of
from include.sandbox.page_kinds import BY_NAME, PARENTS, SHOWN, Shown, form_of, label_of
from include.sandbox.schema import EXTRA
from include.sandbox.server import Request, Response

OF_ENTRY_MAX = 500


class DocumentPages:
    """Shows documents of every kind."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._database = face.world.database

    def listed(self, request: Request, company: Row) -> Response:
        """List documents, those that changed last first; of one kind with `kind`, of one wording with `q`."""
        sought, wanted = request.parameters.get("q", "").strip(), request.parameters.get("kind", "")
        kinds = [BY_NAME[wanted]] if wanted in BY_NAME else list(SHOWN)
        rows = [row for kind in kinds for row in self._rows(kind, company["Code"], sought, place_of(request))]
        rows.sort(key=lambda row: row["Timestamp"], reverse=True)
        values = {
            "company": company,
            "tab": "documents",
            "q": sought,
            "kind": wanted if wanted in BY_NAME else "",
            "kinds": [{"name": kind.name, "label": kind.label, "count": self._count(kind, company["Code"])} for kind in SHOWN],
            "rows": rows[:PAGE],
            "labels": {kind.name: kind.label for kind in SHOWN},
            "before": rows[PAGE - 1]["Timestamp"] if len(rows) > PAGE else None,
        }
        return self._face.show(request, "documents.html", values)

    def _count(self, kind: Shown, division: int) -> int:
        return int(self._database.scalar(sql.select("count(*)", kind.table, '"Division" = ?'), (division,)))

    def _rows(self, kind: Shown, division: int, sought: str, before: int) -> list[Row]:
        columns = (
            f"{sql.quoted(kind.key)} AS id, '{kind.name}' AS kind, {sql.quoted(kind.number)} AS number, {kind.reference} AS reference,"
            f" {kind.about} AS about, {kind.party} AS party, {kind.amount} AS amount, {kind.currency} AS currency,"
            f' {kind.status} AS status, {kind.remark} AS remark, "Created", "Timestamp"'
        )
        where, parameters = '"Division" = ? AND "Timestamp" < ?', [division, before]
        if sought:
            where += f" AND (instr(tolower(coalesce({kind.reference}, '') || ' ' || coalesce({kind.about}, '')), tolower(?))"
            where += f" OR CAST({sql.quoted(kind.number)} AS TEXT) = ?)"
        text = [sought, sought] if sought else []
        return self._database.all(
            sql.select(columns, kind.table, where, f'ORDER BY "Timestamp" DESC LIMIT {PAGE + 1}'), [*parameters, *text]
        )

    def find(self, document_id: str) -> tuple[Shown, Row] | None:
        """Return kind and row of a document by its key."""
        for kind in SHOWN:
            row = self._database.find(kind.table, **{kind.key: document_id})
            if row:
                return kind, row
        return None

    def document(self, request: Request, document_id: str) -> Response:
        """Show a document."""
        found = self.find(document_id)
        if found is None:
            return self._face.missing()
        kind, row = found
        head = self._rows_of_one(kind, document_id)
        calls = self._database.all("SELECT * FROM _calls WHERE row_key = ? ORDER BY seq DESC LIMIT 50", (document_id,))
        return self._face.show(request, "document.html", {**self._content(kind, row), "head": head, "calls": calls})

    def _content(self, kind: Shown, row: Row) -> dict[str, Any]:
        entry_id = row.get(kind.entry) if kind.entry else None
        lines = self._lines(kind, row[kind.key])
        return {
            "company": self._database.find("divisions", Code=row["Division"]),
            "tab": "documents",
            "kind": kind,
            "row": row,
            "relation": self._database.find("accounts", ID=row[kind.party_key]) if row.get(kind.party_key) else None,
            "scan": self._database.find("documents", ID=row["Document"]) if row.get("Document") else None,
            "facts": fields(kind.table, kind.facts),
            "columns": fields(kind.lines, kind.columns) if kind.lines else [],
            "all_fields": fields(kind.table, [name for name in row if not name.startswith("_") and row[name] is not None]),
            "lines": lines,
            **self.booked(entry_id),
        }

    def _rows_of_one(self, kind: Shown, document_id: str) -> Row:
        columns = f"{kind.reference} AS reference, {kind.about} AS about, {kind.status} AS status, {kind.remark} AS remark"
        return self._database.all(sql.select(columns, kind.table, f"{sql.quoted(kind.key)} = ?"), (document_id,))[0]

    def _lines(self, kind: Shown, document_id: str) -> list[Row]:
        if not kind.lines:
            return []
        column = PARENTS.get(kind.lines, kind.key)
        order = 'ORDER BY "LineNumber"' if "LineNumber" in self._database.columns(kind.lines) else "ORDER BY rowid"
        return self._database.all(sql.select("*", kind.lines, f"{sql.quoted(column)} = ?", f"{order} LIMIT 1000"), (document_id,))

    def booked(self, entry_id: str | None) -> dict[str, Any]:
        """Return the transaction lines of an entry and what it left open."""
        if not entry_id:
            return {"bookings": [], "open_items": [], "debit": 0.0, "credit": 0.0}
        tail = f'ORDER BY "Type", "LineNumber", rowid LIMIT {OF_ENTRY_MAX}'
        bookings = self._database.all(sql.select("*", "transaction_lines", '"EntryID" = ?', tail), (entry_id,))
        debit = round(sum(line["AmountDC"] for line in bookings if line["AmountDC"] > 0), 2)
        credit = round(-sum(line["AmountDC"] for line in bookings if line["AmountDC"] < 0), 2)
        return {
            "bookings": bookings,
            "debit": debit,
            "credit": credit,
            "open_items": self._database.find_all("payment_terms", TransactionEntryID=entry_id),
        }

    def entry(self, request: Request, entry_id: str) -> Response:
        """Lead from an entry of the ledger to its document; show what is booked where it has none."""
        booked = self.booked(entry_id)
        if not booked["bookings"]:
            return self._face.missing()
        line = booked["bookings"][0]
        criteria = {"Division": line["Division"], "InvoiceNumber": line["InvoiceNumber"], "_entry_id": entry_id}
        invoice = self._database.find("sales_invoices", **criteria) if line["InvoiceNumber"] else None
        found = self.find(entry_id)
        document_id = entry_id if found else invoice["InvoiceID"] if invoice else None
        if document_id:
            return Response(303, headers={"Location": f"/documents/{document_id}"})
        company = self._database.find("divisions", Code=line["Division"])
        return self._face.show(request, "entry.html", {"company": company, "tab": "ledger", "line": line, **booked})


@cache
def _types() -> dict[str, dict[str, str]]:
    catalogue = Catalogue()
    tables = {entity.table for entity in catalogue.entities.values() if entity.table}
    return {table: {**catalogue.columns(table), **EXTRA.get(table, {})} for table in tables}


def fields(table: str, names: Any) -> list[dict[str, str]]:
    """Return name, label and form of columns of a table."""
    types = _types()[table]
    return [{"name": name, "label": label_of(name), "form": form_of(name, types.get(name, "Edm.String"))} for name in names]
