"""POST, PUT and DELETE on the API: each is one transaction, so a refusal leaves the books as they were."""

from __future__ import annotations

from typing import Any

from include.sandbox import masters
from include.sandbox.acts import DELETES, POSTS, PUTS
from include.sandbox.answers import NotFoundError
from include.sandbox.atom_entry import is_atom, read_entry
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.catalogue import Entity
from include.sandbox.database import Row
from include.sandbox.payload import Payload, read_json, read_payload
from include.sandbox.reading import Reader
from include.sandbox.server import Request, Response

TOTALLED = frozenset({"sales_invoices", "sales_entries", "purchase_entries", "sales_orders"})
TOTALS = ("AmountFC", "AmountDC", "VATAmountFC", "VATAmountDC", "AmountFCExclVat")


class Writer:
    """Carries out one writing call."""

    def __init__(self, keeper: Bookkeeper, reader: Reader) -> None:
        self._keeper = keeper
        self._reader = reader

    def write(self, request: Request, entity: Entity, key: str | None) -> tuple[Response, str | None]:
        """Return the answer and the key of the row that was written. Raises `ApiError`."""
        if request.method == "POST":
            return self._post(request, entity)
        if key is None:
            raise NotFoundError(f"Resource not found for the segment '{entity.name}'.")
        row = self._reader.row(entity, key)
        row_key = str(row[entity.key])
        with self._keeper.world.database.transaction():
            if request.method == "DELETE":
                self._delete(entity, row_key)
            else:
                self._put(request, entity, row_key)
        return Response(204), row_key

    def _post(self, request: Request, entity: Entity) -> tuple[Response, str | None]:
        world = self._keeper.world
        self._keeper.visible = world.visibility()
        payload = self._payload(request, entity, "POST")
        with world.database.transaction():
            post = POSTS.get(entity.endpoint)
            row = post(self._keeper, payload) if post else masters.post_row(self._keeper, entity, payload)
        whole = "return=representation" in request.headers.get("prefer", "").replace(" ", "").lower()
        body = self._reader.posted(entity, self._totalled(entity, row), whole=whole, given=set(payload.values))
        applied = {"Preference-Applied": "return=representation"} if whole else {}
        return Response(201, body, {**self._reader.headers, **applied}), str(row[entity.key])

    def _totalled(self, entity: Entity, row: Row) -> Row:
        """Return the row with the totals that the answer of a POST shows (FACTS 6.2)."""
        how = self._keeper.world.switches.post_totals
        if how == "computed" or entity.table not in TOTALLED:
            return row
        shown: Any = 0.0 if how == "zero" else None
        return {**row, **{name: shown for name in TOTALS if name in row}}

    def _put(self, request: Request, entity: Entity, key: str) -> None:
        values = self._payload(request, entity, "PUT").values
        put = PUTS.get(entity.endpoint)
        if put:
            put(self._keeper, key, values)
        else:
            masters.change_row(self._keeper, entity, key, values)

    def _delete(self, entity: Entity, key: str) -> None:
        delete = DELETES.get(entity.endpoint)
        if delete:
            delete(self._keeper, key)
        else:
            masters.delete_row(self._keeper, entity, key)

    def _payload(self, request: Request, entity: Entity, verb: str) -> Payload:
        sure_only = not self._keeper.world.switches.enforce_doubtful_lengths
        catalogue = self._keeper.world.catalogue
        atom = is_atom(request.headers.get("content-type", ""))
        raw = read_entry(request.body, entity, catalogue) if atom else read_json(request.body)
        return read_payload(entity, raw, verb=verb, sure_lengths_only=sure_only)
