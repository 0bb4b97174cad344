"""Whatever is done to both memories, in whatever order, the twin and PostgreSQL hold the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from include.outbox.model import Cause, Draft, Key, Mutation, Outcome
from include.outbox.states import UNKNOWN_OUTCOME, State
from tests.outbox.scenes import DIVISION, draft
from tests.store.rigs import PostgresRig, TwinRig

DAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
# A counterexample is short enough as it comes; making it shorter would take minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
CAUSES = (Cause("blocked_account", "1"), Cause("missing_gl_account", "8000"))
numbers = st.integers(1, 3)
OUTCOMES = {
    "posted": lambda number: Outcome(State.POSTED, exact_id=UUID(int=number)),
    "refused": lambda number: Outcome(State.DEAD_LETTER, cause=CAUSES[0]),
    "limit": lambda number: Outcome(State.PLANNED, not_before_s=60.0),
    "unknown": lambda number: Outcome(State.UNKNOWN, next_look_s=30.0, may_have_left=True),
    "absent": lambda number: Outcome(State.PLANNED, may_have_left=True, resend=True),
    "third": lambda number: Outcome(State.DEAD_LETTER, cause=Cause(UNKNOWN_OUTCOME, "A"), may_have_left=True),
}


def version(number: int, source_version: int, cause: Cause | None, effect: str) -> Draft:
    changed = {"source_version": f"v{source_version}", "source_changed_at": DAY + timedelta(hours=source_version)}
    subjects = frozenset({f"account:{number % 2}"})
    payload = None if cause else f'{{"v":{source_version}}}'
    key = Key("shop", f"A{number}", effect)
    return draft(f"A{number}", key=key, cause=cause, payload=payload, subjects=subjects, **changed)


class BothMemories(RuleBasedStateMachine):
    """Does everything twice."""

    dsn: str

    def __init__(self) -> None:
        super().__init__()
        self.postgres, self.twin = PostgresRig(self.dsn), TwinRig()
        self.postgres.begin_anew()
        self.rigs = (self.postgres, self.twin)
        self.stores = [[rig.store(f"worker {number}") for number in range(2)] for rig in self.rigs]
        self.claims: list[tuple[Mutation, Mutation]] = []

    def both(self, call: Callable[[int], object]) -> tuple[object, object]:
        """Call with each memory's number; both must return the same, or refuse alike."""
        results: list[object] = []
        for number, rig in enumerate(self.rigs):
            try:
                results.append(call(number))
            except rig.refused:
                results.append("refused")
        assert results[0] == results[1]
        return results[0], results[1]

    @rule(
        number=numbers,
        source_version=st.integers(1, 3),
        cause=st.sampled_from((None, None, *CAUSES)),
        effect=st.sampled_from(("sale", "credit")),
    )
    def plan(self, number: int, source_version: int, cause: Cause | None, effect: str) -> None:
        self.both(lambda which: self.stores[which][0].plan([version(number, source_version, cause, effect)], None))

    def named(self, which: int, numbers: Iterable[int]) -> list[str]:
        """Mutations by their keys: numbers may differ, as PostgreSQL leaves gaps."""
        names = {number: name for name, number in self.rigs[which].numbers().items()}
        return [names[number] for number in numbers]

    def number(self, which: int, name: str) -> int:
        return self.rigs[which].numbers()[name]

    def of(self, which: int, name: str, worker: int = 0) -> Mutation:
        return self.stores[which][worker].get(self.number(which, name))

    @rule()
    def ask_what_is_ready(self) -> None:
        self.both(lambda which: self.named(which, self.stores[which][0].ready(DIVISION, 50)))

    @precondition(lambda self: self.twin.tables.rows)
    @rule(data=st.data(), worker=st.integers(0, 1))
    def claim(self, data: st.DataObject, worker: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.twin.numbers())))
        claims = [self.stores[which][worker].claim(self.number(which, name), "w") for which in (0, 1)]
        assert (claims[0] is None) == (claims[1] is None)
        if claims[0] is not None:
            first, second = claims
            assert (first.attempt, first.token, first.may_have_left) == (second.attempt, second.token, second.may_have_left)
            self.claims.append((first, second))

    @precondition(lambda self: self.claims)
    @rule(outcome=st.sampled_from(("posted", "refused", "limit", "unknown")), data=st.data())
    def end_an_attempt(self, outcome: str, data: st.DataObject) -> None:
        """Also attempts of long ago: their outcomes may come late."""
        claim = data.draw(st.sampled_from(self.claims))
        self.both(lambda which: self.stores[which][0].settle(claim[which], OUTCOMES[outcome](claim[1].mutation_id)))

    @rule(outcome=st.sampled_from(("posted", "unknown", "absent", "third")))
    def look(self, outcome: str) -> None:
        due = [list(self.stores[which][1].due_looks(DIVISION)) for which in (0, 1)]
        assert [str(each.key) for each in due[0]] == [str(each.key) for each in due[1]]
        for pair in zip(*due, strict=True):
            self.both(lambda which, pair=pair: self.stores[which][1].settle(pair[which], OUTCOMES[outcome](pair[1].mutation_id)))

    @precondition(lambda self: self.twin.tables.states[State.DEAD_LETTER])
    @rule(data=st.data(), source_version=st.integers(1, 3))
    def retry(self, data: st.DataObject, source_version: int) -> None:
        letters = [name for name in sorted(self.twin.numbers()) if self.of(1, name).state is State.DEAD_LETTER]
        name = data.draw(st.sampled_from(letters))
        key = self.of(1, name).key
        again = version(int(key.source_id[1:]), source_version, None, key.effect)
        self.both(lambda which: self.stores[which][0].replan(self.of(which, name), again, "operator"))
        self.both(lambda which: self.stores[which][0].back_to_unknown(self.of(which, name)))

    @rule(cause=st.sampled_from(CAUSES), subject=st.sampled_from(("account:0", "account:1")))
    def park(self, cause: Cause, subject: str) -> None:
        self.both(lambda which: self.stores[which][0].same_cause(DIVISION, cause))
        self.both(lambda which: self.stores[which][0].park(DIVISION, cause, subject))

    @precondition(lambda self: self.twin.tables.rows)
    @rule(data=st.data(), worker=st.integers(0, 1))
    def lock(self, data: st.DataObject, worker: int) -> None:
        name = data.draw(st.sampled_from(sorted(self.twin.numbers())))
        self.both(lambda which: self.stores[which][worker].lock(self.number(which, name)))

    @rule(worker=st.integers(0, 1))
    def die(self, worker: int) -> None:
        for rig, stores in zip(self.rigs, self.stores, strict=True):
            rig.kill(stores[worker])
            stores[worker] = rig.store(f"worker {worker}")

    @rule(seconds=st.sampled_from((20.0, 70.0, 1000.0)))
    def wait(self, seconds: float) -> None:
        for rig in self.rigs:
            rig.wait(seconds)

    @rule()
    def find_what_was_left(self) -> None:
        self.both(lambda which: self.named(which, [each.mutation_id for each in self.stores[which][1].abandoned(DIVISION)]))

    @invariant()
    def hold_the_same(self) -> None:
        assert self.postgres.seen() == self.twin.seen()
        assert self.postgres.transitions() == self.twin.transitions()

    def teardown(self) -> None:
        self.postgres.close()


def test_the_twin_and_postgres_hold_the_same_whatever_is_done(dsn: str):
    BothMemories.dsn = dsn
    run_state_machine_as_test(
        BothMemories,
        settings=settings(max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES),
    )
