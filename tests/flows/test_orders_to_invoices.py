"""The flow over the real orders, against the sandbox over HTTP."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import psycopg
import pytest

from include.errors import SetupError
from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.run import Window

CSV = Path(__file__).parents[2] / "include" / "demo" / "data" / "online_retail.csv"
MISSING = {"17850", "13047", "12583", "12472"}
# What is wrong on purpose in the British books: a relation is blocked, a ledger account and an article are missing.
BLOCKED, WITHOUT_ACCOUNT, WITHOUT_ITEM = "13468", "M", "22139"
# And the order that the file does not have, of a month that is closed.
FORGOTTEN = "530001"
DUTCH = ("Netherlands", "Germany", "Norway", "Poland", "Lithuania")
NAMES = ("UK", "BE", "NL")
CENT = Decimal("0.01")


def documents_of_the_file() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with CSV.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["InvoiceNo"]].append(row)
    return found


def expected() -> dict[str, Counter[str]]:
    """What becomes of each order of the shop, by administration, counted without any code of ours; returns are another flow's."""
    fates: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
    for number, lines in documents_of_the_file().items():
        if not number.startswith("C"):
            fates[administration_of(lines)][fate_of(lines)] += 1
    forgotten = datetime.now(UTC).date() - timedelta(days=60)
    fates["BE"][f"closed_period:{forgotten:%Y-%m}"] = 1
    return fates


def administration_of(lines: list[dict[str, str]]) -> str:
    return "UK" if lines[0]["Country"] == "United Kingdom" else "NL" if lines[0]["Country"] in DUTCH else "BE"


def fate_of(lines: list[dict[str, str]]) -> str:
    customer, articles = lines[0]["CustomerID"], {line["StockCode"].upper() for line in lines}
    if all(Decimal(line["UnitPrice"]) == 0 for line in lines):
        return "not_a_sale"
    if customer in MISSING:
        return f"unknown_relation:{customer}"
    if administration_of(lines) == "UK" and WITHOUT_ITEM in articles:
        return f"unknown_item:{WITHOUT_ITEM}"
    if administration_of(lines) == "UK" and WITHOUT_ACCOUNT in articles:
        return "missing_gl_account:8120"
    return f"blocked_account:{BLOCKED}" if customer == BLOCKED else "posted"


def fates(world) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
    for row in world.mutations():
        subject = f":{row['cause_subject']}" if row["cause_subject"] else ""
        found[row["administration"]][f"{row['cause_code']}{subject}" if row["cause_code"] else row["state"]] += 1
    return found


def book(world, name: str, **others) -> Counter[str]:
    with world.run(name, **others) as run:
        return book_orders(run)


def test_each_order_of_the_file_meets_the_fate_that_the_file_gives_it(world) -> None:
    for name in NAMES:
        book(world, name)

    assert sum(sum(counter.values()) for counter in expected().values()) == 512 - 43 + 1
    assert fates(world) == expected()


def test_the_amounts_in_the_books_are_those_of_the_file_to_the_cent(world) -> None:
    for name in NAMES:
        book(world, name)

    wanted = {
        number: sum((Decimal(line["Quantity"]) * Decimal(line["UnitPrice"])).quantize(CENT, ROUND_HALF_UP) for line in lines)
        for number, lines in documents_of_the_file().items()
        if administration_of(lines) != "NL"
    }
    books = world.sandbox.documents()
    booked = {each["your_ref"]: Decimal(each["amount_fc"]) - Decimal(each["vat_fc"]) for each in books if each["your_ref"] in wanted}
    assert booked == {number: wanted[number] for number in booked}
    assert len(books) == sum(counter["posted"] for counter in expected().values())
    assert len(booked) == len(books) - expected()["NL"]["posted"]
    assert {each["currency"] for each in books} == {"GBP"}


def test_what_is_owed_at_prices_with_vat_is_what_was_paid_to_the_cent(world) -> None:
    book(world, "NL")

    with psycopg.connect(world.shop_dsn) as connection:
        paid = dict(connection.execute("select number, total_paid from exactly_contract.orders where prices_include_vat").fetchall())
    booked = {each["your_ref"]: Decimal(each["amount_fc"]) for each in world.sandbox.documents()}
    assert len(booked) == expected()["NL"]["posted"] == 14
    assert booked == {number: paid[number] for number in booked}


def test_a_document_costs_one_call_when_the_mirror_is_filled(world) -> None:
    with world.run("UK") as run:
        refresh(run)
    before = len(world.sandbox.calls())
    tally = book(world, "UK")

    spent = len(world.sandbox.calls()) - before
    misses, refusals = len({"17850", "13047", WITHOUT_ITEM, WITHOUT_ACCOUNT}), 2
    first_run = 1  # whether orders stand in Exact already
    assert spent <= tally["posted"] + misses + refusals + first_run
    assert tally["calls"] == spent


def test_a_second_run_posts_nothing_new_and_costs_no_call(world) -> None:
    book(world, "UK")
    documents, calls = len(world.sandbox.documents()), len(world.sandbox.calls())
    again = book(world, "UK")

    assert again["posted"] == again["planned"] == 0
    assert again["known"] == sum(expected()["UK"].values())
    assert len(world.sandbox.documents()) == documents
    assert len(world.sandbox.calls()) == calls


def test_a_dry_run_says_what_would_be_booked_and_writes_nothing(world) -> None:
    tally = book(world, "BE", dry_run=True)

    assert tally["would_be_planned"] == tally["would_be_calls"] == expected()["BE"]["posted"]
    assert tally["would_be_dead_letter"] == sum(expected()["BE"].values()) - expected()["BE"]["posted"]
    assert world.mutations() == []
    assert world.sandbox.documents() == []


def test_single_orders_are_booked_by_number(world) -> None:
    french, irish, british = "536852", "536540", "536365"
    window = Window(datetime.now(UTC), datetime.now(UTC), order_numbers=(french, irish, british))
    book(world, "BE", window=window)

    assert {row["your_ref"] for row in world.mutations()} == {french, irish}


def test_a_row_that_the_shop_committed_late_is_found_by_the_overlap(world) -> None:
    now = datetime.now(UTC)
    follows = Window(now - timedelta(hours=1), now, follows_cursor=True)
    book(world, "BE", window=follows)
    with psycopg.connect(world.store_dsn) as connection:
        newest = connection.execute("select changed_at from source_cursor where flow like '%orders'").fetchone()
    late = world.add_order("999001", like="536852", changed_at=newest[0] - timedelta(minutes=90))
    tally = book(world, "BE", window=follows)

    assert tally["posted"] == 1
    assert [row["your_ref"] for row in world.mutations("your_ref = %s", late)] == [late]


def test_a_window_given_by_hand_moves_no_cursor(world) -> None:
    book(world, "BE")

    with psycopg.connect(world.store_dsn) as connection:
        assert connection.execute("select count(*) from source_cursor").fetchone() == (0,)


def test_the_wrong_company_is_refused_before_anything_is_planned(world) -> None:
    world.sandbox.control("POST", "divisions", {"division": 820101, "VATNumber": "GB999999973"})
    with pytest.raises(SetupError, match="wrong_company"):
        book(world, "UK")

    assert world.sandbox.documents() == []
    assert world.mutations() == []


def test_an_administration_that_observes_plans_but_sends_nothing(world, tmp_path) -> None:
    configure(world, tmp_path, "mode: book", "mode: observe")
    tally = book(world, "BE")

    assert tally["planned"] == expected()["BE"]["posted"]
    assert world.sandbox.documents() == []


def test_nothing_older_than_book_from_is_planned(world, tmp_path) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    configure(world, tmp_path, "book_from: 2020-01-01", f"book_from: {yesterday}")
    book(world, "BE")

    assert {row["source_day"] for row in world.mutations()} <= {yesterday, yesterday + timedelta(days=1)}


def test_an_order_that_is_routed_elsewhere_before_it_was_sent_is_a_dead_letter(world, tmp_path) -> None:
    configure(world, tmp_path, "mode: book", "mode: observe")
    book(world, "BE")
    configure(world, tmp_path, "countries: [GB]", "countries: [GB, FR]")
    book(world, "UK")

    routed = world.mutations("cause_code = 'routed_elsewhere'")
    assert routed
    assert {row["administration"] for row in routed} == {"BE"}
    assert not {row["your_ref"] for row in routed} & {each["your_ref"] for each in world.sandbox.documents()}


def test_a_changed_order_supersedes_what_was_not_sent_yet(world, tmp_path) -> None:
    configure(world, tmp_path, "mode: book", "mode: observe")
    book(world, "BE")
    planned = world.mutations("state = 'planned'")[0]
    world.shop("update webshop.sale_items set price = price + 1 where sale_no = %s", planned["source_id"])
    world.shop("update webshop.sales set updated_at = updated_at + interval '1 minute' where sale_no = %s", planned["source_id"])
    tally = book(world, "BE")

    assert tally["superseded_planned"] == 1
    after = world.mutations("mutation_id = %s", planned["mutation_id"])[0]
    assert (after["payload_version"], after["state"]) == (2, "planned")
    assert after["token"] == planned["token"]
    assert after["amount_net"] > planned["amount_net"]


def test_an_order_that_was_no_sale_is_booked_once_it_has_prices(world) -> None:
    free = world.add_order("999010", like="536852")
    world.shop("update webshop.sale_items set price = 0 where sale_no = %s", free)
    book(world, "BE")
    assert [row["cause_code"] for row in world.mutations("source_id = %s", free)] == ["not_a_sale"]

    world.shop("update webshop.sale_items set price = 1 where sale_no = %s", free)
    world.shop("update webshop.sales set updated_at = clock_timestamp() where sale_no = %s", free)
    book(world, "BE")

    assert [row["state"] for row in world.mutations("source_id = %s", free)] == ["posted"]
    assert [each["your_ref"] for each in world.sandbox.documents()].count(free) == 1


def test_an_order_that_was_cancelled_and_reopened_is_booked(world) -> None:
    number = world.add_order("999011", like="536852")
    for voided in (True, False):
        world.shop("update webshop.sales set voided = %s, updated_at = clock_timestamp() where sale_no = %s", voided, number)
        book(world, "BE")
        again = book(world, "BE")
        assert again["superseded_planned"] == again["superseded_dismissed"] == 0

    assert [row["state"] for row in world.mutations("source_id = %s", number)] == ["posted"]


def configure(world, folder: Path, old: str, new: str) -> None:
    """Change one line in the files of the configuration, in a copy of them."""
    source = world.configuration or Path(__file__).parents[2] / "include" / "administrations"
    for file in sorted(source.glob("*.yaml")):
        text = file.read_text(encoding="utf-8")
        (folder / file.name).write_text(text.replace(old, new), encoding="utf-8")
    world.configuration = folder


def test_what_was_planned_while_observing_is_mapped_again_before_it_is_sent(world, tmp_path) -> None:
    configure(world, tmp_path, "mode: book", "mode: observe")
    book(world, "BE")
    planned = {row["your_ref"]: row["payload_version"] for row in world.mutations("state = 'planned'")}
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    configure(world, tmp_path, "mode: observe", "mode: book")
    configure(world, tmp_path, "book_from: 2020-01-01", f"book_from: {yesterday}")
    configure(world, tmp_path, 'account: "30"', 'account: "PP"')
    nothing_new = Window(datetime.now(UTC), datetime.now(UTC))
    book(world, "BE", window=nothing_new)

    posted = world.mutations("state = 'posted'")
    too_old = world.mutations("state = 'dismissed'")
    assert {row["your_ref"] for row in posted} | {row["your_ref"] for row in too_old} == set(planned)
    assert posted
    assert all(row["source_day"] >= yesterday and row["payload_version"] == 2 for row in posted)
    assert all(row["source_day"] < yesterday and row["cause_code"] == "before_book_from" for row in too_old)
    assert all('"PaymentCondition":"PP"' in row["payload"] for row in posted)
    assert len(world.sandbox.documents()) == len(posted)


def test_a_run_for_single_orders_sends_no_others(world, tmp_path) -> None:
    configure(world, tmp_path, "mode: book", "mode: observe")
    book(world, "BE")
    configure(world, tmp_path, "mode: observe", "mode: book")
    french = "536852"
    tally = book(world, "BE", window=Window(datetime.now(UTC), datetime.now(UTC), order_numbers=(french,)))

    assert tally["posted"] == 1
    assert [each["your_ref"] for each in world.sandbox.documents()] == [french]


def test_a_planned_order_whose_country_goes_elsewhere_by_now_is_not_sent(world, tmp_path) -> None:
    configure(world, tmp_path, "mode: book", "mode: observe")
    book(world, "BE")
    configure(world, tmp_path, "mode: observe", "mode: book")
    configure(world, tmp_path, "countries: [GB]", "countries: [GB, FR]")
    book(world, "BE", window=Window(datetime.now(UTC), datetime.now(UTC)))

    routed = {row["your_ref"] for row in world.mutations("cause_code = 'routed_elsewhere'")}
    assert "536852" in routed
    assert not routed & {each["your_ref"] for each in world.sandbox.documents()}
