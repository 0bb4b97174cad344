"""The second small company, which has everything that a company may have, and the keys of its rows."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from tests.sandbox.driver import ExactClient

DIVISION = 200


def path(endpoint: str) -> str:
    return f"{DIVISION}/{endpoint}"


@lru_cache(maxsize=32)
def keys(client: ExactClient) -> dict[str, str]:
    """Return GUIDs by code: `gl:8000`, `item:S1`, `account:1`, `warehouse:1`, `project:P1`, `location:A-01`, `employee:1`."""
    sources = {
        "gl": "financial/GLAccounts",
        "warehouse": "inventory/Warehouses",
        "project": "project/Projects",
        "location": "inventory/StorageLocations",
        "employee": "payroll/Employees",
    }
    found = {f"{kind}:{row['Code']}": row["ID"] for kind, end in sources.items() for row in client.all_rows(path(end), select="ID,Code")}
    for kind, end in (("account", "sync/CRM/Accounts"), ("item", "sync/Logistics/Items")):
        found |= {f"{kind}:{row['Code'].strip()}": row["ID"] for row in client.all_rows(path(end), "Timestamp gt 1L", select="ID,Code")}
    return found


def made(client: ExactClient, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path(endpoint), body)
    assert answer.status_code == 201, answer.text
    row: dict[str, Any] = answer.json()["d"]
    return row


def row_of(client: ExactClient, endpoint: str, key: str) -> dict[str, Any]:
    answer = client.get(path(f"{endpoint}(guid'{key}')"))
    assert answer.status_code == 200, answer.text
    row: dict[str, Any] = answer.json()["d"]
    return row


def changed(client: ExactClient, endpoint: str, key: str, values: dict[str, Any]) -> Any:
    return client.call("PUT", path(f"{endpoint}(guid'{key}')"), values)


def deleted(client: ExactClient, endpoint: str, key: str) -> Any:
    return client.call("DELETE", path(f"{endpoint}(guid'{key}')"))


def balances(client: ExactClient) -> dict[str, float]:
    """Return what the ledger says, account by account, with zeros left out."""
    sums: dict[str, float] = {}
    for row in client.all_rows(path("sync/Financial/TransactionLines"), "Timestamp gt 1L", select="GLAccountCode,AmountDC"):
        sums[row["GLAccountCode"]] = round(sums.get(row["GLAccountCode"], 0) + row["AmountDC"], 2)
    return {code: amount for code, amount in sorted(sums.items()) if amount}


def sale(client: ExactClient, amount: float = 100, **header: Any) -> dict[str, Any]:
    known = keys(client)
    line = {"GLAccount": known["gl:8000"], "AmountFC": amount, "VATCode": "E21"}
    row = made(client, "salesentry/SalesEntries", {"Customer": known["account:1"], "Journal": "70", "SalesEntryLines": [line], **header})
    return row_of(client, "salesentry/SalesEntries", row["EntryID"])


def purchase(client: ExactClient, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    known = keys(client)
    own = lines or ({"AmountFC": 100, "VATCode": "E21"},)
    body = {"Supplier": known["account:40"], "Journal": "60", **header}
    return {**body, "PurchaseEntryLines": [{"GLAccount": known["gl:4000"], **line} for line in own]}


def bank(client: ExactClient, *lines: dict[str, Any], **header: Any) -> dict[str, Any]:
    known = keys(client)
    whole = [{"GLAccount": known["gl:1300"], "Account": known["account:1"], **line} for line in lines]
    return {"JournalCode": "20", **header, "BankEntryLines": whole}
