"""What the desk reads, on a real PostgreSQL: causes and their sums, what waits for what, what is done, what is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest

from include.outbox.model import Cause, Draft, Key
from include.outbox.times import Times
from include.store.database import Database
from include.store.deeds import DESK, Doer
from include.store.desk import DeskStore, Narrowed, Sought, note_worker
from include.store.outbox import OutboxStore
from include.store.retries import RetryStore, Wish
from tests.outbox.scenes import dead, draft
from tests.store.rigs import APP, WITNESSES

ITEM, LEDGER = Cause("unknown_item", "22139"), Cause("missing_gl_account", "8120")
SORTS = ("records", "amount", "oldest", "administration")


class Scene:
    """A memory with records as the flows plan them."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.database = Database(dsn)
        self.desk = DeskStore(self.database)
        self.store = OutboxStore(self.database, WITNESSES, app=APP, owner="worker:1:ab", times=Times())

    def plan(self, *drafts: Draft) -> None:
        self.store.plan(list(drafts), None)

    def sql(self, statement: str, *values: object) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(statement, values)

    def waits(self) -> dict[str, str]:
        return {row["your_ref"]: row["kind"] for row in self.desk.waiting_records(at_most=100)}

    def finds(self, text: str, **others: object) -> dict[str, list[str]]:
        return {row["your_ref"]: sorted(row["why"]) for row in self.desk.found(Sought(text=text, **others), at_most=50)}


@pytest.fixture
def scene(new_dsn: Callable[[], str]) -> Iterator[Scene]:
    made = Scene(new_dsn())
    yield made
    made.database.close()


def test_a_cause_has_its_records_counted_and_their_amounts_summed_by_currency(scene: Scene) -> None:
    scene.plan(
        dead("1", ITEM, total=Decimal("12.10"), total_currency="EUR", source_day=date(2026, 11, 3)),
        dead("2", ITEM, total=Decimal("7.90"), total_currency="EUR", source_day=date(2026, 11, 1)),
        dead("3", ITEM, total=Decimal("-5.00"), total_currency="GBP"),
        dead("4", ITEM, total=None, currency=None, amount_net=None),
        dead("5", LEDGER, total=Decimal("100.00"), total_currency="EUR"),
    )
    (item, ledger) = scene.desk.open_causes(Narrowed(), at_most=10)

    assert (item["records"], item["totals"], item["oldest_day"]) == (4, {"EUR": "20.00", "GBP": "-5.00"}, date(2026, 11, 1))
    assert (ledger["case_id"], ledger["records"]) == ("BE:missing_gl_account:8120", 1)
    assert [row["code"] for row in scene.desk.open_causes(Narrowed(sort="amount"), at_most=10)] == ["missing_gl_account", "unknown_item"]
    assert [row["subject"] for row in scene.desk.open_causes(Narrowed(code="unknown_item"), at_most=10)] == ["22139"]
    assert scene.desk.open_causes(Narrowed(administration="UK"), at_most=10) == []


@pytest.mark.parametrize("sort", SORTS)
def test_pages_of_causes_hold_each_cause_once_in_the_order_that_was_asked_for(scene: Scene, sort: str) -> None:
    for number in range(23):
        total = {"total": Decimal(number % 4), "total_currency": "EUR"}
        scene.plan(*(dead(f"{number}-{each}", Cause("unknown_item", str(number)), **total) for each in range(number % 3 + 1)))
    whole = [row["case_id"] for row in scene.desk.open_causes(Narrowed(sort=sort), at_most=100)]
    pages: list[str] = []
    after = None
    while page := scene.desk.open_causes(Narrowed(sort=sort, after=after), at_most=5):
        pages += [row["case_id"] for row in page]
        after = (page[-1]["key"], page[-1]["label"], page[-1]["case_id"])

    assert pages == whole
    assert len(set(pages)) == 23


@pytest.mark.parametrize("sort", ["oldest", "newest", "amount"])
def test_pages_of_a_cause_hold_each_record_once(scene: Scene, sort: str) -> None:
    drafts = [dead(str(number), ITEM, source_day=date(2026, 11, 1 + number % 5), total=Decimal(number % 7)) for number in range(17)]
    scene.plan(*drafts)
    seen: list[str] = []
    after = None
    while page := scene.desk.case_records(("BE", "unknown_item", "22139"), sort=sort, after=after, at_most=4):
        seen += [row["your_ref"] for row in page]
        after = (page[-1]["key"], page[-1]["mutation_id"])

    assert sorted(seen, key=int) == [str(number) for number in range(17)]
    assert all(
        row["waits_since"] is not None for row in scene.desk.case_records(("BE", "unknown_item", "22139"), sort=sort, after=None, at_most=4)
    )


def test_a_try_under_way_shows_with_its_cause(scene: Scene) -> None:
    scene.plan(dead("1", ITEM), dead("2", ITEM))
    RetryStore(scene.database).ask("BE:unknown_item:22139", Wish(doer=Doer("an", DESK)))
    scene.sql("update case_retry set done = 1, begun_at = now()")
    (row,) = scene.desk.open_causes(Narrowed(), at_most=10)

    assert (row["retry_total"], row["retry_done"], row["retry_begun"]) == (2, 1, True)


def test_what_is_on_its_way_waits_for_one_thing_each(scene: Scene) -> None:
    relation = draft("17850", key=Key("shop", "17850", "account", 1, 820202), endpoint="crm/Accounts")
    scene.plan(
        relation,
        draft("leaves"),
        draft("needs the relation", waits_for=relation.key),
        draft("later"),
        draft("on its way"),
        draft("nobody knows"),
        draft("too many"),
        draft("credited", key=Key("shop", "credited", "credit")),
    )
    scene.sql("update mutation set not_before = now() + interval '5 minutes' where your_ref = 'later'")
    scene.sql("update mutation set state = 'sending', sent_at = now() where your_ref in ('on its way', 'nobody knows')")
    scene.sql("update mutation set state = 'unknown', next_look_at = now() + interval '1 minute' where your_ref = 'nobody knows'")
    scene.sql("insert into bulk_mutation select mutation_id from mutation where your_ref = 'too many'")
    scene.sql("insert into held_effect values (820202, 'credit')")
    scene.plan(draft("on its way", key=Key("shop", "on its way", "delete_sale"), your_ref="its deletion"))

    assert scene.waits() == {
        "17850": "run",
        "leaves": "run",
        "needs the relation": "awaited",
        "later": "later",
        "on its way": "sending",
        "nobody knows": "look",
        "too many": "bulk",
        "credited": "held",
        "its deletion": "after_another",
    }
    counted = {row["kind"]: row["records"] for row in scene.desk.waiting_groups("BE")}
    assert counted == {"run": 2, "awaited": 1, "later": 1, "sending": 1, "look": 1, "bulk": 1, "held": 1, "after_another": 1}
    scene.sql("update mutation set state = 'dead_letter', cause_code = 'x' where your_ref = '17850'")
    assert scene.waits()["needs the relation"] == "awaited_stuck"


def test_a_record_is_found_by_whatever_a_person_has_in_hand(scene: Scene) -> None:
    exact_id = UUID("c02087f2-839d-476d-8821-0bcd9e00db39")
    scene.plan(
        draft("536365", customer="17850", total=Decimal("166.94"), total_currency="GBP", adopts=exact_id),
        draft("536366", customer="13047", total=Decimal("-70.08"), total_currency="GBP"),
        dead("17851", ITEM, key=Key("shop", "17851", "account", 1, 820202), endpoint="crm/Accounts", customer="17851"),
    )
    scene.sql("update mutation set exact_number = '2600017' where your_ref = '536365'")
    scene.sql(
        "insert into document (mutation_id, number, status, total)"
        " select mutation_id, '70123', 'processed', 166.95 from mutation where your_ref = '536365'"
    )
    scene.sql("insert into mirror_record (division, entity, record_id, code, data) values"
              " (820202, 'Accounts', 'a', '13047', '{\"Name\": \"Bakkerij De Gouden Aar B.V.\"}'),"
              " (820202, 'Accounts', 'b', '70017850', '{\"Name\": \"Jansen-de Vries\", \"SearchCode\": \"17850\"}')")  # fmt: skip
    token = draft("536365").key.token

    assert scene.finds("536365") == {"536365": ["number"]}
    assert scene.finds("53636") == {"536365": ["begins"], "536366": ["begins"]}
    assert scene.finds("17850") == {"536365": ["customer"]}
    assert scene.finds("17851") == {"17851": ["customer", "number"]}
    assert scene.finds("2600017") == scene.finds("70123") == {"536365": ["exact_number"]}
    assert scene.finds(token.lower()) == {"536365": ["token"]}
    assert scene.finds(str(exact_id), guid=exact_id) == {"536365": ["exact_id"]}
    assert scene.finds("166,94", amount=Decimal("166.94")) == {"536365": ["amount"]}
    assert scene.finds("166,95", amount=Decimal("166.95")) == {"536365": ["amount_in_exact"]}
    assert scene.finds("70.08", amount=Decimal("70.08")) == {"536366": ["amount"]}
    assert scene.finds("gouden bak", words="'gouden':* & 'bak':*") == {"536366": ["name"]}
    assert scene.finds("vries", words="'vries':*") == {"536365": ["name"]}
    assert scene.finds("nobody") == {}


@pytest.mark.parametrize(
    "branch",
    [
        "your_ref = 'x'",
        "source_id = 'x'",
        "token = 'X'",
        "customer = 'x'",
        "exact_number = 'x'",
        "abs(total) = 1",
        "abs(amount_net) = 1",
        "your_ref ~>=~ 'x' and your_ref ~<~ 'y'",
    ],
)
def test_no_question_of_the_search_reads_the_whole_table(scene: Scene, branch: str) -> None:
    with psycopg.connect(scene.dsn) as connection:
        connection.execute("set enable_seqscan = off")
        (plan,) = connection.execute(f"explain (format json) select mutation_id from mutation where {branch}").fetchone()
    assert "Seq Scan" not in str(plan)


def test_what_is_done_comes_latest_first_page_after_page_and_is_counted_by_day(scene: Scene) -> None:
    for number in range(9):
        scene.plan(dead(str(number), Cause("not_a_sale"), dismissed=True))
    seen: list[str] = []
    after = None
    while page := scene.desk.done(state="dismissed", administration="BE", until=None, after=after, at_most=4):
        seen += [row["your_ref"] for row in page]
        after = (page[-1]["updated_at"], page[-1]["mutation_id"])
    now = datetime.now(UTC)

    assert seen == [str(number) for number in reversed(range(9))]
    assert scene.desk.done(state="posted", administration=None, until=None, after=None, at_most=4) == []
    counted = scene.desk.done_by_day(now - timedelta(days=1), now + timedelta(days=1), zone="Europe/Amsterdam", administration=None)
    assert sum(row["records"] for row in counted) == 9


def test_a_workers_name_leads_to_its_task(scene: Scene) -> None:
    task = {"dag_id": "orders_to_invoices", "run_id": "scheduled__1", "task_id": "book_BE", "map_index": -1, "try_number": 1}
    for _ in range(2):
        note_worker(scene.database, "worker:1:ab", task)

    assert scene.desk.workers(["worker:1:ab", "else"])["worker:1:ab"]["task_id"] == "book_BE"


def test_a_refused_record_keeps_customer_and_total_through_whatever_becomes_of_it(scene: Scene) -> None:
    scene.plan(dead("1", ITEM, customer="17850", total=Decimal("166.94"), total_currency="GBP"))
    scene.plan(draft("1", source_version="v2", source_changed_at=datetime(2026, 11, 3, tzinfo=UTC), amount_net=None, currency=None, vat={}))

    row = scene.desk.record(1)
    assert row is not None
    assert (row["state"], row["customer"], row["total"], row["total_currency"]) == ("planned", "17850", Decimal("166.94"), "GBP")
