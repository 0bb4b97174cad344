"""Years of books at once: sales that were paid, written by SQLite itself, for whoever has to read a million lines.

Each sale leaves five transaction lines: debtors, revenue and VAT of its entry, bank and debtors of its payment. They add up to zero.
They have no documents and no open items behind them, as after a conversion from another program.
"""

from __future__ import annotations

from include.sandbox import sql
from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.clock import day_ms

LINES_PER_SALE = 5
LINES_MAX = 5_000_000
DAYS = 730
DAY_MS = 86_400_000


def write_history(keeper: Bookkeeper, lines: int) -> int:
    """Write at least so many transaction lines, over the two years before today; return how many."""
    world, database = keeper.world, keeper.world.database
    sales = -(-max(1, min(lines, LINES_MAX)) // LINES_PER_SALE)
    count = sales * LINES_PER_SALE
    first = database.next(f"timestamp/{keeper.division}", step=count) - count
    batch = database.next(f"history/{keeper.division}")
    today = day_ms(world.stamp_ms())
    values = {
        "division": keeper.division,
        "count": count,
        "first": first,
        "batch": batch,
        "begin": today - DAYS * DAY_MS,
        "per_day": max(1, -(-sales // DAYS)),
        "stamp": world.stamp_ms(),
        "made": world.clock.now_ms(),
        "currency": keeper.own_currency(),
        **{f"gl_{name}": _account(keeper, kind) for name, kind in (("debtors", 20), ("revenue", 110), ("vat", 24), ("bank", 12))},
    }
    database.run("CREATE TEMP TABLE IF NOT EXISTS _parties (place INTEGER PRIMARY KEY, id TEXT, code TEXT, name TEXT)")
    database.run("DELETE FROM _parties")
    database.run(_PARTIES, (keeper.division,))
    values["parties"] = database.scalar("SELECT count(*) FROM _parties") or 1
    with database.without_indexes("transaction_lines"):
        database.run(_LINES, values)
    return count


def _account(keeper: Bookkeeper, kind: int) -> str:
    """Return the code of the first ledger account of a type."""
    where = '"Division" = ? AND "Type" = ? AND NOT coalesce("IsBlocked", 0)'
    code = keeper.world.database.scalar(sql.select('"Code"', "gl_accounts", where, 'ORDER BY "Code" LIMIT 1'), (keeper.division, kind))
    if code is None:
        keeper.complain("mandatory", "GLAccount")
        keeper.refuse_if_any()
    return str(code)


_PARTIES = """
INSERT INTO _parties
SELECT row_number() OVER (ORDER BY "Code") - 1, "ID", "Code", "Name" FROM accounts WHERE "Division" = ? AND "Status" = 'C'
"""

# Part 0 is the entry's debtors, 1 its revenue, 2 its VAT (21 %), 3 the payment's bank, 4 its debtors.
_LINES = """
INSERT INTO transaction_lines (
    "ID", "EntryID", "Division", "Timestamp", "LineNumber", "GLAccount", "GLAccountCode", "GLAccountDescription", "AmountDC", "AmountFC",
    "AmountVATBaseFC", "AmountVATFC", "Account", "AccountCode", "AccountName", "Currency", "ExchangeRate", "Date", "DueDate",
    "FinancialYear", "FinancialPeriod", "EntryNumber", "InvoiceNumber", "JournalCode", "Type", "Status", "YourRef", "Description",
    "Created", "Modified", _seen_ms, _synced_ms)
WITH RECURSIVE
numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < :count),
parts AS (
    SELECT i, i / 5 AS sale, i % 5 AS part, 100 + (i / 5 * 7919) % 90000 AS net,
        :begin + (i / 5 / :per_day + CASE WHEN i % 5 > 2 THEN 14 ELSE 0 END) * 86400000 AS day
    FROM numbers),
amounts AS (
    SELECT *, CASE part WHEN 1 THEN -net WHEN 2 THEN -((net * 21 + 50) / 100) WHEN 4 THEN -(net + (net * 21 + 50) / 100)
        ELSE net + (net * 21 + 50) / 100 END / 100.0 AS amount,
        CASE part WHEN 1 THEN :gl_revenue WHEN 2 THEN :gl_vat WHEN 3 THEN :gl_bank ELSE :gl_debtors END AS gl
    FROM parts)
SELECT printf('%08x-%04x-4%03x-8000-%012x', :division, :batch, part, i),
    printf('%08x-%04x-4%03x-9000-%012x', :division, :batch, part / 3, sale),
    :division, :first + i + 1, CASE WHEN part IN (0, 3) THEN 0 ELSE 1 END, a."ID", gl, a."Description", amount, amount,
    CASE WHEN part = 1 THEN amount ELSE 0.0 END, CASE WHEN part = 1 THEN -((net * 21 + 50) / 100) / 100.0 ELSE 0.0 END,
    p.id, p.code, p.name, :currency, 1.0, day, day + CASE WHEN part < 3 THEN 30 ELSE 0 END * 86400000,
    CAST(strftime('%Y', day / 1000, 'unixepoch') AS INTEGER), CAST(strftime('%m', day / 1000, 'unixepoch') AS INTEGER),
    :batch * 10000000 + sale, :batch * 10000000 + sale, CASE WHEN part < 3 THEN '70' ELSE '20' END,
    CASE WHEN part < 3 THEN 20 ELSE 40 END, 50,
    printf('H%d-%d', :batch, sale), CASE WHEN part < 3 THEN 'Sale of old' ELSE 'Payment of old' END, :stamp, :stamp, 0, 0
FROM amounts JOIN gl_accounts a ON a."Division" = :division AND a."Code" = gl LEFT JOIN _parties p ON p.place = sale % :parties
"""
