"""Financial years and their periods: a month each, open or closed, as a whole or for one journal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from include.sandbox import sql
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.database import Row

DAY_MS = 86_400_000
EPOCH = date(1970, 1, 1)


def periods_of(year: int) -> list[Row]:
    """Return the twelve periods of a calendar year, open."""
    found = []
    for month in range(1, 13):
        start = date(year, month, 1)
        end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        days = {"StartDate": (start - EPOCH).days * DAY_MS, "EndDate": (end - EPOCH).days * DAY_MS}
        found.append({"FinYear": year, "FinPeriod": month, **days, "_closed": False})
    return found


def close(keeper: Bookkeeper, when: tuple[int, int | None], journal: str = "", *, closed: bool) -> int:
    """Close or open a period of a year, or all of them; return how many. Opening a year that is missing makes it."""
    database, (year, number) = keeper.world.database, when
    rows = database.find_all("periods", Division=keeper.division, FinYear=year)
    if not rows and not closed:
        made = [keeper.stamped({"ID": keeper.world.new_id(), **row}) for row in periods_of(year)]
        database.insert("periods", *made)
        return len(made)
    wanted = [row for row in rows if number in (None, row["FinPeriod"])]
    for row in wanted:
        keeper.world.touch("periods", row["ID"], _changes(row, journal, closed=closed), division=keeper.division)
    return len(wanted)


def _changes(row: Row, journal: str, *, closed: bool) -> Row:
    if not journal:
        return {"_closed": closed, "_closed_journals": None}
    journals = set(filter(None, (row["_closed_journals"] or "").split(",")))
    changed = journals | {journal} if closed else journals - {journal}
    return {"_closed_journals": ",".join(sorted(changed)) or None}


def listed(keeper: Bookkeeper) -> list[dict[str, Any]]:
    """Return the periods of a division, the earliest first."""
    rows = keeper.world.database.all(sql.select("*", "periods", '"Division" = ?', 'ORDER BY "FinYear", "FinPeriod"'), (keeper.division,))
    return [
        {
            "year": row["FinYear"],
            "period": row["FinPeriod"],
            "closed": bool(row["_closed"]),
            "closed_journals": list(filter(None, (row["_closed_journals"] or "").split(","))),
        }
        for row in rows
    ]
