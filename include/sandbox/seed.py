"""Fills empty books from a seed: a YAML file in `seeds/`, or any other, with CSV files beside it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from include.sandbox import seed_more
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.clock import moment
from include.sandbox.database import Row
from include.sandbox.masters import write_row
from include.sandbox.periods import periods_of
from include.sandbox.relations import padded
from include.sandbox.seed_more import fixed_id
from include.sandbox.world import World

SEEDS = Path(__file__).parent / "seeds"
DAY_MS = 86_400_000
FIRST_TIMESTAMP = 1000
TYPE_BY_GL = {
    10: "Cash",
    12: "Bank",
    20: "Accounts receivable",
    22: "Accounts payable",
    24: "VAT",
    40: "Inventory",
    90: "General",
    110: "Revenue",
    111: "Cost of goods",
    121: "Sales, general administrative expenses",
}
RESULT, DEBITS = 110, frozenset({10, 12, 20, 40, 111, 121})  # types from 110 on are profit and loss


class UnknownSeedError(ValueError):
    """There is no such seed."""


def seed_path(name: str) -> Path:
    """Return the file of a seed, given by name or path. Raises `UnknownSeedError`."""
    for path in (Path(name), SEEDS / f"{name}.yaml"):
        if path.is_file():
            return path
    known = ", ".join(sorted(path.stem for path in SEEDS.glob("*.yaml")))
    raise UnknownSeedError(f"no seed is called {name}; there are: {known}")


def plant(world: World) -> bool:
    """Fill the books if they are empty, and register the redirect addresses of the settings; tell whether the books were empty."""
    empty = world.database.fact("seed") is None
    if empty:
        _fill(world)
    _register(world)
    return empty


def _fill(world: World) -> None:
    path = seed_path(world.settings.seed_books)
    raw: dict[str, Any] = YAML(typ="safe").load(path.read_text("utf-8"))
    with world.database.transaction():
        _Gardener(world, path.parent, raw).plant()
        world.database.remember("seed", path.stem)
        world.change_switches(raw.get("switches", {}))


def _register(world: World) -> None:
    for row in world.database.all("SELECT client_id, redirect_uris FROM _applications"):
        uris = list(dict.fromkeys([*json.loads(row["redirect_uris"]), *world.settings.redirect_uris]))
        world.database.run("UPDATE _applications SET redirect_uris = ? WHERE client_id = ?", (json.dumps(uris), row["client_id"]))


class _Gardener:
    def __init__(self, world: World, directory: Path, raw: dict[str, Any]) -> None:
        self._world = world
        self._directory = directory
        self._raw = raw
        self._today = moment(world.clock.now_ms()).date()

    def plant(self) -> None:
        for user in self._raw["users"]:
            self._plant_user(user)
        for application in self._raw["applications"]:
            self._plant_application(application)
        for division in self._raw["divisions"]:
            self._plant_division(division)

    def _plant_user(self, user: dict[str, Any]) -> None:
        language = self._world.settings.language or user["language"]
        row = {
            "UserID": fixed_id("user", user["name"]),
            "UserName": user["name"],
            "FullName": user["full_name"],
            "FirstName": user["full_name"].split(" ")[0],
            "Email": user["email"],
            "CurrentDivision": user["divisions"][0],
            "AccountingDivision": user["divisions"][0],
            "LanguageCode": {"NL": "nl-NL", "EN": "en-GB", "FR": "fr-FR"}[language],
            "Language": language,
            "_language": language,
            "_blocked": False,
        }
        self._world.database.insert("users", row)

    def _plant_application(self, application: dict[str, Any]) -> None:
        scopes = json.dumps(application["scopes"]) if application.get("scopes") else None
        uris = json.dumps(application["redirect_uris"])
        values = (application["client_id"], application["client_secret"], application["name"], uris, scopes)
        secret = application.get("webhook_secret", f"{application['client_id']}-webhook-secret")
        self._world.database.run("INSERT INTO _applications VALUES (?, ?, ?, ?, ?, ?)", (*values, secret))
        for grant in application["grants"]:
            granted = (application["client_id"], fixed_id("user", grant["user"]), json.dumps(grant["divisions"]))
            self._world.database.run("INSERT INTO _grants VALUES (?, ?, ?)", granted)

    def _plant_division(self, division: dict[str, Any]) -> None:
        code = division["code"]
        stamp = self._world.stamp_ms()
        fields = {name: value for name, value in division.items() if name[0].isupper()}
        row = {"Code": code, "HID": code % 1000, "Status": 1, "BlockingStatus": 0, "Created": stamp, "Modified": stamp}
        self._world.database.insert("divisions", {**row, **fields})
        self._world.database.next(f"timestamp/{code}", step=FIRST_TIMESTAMP)  # clients begin with `Timestamp gt 1`
        keeper = Bookkeeper(self._world, code, None)
        for section, plant in _SECTIONS.items():
            for entry in _but(division.get(section, ()), division.get("lacks", {}).get(section, ())):
                plant(self, keeper, entry)
        self._plant_periods(keeper)
        seed_more.plant(keeper, division)
        if "closed_days_ago" in division:
            self._close_periods(keeper, int(division["closed_days_ago"]))
        self._plant_accounts(keeper, division)
        if "items" in division:
            self._plant_items(keeper, division)
        seed_more.plant_after(keeper, division)

    def _write(self, keeper: Bookkeeper, table: str, row: Row) -> Row:
        return write_row(keeper, table, {"ID": fixed_id(keeper.division, table, row.get("Code") or row), **row})

    def _currency(self, keeper: Bookkeeper, entry: dict[str, Any]) -> None:
        stamp = self._world.stamp_ms()
        row = {"Code": entry["code"], "Description": entry["description"], "AmountPrecision": 0.01, "PricePrecision": 0.01}
        hidden = {"_key": f"{keeper.division}/{entry['code']}", "_active": entry.get("active", True), "Division": keeper.division}
        self._world.database.insert("currencies", {**row, **hidden, "Created": stamp, "Modified": stamp})

    def _gl_account(self, keeper: Bookkeeper, entry: dict[str, Any]) -> None:
        kind = entry["type"]
        balance = {"BalanceType": "W" if kind >= RESULT else "B", "BalanceSide": "D" if kind in DEBITS else "C"}
        row = {"Code": str(entry["code"]), "Description": entry["description"], "Type": kind, "TypeDescription": TYPE_BY_GL.get(kind)}
        self._write(keeper, "gl_accounts", {**row, **balance, "IsBlocked": entry.get("blocked", False)})

    def _journal(self, keeper: Bookkeeper, entry: dict[str, Any]) -> None:
        account = self._world.database.find("gl_accounts", Division=keeper.division, Code=str(entry["gl_account"]))
        row = {"Code": str(entry["code"]), "Description": entry["description"], "Type": entry["type"], "Currency": keeper.own_currency()}
        more = {"GLAccount": (account or {}).get("ID"), "IsBlocked": entry.get("blocked", False), "AllowVAT": entry.get("vat", True)}
        more["AllowVariableCurrency"] = entry.get("any_currency", True)
        self._write(keeper, "journals", {**row, **more})

    def _vat_code(self, keeper: Bookkeeper, entry: dict[str, Any]) -> None:
        pay, claim = (self._world.database.find("gl_accounts", Division=keeper.division, Code=code) for code in ("1500", "1520"))
        row = {
            "Code": str(entry["code"]),
            "Description": entry["description"],
            "Type": entry["type"],
            "Percentage": float(entry["percentage"]),
        }
        more = {
            "Charged": False,
            "IsBlocked": entry.get("blocked", False),
            "GLToPay": (pay or {}).get("ID"),
            "GLToClaim": (claim or {}).get("ID"),
        }
        written = self._write(keeper, "vat_codes", {**row, **more})
        rate = {"VATCodeID": written["ID"], "LineNumber": 1, "Percentage": float(entry["percentage"]), "StartDate": 0, "Type": 0}
        self._write(keeper, "vat_percentages", {**rate, "ID": fixed_id(keeper.division, "vat_percentages", entry["code"])})

    def _payment_condition(self, keeper: Bookkeeper, entry: dict[str, Any]) -> None:
        row = {"Code": str(entry["code"]), "Description": entry["description"], "PaymentMethod": entry["method"]}
        self._write(keeper, "payment_conditions", {**row, "PaymentDays": entry["days"], "Percentage": 1.0})

    def _exchange_rate(self, keeper: Bookkeeper, entry: dict[str, Any]) -> None:
        start = entry.get("from") or self._today - timedelta(days=entry["days_ago"])
        row = {"SourceCurrency": entry["currency"], "Rate": float(entry["rate"]), "StartDate": _day(start)}
        self._write(keeper, "exchange_rates", {**row, "ID": fixed_id(keeper.division, "rate", entry["currency"], start)})

    def _item_group(self, keeper: Bookkeeper, entry: dict[str, Any]) -> None:
        account = self._world.database.find("gl_accounts", Division=keeper.division, Code=str(entry["gl_account"])) or {}
        revenue = {"GLRevenue": account.get("ID"), "GLRevenueCode": account.get("Code"), "GLRevenueDescription": account.get("Description")}
        self._write(keeper, "item_groups", {"Code": entry["code"], "Description": entry["description"], "IsDefault": 0, **revenue})

    def _plant_periods(self, keeper: Bookkeeper) -> None:
        """Open the year before, this one and the next, a period per month."""
        for year in range(self._today.year - 1, self._today.year + 2):
            for row in periods_of(year):
                self._write(keeper, "periods", {**row, "ID": fixed_id(keeper.division, "period", year, row["FinPeriod"])})

    def _close_periods(self, keeper: Bookkeeper, days_ago: int) -> None:
        """Close the period of a day so long ago, and all before it."""
        until = _day(self._today - timedelta(days=days_ago))
        closing = 'UPDATE periods SET _closed = 1 WHERE "Division" = ? AND "StartDate" <= ?'
        self._world.database.run(closing, (keeper.division, until))

    def _plant_accounts(self, keeper: Bookkeeper, division: dict[str, Any]) -> None:
        source, blocked = division["accounts"], {str(code) for code in division.get("blocked_accounts", ())}
        for entry in _but([*self._rows(source), *source.get("also", ())], self._raw.get("missing_accounts", ())):
            self._account(keeper, {**entry, "blocked": str(entry["code"]) in blocked or entry.get("blocked", False)})

    def _account(self, keeper: Bookkeeper, entry: dict[str, Any]) -> None:
        code = padded(entry["code"])
        row = {
            "ID": fixed_id(keeper.division, "accounts", code),
            "Code": code,
            "Name": entry["name"],
            "Country": entry["country"],
            "City": entry.get("city"),
            "Postcode": entry.get("postcode"),
            "AddressLine1": entry.get("street"),
            "Email": entry.get("email"),
            "Status": entry.get("status", "C"),
            "Blocked": bool(entry.get("blocked", False)),
            "IsSupplier": bool(entry.get("supplier", False)),
            "IsSales": False,
            "VATNumber": entry.get("vat_number") or None,
            "SearchCode": str(entry["code"]),
        }
        self._write(keeper, "accounts", row)

    def _plant_items(self, keeper: Bookkeeper, division: dict[str, Any]) -> None:
        source = division["items"]
        groups = {row["Code"]: row for row in self._world.database.find_all("item_groups", Division=keeper.division)}
        for entry in _but([*self._rows(source), *source.get("also", ())], division.get("lacks", {}).get("items", ())):
            group = groups[entry["group"]]
            row = {
                "Code": str(entry["code"]),
                "Description": entry["description"][:60],
                "ItemGroup": group["ID"],
                "GLRevenue": group["GLRevenue"],
                "SalesVatCode": source.get("vat_code"),
                "IsSalesItem": True,
                "IsStockItem": False,
                "IsFractionAllowedItem": True,
                "Unit": "pc",
                "UnitDescription": "Piece",
            }
            self._write(keeper, "items", row)

    def _rows(self, source: dict[str, Any]) -> list[dict[str, str]]:
        """Return the rows of a CSV file whose columns are among the values asked for."""
        if "file" not in source:
            return []
        with (self._directory / source["file"]).open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
        wanted, unwanted = source.get("where", {}), source.get("where_not", {})
        kept = [row for row in rows if all(row[name] in values for name, values in wanted.items())]
        return [row for row in kept if not any(row[name] in values for name, values in unwanted.items())]


_SECTIONS = {
    "currencies": _Gardener._currency,
    "gl_accounts": _Gardener._gl_account,
    "journals": _Gardener._journal,
    "vat_codes": _Gardener._vat_code,
    "payment_conditions": _Gardener._payment_condition,
    "exchange_rates": _Gardener._exchange_rate,
    "item_groups": _Gardener._item_group,
}


def _but(entries: Iterable[dict[str, Any]], codes: Iterable[object]) -> list[dict[str, Any]]:
    """Return the entries without those of some codes."""
    left_out = {str(code) for code in codes}
    return [entry for entry in entries if str(entry.get("code")) not in left_out]


def _day(day: date | str) -> int:
    """Return midnight of a day in milliseconds."""
    parsed = date.fromisoformat(day) if isinstance(day, str) else day
    return (parsed - date(1970, 1, 1)).days * DAY_MS
