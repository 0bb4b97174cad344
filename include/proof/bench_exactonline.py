"""The package `exactonline`, as it is published: its own adapters for invoices and customers, its own storage. The task of a Dag."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from exactonline.api import ExactApi
from exactonline.elements.invoice import ExactInvoice
from exactonline.elements.relation import ExactCustomer
from exactonline.exceptions import ExactOnlineError
from exactonline.storage.ini import IniStorage

from include.proof.bench_clients import (
    CLIENT_ID,
    CONDITION,
    CURRENCY,
    FAILURES,
    JOURNAL,
    LEDGER_ACCOUNT,
    REDIRECT_URI,
    SECRET,
    VAT_CODE,
    book_all,
    code_of,
)
from include.proof.bench_plan import DIVISION, BenchOrder, Told

INI = """
[server]
auth_url = {url}/api/oauth2/auth
rest_url = {url}/api
token_url = {url}/api/oauth2/token
[application]
base_url = {redirect_uri}
client_id = {client_id}
client_secret = {secret}
"""


def book(told: str) -> None:
    """Commit each order as the package's `ExactInvoice` does: it looks itself, and changes what is there."""
    here = Told.read(told)
    api = _exactonline_api(here)
    places = {order.number: place for place, order in enumerate(here.orders(), start=1)}
    book_all(here, lambda order: _commit(api, order, places[order.number]), (*FAILURES, ExactOnlineError))


class FasterStorage(IniStorage):
    """The package's own storage, on a clock that runs faster: the package renews a token that has less than 30 s to live."""

    time_scale = 1.0

    def set_access_expiry(self, value: float) -> None:
        lifetime_s = value - int(time.time())
        super().set_access_expiry(repr(time.time() + lifetime_s / self.time_scale))

    def get_access_expiry(self) -> float:
        found = float(self.get_or_set_default("transient", "access_expiry", "0"))
        return time.time() + (found - time.time()) * self.time_scale


def _exactonline_api(told: Told) -> ExactApi:
    file = Path(told.folder) / "exactonline.ini"
    is_new = not file.exists()
    if is_new:
        own = {"url": told.exact_url, "redirect_uri": REDIRECT_URI, "client_id": CLIENT_ID, "secret": SECRET}
        file.write_text(INI.format(**own), encoding="utf-8")
    storage = FasterStorage(str(file))
    storage.time_scale = told.time_scale
    api = ExactApi(storage=storage)
    if is_new:
        api.request_token(code_of(api.create_auth_request_url()))
        api.set_division(DIVISION)
    return api


class _Customer(ExactCustomer):
    code = ""

    def get_code(self) -> str:
        return self.code

    def get_name(self) -> str:
        return f"Customer {self.code}"


class _Invoice(ExactInvoice):
    """An order in the package's words."""

    order: BenchOrder
    place = 0

    def get_customer(self) -> _Customer:
        customer = _Customer(api=self._api)
        customer.code = self.order.customer
        return customer

    def get_created_date(self) -> date:
        return date.fromisoformat(self.order.day)

    def get_exact_journal(self) -> str:
        return JOURNAL

    def get_invoice_number(self) -> str:
        return self.order.number

    def get_total_amount_incl_vat(self) -> Decimal:
        return self.order.net + self.order.vat

    def get_total_vat(self) -> Decimal:
        return self.order.vat

    def get_vatcode_for_ledger_line(self, ledger_line: dict[str, Any]) -> str:
        return VAT_CODE

    def hint_exact_invoice_number(self) -> int:
        return self.place

    def get_ledger_lines(self) -> list[dict[str, Any]]:
        return [{"code": LEDGER_ACCOUNT, "vat_percentage": 21, "total_amount_excl_vat": self.order.net, "description": "gifts"}]

    def assemble(self) -> dict[str, Any]:
        return {**super().assemble(), "Currency": CURRENCY, "PaymentCondition": CONDITION}


def _commit(api: ExactApi, order: BenchOrder, place: int) -> None:
    invoice = _Invoice(api=api)
    invoice.order, invoice.place = order, place
    invoice.commit()
