"""T1 at large: a mix of faults for each world, on all cores, and the smallest world that still fails."""

from __future__ import annotations

import pytest

from include.proof.__main__ import main
from include.proof.campaign import campaign, worlds
from include.proof.design_faults import WithoutQuarantine
from include.proof.shrinking import shrunk
from include.proof.simulation import history, played
from include.proof.swarm import CHOICES, faults_of, without
from include.proof.world import Design

FAULTY = Design(unknowns=WithoutQuarantine)


def test_a_swarm_of_faults_doubles_nothing_and_loses_nothing(record_property):
    result = campaign(6_000, 41, swarm=True, processes=2)

    record_property("t1_swarm", str(result.summary()))
    assert [str(each) for each in result.failures] == []
    assert (result.mutations, result.worlds) == (6_000, 12)


def test_a_campaign_on_many_processes_finds_what_one_finds():
    one, two = campaign(1_500, 7, swarm=True, processes=1), campaign(1_500, 7, swarm=True, processes=2)

    assert (one.posts, one.kills, one.events, one.virtual_s) == (two.posts, two.kills, two.events, two.virtual_s)


def test_every_world_of_a_swarm_has_a_mix_of_its_own_and_keeps_it():
    mixes = [faults_of(world) for world, _ in worlds(5_000, 3, swarm=True)]

    assert len(set(mixes)) == len(mixes)
    assert mixes == [faults_of(world) for world, _ in worlds(5_000, 3, swarm=True)]
    assert faults_of("swarm.3.1/7") == faults_of("swarm.3.1")
    assert len({faults_of(world) for world, _ in worlds(5_000, 3, swarm=False)}) == 1


def test_a_failure_shrinks_to_few_orders_and_few_faults_and_is_replayed_from_its_seed():
    failing = next(
        (world, play.violations[0])
        for world, orders in worlds(5_000, 1, swarm=True)
        if (play := played(world, orders, faults_of(world), FAULTY)).violations
    )
    smallest = shrunk(failing[0], 500, failing[1], FAULTY)
    mix = without(faults_of(smallest.world), smallest.taken_out)
    story = history(smallest.world, smallest.orders, smallest.violation.subject, faults=mix, design=FAULTY)

    assert smallest.violation.invariant == "I2"
    assert smallest.orders <= 5
    assert len(smallest.left) < len(CHOICES) / 2
    assert sum("is booked" in line for line in story) == 2
    assert f"--world {smallest.world} --orders {smallest.orders}" in str(smallest)


def test_a_fault_that_does_not_exist_cannot_be_taken_out():
    with pytest.raises(ValueError, match="no fault is called rain"):
        without(faults_of("swarm.1.1"), ["rain"])
    assert without(faults_of("swarm.1.1"), list(CHOICES)).each == 0.0


def test_the_command_says_how_rare_a_failure_may_still_be(capsys):
    assert main(["simulate", "--mutations", "500", "--seed", "3", "--swarm", "--processes", "1"]) == 0

    assert "below 6.0e-03" in capsys.readouterr().out
