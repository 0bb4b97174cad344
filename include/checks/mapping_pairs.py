"""Each code that an administration's file names, beside what the mirror holds of it: the rows that the mapping checks judge.

A table per kind of code; each row has `code`, `keys` (where the file names it), `stops`, and None for what Exact does not have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from include.administrations.model import Administration, Target
from include.administrations.vat import Regime

Data = Mapping[str, Any]
Pair = dict[str, object]
# Table -> entity of the mirror. The codes of the last two are a few among thousands.
SHORT_LISTS = {
    "division": "Divisions",
    "gl_accounts": "GLAccounts",
    "vat_codes": "VATCodes",
    "payment_conditions": "PaymentConditions",
    "journals": "Journals",
    "currencies": "ExchangeRates",
}
LONG_LISTS = {"items": "Items", "relations": "Accounts"}
TABLES = {**SHORT_LISTS, **LONG_LISTS}
DECEMBER = 12


@dataclass(frozen=True)
class Mirrored:
    """What the mirror holds: data by entity, days of periods with whether each is closed, and the rate of a currency, if there is one."""

    records: Mapping[str, Sequence[Data]]
    periods: Sequence[tuple[date, date, bool]]
    rate_of: Callable[[str], Decimal | None]

    def by_code(self, table: str) -> dict[str, Data]:
        """The data of a table's entity by code, in capitals."""
        return {str(data["Code"]).strip().upper(): data for data in self.records[TABLES[table]] if data.get("Code") is not None}


def named_codes(administration: Administration, table: str) -> Mapping[str, list[str]]:
    """The codes of a table that the file names, and the keys under which it does."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, key in _NAMED[table](administration):
        found[code].append(key)
    return found


def pairs(administration: Administration, mirrored: Mirrored, today: date, asked: Iterable[str] = ()) -> dict[str, list[Pair]]:
    """All tables that have rows. `asked`: currencies that the file does not name, and for which documents wait."""
    tables = {
        "division": [_division(administration, mirrored)],
        "journals": list(_journals(administration, mirrored)),
        "currencies": list(_currencies(administration, mirrored, asked)),
        "periods": list(_periods(administration, mirrored, today)),
        "gl_accounts": _paired(administration, mirrored, "gl_accounts", {"type": "Type", "blocked": "IsBlocked"}),
        "items": _paired(administration, mirrored, "items", {}),
        "vat_codes": list(_vat_codes(administration, mirrored)),
        "payment_conditions": _paired(administration, mirrored, "payment_conditions", {}),
        "relations": _paired(administration, mirrored, "relations", {"status": "Status", "blocked": "Blocked"}),
    }
    return {name: rows for name, rows in tables.items() if rows}


def _paired(administration: Administration, mirrored: Mirrored, table: str, fields: Mapping[str, str]) -> list[Pair]:
    known = mirrored.by_code(table) if named_codes(administration, table) else {}
    return [
        _pair(code, keys, known.get(code.upper()), fields, stops=False) for code, keys in sorted(named_codes(administration, table).items())
    ]


def _pair(code: str, keys: Iterable[str], data: Data | None, fields: Mapping[str, str], *, stops: bool) -> Pair:
    facts = {name: data.get(field) if data else None for name, field in fields.items()}
    return {"code": code, "keys": ", ".join(keys), "stops": stops, "in_exact": code if data else None, **facts}


def _division(administration: Administration, mirrored: Mirrored) -> Pair:
    known = mirrored.by_code("division").get(str(administration.division))
    fields = {"registration": "ChamberOfCommerceNumber", "vat_number": "VATNumber", "currency": "Currency", "blocking": "BlockingStatus"}
    row = _pair(str(administration.division), ["division"], known, fields, stops=True)
    shown = {name: _letters(row[name]) for name in ("registration", "vat_number", "currency")} if known else {}
    wanted = {
        "wanted_registration": _letters(administration.registration),
        "wanted_vat_number": _letters(administration.vat_number),
        "wanted_currency": administration.currency,
    }
    return {**row, **shown, **wanted, "blocking": int(row["blocking"]) if isinstance(row["blocking"], (int, str)) else None}


def _journals(administration: Administration, mirrored: Mirrored) -> Iterator[Pair]:
    """A row per journal and currency: one that takes its own currency only does not fit orders in others."""
    known = mirrored.by_code("journals")
    for code, keys in named_codes(administration, "journals").items():
        data = known.get(code.upper())
        for currency in (administration.currency, *administration.currencies):
            row = _pair(code, keys, data, {"type": "Type", "blocked": "IsBlocked"}, stops=True)
            yield {**row, "currency": currency, "takes_currency": _takes(data, currency) if data else None}


def _takes(journal: Data, currency: str) -> bool:
    own = str(journal.get("Currency") or "").strip()
    return own in {"", currency} or journal.get("AllowVariableCurrency") is not False


def _currencies(administration: Administration, mirrored: Mirrored, asked: Iterable[str]) -> Iterator[Pair]:
    others = sorted(set(asked) - {administration.currency, *administration.currencies})
    for code in (*administration.currencies, *others):
        rate = mirrored.rate_of(code)
        named = code in administration.currencies
        keys = "currencies" if named else "orders in this currency"
        yield {"code": code, "keys": keys, "stops": named, "in_exact": None if rate is None else str(rate)}


def _periods(administration: Administration, mirrored: Mirrored, today: date) -> Iterator[Pair]:
    """A row per month of this year, from `book_from` to the current one."""
    first = max(date(today.year, 1, 1), administration.book_from.replace(day=1))
    for month in range(first.month, today.month + 1) if first <= today else ():
        day = today if month == today.month else _last_day(today.year, month)
        found = [closed for begins, ends, closed in mirrored.periods if begins <= day <= ends]
        closed = all(found) if found and month == today.month else None
        yield {"code": f"{day:%Y-%m}", "keys": "", "stops": True, "in_exact": f"{day:%Y-%m}" if found else None, "closed": closed}


def _last_day(year: int, month: int) -> date:
    return date(year + month // DECEMBER, month % DECEMBER + 1, 1) - timedelta(days=1)


def _vat_codes(administration: Administration, mirrored: Mirrored) -> Iterator[Pair]:
    """A row per code and rate that the file gives it."""
    known = mirrored.by_code("vat_codes")
    keys: dict[tuple[str, Decimal], list[str]] = defaultdict(list)
    for code, rate, key in _rated(administration):
        keys[code, rate].append(key)
    for (code, rate), named in sorted(keys.items()):
        data = known.get(code.upper())
        row = _pair(code, named, data, {"type": "Type", "blocked": "IsBlocked"}, stops=False)
        percent = _percent(data["Percentage"]) if data and data.get("Percentage") is not None else None
        yield {**row, "with_vat": rate > 0, "percent": percent, "wanted_percent": _plain(rate)}


def _rated(administration: Administration) -> Iterator[tuple[str, Decimal, str]]:
    for regime in Regime:
        if regime is Regime.ONE_STOP_SHOP:
            tables = [(f"{regime}.{country}", table) for country, table in administration.vat_codes.one_stop_shop.items()]
        else:
            tables = [(regime.value, administration.vat_codes.table(regime, administration.country))]
        yield from ((code, rate, f"vat_codes.{name}.{_plain(rate)}") for name, table in tables for rate, code in table.items())
    others = {f"kinds.{kind}.vat_code": rule.vat_code for kind, rule in administration.kinds.items()}
    if administration.rounding:
        others["rounding.vat_code"] = administration.rounding.vat_code
    yield from ((code, Decimal(0), key) for key, code in others.items() if code)


def _percent(fraction: object) -> str:
    return _plain(Decimal(str(fraction)) * 100)


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f") if number else "0"


def _letters(text: object) -> str:
    return "".join(character for character in str(text or "").upper() if character.isalnum())


def _gl_codes(administration: Administration) -> Iterator[tuple[str, str]]:
    yield from ((code, f"gl_accounts.{group}") for group, code in administration.gl_accounts.items())
    yield from ((rule.gl_account, f"kinds.{kind}.gl_account") for kind, rule in administration.kinds.items())
    if administration.rounding and administration.rounding.gl_account:
        yield administration.rounding.gl_account, "rounding.gl_account"


def _item_codes(administration: Administration) -> Iterator[tuple[str, str]]:
    if administration.target is not Target.SALES_INVOICE:
        return
    if administration.items:
        yield from ((code, f"items.generic.{group}") for group, code in administration.items.generic.items())
    yield from ((rule.item, f"kinds.{kind}.item") for kind, rule in administration.kinds.items() if rule.item)
    if administration.rounding and administration.rounding.item:
        yield administration.rounding.item, "rounding.item"


def _relation_codes(administration: Administration) -> Iterator[tuple[str, str]]:
    if administration.collective_relation:
        yield administration.collective_relation, "guests"


_NAMED: Mapping[str, Callable[[Administration], Iterable[tuple[str, str]]]] = {
    "gl_accounts": _gl_codes,
    "items": _item_codes,
    "relations": _relation_codes,
    "payment_conditions": lambda administration: (
        (code, f"payment_conditions.{method}") for method, code in administration.payment_conditions.items()
    ),
    "journals": lambda administration: [(administration.journals.sales, "journals.sales")],
}
