"""The mistakes of the demo, as docs/demo.md tells them: each is there, and each is put right by the command that the page gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from include.demo.loader import load
from include.flows.attention import CaseOpenError, settle_case
from include.flows.customers_to_accounts import relate_customers
from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.flows.returns_to_credit_notes import credit_returns
from include.outbox.ports import Purpose
from include.store.migrate import upgrade
from tests.demo.mistakes import commands, put_right, told
from tests.flows.conftest import DEMO_SANDBOX, LAST_DAY, World
from tests.sandbox.driver import SandboxProcess

NAMES = ("UK", "NL", "BE")


@pytest.fixture(scope="module")
def booked(postgres) -> Iterator[World]:
    """All that the demo does, without Airflow."""
    sandbox = SandboxProcess(*DEMO_SANDBOX)
    shop, store = postgres.create_database("mistaken_shop"), postgres.create_database("mistaken")
    load(shop, today=LAST_DAY)
    upgrade(store, environment="test")
    world = World(shop, store, sandbox)
    for name in NAMES:
        world.sign_in(name)
    for flow in (refresh, relate_customers, book_orders, credit_returns):
        for name in NAMES:
            with world.run(name) as run:
                flow(run)
    yield world
    sandbox.stop()


def waiting(world: World) -> dict[str, int]:
    """Documents that wait for a person, by case."""
    rows = world.mutations("state = 'dead_letter' and effect in ('sale', 'credit')")
    return dict(Counter(f"{row['administration']}:{row['cause_code']}:{row['cause_subject']}" for row in rows))


def test_the_page_names_five_mistakes_and_a_command_for_each() -> None:
    assert len(told()) == len(commands()) == 5


def test_each_mistake_of_the_page_has_its_documents_and_there_is_no_other(booked: World) -> None:
    states = Counter(row["state"] for row in booked.mutations("effect in ('sale', 'credit')"))

    assert waiting(booked) == told()
    assert states == {"posted": 454, "dead_letter": sum(told().values()), "dismissed": 45}


def test_each_mistake_is_put_right_by_its_command_and_its_case_cleared(booked: World) -> None:
    before = len(booked.sandbox.documents())
    for case, command in zip(told(), commands(), strict=True):
        put_right(command, booked.sandbox.url)
        clear(booked, case)
    # What waited for a relation goes with the next run.
    with booked.run("BE") as run:
        book_orders(run)

    assert waiting(booked) == {}
    assert len(booked.sandbox.documents()) - before == sum(told().values())


def clear(world: World, case: str) -> None:
    name = case.partition(":")[0]
    with world.run(name, purpose=Purpose.OPERATOR) as run, pytest.raises(CaseOpenError):
        settle_case(run, case)
    with world.run(name, purpose=Purpose.OPERATOR) as run:
        settle_case(run, case)
