"""Time and cost transactions, and the projects that they belong to (FACTS 6.8)."""

from __future__ import annotations

from include.sandbox import sql
from include.sandbox.answers import NotFoundError
from include.sandbox.bookkeeper import Bookkeeper, cents, exact, storable
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.payload import Payload

TABLE = "time_cost_transactions"
TIME, COST = 1, 2
DRAFT, FINAL = 1, 20
POSTED = frozenset({1, 2, 10})  # what a client may set: draft, rejected, submitted
PROJECT_TYPES = {1: "Campaign", 2: "Fixed price", 3: "Time and material", 4: "Non billable", 5: "Prepaid"}


def post_time(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write hours. Raises `ValidationError`."""
    return _post(keeper, payload, TIME)


def post_cost(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write costs. Raises `ValidationError`."""
    return _post(keeper, payload, COST)


def _post(keeper: Bookkeeper, payload: Payload, kind: int) -> Row:
    values = dict(payload.values)
    given = values.pop("ID", None)
    values["Employee"] = values.get("Employee") or _own_employee(keeper)
    values["HourStatus"] = values.get("HourStatus") or DRAFT
    whole = _complete(keeper, values)
    keeper.refuse_if_any()
    division = keeper.world.database.find("divisions", Code=keeper.division) or {}
    row = {
        **whole,
        "ID": given if given and keeper.world.switches.client_given_ids else keeper.world.new_id(),
        "Type": kind,
        "Date": whole.get("Date") or day_ms(keeper.world.stamp_ms()),
        "EntryNumber": whole.get("EntryNumber") or keeper.world.database.next(f"hours/{keeper.division}"),
        "DivisionDescription": division.get("Description"),
    }
    stored = storable(keeper.stamped(row))
    keeper.world.database.insert(TABLE, stored)
    return stored


def _own_employee(keeper: Bookkeeper) -> str | None:
    """Return the employee that the API's user is."""
    row = keeper.world.database.find("employees", Division=keeper.division, User=keeper.user_id) if keeper.user_id else None
    return str(row["ID"]) if row else None


def _complete(keeper: Bookkeeper, values: Row) -> Row:
    """Return a transaction with what it refers to and what it comes to, complaining about all that is wrong with it."""
    item = keeper.by_id("items", values.get("Item"), "Item", mandatory=True)
    if values.get("Quantity") is None:
        keeper.complain("mandatory", "Quantity")
    if values["HourStatus"] not in POSTED:
        keeper.complain("invalid", "HourStatus")
    employee = keeper.by_id("employees", values.get("Employee"), "Employee", mandatory=True)
    found = {**values, "ItemDescription": (item or {}).get("Description"), "ItemDivisable": True}
    found.update(_belongs(keeper, values))
    price = values.get("Price")
    worth = exact(price) if price is not None else exact((item or {}).get("StandardSalesPrice"))
    amount = cents(worth * exact(values.get("Quantity")))
    currency = keeper.currency(values.get("Currency"))
    found.update(Currency=currency, Price=worth, PriceFC=worth, AmountFC=amount, Amount=amount, Employee=(employee or {}).get("ID"))
    return found


def _belongs(keeper: Bookkeeper, values: Row) -> Row:
    """Return the relation and the project of a transaction; it wants one of them, or a subscription."""
    account = keeper.by_id("accounts", values.get("Account"), "Account")
    project = keeper.by_id("projects", values.get("Project"), "Project")
    if not any(values.get(name) for name in ("Account", "Project", "Subscription")):
        keeper.complain("mandatory", "Project")
    if project is None:
        return {"AccountName": (account or {}).get("Name")}
    if project["BlockEntry"]:
        keeper.complain("blocked", "Project")
    owner = keeper.find("accounts", "ID", project["Account"]) if project["Account"] else None
    return {
        "Account": values.get("Account") or project["Account"],
        "AccountName": (account or owner or {}).get("Name"),
        "ProjectCode": project["Code"],
        "ProjectDescription": project["Description"],
        "ProjectAccount": project["Account"],
        "ProjectAccountCode": project["AccountCode"],
        "ProjectAccountName": project["AccountName"],
    }


def _open(keeper: Bookkeeper, key: str) -> Row:
    row = keeper.world.database.find(TABLE, ID=key, Division=keeper.division)
    if row is None:
        raise NotFoundError("Resource not found.")
    if row["HourStatus"] == FINAL:
        keeper.complain("already_processed")
    keeper.refuse_if_any()
    return row


def change(keeper: Bookkeeper, key: str, values: Row) -> None:
    """Change a transaction that is not final. Raises `NotFoundError`, `ValidationError`."""
    row = _open(keeper, key)
    changes = {name: value for name, value in values.items() if name != "ID"}
    if {"Item"} & set(changes) and "Price" not in changes:
        changes["Price"] = None
    whole = _complete(keeper, {**row, **changes})
    keeper.refuse_if_any()
    kept = {name: value for name, value in whole.items() if name not in ("ID", "Timestamp", "Modified")}
    keeper.world.touch(TABLE, key, storable(kept), division=keeper.division)


def delete(keeper: Bookkeeper, key: str) -> None:
    """Delete a transaction that is not final. Raises `NotFoundError`, `ValidationError`."""
    _open(keeper, key)
    keeper.world.database.run(sql.delete(TABLE, '"ID" = ?'), (key,))
    keeper.world.log_deletion(TABLE, key, division=keeper.division, user_id=keeper.user_id)


def approve(keeper: Bookkeeper, key: str) -> None:
    """Make a transaction final, as the project's manager does."""
    _open(keeper, key)
    keeper.world.touch(TABLE, key, {"HourStatus": FINAL}, division=keeper.division)


def reopen(keeper: Bookkeeper, key: str) -> None:
    """Undo an approval."""
    keeper.world.touch(TABLE, key, {"HourStatus": DRAFT}, division=keeper.division)


def new_project(keeper: Bookkeeper, values: Row) -> Row:
    """Return a project with what Exact says of its type, complaining about one that it does not know."""
    if values.get("Type") is not None and values["Type"] not in PROJECT_TYPES:
        keeper.complain("invalid", "Type")
    return {**values, "TypeDescription": PROJECT_TYPES.get(values.get("Type") or 0)}


def changed_project(keeper: Bookkeeper, row: Row, changes: Row) -> Row:
    """Return the changes of a project, checked."""
    other = keeper.world.database.find("projects", Division=keeper.division, Code=changes["Code"]) if changes.get("Code") else None
    if other and other["ID"] != row["ID"]:
        keeper.complain("already_exists")
    return new_project(keeper, changes) if "Type" in changes else changes
