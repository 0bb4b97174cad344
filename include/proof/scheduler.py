"""Many workers in one thread and in virtual time: who runs next is who is earliest, and every call of a worker is a place to stop it."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from enum import StrEnum
from itertools import count, cycle
from random import Random

from greenlet import GreenletExit, getcurrent, greenlet

LATENCIES = 1021


class Trouble(StrEnum):
    """What may befall a worker at any call."""

    KILL = "kill"
    SUSPEND = "suspend"
    CUT = "cut"


class Hub:
    """Virtual time: runs the earliest worker until another is earlier."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.heap: list[tuple[float, int, Worker]] = []
        self.numbers = count()
        self.root = getcurrent()
        self.running: Worker | None = None
        self.ended_at = 0.0
        # Most calls take milliseconds, some a good part of a second: enough for workers to overtake each other anywhere.
        self.latencies = [random.expovariate(1 / 0.002) if random.random() < 0.98 else random.uniform(0, 0.4) for _ in range(LATENCIES)]

    def now(self) -> float:
        """The time of whoever runs; after the end, the last moment."""
        return self.running.time if self.running is not None else self.ended_at

    def start(self, worker: Worker) -> None:
        heapq.heappush(self.heap, (worker.time, next(self.numbers), worker))

    def run(self) -> None:
        """Run until every worker has ended. An error of a worker that is no death of its own ends the run."""
        try:
            while self.heap:
                self.running = heapq.heappop(self.heap)[2]
                self.running.greenlet.switch()
                self.ended_at = max(self.ended_at, self.running.time)
        finally:
            for _, _, worker in self.heap:
                worker.dead = True
        self.running = None


class Worker:
    """One process of the simulation, with its own session in the store. `on_death` is told when it is killed."""

    def __init__(self, hub: Hub, name: str, body: Callable[[Worker], None], *, starts_at: float) -> None:
        self.hub = hub
        self.name = name
        self.time = starts_at
        self.dead = False
        self.cut = False
        self.answer_lost = False
        self.trouble: Trouble | None = None
        self.calls_left = -1
        # Which step of its work it is at, for whoever wants to know where it died.
        self.place = ""
        self.on_death: Callable[[Worker], None] | None = None
        self.on_cut: Callable[[Worker], None] | None = None
        self.greenlet = greenlet(lambda: body(self), parent=hub.root)
        self._latency: Iterator[float] = cycle(hub.latencies)
        for _ in range(hub.random.randrange(LATENCIES)):
            next(self._latency)

    def elapsed(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.pass_time(seconds)
        self.point()

    def pass_time(self, seconds: float) -> None:
        """Let time pass: whoever is earlier by now runs first."""
        if self.dead:
            raise GreenletExit
        self.time += seconds
        hub = self.hub
        if hub.heap and hub.heap[0][0] < self.time:
            following = heapq.heappushpop(hub.heap, (self.time, next(hub.numbers), self))[2]
            hub.running = following
            following.greenlet.switch()

    def point(self) -> None:
        """A place where the worker may be overtaken, delayed, killed, suspended or cut off from its database."""
        if self.dead:
            raise GreenletExit
        if self.calls_left >= 0:
            self.calls_left -= 1
            if self.calls_left < 0:
                self._suffer()
        self.pass_time(next(self._latency))

    def doom(self, trouble: Trouble, *, after_calls: int) -> None:
        """Let trouble come after so many more calls."""
        self.trouble = trouble
        self.calls_left = after_calls

    def _suffer(self) -> None:
        random = self.hub.random
        match self.trouble:
            case Trouble.KILL:
                self.dead = True
                if self.on_death:
                    self.on_death(self)
                raise GreenletExit
            case Trouble.SUSPEND:
                if random.random() < 0.5:
                    self._lose_session()
                self.pass_time(random.choice((random.uniform(0, 10), random.uniform(5, 120), random.uniform(60, 6000))))
            case _:
                self._lose_session()

    def _lose_session(self) -> None:
        """The session ends: noticed instead of the answer that is under way, or only at the next use."""
        self.cut = True
        self.answer_lost = self.hub.random.random() < 0.5
        if self.on_cut:
            self.on_cut(self)
