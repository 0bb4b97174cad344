"""What the browser pages show: companies, documents with their bookings, relations, ledger, calls, faults. Reads only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from include.sandbox import sql
from include.sandbox.books import ENTRIES, INVOICES, KINDS, Books
from include.sandbox.database import Row
from include.sandbox.pages import Pages
from include.sandbox.server import Request, Response
from include.sandbox.world import World

PAGE = 50
CALLS = 200
LEDGER_LINES = 500
ROUTES = re.compile(
    r"/(?:companies/(?P<division>\d{1,9})(?:/(?P<tab>documents|relations|ledger)(?:/(?P<code>[^/]+))?)?|documents/(?P<document>[0-9a-f-]{36})|(?P<page>calls|faults)?)/?\Z"
)


class Browser:
    """Answers every page but the consent page."""

    def __init__(self, world: World, books: Books, pages: Pages) -> None:
        self._world = world
        self._books = books
        self._pages = pages
        self._tabs: dict[str, Callable[[Request, Row, str | None], Response]] = {
            "documents": self._documents,
            "relations": self._relations,
            "ledger": self._ledger,
        }

    def handle(self, request: Request) -> Response:
        """Answer a page."""
        match = ROUTES.match(request.path)
        if match is None or request.method not in ("GET", "HEAD"):
            return self._missing()
        if match["document"]:
            return self._document(match["document"])
        if match["division"]:
            company = self._world.database.find("divisions", Code=int(match["division"]))
            tab = self._tabs[match["tab"] or "documents"]
            return tab(request, company, match["code"]) if company else self._missing()
        page = {"calls": self._calls, "faults": self._faults}.get(match["page"] or "", self._home)
        return page()

    def _missing(self) -> Response:
        return self._pages.page("problem.html", {"title": "Nothing here", "text": "This page does not exist in the sandbox."}, status=404)

    def _home(self) -> Response:
        companies = [self._company(row) for row in self._world.database.all('SELECT * FROM divisions ORDER BY "Code"')]
        applications = self._world.database.all("SELECT client_id, name FROM _applications ORDER BY rowid")
        values = {"companies": companies, "applications": applications, "usage": self._usage(), "faults": self._open_faults()}
        return self._pages.page("home.html", {**values, "calls": self._world.calls.latest(8)})

    def _company(self, row: Row) -> dict[str, Any]:
        code = row["Code"]
        counts = {kind: self._count(KINDS[kind][0], code) for kind in KINDS}
        balance = self._books.trial_balance(code)[0]
        return {
            **row,
            "invoices": counts[INVOICES],
            "entries": counts[ENTRIES],
            "relations": self._count("accounts", code),
            "sum_dc": balance["sum_dc"],
        }

    def _count(self, table: str, division: int) -> int:
        return int(self._world.database.scalar(sql.select("count(*)", table, '"Division" = ?'), (division,)))

    def _usage(self) -> list[dict[str, Any]]:
        limits = self._world.limits
        return [
            {"client_id": key[0], "division": key[1], **asdict(used), "limits": limits.of(key)}
            for key, used in sorted(limits.all_usage().items())
        ]

    def _open_faults(self) -> list[dict[str, Any]]:
        return [fault for fault in self._world.faults.listed() if not fault["exhausted"]]

    def _documents(self, request: Request, company: Row, _: str | None) -> Response:
        sought, page = request.parameters.get("q", "").strip(), _page(request)
        rows: list[Row] = []
        for kind, (table, _lines, key, account, number) in KINDS.items():
            columns = (
                f"{sql.quoted(key)} AS id, '{kind}' AS kind, {sql.quoted(number)} AS number, {sql.quoted(account)} AS account, "
                '"YourRef", "Description", "Currency", "AmountFC", "VATAmountFC", "Status", "StatusDescription", "Type", "Created"'
            )
            where = '"Division" = ?' + (' AND ("YourRef" LIKE ? OR "Description" LIKE ?)' if sought else "")
            parameters = [company["Code"], *([f"%{sought}%"] * 2 if sought else [])]
            rows += self._world.database.all(
                sql.select(columns, table, where, f"ORDER BY rowid DESC LIMIT {PAGE * (page + 1) + 1}"), parameters
            )
        rows.sort(key=lambda row: row["Created"], reverse=True)
        shown = rows[page * PAGE : (page + 1) * PAGE]
        for row in shown:
            row["relation"] = self._world.database.find("accounts", ID=row["account"])
        values = {"company": company, "tab": "documents", "q": sought, "rows": shown, "page": page, "more": len(rows) > (page + 1) * PAGE}
        return self._pages.page("documents.html", values)

    def _document(self, document_id: str) -> Response:
        found = self._books.document(document_id)
        if found is None:
            return self._missing()
        kind, row = found
        _, lines_table, key, account, number = KINDS[kind]
        lines = self._world.database.all(sql.select("*", lines_table, f"{sql.quoted(key)} = ?", 'ORDER BY "LineNumber"'), (document_id,))
        entry_id = row["_entry_id"] if kind == INVOICES else document_id
        bookings = self._world.database.find_all("transaction_lines", EntryID=entry_id) if entry_id else []
        calls = self._world.database.all("SELECT * FROM _calls WHERE row_key = ? ORDER BY seq", (document_id,))
        values = {
            "company": self._world.database.find("divisions", Code=row["Division"]),
            "tab": "documents",
            "kind": kind,
            "row": row,
            "number": row[number],
            "relation": self._world.database.find("accounts", ID=row[account]),
            "lines": lines,
            "bookings": sorted(bookings, key=lambda line: (line["LineNumber"], line["GLAccountCode"] == "1500")),
            "calls": calls,
        }
        return self._pages.page("document.html", values)

    def _relations(self, request: Request, company: Row, _: str | None) -> Response:
        sought, page = request.parameters.get("q", "").strip(), _page(request)
        where = '"Division" = ?' + (' AND ("Code" LIKE ? OR "Name" LIKE ?)' if sought else "")
        parameters = [company["Code"], *([f"%{sought}%"] * 2 if sought else [])]
        tail = f'ORDER BY "Code" LIMIT {PAGE + 1} OFFSET {page * PAGE}'
        rows = self._world.database.all(sql.select("*", "accounts", where, tail), parameters)
        values = {"company": company, "tab": "relations", "q": sought, "rows": rows[:PAGE], "page": page, "more": len(rows) > PAGE}
        return self._pages.page("relations.html", values)

    def _ledger(self, _: Request, company: Row, code: str | None) -> Response:
        division = company["Code"]
        if code is not None:
            account = self._world.database.find("gl_accounts", Division=division, Code=code)
            where = '"Division" = ? AND "GLAccountCode" = ?'
            tail = f'ORDER BY "Timestamp" DESC LIMIT {LEDGER_LINES}'
            lines = self._world.database.all(sql.select("*", "transaction_lines", where, tail), (division, code))
            values = {"company": company, "tab": "ledger", "account": account, "lines": lines}
            return self._pages.page("ledger_card.html", values) if account else self._missing()
        balance = self._books.trial_balance(division)[0]
        amounts = {each["code"]: each["amount_dc"] for each in balance["balances"]}
        accounts = self._world.database.all(sql.select("*", "gl_accounts", '"Division" = ?', 'ORDER BY "Code"'), (division,))
        values = {"company": company, "tab": "ledger", "accounts": accounts, "amounts": amounts, "sum_dc": balance["sum_dc"]}
        return self._pages.page("ledger.html", values)

    def _calls(self) -> Response:
        values = {
            "calls": self._world.calls.latest(CALLS),
            "usage": self._usage(),
            "troubles": self._world.limits.troubles(),
            "errors_max": self._world.switches.error_block_max,
        }
        return self._pages.page("calls.html", values)

    def _faults(self) -> Response:
        values = {"faults": self._world.faults.listed(), "switches": asdict(self._world.switches), "clock": self._world.clock}
        return self._pages.page("faults.html", values)


def _page(request: Request) -> int:
    text = request.parameters.get("page", "0")
    return min(int(text), 100_000) if text.isdigit() and len(text) < 7 else 0
