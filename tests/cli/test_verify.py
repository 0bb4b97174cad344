"""The comparison finds what somebody lost, doubled or changed, and explains what explains itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from include.console.verify import booked_documents
from include.proof.checker import check
from include.proof.judge import BookedDocument as Judged
from include.proof.sandbox_door import SandboxDoor
from tests.cli.company import BOOKED, NAMES, OTHERS
from tests.sandbox.driver import BE, ExactClient

TROUBLE_FREE = "Nothing is lost, nothing is double, nothing is unexplained"
AMOUNT = Decimal("358.25")


@pytest.fixture(scope="module")
def settled(company):
    """Booked an hour ago, so that Exact has had time to show it."""
    company.memory("update mutation set posted_at = posted_at - interval '1 hour' where state = 'posted'")
    return company


@pytest.fixture
def exact(settled) -> ExactClient:
    """Somebody who writes into the Belgian company past us, with our token: a sign-in of their own would end our chain."""
    client = ExactClient(settled.world.sandbox, "exactly-be", "exactly-be-secret", "https://localhost/signed-in")
    with settled.world.run("BE") as run:
        client.tokens = {"access_token": run.chain.access_token()}
    return client


def failures(company, *words):
    verdict = company.json("verify", *words)
    told = [each for administration in verdict["administrations"] for each in administration["findings"]] + verdict["shop"]
    return [(each["part"], each["says"]) for each in told if each["level"] == "failure"]


def warnings(company):
    told = [each for administration in company.json("verify")["administrations"] for each in administration["findings"]]
    return [(each["part"], each["says"]) for each in told if each["level"] == "warning"]


def test_what_was_booked_well_is_exit_status_0(settled):
    result = settled.run("verify")

    assert result.exit_code == 0
    assert TROUBLE_FREE in result.output


def test_the_mirror_shows_what_the_books_hold_and_the_independent_checker_agrees(settled):
    settled.run("verify")
    mirrored = [document for name in NAMES for document in _mirrored(settled, name)]
    books = list(SandboxDoor(settled.world.sandbox.url).documents())

    assert {each.exact_id: each.amount_net for each in mirrored} == {each.exact_id: each.amount_net for each in books}
    assert check(settled.world.store_dsn, mirrored).violations == []


def test_each_day_adds_up_from_the_shop_to_exact(settled):
    days = [day for administration in settled.json("verify")["administrations"] for day in administration["days"]]

    assert sum(day["source"]["documents"] for day in days) == len(BOOKED) + len(OTHERS)
    assert all(day["agrees"] for day in days)
    assert sum(Decimal(day["exact"]["net"]) for day in days) == sum(
        row["amount_net"] for row in settled.world.mutations("state = 'posted'")
    )


def test_net_sums_are_told_by_vat_code(settled):
    codes = {figure["vat_code"]: figure for each in settled.json("verify")["administrations"] for figure in each["vat_codes"]}

    assert codes.keys() == {"1", "I0", "X0"}
    assert all(figure["written"] == figure["exact"] for figure in codes.values())


def test_days_that_were_not_asked_for_are_not_compared(settled):
    verdict = settled.json("verify", "--since", "2020-01-01", "--until", "2020-02-01")

    assert [each["days"] for each in verdict["administrations"]] == [[], [], []]
    assert verdict["ok"]


def test_an_empty_span_is_refused_in_words(settled):
    result = settled.run("verify", "--since", "2026-02-01", "--until", "2026-01-01")

    assert result.exit_code == 3
    assert "--since must lie before --until" in result.output


def test_a_document_that_was_booked_twice_by_hand_is_found(settled, exact):
    entry = json.loads(settled.mutation("536389")["payload"])
    copy = {name: value for name, value in entry.items() if name != "ExternalLinkReference"}
    posted = exact.post(f"{BE}/salesentry/SalesEntries", copy).json()["d"]
    try:
        (found,) = failures(settled)
    finally:
        settled.world.sandbox.control("DELETE", f"documents/{posted['EntryID']}")

    assert found[0] == "I2"
    assert "536389 stands in Exact once more, without our mark" in found[1]
    assert posted["EntryID"] in found[1]


def test_a_document_that_stands_twice_under_our_mark_is_found(settled, exact):
    posted = exact.post(f"{BE}/salesentry/SalesEntries", json.loads(settled.mutation("536389")["payload"])).json()["d"]
    try:
        found = failures(settled)
    finally:
        settled.world.sandbox.control("DELETE", f"documents/{posted['EntryID']}")

    assert [part for part, _ in found] == ["I2"]
    assert "536389 stands 2 times in Exact" in found[0][1]


def test_after_the_double_is_gone_all_is_well_again(settled):
    assert failures(settled) == []


def test_a_dead_letter_that_somebody_booked_by_hand_is_worth_a_look(settled, exact):
    entry = json.loads(settled.mutation("536389")["payload"])
    by_hand = {**entry, "YourRef": "536370"}
    by_hand.pop("ExternalLinkReference")
    posted = exact.post(f"{BE}/salesentry/SalesEntries", by_hand).json()["d"]
    try:
        found = warnings(settled)
    finally:
        settled.world.sandbox.control("DELETE", f"documents/{posted['EntryID']}")

    assert found == [("I1", "536370 is a dead letter, and stands in Exact without our mark")]


def test_a_mark_that_the_outbox_does_not_know_is_worth_a_look(settled, exact):
    entry = {**json.loads(settled.mutation("536389")["payload"]), "YourRef": "999999", "ExternalLinkReference": "ABCDEFGH2345"}
    posted = exact.post(f"{BE}/salesentry/SalesEntries", entry).json()["d"]
    try:
        found = warnings(settled)
    finally:
        settled.world.sandbox.control("DELETE", f"documents/{posted['EntryID']}")

    assert found == [("I1", "999999 stands in Exact with mark ABCDEFGH2345, which the outbox does not know")]


def test_a_line_that_somebody_changed_is_found_to_the_cent(settled, exact):
    entry_id = settled.mutation("536852")["exact_id"]
    line = exact.rows(f"{BE}/salesentry/SalesEntryLines", f"EntryID eq guid'{entry_id}'", select="ID,AmountFC,VATCode")[0]
    changed = {"AmountFC": float(line["AmountFC"]) + 0.01}
    answer = exact.call("PUT", f"{BE}/salesentry/SalesEntryLines(guid'{line['ID']}')", changed)
    assert answer.status_code == 204, answer.text

    found = failures(settled)
    exact.call("PUT", f"{BE}/salesentry/SalesEntryLines(guid'{line['ID']}')", {"AmountFC": float(line["AmountFC"])})

    assert found == [("I4", "536852: 89.15 net under VAT code I0 in Exact, 89.14 were written")]


def test_a_total_that_somebody_changed_is_found(settled):
    invoice = settled.mutation("536384")["exact_id"]
    settled.world.sandbox.control("PATCH", f"documents/{invoice}", {"AmountFC": 99.99})
    found = failures(settled)
    settled.world.sandbox.control("PATCH", f"documents/{invoice}", {"AmountFC": 587.52})

    assert found == [("I4", "536384: its lines and VAT make 587.52 in Exact, its total says 99.99")]


def test_an_order_that_the_flow_missed_is_found(settled):
    settled.world.add_order("540000", like="536389", changed_at=datetime.now(UTC) - timedelta(days=4))
    found = failures(settled)
    _forget_order(settled, "540000")

    assert found == [("I3", "sale 540000 of the shop is not in the outbox")]


def test_an_order_that_is_too_new_to_have_been_read_is_only_noted(settled):
    settled.world.add_order("540001", like="536389")
    found, status = warnings(settled), settled.run("verify").exit_code
    _forget_order(settled, "540001")

    assert found == [("I3", "1 documents of the shop were not read yet: 540001")]
    assert status == 0


def test_an_order_whose_moment_of_change_lies_before_its_order_is_found(settled):
    settled.world.add_order("540002", like="536389", changed_at=datetime.now(UTC) - timedelta(days=400))
    found = failures(settled)
    _forget_order(settled, "540002")

    documents = len(BOOKED) + len(OTHERS)
    assert f"the shop counts {documents + 1} documents in these days, and {documents} could be read by their moment of change" in [
        says for _, says in found
    ]


def test_a_price_that_the_shop_changed_after_the_booking_explains_the_difference(settled):
    settled.world.shop("update webshop.sale_items set price = price + 1 where sale_no = '536389' and line_no = 1")
    found, status = warnings(settled), settled.run("verify").exit_code
    settled.world.shop("update webshop.sale_items set price = price - 1 where sale_no = '536389' and line_no = 1")

    assert [part for part, _ in found] == ["I5"]
    assert "the shop changed it after it was booked" in found[0][1]
    assert status == 0


def test_what_is_on_its_way_for_long_is_noted(settled):
    _plan(settled, "536370", like="536389")
    found = warnings(settled)

    assert ("I3", "1 documents are on their way for more than two hours: 536370") in found


def test_a_payload_that_somebody_changed_is_found(settled):
    settled.memory("update mutation set payload = '{}', payload_version = payload_version + 1 where your_ref = '536370'")

    assert failures(settled) == [("I6", "536370: its payload is not the one that was frozen")]


def test_without_refresh_exact_is_not_asked(settled):
    before = len(settled.world.sandbox.calls())
    settled.run("verify", "--no-refresh")

    assert len(settled.world.sandbox.calls()) == before


def test_a_document_that_somebody_deleted_is_found_as_a_process_of_its_own_would(settled):
    gone = settled.mutation("536389")["exact_id"]
    settled.world.sandbox.control("DELETE", f"documents/{gone}")

    done = settled.process("verify", "--json")
    told = [each for administration in json.loads(done.stdout)["administrations"] for each in administration["findings"]]

    assert done.returncode == 1
    assert f"536389 was booked as {gone}, and is not in Exact any more" in [each["says"] for each in told if each["part"] == "I4"]


def _mirrored(company, name):
    with company.world.run(name) as run:
        found = booked_documents(run.administration, run.mirror)
    return [
        Judged(
            division=run.administration.division,
            exact_id=each.exact_id,
            token=each.token,
            your_ref=each.your_ref,
            amount_net=each.net,
            vat=dict.fromkeys(each.net_by_vat, each.vat),
            lines=each.lines,
        )
        for each in found
    ]


def _plan(company, number, *, like):
    company.memory(
        "update mutation m set state = 'planned', created_at = now() - interval '3 hours', payload_version = m.payload_version + 1, "
        "payload = o.payload, payload_sha256 = o.payload_sha256 from mutation o where m.your_ref = %s and o.your_ref = %s",
        number,
        like,
    )


def _forget_order(company, number):
    company.world.shop("delete from webshop.sale_items where sale_no = %s", number)
    company.world.shop("delete from webshop.sales where sale_no = %s", number)


def test_orders_that_changed_were_cancelled_and_were_credited_add_up(settled):
    world, before = settled.world, failures(settled)
    world.sandbox.control("POST", "accounts", {"division": 820101, "Code": "17850", "Name": "A customer on account"})
    changed, cancelled, credited = (
        world.add_order(f"99900{number}", like=like) for number, like in enumerate(("536365", "536366", "536389"))
    )
    settled.book()
    settled.memory("update mutation set posted_at = posted_at - interval '1 hour' where state = 'posted'")
    world.shop("update webshop.sale_items set qty = 3 where sale_no = %s and line_no = 1", changed)
    world.shop("update webshop.sales set voided = true where sale_no = any(%s)", [cancelled, credited])
    world.shop("update webshop.sales set updated_at = now() where sale_no = any(%s)", [changed, cancelled, credited])
    settled.book()
    settled.memory("update mutation set posted_at = posted_at - interval '1 hour' where state = 'posted'")

    assert set(failures(settled)) <= set(before)
    assert all(day["agrees"] for each in settled.json("verify")["administrations"] for day in each["days"])
    assert [row["state"] for row in world.mutations("your_ref = any(%s)", [changed, cancelled, credited])].count("posted") == 5
