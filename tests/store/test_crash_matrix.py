"""T2: a worker dies before or after each write point, with each thing that Exact may have done, in its first or second attempt.

Whatever happens: one document, or a dead letter whose cause is what Exact said; and nothing is held for longer than the lease.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from include.errors import SetupError
from include.outbox.classify import Verdict, classify
from include.outbox.drain import Drain
from include.outbox.states import UNKNOWN_OUTCOME
from include.outbox.unknown import Unknowns
from include.store.database import Database
from tests.outbox.scenes import draft
from tests.store.crashes import NEVER_BOOKED, REMOTES, Crash, Killed, Remote, Scene

WRITE_POINTS = {
    "W0 plan": "plan",
    "W1 permit": "take",
    "L lock": "lock",
    "W2 claim": "claim",
    "look": "look",
    "G guard": "still_in_time",
    "S send": "send",
    "W3 settle": "settle",
}
UPKEEP_POINTS = ("abandoned", "settle", "due_looks", "lock", "look", "pull", "mirrored", "pulled_since", "unlock")
# What a worker leaves to the upkeep: outcomes that nobody knows, and any outcome when it died before it could write it down.
LEFT_BEHIND = [
    *((remote, False) for remote in REMOTES if classify(remote.answer) in {Verdict.UNKNOWN, Verdict.UNRECOGNISED}),
    *((remote, True) for remote in REMOTES if remote.name in {"201", "429", "400", "500, unknown, booked late"}),
]
ROUNDS_MAX = 20

_divisions = itertools.count(1_000_000)


@pytest.fixture
def shared(dsn: str) -> Iterator[tuple[Database, str]]:
    """One database for all crashes of a point: each has a division of its own."""
    database = Database(dsn)
    yield database, dsn
    database.close()


def _scene(shared: tuple[Database, str]) -> Scene:
    database, dsn = shared
    return Scene(database, dsn, next(_divisions))


def _plan(scene: Scene, crash: Crash | None = None) -> None:
    scene.worker(crash).store.plan([draft(f"C{scene.division}", division=scene.division)], None)


def _until_death(scene: Scene, crash: Crash) -> None:
    crash.armed = True
    try:
        if crash.call == "plan":
            _plan(scene, crash)
        else:
            scene.live(Drain(scene.worker(crash)).run)
    except Killed:
        return
    except SetupError:
        return


def _recover(scene: Scene) -> None:
    """Fresh workers, the flow and the upkeep, while time passes."""
    _plan(scene)
    for _ in range(ROUNDS_MAX):
        for act in (Drain(scene.worker()).run, Unknowns(scene.worker()).settle):
            try:
                scene.live(act)
            except SetupError:
                scene.sleep(60)
        if scene.row()["state"] in {"posted", "dead_letter"}:
            return
        scene.sleep(900)


def _is_true(scene: Scene, remote: Remote) -> str | None:
    """What is wrong in the end, or None."""
    row, documents = scene.row(), scene.books.documents
    if row["state"] == "posted":
        theirs = [exact_id for token, exact_id, _ in documents if token == row["token"]]
        return None if theirs == [row["exact_id"]] else f"posted {row['exact_id']}, the books have {theirs}"
    if row["state"] == "dead_letter":
        third_time = row["cause_code"] == UNKNOWN_OUTCOME and row["attempt"] >= 3
        true = (row["cause_code"] in remote.causes or third_time) and not documents
        return None if true else f"dead letter {row['cause_code']}, the books have {documents}"
    return f"still {row['state']}"


def _second_attempt(scene: Scene) -> None:
    """A first attempt of which nobody knows what became, and which never was: the second one looks before it sends."""
    _plan(scene)
    scene.books.remotes = [NEVER_BOOKED]
    scene.live(Drain(scene.worker()).run)
    scene.sleep(1000)
    Unknowns(scene.worker()).settle()
    assert scene.row()["state"] == "planned"


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("point", WRITE_POINTS)
def test_a_crash_at_a_write_point_neither_doubles_nor_loses(shared, point: str, after: bool, attempt: int):
    wrong = []
    for remote in REMOTES:
        scene = _scene(shared)
        if attempt == 2:
            _second_attempt(scene)
        elif point != "W0 plan":
            _plan(scene)
        crash = Crash(WRITE_POINTS[point], after)
        scene.books.remotes = [remote]
        _until_death(scene, crash)
        never_reached = (attempt == 1 and point == "look") or (point == "G guard" and not remote.answer.left)
        assert crash.happened or never_reached, f"{remote.name}: the worker came through {point}"
        _recover(scene)
        problem = _is_true(scene, remote)
        if problem:
            wrong.append(f"{remote.name}: {problem}")
        scene.sleep(scene.times.lease_s)
        assert scene.held() == 0, f"{remote.name}: a dead worker still holds a permit"

    assert wrong == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("point", UPKEEP_POINTS)
def test_a_crash_of_the_upkeep_neither_doubles_nor_loses(shared, point: str, after: bool):
    wrong = []
    for remote, died_sending in LEFT_BEHIND:
        scene = _scene(shared)
        _plan(scene)
        scene.books.remotes = [remote]
        _until_death(scene, Crash("settle" if died_sending else "never", after=False))
        crash = Crash(point, after)
        crash.armed = True
        for pause_s in (2, 30, 900):
            scene.sleep(pause_s)
            try:
                scene.live(Unknowns(scene.worker(crash)).settle)
            except Killed:
                break
        _recover(scene)
        problem = _is_true(scene, remote)
        if problem:
            wrong.append(f"{remote.name}, died sending {died_sending}: {problem}")

    assert wrong == []
