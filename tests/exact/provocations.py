"""Documents that a bookkeeper refuses, and what our catalogue should make of the words in which he does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.driver import ExactClient, SandboxProcess

DIVISION = 100
ENTRIES, INVOICES = f"{DIVISION}/salesentry/SalesEntries", f"{DIVISION}/salesinvoice/SalesInvoices"
NOBODY = "00000000-0000-0000-0000-000000000001"


@dataclass(frozen=True)
class Provocation:
    """A document with a mistake: fields of its header and of its line, where `{8999}` stands for the key of what has that code."""

    code: str
    kind: str = ""
    header: dict[str, Any] = field(default_factory=dict)
    line: dict[str, Any] = field(default_factory=dict)
    lines: list[Any] | None = None
    invoice: bool = False


PROVOCATIONS = {
    "no customer": Provocation("required_field_missing", "", {"Customer": None}),
    "unknown customer": Provocation("invalid_reference", "account", {"Customer": NOBODY}),
    "supplier": Provocation("account_not_customer", "account", {"Customer": "{40}"}),
    "blocked customer": Provocation("blocked_account", "account", {"Customer": "{30}"}),
    "no journal": Provocation("required_field_missing", "", {"Journal": None}),
    "unknown journal": Provocation("invalid_reference", "journal", {"Journal": "99"}),
    "bank journal": Provocation("journal_wrong_type", "journal", {"Journal": "20"}),
    "blocked journal": Provocation("journal_blocked", "journal", {"Journal": "71"}),
    "no lines": Provocation("required_field_missing", lines=[]),
    "no ledger account": Provocation("required_field_missing", line={"GLAccount": None}),
    "unknown ledger account": Provocation("invalid_reference", "gl_account", line={"GLAccount": NOBODY}),
    "blocked ledger account": Provocation("gl_account_blocked", "gl_account", line={"GLAccount": "{8999}"}),
    "debtors as revenue": Provocation("gl_account_refused", "gl_account", line={"GLAccount": "{1300}"}),
    "no amount": Provocation("required_field_missing", line={"AmountFC": None}),
    "huge amount": Provocation("payload_refused", line={"AmountFC": 10**14}),
    "unknown VAT code": Provocation("invalid_reference", "vat_code", line={"VATCode": "ZZ"}),
    "blocked VAT code": Provocation("vat_code_blocked", "vat_code", line={"VATCode": "OLD"}),
    "unknown currency": Provocation("invalid_reference", "currency", {"Currency": "XXX"}),
    "inactive currency": Provocation("currency_inactive", "currency", {"Currency": "USD"}),
    "currency without a rate": Provocation("missing_exchange_rate", "currency", {"Currency": "CHF"}),
    "no financial year": Provocation("closed_period", "period", {"EntryDate": "1999-12-31T00:00:00"}),
    "unknown payment condition": Provocation("invalid_reference", "payment_condition", {"PaymentCondition": "99"}),
    "invoice to nobody": Provocation("invalid_reference", "account", {"OrderedBy": NOBODY}, invoice=True),
    "invoice without customer": Provocation("required_field_missing", "", {"OrderedBy": None}, invoice=True),
    "invoice to a supplier": Provocation("account_not_customer", "account", {"OrderedBy": "{40}"}, invoice=True),
    "invoice of nothing": Provocation("required_field_missing", lines=[], invoice=True),
    "invoice of no item": Provocation("required_field_missing", line={"Item": None}, invoice=True),
    "invoice of an unknown item": Provocation("invalid_reference", "item", line={"Item": NOBODY}, invoice=True),
    "invoice of a wrong type": Provocation("payload_refused", "", {"Type": 9999}, invoice=True),
}


def keys(client: ExactClient) -> dict[str, str]:
    """The keys of all relations, ledger accounts and items by their codes."""
    found: dict[str, str] = {}
    for endpoint in ("crm/Accounts", "financial/GLAccounts", "logistics/Items"):
        rows = client.all_rows(f"{DIVISION}/{endpoint}", "Modified ge datetime'2000-01-01T00:00:00'", select="ID,Code")
        found |= {row["Code"].strip(): row["ID"] for row in rows}
    return found


def provoke(client: ExactClient, provocation: Provocation) -> tuple[int, str]:
    """Post the document; return the status and the text of the refusal."""
    known = keys(client)
    if provocation.invoice:
        header, line, endpoint = {"OrderedBy": known["1"]}, {"Item": known["A1"], "Quantity": 1, "NetPrice": 1}, INVOICES
        name = "SalesInvoiceLines"
    else:
        header, line, endpoint = {"Customer": known["1"], "Journal": "70"}, {"GLAccount": known["8000"], "AmountFC": 1}, ENTRIES
        name = "SalesEntryLines"
    lines = [_filled({**line, **provocation.line}, known)] if provocation.lines is None else provocation.lines
    answer = client.post(endpoint, {**_filled({**header, **provocation.header}, known), name: lines})
    return answer.status_code, answer.json()["error"]["message"]["value"] if answer.status_code >= 400 else ""


def _filled(fields: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    return {name: known[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value for name, value in fields.items()}


def speak(sandbox: SandboxProcess, language: str) -> None:
    """Let the Exact user have another language."""
    sandbox.control("POST", "users", {"name": "tester", "language": language})
