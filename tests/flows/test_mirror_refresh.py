"""The mirror follows Exact, page by page, with what was deleted there."""

from __future__ import annotations

from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders


def test_the_mirror_holds_what_exact_holds(world) -> None:
    with world.run("UK") as run:
        counts = refresh(run)
        ages = {row["entity"]: row["records"] for row in run.mirror.ages()}

    assert counts["Items"] > 1900
    assert {name: ages[name] for name in ("Items", "Accounts", "GLAccounts")} == {
        name: counts[name] for name in ("Items", "Accounts", "GLAccounts")
    }
    assert all(count for name, count in counts.items() if name in {"Divisions", "Journals", "VATCodes", "PaymentConditions"})


def test_a_relation_deleted_in_exact_leaves_the_mirror(world) -> None:
    code = {"endpoint": "crm/Accounts", "division": 820101, "Code": "12748"}
    with world.run("UK") as run:
        refresh(run)
        assert run.master.account_id("12748") is not None
    world.sandbox.control("DELETE", "rows", code)
    with world.run("UK") as run:
        refresh(run)
        assert run.master.account_id("12748") is None


def test_a_journal_deleted_in_exact_leaves_the_mirror_although_it_has_no_sync(world) -> None:
    with world.run("UK") as run:
        refresh(run)
        known = {row["code"] for row in run.mirror.records("Journals")}
    world.sandbox.control("DELETE", "rows", {"endpoint": "financial/Journals", "division": 820101, "Code": sorted(known - {"70"})[0]})
    with world.run("UK") as run:
        refresh(run)
        assert {row["code"] for row in run.mirror.records("Journals")} < known


def test_booked_documents_show_in_the_mirror_with_our_token(world) -> None:
    with world.run("BE") as run:
        book_orders(run)
        refresh(run)
        tokens = {row["token"] for row in world.mutations("state = 'posted'")}
        mirrored = {row["data"]["ExternalLinkReference"] for row in run.mirror.records("TransactionLines")}

    assert tokens == mirrored


def test_a_new_relation_is_found_by_one_targeted_read(world) -> None:
    with world.run("UK") as run:
        refresh(run)
    world.sandbox.control("POST", "accounts", {"division": 820101, "Code": "777001", "Name": "A new relation"})
    before = len(world.sandbox.calls())
    with world.run("UK") as run:
        found = [run.master.account_id("777001") for _ in range(3)]

    assert found[0] is not None
    assert len(set(found)) == 1
    assert len(world.sandbox.calls()) == before + 1
