"""T1 at full size: worlds on all cores, each with a mix of faults of its own; the first failure is shrunk."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

from include.proof.simulation import WORLD_ORDERS, Result, played
from include.proof.swarm import PREFIX, faults_of
from include.proof.world import Design

# So many worlds make one task: enough that handing them over costs nothing, few enough that progress shows.
WORLDS_PER_TASK = 8

Watch = Callable[[Result], None]


def worlds(mutations: int, seed: int, *, swarm: bool) -> list[tuple[str, int]]:
    """The worlds of a campaign: their seeds, and how many orders each has."""
    prefix = PREFIX if swarm else ""
    whole, rest = divmod(mutations, WORLD_ORDERS)
    sizes = [WORLD_ORDERS] * whole + ([rest] if rest else [])
    return [(f"{prefix}{seed}.{number}", size) for number, size in enumerate(sizes)]


def campaign(mutations: int, seed: int, *, swarm: bool, processes: int | None = None, watch: Watch = lambda result: None) -> Result:
    """Run all worlds of a campaign on so many processes (as many as there are cores); `watch` sees what is done so far."""
    result = Result(seed)
    started = time.perf_counter()
    planned = worlds(mutations, seed, swarm=swarm)
    tasks = [planned[first : first + WORLDS_PER_TASK] for first in range(0, len(planned), WORLDS_PER_TASK)]
    with ProcessPoolExecutor(processes or os.cpu_count(), multiprocessing.get_context("forkserver")) as pool:
        for done in pool.map(_play, tasks):
            result.join(done)
            result.seconds = time.perf_counter() - started
            watch(result)
    return result


def _play(task: Sequence[tuple[str, int]]) -> Result:
    result = Result(0)
    cpu = time.process_time()
    for seed, orders in task:
        result.add(played(seed, orders, faults_of(seed), Design()))
    result.cpu_s = time.process_time() - cpu
    return result
