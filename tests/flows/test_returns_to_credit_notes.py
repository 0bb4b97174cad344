"""Returns become credits, over the real orders, against the sandbox over HTTP."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest

from include.console.shop_reading import read_shop
from include.console.verify import refresh_documents, verify
from include.errors import RetryableError, SetupError
from include.flows.attention import CaseOpenError, settle_case
from include.flows.orders_to_invoices import book_orders
from include.flows.unknown_outcomes import settle
from include.outbox.ports import Purpose
from include.run import Window
from include.store.audit import Audit, Days
from include.store.database import Database
from tests.flows.returning import book, bring_back, configure, credit, in_exact, the, total
from tests.flows.test_unknown_outcomes import QUICK, SETTLED_S

BRITISH, IRISH = "536402", "536890"
NAME = {BRITISH: "UK", IRISH: "BE"}
# What the British order holds: 40 x 22086, 40 x 22910, 36 x 22837.


@pytest.fixture
def strict(world, tmp_path):
    """No free credits, and nothing more than was sold."""
    configure(world, tmp_path / "strict")
    return world


@pytest.fixture
def sold(strict):
    """Two orders that are in Exact, the invoice processed by a bookkeeper."""
    for order, name in NAME.items():
        assert book(strict, name, order)["posted"] == 1
    process(strict, BRITISH)
    return strict


def process(world, number: str) -> None:
    """What a bookkeeper does in Exact: the draft gets its number, and is in the books."""
    world.sandbox.control("POST", f"documents/{in_exact(world, number)[0]['id']}/process")


def cause_of(world, number: str) -> tuple[str, str]:
    row = the(world, number)
    return row["state"], f"{row['cause_code']}:{row['cause_subject']}"


@pytest.mark.parametrize("order", [BRITISH, IRISH])
def test_a_full_return_is_the_sale_turned_round_to_the_cent(sold, order: str) -> None:
    returned = bring_back(sold, "R-1", order)
    tally = credit(sold, NAME[order], returned)

    assert tally["posted"] == 1
    assert total(sold, returned) == -total(sold, order) != 0
    assert the(sold, returned)["amount_net"] == -the(sold, order)["amount_net"]
    assert the(sold, returned)["division"] == the(sold, order)["division"]
    assert len(in_exact(sold, returned)) == 1


def test_a_partial_return_is_a_part_of_the_sale(sold) -> None:
    returned = bring_back(sold, "R-1", BRITISH, a22086=3)
    credit(sold, "UK", returned)

    assert the(sold, returned)["amount_net"] == -3 * Decimal("2.55")
    assert total(sold, returned) == -(3 * Decimal("2.55") * Decimal("1.2")).quantize(Decimal("0.01"))


def test_several_returns_of_one_order_have_a_credit_each_and_come_to_the_whole_sale(sold) -> None:
    parts = [
        bring_back(sold, f"R-{number}", BRITISH, **part) for number, part in enumerate(({"a22086": 40}, {"a22910": 40}, {"a22837": 36}))
    ]
    tally = credit(sold, "UK", *parts)

    assert tally["posted"] == 3
    assert sum(the(sold, part)["amount_net"] for part in parts) == -the(sold, BRITISH)["amount_net"]
    assert len({the(sold, part)["token"] for part in parts}) == 3


def test_more_than_was_sold_is_refused_with_the_quantities(sold) -> None:
    first = bring_back(sold, "R-1", BRITISH, a22086=39)
    second = bring_back(sold, "R-2", BRITISH, a22086=2)
    third = bring_back(sold, "R-3", BRITISH, a22086=1)
    credit(sold, "UK", first, second, third)

    assert cause_of(sold, second) == ("dead_letter", "returned_more_than_sold:R-2")
    facts = the(sold, second)["cause_facts"]
    assert (facts["article"], facts["returned"], facts["sold"], facts["left"]) == ("22086", "2", "40", "1")
    assert [the(sold, each)["state"] for each in (first, third)] == ["posted", "posted"]


def test_more_than_was_sold_is_credited_where_the_administration_allows_it(sold, tmp_path) -> None:
    configure(sold, tmp_path / "generous", UK={"more_than_sold": True})
    returned = bring_back(sold, "R-1", BRITISH, a22086=41)
    credit(sold, "UK", returned)

    assert the(sold, returned)["amount_net"] == -41 * Decimal("2.55")


def test_a_return_that_comes_before_its_order_was_read_plans_both_and_books_them_in_their_order(strict) -> None:
    returned = bring_back(strict, "R-1", BRITISH)
    assert credit(strict, "UK", returned)["planned"] == 2
    assert [the(strict, each)["state"] for each in (BRITISH, returned)] == ["planned", "planned"]
    assert in_exact(strict, returned) == []

    book(strict, "UK", BRITISH)
    credit(strict, "UK", returned)
    assert total(strict, returned) == -total(strict, BRITISH) != 0


def test_a_return_goes_to_the_company_of_its_sale_whatever_the_routes_say_today(sold, tmp_path) -> None:
    folder = tmp_path / "rerouted"
    configure(sold, folder)
    file = folder / "UK.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("countries: [GB]", "countries: [GB, IE]"), encoding="utf-8")
    returned = bring_back(sold, "R-1", IRISH)

    assert credit(sold, "UK", returned)["posted"] == 0
    assert credit(sold, "BE", returned)["posted"] == 1
    assert the(sold, returned)["administration"] == "BE"


def test_a_return_without_an_order_is_an_error_that_a_person_mends(sold) -> None:
    returned = bring_back(sold, "R-1", BRITISH, named=False)
    credit(sold, "UK", returned)
    assert cause_of(sold, returned) == ("dead_letter", "original_not_found:R-1")

    sold.shop("update webshop.refunds set sale_no = %s, updated_at = clock_timestamp() where refund_no = 'R-1'", BRITISH)
    case_id = "UK:original_not_found:R-1"
    with pytest.raises(CaseOpenError, match="R-1"):
        work_off(sold, case_id)
    assert work_off(sold, case_id)["posted"] == 1
    assert total(sold, returned) == -total(sold, BRITISH)


def work_off(world, case_id: str) -> dict[str, int]:
    with world.run(case_id.partition(":")[0], purpose=Purpose.OPERATOR) as run:
        return dict(settle_case(run, case_id))


def test_a_return_without_an_order_is_credited_by_itself_where_the_administration_allows_it(sold, tmp_path) -> None:
    configure(sold, tmp_path / "free", UK={"free": True})
    returned = bring_back(sold, "R-1", BRITISH, named=False)
    credit(sold, "UK", returned)

    assert total(sold, returned) == -total(sold, BRITISH)


def test_a_return_of_an_order_from_before_everything_is_no_return_of_a_known_sale(strict, tmp_path) -> None:
    folder = tmp_path / "late"
    configure(strict, folder)
    for file in folder.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("book_from: 2020-01-01", f"book_from: {datetime.now(UTC).date()}"), encoding="utf-8")
    returned = bring_back(strict, "R-1", BRITISH)
    credit(strict, "UK", returned)

    assert cause_of(strict, returned) == ("dead_letter", "original_not_found:R-1")


def test_a_return_of_a_cancelled_order_is_dismissed_and_follows_when_the_order_stands_again(strict) -> None:
    cancel(strict, BRITISH, True)
    book(strict, "UK", BRITISH)
    returned = bring_back(strict, "R-1", BRITISH)
    credit(strict, "UK", returned)
    assert cause_of(strict, returned) == ("dismissed", f"sale_dismissed:{BRITISH}")

    cancel(strict, BRITISH, False)
    book(strict, "UK", BRITISH)
    process(strict, BRITISH)
    tally = credit(strict, "UK", returned)
    assert (tally["freed_planned"], tally["posted"]) == (1, 1)
    assert total(strict, returned) == -total(strict, BRITISH) != 0


def cancel(world, order: str, voided: bool) -> None:
    world.shop("update webshop.sales set voided = %s, updated_at = clock_timestamp() where sale_no = %s", voided, order)


def test_a_return_waits_with_a_sale_that_cannot_be_booked_under_its_cause(strict) -> None:
    missing = "536367"  # Its customer, 13047, is not in Exact.
    book(strict, "UK", missing)
    returned = bring_back(strict, "R-1", missing)
    credit(strict, "UK", returned)
    assert cause_of(strict, returned) == cause_of(strict, missing) == ("dead_letter", "unknown_relation:13047")

    strict.sandbox.control("POST", "accounts", {"division": 820101, "Code": "13047", "Name": "A new relation"})
    with pytest.raises(CaseOpenError):
        work_off(strict, "UK:unknown_relation:13047")
    with pytest.raises(CaseOpenError, match="1 waiting"):
        work_off(strict, "UK:unknown_relation:13047")
    process(strict, missing)
    tally = credit(strict, "UK", returned)
    assert (tally["freed_planned"], tally["posted"]) == (1, 1)
    assert total(strict, returned) == -total(strict, missing) != 0


def test_a_second_run_posts_nothing_new_and_costs_no_call(sold) -> None:
    returned = bring_back(sold, "R-1", BRITISH)
    credit(sold, "UK", returned)
    calls = len(sold.sandbox.calls())
    again = credit(sold, "UK", returned)

    assert (again["posted"], again["known"], again["calls"]) == (0, 1, 0)
    assert len(sold.sandbox.calls()) == calls


def test_a_dry_run_says_what_would_be_credited_and_writes_nothing(sold) -> None:
    returned = bring_back(sold, "R-1", BRITISH)
    tally = credit(sold, "UK", returned, dry_run=True)

    assert (tally["would_be_planned"], tally["would_be_calls"]) == (1, 1)
    assert sold.mutations("source_id = %s", returned) == []


def test_the_sign_of_each_credit_is_read_back_once_for_all_of_a_run(sold) -> None:
    parts = [bring_back(sold, f"R-{number}", BRITISH, a22086=1) for number in range(5)]
    before = reads(sold)
    credit(sold, "UK", *parts)

    # How the sale stands, the first credit by itself, then the others together.
    assert reads(sold) - before == 3
    assert [amount < 0 for amount in proofs(sold)] == [True] * 5
    more = [bring_back(sold, f"S-{number}", BRITISH, a22086=1) for number in range(5)]
    credit(sold, "UK", *more)
    assert reads(sold) - before == 5
    assert len(proofs(sold)) == 10


def reads(world) -> int:
    documents = {"salesinvoice/SalesInvoices", "salesentry/SalesEntries"}
    return len([call for call in world.sandbox.calls() if call["method"] == "GET" and call["endpoint"] in documents])


def proofs(world) -> list[Decimal | None]:
    with psycopg.connect(world.store_dsn) as connection:
        return [amount for (amount,) in connection.execute("select amount_dc from credit_proof order by 1")]


def test_a_credit_that_exact_takes_for_a_sale_stops_all_others_until_it_is_mended(sold, tmp_path) -> None:
    sold.sandbox.switch(credit_sign="positive")
    parts = [bring_back(sold, f"R-{number}", BRITISH, a22086=1) for number in range(3)]
    for _ in range(2):
        with pytest.raises(SetupError, match="credit_taken_for_sale:UK") as stopped:
            credit(sold, "UK", *parts)
    assert "R-0" in str(stopped.value)
    assert "{sign: positive}" in str(stopped.value)
    assert [len(in_exact(sold, part)) for part in parts] == [1, 0, 0]

    wrong = in_exact(sold, "R-0")[0]["id"]
    sold.sandbox.control("DELETE", f"documents/{wrong}")
    configure(sold, tmp_path / "positive", UK={"sign": "positive"})
    age(sold, "R-0")
    credit(sold, "UK", *parts)
    assert [total(sold, part) < 0 for part in parts[1:]] == [True, True]
    sold.sandbox.switch(credit_sign="either")


def age(world, number: str) -> None:
    """Let a credit be so old that Exact must show it."""
    with psycopg.connect(world.store_dsn) as connection:
        connection.execute("update mutation set posted_at = posted_at - interval '1 hour' where source_id = %s", (number,))


def test_a_first_credit_that_exact_does_not_show_yet_keeps_the_others_waiting(sold) -> None:
    sold.sandbox.switch(read_lag_s=2.0)
    parts = [bring_back(sold, f"R-{number}", BRITISH, a22086=1) for number in range(3)]
    with pytest.raises(RetryableError, match="not to be seen"):
        credit(sold, "UK", *parts)
    assert [the(sold, part)["state"] for part in parts] == ["posted", "planned", "planned"]

    sold.sandbox.switch(read_lag_s=0.0)
    later(sold, *parts)
    assert [the(sold, part)["state"] for part in parts] == ["posted"] * 3
    assert len(proofs(sold)) == 3


def later(world, *returned: str) -> None:
    """The task's next tries, until Exact shows what was booked a moment ago."""
    until = time.monotonic() + SETTLED_S
    while len(proofs(world)) < len(returned) and time.monotonic() < until:
        try:
            credit(world, "UK", *returned)
        except RetryableError:
            time.sleep(0.5)


def test_a_refused_return_shows_in_the_error_queue_like_any_other(sold) -> None:
    returned = bring_back(sold, "R-1", BRITISH, a22086=41)
    credit(sold, "UK", returned)
    with sold.run("UK") as run:
        assert {row["case_id"]: row["records"] for row in run.cases.open()} == {"UK:returned_more_than_sold:R-1": 1}
    with pytest.raises(CaseOpenError, match="takes back more than was sold"):
        work_off(sold, "UK:returned_more_than_sold:R-1")


@pytest.mark.parametrize("sign", ["negative", "positive"])
def test_shop_outbox_and_exact_agree_on_sales_and_credits_day_by_day(sold, tmp_path, sign: str) -> None:
    configure(sold, tmp_path / sign, UK={"sign": sign})
    sold.sandbox.switch(credit_sign=sign)
    returned = bring_back(sold, "R-1", BRITISH, a22086=3)
    credit(sold, "UK", returned)
    sold.sandbox.switch(credit_sign="either")

    today = datetime.now(UTC).date()
    days = Days(today - timedelta(days=9), today + timedelta(days=1))
    database = Database(sold.store_dsn)
    with sold.run("UK") as run:
        refresh_documents(run)
        verdict = verify(run, Audit(database, "UK"), read_shop(run.sources, run.administrations, days), days)
    database.close()
    told = [each.says for each in verdict.findings if returned in each.says or BRITISH in each.says]
    assert told == []
    (figure,) = [each for each in verdict.days if each.effect == "credit" and each.exact.documents]
    assert (figure.written.net, figure.exact.net) == (Decimal("-7.65"), Decimal("-7.65"))


def test_credits_that_were_planned_while_observing_wait_for_the_proof_and_no_other_flow_sends_them(sold, tmp_path) -> None:
    observing = tmp_path / "observing"
    configure(sold, observing)
    for file in observing.glob("*.yaml"):
        file.write_text(file.read_text(encoding="utf-8").replace("mode: book", "mode: observe"), encoding="utf-8")
    parts = [bring_back(sold, f"R-{number}", BRITISH, a22086=1) for number in range(3)]
    assert credit(sold, "UK", *parts)["planned"] == 3

    configure(sold, tmp_path / "booking")
    for file in (tmp_path / "booking").glob("*.yaml"):
        file.write_text(file.read_text(encoding="utf-8").replace("mode: observe", "mode: book"), encoding="utf-8")
    with sold.run("UK", window=Window(datetime.now(UTC), datetime.now(UTC))) as run:
        book_orders(run)
    assert [the(sold, part)["state"] for part in parts] == ["planned"] * 3

    assert credit(sold, "UK", *parts)["posted"] == 3
    late = bring_back(sold, "R-9", BRITISH, a22086=1)
    with sold.run("UK") as run:
        assert run.outbox.store.ready(820101, 1) == []
    assert credit(sold, "UK", late)["posted"] == 1


def test_a_return_of_an_order_that_was_credited_in_full_is_dismissed(sold) -> None:
    cancel(sold, IRISH, True)
    book(sold, "BE", IRISH)
    reversed_ = sold.mutations("effect = 'reverse_sale'")
    assert [row["state"] for row in reversed_] == ["posted"]
    returned = bring_back(sold, "R-1", IRISH)
    credit(sold, "BE", returned)
    again = credit(sold, "BE", returned)

    assert cause_of(sold, returned) == ("dismissed", f"sale_dismissed:{IRISH}")
    assert again["freed_dismissed"] == 0
    assert [amount < 0 for amount in proofs(sold)] == [True]


@pytest.mark.parametrize("kind", ["timeout_after_commit", "reset_after_commit"])
def test_a_credit_whose_answer_was_lost_is_found_and_proven_and_never_sent_again(sold, kind: str) -> None:
    sold.times = QUICK
    sold.sandbox.fault(kind, endpoint="salesinvoice/SalesInvoices", seconds=3)
    returned = bring_back(sold, "R-1", BRITISH)
    assert credit(sold, "UK", returned)["unknown"] == 1
    row = settled(sold, returned)

    assert (row["state"], row["attempt"]) == ("posted", 1)
    assert credit(sold, "UK", returned)["posted"] == 0
    assert [each["id"] for each in in_exact(sold, returned)] == [str(row["exact_id"])]
    assert [amount < 0 for amount in proofs(sold)] == [True]


def settled(world, number: str) -> dict[str, object]:
    until = time.monotonic() + SETTLED_S
    while the(world, number)["state"] not in {"posted", "dead_letter"} and time.monotonic() < until:
        with world.run("UK") as run:
            settle(run)
        time.sleep(0.3)
    return the(world, number)


def test_a_credit_that_nobody_could_read_back_is_proven_by_a_later_run_and_not_sent_again(sold) -> None:
    returned = bring_back(sold, "R-1", BRITISH)
    sold.sandbox.switch(read_lag_s=2.0)
    with pytest.raises(RetryableError):
        credit(sold, "UK", returned)
    sold.sandbox.switch(read_lag_s=0.0)
    assert proofs(sold) == []
    later(sold, returned)

    assert [amount < 0 for amount in proofs(sold)] == [True]
    assert (the(sold, returned)["attempt"], len(in_exact(sold, returned))) == (1, 1)


def test_a_return_of_a_sale_that_somebody_deleted_in_exact_is_an_error_that_a_person_decides(sold) -> None:
    with psycopg.connect(sold.store_dsn) as connection:
        connection.execute("update mutation set state = 'gone', actor = 'mirror' where source_id = %s", (BRITISH,))
    returned = bring_back(sold, "R-1", BRITISH)
    credit(sold, "UK", returned)

    assert cause_of(sold, returned) == ("dead_letter", f"sale_deleted:{BRITISH}")
    assert in_exact(sold, returned) == []
