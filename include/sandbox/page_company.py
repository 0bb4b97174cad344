"""Pages of a company besides documents and ledger: relations, open items, stock, periods."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from include.sandbox import periods, sql
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.database import Row
from include.sandbox.face import PAGE, Face, page_of
from include.sandbox.page_documents import fields
from include.sandbox.relations import padded
from include.sandbox.server import Request, Response
from include.sandbox.views import PAYABLE, RECEIVABLE

SIDES = {"receivable": RECEIVABLE, "payable": PAYABLE}
OPEN = '"Status" < 50'
DETAILS = ("AddressLine1", "Postcode", "City", "Country", "VATNumber", "ChamberOfCommerce", "Email", "Phone", "SalesCurrency")


class CompanyPages:
    """Shows what a company has."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._database = face.world.database

    def relations(self, request: Request, company: Row) -> Response:
        """List relations by code or name."""
        sought, page = request.parameters.get("q", "").strip(), page_of(request)
        where = '"Division" = ?' + (' AND ("Code" LIKE ? OR "Name" LIKE ?)' if sought else "")
        parameters = [company["Code"], *([f"%{sought}%"] * 2 if sought else [])]
        rows = self._page("accounts", where, 'ORDER BY "Code"', (parameters, page))
        values = {"company": company, "tab": "relations", "q": sought, "rows": rows[:PAGE], "page": page, "more": len(rows) > PAGE}
        return self._face.show(request, "relations.html", values)

    def relation(self, request: Request, company: Row, code: str) -> Response:
        """Show a relation with its open items."""
        row = self._database.find("accounts", Division=company["Code"], Code=padded(code))
        if row is None:
            return self._face.missing()
        terms = self._page("payment_terms", '"Account" = ?', 'ORDER BY "Status", "DueDate", rowid', ([row["ID"]], page_of(request)))
        values = {
            "company": company,
            "tab": "relations",
            "row": row,
            "details": fields("accounts", [name for name in DETAILS if row.get(name) not in (None, "")]),
            "all_fields": fields("accounts", [name for name in row if not name.startswith("_") and row[name] is not None]),
            "terms": terms[:PAGE],
            "page": page_of(request),
            "more": len(terms) > PAGE,
            "balances": self._balances('"Account" = ?', row["ID"]),
        }
        return self._face.show(request, "relation.html", values)

    def open_items(self, request: Request, company: Row) -> Response:
        """List what is still to be received or paid, by due date."""
        side, page = request.parameters.get("side", "receivable"), page_of(request)
        side = side if side in SIDES else "receivable"
        where = f'"Division" = ? AND "LineType" = ? AND {OPEN}'
        rows = self._page("payment_terms", where, 'ORDER BY "DueDate", rowid', ([company["Code"], SIDES[side]], page))
        values = {
            "company": company,
            "tab": "open",
            "side": side,
            "terms": rows[:PAGE],
            "page": page,
            "more": len(rows) > PAGE,
            "balances": self._balances('"Division" = ?', company["Code"]),
        }
        return self._face.show(request, "open_items.html", values)

    def _balances(self, where: str, value: Any) -> dict[str, Row]:
        """Return count and sum of what is open, by side."""
        columns = '"LineType" AS side, count(*) AS items, round(total("AmountDC"), 2) AS amount'
        rows = self._database.all(sql.select(columns, "payment_terms", f"{where} AND {OPEN}", 'GROUP BY "LineType"'), (value,))
        found = {row["side"]: row for row in rows}
        return {name: found.get(number, {"items": 0, "amount": 0.0}) for name, number in SIDES.items()}

    def stock(self, request: Request, company: Row) -> Response:
        """List articles by warehouse with what is there and what is planned."""
        sought, page = request.parameters.get("q", "").strip(), page_of(request)
        where = '"Division" = ?' + (' AND ("ItemCode" LIKE ? OR "ItemDescription" LIKE ?)' if sought else "")
        parameters = [company["Code"], *([f"%{sought}%"] * 2 if sought else [])]
        rows = self._page("item_warehouses", where, 'ORDER BY "ItemCode", "WarehouseCode"', (parameters, page))
        values = {"company": company, "tab": "stock", "q": sought, "rows": rows[:PAGE], "page": page, "more": len(rows) > PAGE}
        return self._face.show(request, "stock.html", values)

    def periods(self, request: Request, company: Row) -> Response:
        """Show which periods are open, with a button for each."""
        listed = periods.listed(Bookkeeper(self._face.world, company["Code"], None))
        years = [
            {"year": year, "periods": list(of_year), "next": year + 1} for year, of_year in groupby(listed, key=lambda each: each["year"])
        ]
        for each in years:
            each["all_closed"] = all(period["closed"] for period in each["periods"])
        return self._face.show(request, "periods.html", {"company": company, "tab": "periods", "years": years})

    def _page(self, table: str, where: str, order: str, what: tuple[Sequence[Any], int]) -> list[Row]:
        parameters, page = what
        return self._database.all(sql.select("*", table, where, f"{order} LIMIT {PAGE + 1} OFFSET {page * PAGE}"), parameters)
