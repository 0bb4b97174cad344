"""A division moves to another database, as Exact now and then does: its timestamps start anew (FACTS 4.6)."""

from __future__ import annotations

from include.sandbox import sql
from include.sandbox.database import Row
from include.sandbox.world import World

UNSTAMPED = frozenset({"users", "divisions", "currencies"})


def move(world: World, division: int) -> Row:
    """Move a division; return when it moved and its highest timestamp before and after."""
    database, counter = world.database, f"timestamp/{division}"
    before = database.next(counter, step=0)
    with database.transaction():
        last = _renumber(world, division)
        database.next(counter, step=last - before)
        database.update("divisions", division, {"DivisionMoveDate": world.stamp_ms()})
    return {"division": division, "moved": world.stamp_ms(), "highest_before": before, "highest_after": last}


def _renumber(world: World, division: int) -> int:
    """Give all rows of a division timestamps from 2 on, in their old order; return the last one."""
    database = world.database
    tables = [table for table in database.tables if table not in UNSTAMPED]
    stamps = " UNION ALL ".join(sql.select('"Timestamp" AS old', table, '"Division" = :division') for table in tables)
    database.run("CREATE TEMP TABLE _moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
    numbered = f"SELECT old, row_number() OVER (ORDER BY old) + 1 FROM ({stamps}) GROUP BY old"  # noqa: S608 - names from the catalogue
    database.run(f"INSERT INTO _moved {numbered}", {"division": division})
    for table in tables:  # by way of negative numbers, so that no old and new one ever meet
        number = '-(SELECT new FROM _moved WHERE old = "Timestamp")'
        database.run(f'UPDATE {sql.quoted(table)} SET "Timestamp" = {number} WHERE "Division" = ?', (division,))  # noqa: S608 - as above
        database.run(f'UPDATE {sql.quoted(table)} SET "Timestamp" = -"Timestamp" WHERE "Division" = ?', (division,))  # noqa: S608 - as above
    last = int(database.scalar("SELECT coalesce(max(new), 1) FROM _moved"))
    database.run("DROP TABLE _moved")
    return last
