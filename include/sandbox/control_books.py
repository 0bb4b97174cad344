"""The part of the control door where a tester plays the bookkeeper: master data, periods, documents by hand. See README.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from include.sandbox import history, masters, periods
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.database import Row
from include.sandbox.desk import Desk, DeskError, Kind
from include.sandbox.relations import padded
from include.sandbox.server import Request
from include.sandbox.world import World

Answer = tuple[int, Any]
Route = Callable[[Request, dict[str, Any]], Answer]
DOCUMENT = re.compile(r"documents/(?P<id>[0-9a-f-]{36})(?:/(?P<act>process|reopen|lines)(?:/(?P<line>\d{1,6}))?)?\Z")


class BookControl:
    """Answers what a bookkeeper would do."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._desk = Desk(world)
        self.routes: dict[tuple[str, str], Route] = {
            ("POST", "accounts"): self._change_account,
            ("POST", "rows"): self._change_row,
            ("DELETE", "rows"): self._delete_row,
            ("POST", "periods"): self._change_period,
            ("GET", "periods"): self._list_periods,
            ("POST", "divisions"): self._change_division,
            ("POST", "history"): self._write_history,
            ("POST", "save"): self._save,
            ("POST", "load"): self._load,
        }

    def _keeper(self, division: int) -> Bookkeeper:
        return Bookkeeper(self._world, division, None)

    def _change_account(self, request: Request, body: dict[str, Any]) -> Answer:
        """Create or change a relation by its code."""
        return self._change_row(request, {**body, "endpoint": "crm/Accounts"})

    def _change_row(self, _: Request, body: dict[str, Any]) -> Answer:
        """Create or change a row of master data by `division` and `Code` (or `ID`), as the bookkeeper would."""
        values = dict(body)
        entity = self._world.catalogue[values.pop("endpoint")]
        keeper = self._keeper(int(values.pop("division")))
        if entity.table == "accounts" and values.get("Code"):
            values["Code"] = padded(values["Code"])
        existing = self._find(keeper, entity.table, values)
        with self._world.database.transaction():
            if existing:
                masters.change_row(keeper, entity, existing[entity.key], values)
                return 200, self._world.database.find_all(entity.table, **{entity.key: existing[entity.key]})[0]
            defaults = {**masters.DEFAULTS.get(entity.table, {}), **({"Status": "C"} if entity.table == "accounts" else {})}
            return 201, masters.write_row(keeper, entity.table, {"ID": self._world.new_id(), **defaults, **values})

    def _delete_row(self, _: Request, body: dict[str, Any]) -> Answer:
        entity = self._world.catalogue[body["endpoint"]]
        keeper = self._keeper(int(body["division"]))
        if entity.table == "accounts" and body.get("Code"):
            body["Code"] = padded(body["Code"])
        existing = self._find(keeper, entity.table, body)
        if existing is None:
            raise DeskError("there is no such row")
        with self._world.database.transaction():
            masters.delete_row(keeper, entity, existing[entity.key])
        return 200, {"deleted": existing[entity.key]}

    def _find(self, keeper: Bookkeeper, table: str, values: Row) -> Row | None:
        if values.get("ID"):
            return self._world.database.find(table, ID=values["ID"], Division=keeper.division)
        return self._world.database.find(table, Code=values["Code"], Division=keeper.division) if values.get("Code") else None

    def _change_period(self, _: Request, body: dict[str, Any]) -> Answer:
        """Close or open a period (a whole year without `period`; one journal only with `journal`); opening makes a year that is missing."""
        keeper = self._keeper(int(body["division"]))
        number = None if body.get("period") is None else int(body["period"])
        with self._world.database.transaction():
            changed = periods.close(keeper, (int(body["year"]), number), str(body.get("journal", "")), closed=bool(body["closed"]))
        return 200, {"changed": changed}

    def _list_periods(self, request: Request, _: dict[str, Any]) -> Answer:
        """List the periods of a division and what is closed in them."""
        return 200, {"periods": periods.listed(self._keeper(int(request.parameters["division"])))}

    def _save(self, _: Request, body: dict[str, Any]) -> Answer:
        """Write all of the state to a file: `{"path": "/tmp/books.sqlite"}`."""
        self._world.database.save(str(body["path"]))
        return 201, {"saved": body["path"]}

    def _load(self, _: Request, body: dict[str, Any]) -> Answer:
        """Go on from a state that was saved."""
        self._world.load(str(body["path"]))
        return 200, {"loaded": body["path"], "seed": self._world.database.fact("seed")}

    def _write_history(self, _: Request, body: dict[str, Any]) -> Answer:
        """Write years of paid sales, so many `lines` of the ledger: `{"division": 820202, "lines": 1000000}`."""
        keeper = self._keeper(int(body["division"]))
        with self._world.database.transaction():
            written = history.write_history(keeper, int(body["lines"]))
        return 201, {"lines": written}

    def _change_division(self, _: Request, body: dict[str, Any]) -> Answer:
        """Change properties of a division by its code."""
        known = self._world.database.columns("divisions")
        changes = {name: value for name, value in body.items() if name in known and name != "Code"}
        self._world.database.update("divisions", int(body["division"]), changes)
        return 200, self._world.database.find("divisions", Code=int(body["division"]))

    def document(self, request: Request, match: re.Match[str], body: dict[str, Any]) -> Answer:
        """Show, change, process, open again or delete a document; add, change or delete a line of it."""
        found = self._desk.find(match["id"])
        if found is None:
            return 404, {"error": "there is no such document"}
        kind, row = found
        with self._world.database.transaction():
            self._act(request.method, match, (self._keeper(row["Division"]), kind), body)
        if request.method == "DELETE" and match["act"] is None:
            return 200, {"deleted": match["id"]}
        return 200, self._desk.shown(kind, match["id"])

    def _act(self, method: str, match: re.Match[str], at: tuple[Bookkeeper, Kind], body: dict[str, Any]) -> None:
        (keeper, kind), document_id, act = at, match["id"], match["act"]
        place = (document_id, int(match["line"] or 0))
        acts: dict[tuple[str, str | None], Callable[[], None]] = {
            ("GET", None): lambda: None,
            ("PATCH", None): lambda: self._desk.edit(keeper, kind, document_id, body),
            ("DELETE", None): lambda: kind.delete(keeper, document_id),
            ("POST", "process"): lambda: kind.process(keeper, document_id),
            ("POST", "reopen"): lambda: self._desk.reopen(keeper, kind, document_id),
            ("POST", "lines"): lambda: self._desk.add_line(keeper, kind, document_id, body),
            ("PATCH", "lines"): lambda: self._desk.edit_line(keeper, kind, place, body),
            ("DELETE", "lines"): lambda: self._desk.delete_line(keeper, kind, place),
        }
        if (method, act) not in acts:
            raise DeskError(f"{method} is no act of a bookkeeper here")
        acts[(method, act)]()
