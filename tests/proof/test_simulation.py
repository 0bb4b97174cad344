"""T1: the production state machine in simulated worlds."""

from __future__ import annotations

import random

import pytest

from include.outbox.states import State
from include.proof.faults import Fault, Faults
from include.proof.simulation import history, played, simulate
from include.proof.swarm import faults_of
from include.proof.world import Design

MUTATIONS = 20_000


def test_no_document_is_booked_twice_and_none_is_lost_in_twenty_thousand(record_property):
    seed = random.randrange(1_000_000)
    result = simulate(MUTATIONS, seed)

    record_property("t1", f"seed {seed}, {result.mutations / result.cpu_s:.0f} mutations a second of CPU, bound {result.bound:.1e}")
    assert result.failures == [], f"seed {seed}: {[str(each) for each in result.failures]}"
    assert (result.duplicates, result.lost, result.unknown_left) == (0, 0, 0)
    # An order that changed has more than one mutation; each is settled.
    assert result.posted + result.dead_letters + result.dismissed >= MUTATIONS
    assert result.posts_per_order <= 1.03


def test_the_faults_are_those_of_the_programme():
    result = simulate(10_000, 3)

    assert set(result.faults) == {fault.value for fault in Fault}
    assert all(70 <= number <= 140 for number in result.faults.values())
    assert result.kills >= 0.015 * result.mutations


def test_the_same_seed_gives_the_same_history():
    first, second = simulate(3_000, 11), simulate(3_000, 11)

    assert (first.posts, first.kills, first.events, first.virtual_s) == (second.posts, second.kills, second.events, second.virtual_s)
    assert history("11.0", 500, "O17") == history("11.0", 500, "O17")
    assert "new → planned" in history("11.0", 500, "O17")[0]


def test_a_world_without_faults_costs_one_post_for_each_order():
    none = Faults(each=0, kill=0, suspend=0, cut=0, read=0, refuse=0, outage=0)
    result = simulate(2_000, 5, faults=none)

    assert result.failures == []
    assert result.posts == result.booked


def test_orders_that_change_all_the_time_end_as_their_newest_version(record_property):
    result = simulate(2_000, 13, faults=Faults(change=0.4))

    record_property(
        "t1_changes", f"{result.booked} documents for 2,000 orders, {result.passed_over} versions came while one was on its way"
    )
    assert [str(each) for each in result.failures] == []
    assert result.booked > 2_000
    assert result.passed_over < 20


def test_worlds_in_which_exact_takes_no_writes_for_longer_than_the_quarantine_make_no_duplicate():
    result = simulate(4_000, 19, faults=Faults(outage=1.0))

    assert result.failures == []
    assert result.latest_s > 900


def test_a_day_without_exact_kills_nothing_and_costs_a_hundred_calls():
    play = played("away.4", 100, Faults(absence=1.0, refuse=0.0), Design())
    absence = play.world.books.absence
    dead = {row.cause.code for row in play.world.tables.rows.values() if row.state is State.DEAD_LETTER and row.cause}

    assert absence.until - absence.since == pytest.approx(86_400)
    assert play.violations == []
    assert dead <= {"changed_after_processing"}
    assert 80 < play.world.books.knocks < 130


def test_a_request_that_is_repeated_after_an_outage_does_not_wait_for_itself():
    world = "swarm.20261124.4"
    story = history(world, 500, "shop/O4/sale/1", faults=faults_of(world))

    assert "unknown → posted" in story[-1]
    assert len(story) < 100
