"""Endpoints that show what other rows say: open items, ageing, balances, positions. Each is a view, so any filter works on it.

`today_ms()` is midnight of the sandbox's day and `list_sign()` what lists of open items are multiplied by; the world lends them to SQLite.
"""

from __future__ import annotations

HIDDEN = 'CAST(0 AS INTEGER) AS "Timestamp", CAST(0 AS INTEGER) AS _seen_ms, CAST(0 AS INTEGER) AS _synced_ms'
RECEIVABLE, PAYABLE = 20, 22  # LineType of a payment term; the ledger's own type of the account it stands on
_AGE_NAMES = ("0 - 30 days", "31 - 60 days", "61 - 90 days", "> 90 days")
_GROUP = (
    "CASE WHEN today_ms() - {column} <= 2592000000 THEN 1 WHEN today_ms() - {column} <= 5184000000 THEN 2"
    " WHEN today_ms() - {column} <= 7776000000 THEN 3 ELSE 4 END"
)


def statements() -> list[str]:
    """Return a CREATE VIEW for each view but that of the invoices' feed, which the database builds from its columns."""
    plain = (
        ("receivables", "payment_terms", "LineType", RECEIVABLE),
        ("payments", "payment_terms", "LineType", PAYABLE),
        ("time_transactions", "time_cost_transactions", "Type", 1),
        ("cost_transactions", "time_cost_transactions", "Type", 2),
    )
    group = _GROUP.format(column='"DueDate"')
    open_items = (("receivables_list", RECEIVABLE, -1), ("payables_list", PAYABLE, 1))
    ageing = (("aging_receivables", RECEIVABLE, -1), ("aging_payables", PAYABLE, 1))
    outstanding = (("Receivable", RECEIVABLE, -1), ("Payable", PAYABLE, 1))
    return [
        _JOURNAL_STATUS,
        *(_PLAIN.format(name=name, table=table, column=column, kind=kind) for name, table, column, kind in plain),
        *(_OPEN_ITEMS.format(name=name, kind=kind, sign=sign, group=group) for name, kind, sign in open_items),
        *(_AGEING.format(name=name, kind=kind, sign=sign, columns=_age_columns(sign), hidden=HIDDEN) for name, kind, sign in ageing),
        _overview("aging_overview", "", ""),
        _overview("aging_by_account", '"Account" AS "AccountId", ', '"Account", '),
        _OUTSTANDING.format(
            columns=", ".join(_OUTSTANDING_COLUMNS.format(name=name, kind=kind, sign=sign) for name, kind, sign in outstanding),
            hidden=HIDDEN,
        ),
        *(view.format(hidden=HIDDEN) for view in (_REVENUE, _BALANCE, _POSITIONS, _POSITION)),
    ]


# A period is open or closed for each journal: all of them at once, or some.
_JOURNAL_STATUS = """
CREATE VIEW IF NOT EXISTS journal_status AS
SELECT "Journal", "Period", "Year", "JournalDescription", "JournalType", "JournalTypeDescription", "Status",
    CASE WHEN "Status" THEN 'Closed' ELSE 'Open' END AS "StatusDescription", "Division", "Timestamp", _seen_ms, _synced_ms
FROM (
    SELECT j."Code" AS "Journal", p."FinPeriod" AS "Period", p."FinYear" AS "Year", j."Description" AS "JournalDescription",
        j."Type" AS "JournalType", NULL AS "JournalTypeDescription",
        CAST(p._closed OR instr(',' || coalesce(p._closed_journals, '') || ',', ',' || j."Code" || ',') > 0 AS INTEGER) AS "Status",
        p."Division", p."Timestamp", p._seen_ms, p._synced_ms
    FROM periods p JOIN journals j ON j."Division" = p."Division")
"""


_PLAIN = 'CREATE VIEW IF NOT EXISTS {name} AS SELECT * FROM {table} WHERE "{column}" = {kind}'

_OPEN_ITEMS = """
CREATE VIEW IF NOT EXISTS {name} AS
SELECT rowid AS "HID", "AccountCode", "Account" AS "AccountId", "AccountName", list_sign() * round("AmountFC", 2) * {sign} AS "Amount",
    0.0 AS "AmountInTransit", NULL AS "ApprovalStatus", "Currency" AS "CurrencyCode", "Description", "DueDate", "EntryNumber",
    "ID" AS "Id", "InvoiceDate", "InvoiceNumber", "Journal" AS "JournalCode", "JournalDescription", "YourRef",
    {group} AS _age, "Division", "Timestamp", _seen_ms, _synced_ms
FROM payment_terms WHERE "LineType" = {kind} AND "Status" < 50
"""

_AGEING = """
CREATE VIEW IF NOT EXISTS {name} AS
SELECT "Account" AS "AccountId", "AccountCode", "AccountName", {columns},
    (SELECT "Currency" FROM divisions d WHERE d."Code" = t."Division") AS "CurrencyCode",
    round({sign} * total("AmountDC"), 2) AS "TotalAmount", "Division", {hidden}
FROM payment_terms t WHERE "LineType" = {kind} AND "Status" < 50 AND "Account" IS NOT NULL GROUP BY "Division", "Account"
"""
_AGE_COLUMNS = (
    'CAST({number} AS INTEGER) AS "AgeGroup{number}", '
    'round({sign} * total(CASE WHEN {group} = {number} THEN "AmountDC" END), 2) AS "AgeGroup{number}Amount", '
    "'{label}' AS \"AgeGroup{number}Description\""
)

_OVERVIEW = """
CREATE VIEW IF NOT EXISTS {name} AS
SELECT {account}age AS "AgeGroup", CASE age {labels} END AS "AgeGroupDescription",
    round(total(CASE WHEN "LineType" = 22 THEN "AmountDC" END), 2) AS "AmountPayable",
    round(total(CASE WHEN "LineType" = 20 THEN -"AmountDC" END), 2) AS "AmountReceivable",
    (SELECT "Currency" FROM divisions d WHERE d."Code" = t."Division") AS "CurrencyCode", "Division", {hidden}
FROM (SELECT *, {group} AS age FROM payment_terms WHERE "Status" < 50) t
GROUP BY "Division", {by}age
"""

_OUTSTANDING = """
CREATE VIEW IF NOT EXISTS outstanding_overview AS
SELECT "Currency" AS "CurrencyCode", {columns}, "Division", {hidden}
FROM payment_terms WHERE "Status" < 50 GROUP BY "Division", "Currency"
"""
_OUTSTANDING_COLUMNS = """
    round(total(CASE WHEN "LineType" = {kind} THEN {sign} * "AmountFC" END), 2) AS "Outstanding{name}InvoiceAmount",
    total("LineType" = {kind}) AS "Outstanding{name}InvoiceCount",
    round(total(CASE WHEN "LineType" = {kind} AND "DueDate" < today_ms() THEN {sign} * "AmountFC" END), 2) AS "Overdue{name}InvoiceAmount",
    total("LineType" = {kind} AND "DueDate" < today_ms()) AS "Overdue{name}InvoiceCount\""""

_REVENUE = """
CREATE VIEW IF NOT EXISTS revenue_list AS
SELECT l."FinancialPeriod" AS "Period", l."FinancialYear" AS "Year", round(-total(l."AmountDC"), 2) AS "Amount", l."Division", {hidden}
FROM transaction_lines l JOIN gl_accounts a ON a."ID" = l."GLAccount" AND a."Type" = 110
GROUP BY l."Division", l."FinancialYear", l."FinancialPeriod"
"""

# Revenue is negative: debit minus credit (FACTS 6.9).
_BALANCE = """
CREATE VIEW IF NOT EXISTS reporting_balance AS
SELECT min(l.rowid) AS "ID", round(total(l."AmountDC"), 2) AS "Amount",
    round(total(CASE WHEN l."AmountDC" < 0 THEN -l."AmountDC" END), 2) AS "AmountCredit",
    round(total(CASE WHEN l."AmountDC" > 0 THEN l."AmountDC" END), 2) AS "AmountDebit", a."BalanceType",
    l."CostCenter" AS "CostCenterCode", l."CostCenterDescription", l."CostUnit" AS "CostUnitCode", l."CostUnitDescription",
    count(*) AS "Count", l."Division", l."GLAccount", l."GLAccountCode", l."GLAccountDescription",
    l."FinancialPeriod" AS "ReportingPeriod", l."FinancialYear" AS "ReportingYear", l."Status", l."Type", {hidden}
FROM transaction_lines l LEFT JOIN gl_accounts a ON a."ID" = l."GLAccount"
GROUP BY l."Division", l."FinancialYear", l."FinancialPeriod", l."GLAccountCode", l."CostCenter", l."CostUnit", l."Type", l."Status"
"""

# Every movement touches the article's row in its warehouse, so that the feed shows the position again (FACTS 4.8).
_POSITIONS = """
CREATE VIEW IF NOT EXISTS stock_positions AS
SELECT "Timestamp", "CurrentStock", "Division", "CurrentStock" - "ReservedStock" AS "FreeStock", "ID", "ItemCode", "ItemDescription",
    "Item" AS "ItemId", "PlannedStockIn" AS "PlanningIn", "PlannedStockOut" AS "PlanningOut", "ProjectedStock", "ReorderPoint",
    "ReservedStock", "ItemUnit" AS "UnitCode", "ItemUnitDescription" AS "UnitDescription", "Warehouse", "WarehouseCode",
    "WarehouseDescription", _seen_ms, _synced_ms
FROM item_warehouses
"""

_POSITION = """
CREATE VIEW IF NOT EXISTS stock_position AS
SELECT total("CurrentStock") - total("ReservedStock") AS "FreeStock", total("CurrentStock") AS "InStock", "Item" AS "ItemId",
    total("PlannedStockIn") AS "PlanningIn", total("PlannedStockOut") AS "PlanningOut", total("ProjectedStock") AS "ProjectedStock",
    total("ReservedStock") AS "ReservedStock", "Division", {hidden}
FROM item_warehouses GROUP BY "Division", "Item"
"""


def _age_columns(sign: int) -> str:
    group = _GROUP.format(column='"DueDate"')
    return ", ".join(
        _AGE_COLUMNS.format(number=number, sign=sign, group=group, label=label) for number, label in enumerate(_AGE_NAMES, start=1)
    )


def _overview(name: str, account: str, by: str) -> str:
    labels = " ".join(f"WHEN {number} THEN '{label}'" for number, label in enumerate(_AGE_NAMES, start=1))
    return _OVERVIEW.format(name=name, account=account, by=by, labels=labels, group=_GROUP.format(column='"DueDate"'), hidden=HIDDEN)
