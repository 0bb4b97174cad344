"""The master data of a running sandbox, as it shows it over HTTP, for mappings to ask."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from include.mappings.master_data import GLAccount, Journal, Period, VatCode
from tests.sandbox.driver import ExactClient


class SandboxBooks:
    """Implements `MasterData` for one division of a sandbox."""

    def __init__(self, client: ExactClient, division: int) -> None:
        def read(path: str, where: str = "", **options: str) -> list[dict[str, Any]]:
            return client.all_rows(f"{division}/{path}", where, **options)

        self._accounts = {row["Code"].strip(): UUID(row["ID"]) for row in read("sync/CRM/Accounts", "Timestamp gt 1L", select="ID,Code")}
        self._items = {row["Code"].upper(): UUID(row["ID"]) for row in read("sync/Logistics/Items", "Timestamp gt 1L", select="ID,Code")}
        self._gl_accounts = {
            row["Code"].strip(): GLAccount(UUID(row["ID"]), row["Type"], row["IsBlocked"])
            for row in read("financial/GLAccounts", select="ID,Code,Type,IsBlocked")
        }
        self._journals = {row["Code"]: Journal(row["Code"], row["Type"]) for row in read("financial/Journals", select="Code,Type")}
        self._conditions = {row["Code"] for row in read("cashflow/PaymentConditions", select="Code")}
        self._vat_codes = {
            row["Code"]: VatCode(row["Code"], Decimal(str(row["Percentage"])), row["Type"])
            for row in read("vat/VATCodes", select="Code,Percentage,Type")
        }

    def account_id(self, code: str) -> UUID | None:
        return self._accounts.get(code)

    def customer_id(self, number: str) -> UUID | None:
        return self.account_id(number)

    def item_id(self, code: str) -> UUID | None:
        return self._items.get(code.upper())

    def gl_account(self, code: str) -> GLAccount | None:
        return self._gl_accounts.get(code)

    def vat_code(self, code: str) -> VatCode | None:
        return self._vat_codes.get(code)

    def journal(self, code: str) -> Journal | None:
        return self._journals.get(code)

    def payment_condition(self, code: str) -> bool:
        return code in self._conditions

    def exchange_rate(self, currency: str, on: date) -> Decimal | None:
        return Decimal("1.15") if currency == "GBP" else None

    def periods(self, journal: str, on: date) -> tuple[Period, ...]:
        return ()
