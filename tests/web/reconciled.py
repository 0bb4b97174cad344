"""Comparisons for the pages that show them, made by the project's own store of amounts in cents."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from include.flows.nightly_reconciliation import classified
from include.reports.reconciliation_kinds import WITH_CASE
from include.store.database import Database
from include.store.reconciliation import Books, ReconciliationStore, ShopAmount

LAST_DAY = date(2026, 11, 20)
BOOKS = (
    Books(820101, "UK", "SalesInvoices", "70", datetime(2026, 11, 21, 2, 30, tzinfo=UTC)),
    Books(820202, "BE", "TransactionLines", "70", datetime(2026, 11, 21, 2, 31, tzinfo=UTC)),
)
NAMES = {each.division: each.administration for each in BOOKS}
CURRENCIES, CODES = {820101: "GBP", 820202: "EUR"}, {820101: "1", 820202: "21"}
# Number, division that the shop asks for, net and VAT in Exact (None: nothing there), documents in Exact.
HOSTILE = "=HYPERLINK(1)<b>&"
DIFFERENT = (
    ("700001", 820101, None, 0),
    ("700002", 820101, (20_000, 4_000), 2),
    ("700003", 820202, (10_001, 2_100), 1),
    ("700004", 820202, (10_000, 900), 1),
    (HOSTILE, 820202, (9_000, 1_890), 1),
    ("700006", 820101, (10_000, 2_001), 1),
)


def plant_comparison(dsn: str, *, documents: int = 40, differ: bool = True) -> int:
    """A finished comparison of a week, with differences or without; returns its number."""
    database = Database(dsn)
    store = ReconciliationStore(database)
    different = DIFFERENT if differ else ()
    store.begin(BOOKS)
    agreeing = [(f"7100{place:02}", 820101 if place % 3 else 820202) for place in range(documents)]
    store.load_shop([_asked(number, division, place) for place, (number, division) in enumerate(agreeing)])
    store.load_shop([_asked(number, division, place) for place, (number, division, *_) in enumerate(different)])
    _book(database, different)
    store.shop_is_read()
    run_id = store.begin_run(LAST_DAY - timedelta(days=6), LAST_DAY + timedelta(days=1), "scheduled")
    classified(store, run_id, NAMES)
    store.finish(run_id, WITH_CASE)
    database.close()
    return run_id


def _asked(number: str, division: int, place: int) -> ShopAmount:
    return ShopAmount(
        division=division,
        document=number,
        effect="sale",
        day=LAST_DAY - timedelta(days=place % 7),
        currency=CURRENCIES[division],
        vat_code=CODES[division],
        net=10_000,
        vat=2_000 if division == 820101 else 2_100,
        documents=1,
        net_off=0,
        vat_off=1,
        gross_off=0,
        changed_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def _book(database: Database, different: tuple[tuple[str, int, tuple[int, int] | None, int], ...]) -> None:
    """Everything that the shop asks for stands in Exact, but for what differs; one document nobody in the shop knows."""
    columns = "division, document, effect, day, currency, vat_code, net, vat, documents"
    connection = database.connection
    connection.execute(f"insert into exact_amount ({columns}) select {columns} from shop_amount")
    for number, division, booked, documents in different:
        connection.execute("delete from exact_amount where document = %s", (number,))
        if booked is not None:
            day = connection.execute("select day from shop_amount where document = %s", (number,)).fetchone()
            assert day is not None
            values = (division, number, "sale", day["day"], CURRENCIES[division], CODES[division], *booked, documents)
            connection.execute(f"insert into exact_amount ({columns}) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)", values)
    if different:
        by_hand = UUID(int=7)
        values = (820202, f"~{by_hand}", "sale", LAST_DAY, "EUR", "21", 5_000, 1_050, 1)
        connection.execute(f"insert into exact_amount ({columns}) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)", values)
        connection.execute(
            "insert into exact_header (division, document_id, document, effect, day, number, your_ref, own_day, marked, sign)"
            " values (820202, %s, %s, 'sale', %s, '26700042', '<i>fair</i>', %s, false, 1)",
            (by_hand, f"~{by_hand}", LAST_DAY, LAST_DAY),
        )
