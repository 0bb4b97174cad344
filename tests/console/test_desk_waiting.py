"""What happens when, in words: from what the outbox, Exact's limits and Airflow's schedule say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest

from include.administrations.loader import Administrations, load_administrations
from include.administrations.model import Mode
from include.console.desk_lines import Reader
from include.console.desk_waiting import NextRun, Says, Waiting
from include.console.masking import Eyes
from include.console.words.queue import WORDS
from include.outbox.model import Key
from include.outbox.times import Times
from include.store.database import Database
from include.store.desk import DeskStore
from include.store.migrate import upgrade
from include.store.outbox import OutboxStore
from tests.conftest import Postgres
from tests.outbox.scenes import DIVISION, draft
from tests.store.rigs import APP, WITNESSES

FLOW = "orders_to_invoices"
ZONE = ZoneInfo("Europe/Brussels")


class Scene:
    """A memory with one planned sale of the Belgian company, `A1`."""

    def __init__(self, dsn: str) -> None:
        self.dsn, self.database = dsn, Database(dsn)
        self.store = OutboxStore(self.database, WITNESSES, app=APP, owner="planned", times=Times())
        self.store.plan([draft("A1")], None)
        self.now = DeskStore(self.database).now()
        self.administrations = load_administrations()

    def sql(self, statement: str, *values: object) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement, values)

    def says(self, runs: dict[str, NextRun] | None = None, number: int = 1) -> Says | None:
        return Waiting(self.database, self.administrations, runs or {}, Reader("nl", Eyes(whole=True))).of(number)

    def at(self, minutes: float) -> str:
        return f"{(self.now + timedelta(minutes=minutes)).astimezone(ZONE):%H:%M}"


@pytest.fixture
def scene(postgres: Postgres) -> Iterator[Scene]:
    dsn = postgres.create_database("desk_waiting")
    upgrade(dsn, environment="test")
    made = Scene(dsn)
    yield made
    made.database.close()


def ends_with(says: Says | None, key: str, time: str) -> bool:
    """The key, and a moment whose time of day is this one, whatever the day."""
    return says is not None and says.key == key and says.values["at"].endswith(time)


def test_what_is_planned_goes_out_with_the_next_run_of_its_flow(scene: Scene) -> None:
    at = scene.now + timedelta(minutes=31)

    assert ends_with(scene.says({FLOW: NextRun(at)}), "queue.waits.run", scene.at(31))
    assert scene.says({FLOW: NextRun(scene.now - timedelta(minutes=1))}) == Says("queue.waits.run_now")
    assert scene.says() == Says("queue.waits.next_run")
    assert scene.says({FLOW: NextRun(at, paused=True)}) == Says("queue.waits.paused", {"flow": FLOW})


def test_what_is_to_be_tried_again_says_when(scene: Scene) -> None:
    scene.sql("update mutation set not_before = %s", scene.now + timedelta(minutes=12))
    assert ends_with(scene.says(), "queue.waits.later", scene.at(12))


def test_limits_of_exact_say_until_when(scene: Scene) -> None:
    reset = scene.now + timedelta(hours=5)
    columns = "app, division, minute_limit, day_limit, day_remaining, day_reset_at, seen_at"
    scene.sql(f"insert into quota ({columns}) values ('a', %s, 60, 5000, 100, %s, now())", DIVISION, reset)
    assert ends_with(scene.says(), "queue.waits.limit", scene.at(300))

    scene.sql("update quota set day_remaining = 4000")
    assert scene.says() == Says("queue.waits.next_run")
    scene.sql("update quota set paused_until = %s", scene.now + timedelta(minutes=3))
    assert ends_with(scene.says(), "queue.waits.asked_to_wait", scene.at(3))
    scene.sql("update quota set paused_until = 'epoch', unknown_streak = 3")
    assert scene.says() == Says("queue.waits.no_answers")


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.OFF])
def test_an_administration_that_does_not_book_says_so(scene: Scene, mode: Mode) -> None:
    changed = [each.model_copy(update={"mode": mode}) if each.name == "BE" else each for each in scene.administrations]
    scene.administrations = Administrations(tuple(changed))
    assert scene.says() == Says(f"queue.waits.{mode.value}")


def test_an_administration_that_is_gone_says_so(scene: Scene) -> None:
    scene.administrations = replace(scene.administrations, all=tuple(each for each in scene.administrations if each.name != "BE"))
    assert scene.says() == Says("queue.waits.no_administration")


def test_what_waits_for_another_record_names_it(scene: Scene) -> None:
    relation = Key("shop", "17850", "account", 1, DIVISION)
    scene.store.plan([draft("17850", key=relation, endpoint="crm/Accounts"), draft("A2", waits_for=relation)], None)
    ids = {row["your_ref"]: row["mutation_id"] for row in DeskStore(scene.database).waiting_records(at_most=9)}

    assert scene.says(number=ids["A2"]) == Says("queue.waits.awaited.account", {"number": "17850"}, ids["17850"])


def test_every_kind_of_waiting_has_its_words(scene: Scene) -> None:
    groups = Waiting(scene.database, scene.administrations, {}, Reader("en", Eyes(whole=True))).groups(None)

    assert [(group.administration, group.flow, group.records, group.says.key) for group in groups] == [
        ("BE", FLOW, 1, "queue.waits.next_run")
    ]
    assert all(group.says.key in WORDS for group in groups)
