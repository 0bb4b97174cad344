"""Which changes of state are legal: in the code, in the database, and nothing else."""

from __future__ import annotations

import itertools

import psycopg
import pytest

from include.outbox.states import FIRST_STATES, LEGAL, SETTLED, UNKNOWN_OUTCOME, State, legal
from include.outbox.times import Times
from include.store.migrate import upgrade


@pytest.fixture(scope="module")
def migrated(postgres) -> str:
    dsn = postgres.create_database("states")
    upgrade(dsn, environment="test")
    return dsn


def test_the_database_knows_the_same_legal_transitions(migrated: str):
    with psycopg.connect(migrated) as connection:
        rows = connection.execute("select before, after from legal_transition").fetchall()

    assert {(State(before), State(after)) for before, after in rows} == LEGAL


INSERT = """
insert into mutation (source_system, source_id, effect, effect_number, key_division, administration, division, flow, endpoint,
    business_entity, source_day, source_version, source_changed_at, your_ref, token, payload, payload_version, look, vat, subjects, state,
    mapped_with, cause_code, actor)
values ('shop', %(id)s, 'sale', 1, 0, 'BE', 1, 'f', 'e', %(id)s, now(), 'v', now(), %(id)s, %(id)s, '{}', 1, '{}', '{}', '{}',
    %(state)s, '', 'x', 'test')
"""
FORCE = "update mutation set state = %(state)s, sent_at = now(), exact_id = coalesce(exact_id, gen_random_uuid()) where source_id = %(id)s"


@pytest.mark.parametrize(("before", "after"), list(itertools.product(State, State)))
def test_the_database_lets_through_what_is_legal_and_refuses_the_rest(migrated: str, before: State, after: State):
    with psycopg.connect(migrated) as connection:
        connection.execute(INSERT, {"id": f"{before}-{after}", "state": "planned"})
        connection.execute("set local session_replication_role = replica")
        connection.execute(FORCE, {"id": f"{before}-{after}", "state": before})
        connection.execute("set local session_replication_role = origin")
        allowed = legal(before, after, cause_before="x") or before is after
        if allowed:
            connection.execute(FORCE, {"id": f"{before}-{after}", "state": after})
        else:
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
                connection.execute(FORCE, {"id": f"{before}-{after}", "state": after})
        connection.rollback()


@pytest.mark.parametrize("state", list(State))
def test_a_mutation_begins_only_as_planned_dead_or_dismissed(migrated: str, state: State):
    with psycopg.connect(migrated) as connection:
        if legal(None, state):
            connection.execute(INSERT, {"id": f"first {state}", "state": state})
        else:
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
                connection.execute(INSERT, {"id": f"first {state}", "state": state})
        connection.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        "delete from mutation",
        "update mutation_event set actor = 'somebody else'",
        "delete from mutation_event",
        "truncate mutation_event",
        "update mutation set source_id = 'another'",
        "update mutation set division = 2",
        "update mutation set token = 'another'",
        "update mutation set payload = '{\"other\": 1}'",
        "update mutation set state = 'sending'",
        "update mutation set state = 'unheard_of'",
    ],
)
def test_what_must_never_change_cannot_be_changed_by_any_statement(migrated: str, statement: str):
    with psycopg.connect(migrated) as connection:
        connection.execute(INSERT, {"id": statement, "state": "planned"})
        with pytest.raises(psycopg.errors.IntegrityError):
            connection.execute(statement)
        connection.rollback()


def test_each_event_carries_the_hash_of_the_one_before_it(migrated: str):
    with psycopg.connect(migrated) as connection:
        connection.execute(INSERT, {"id": "chain", "state": "planned"})
        for state in ("sending", "unknown", "planned", "sending", "posted"):
            connection.execute(FORCE, {"id": "chain", "state": state})
        rows = connection.execute(
            "select e.previous_hash, e.hash, event_hash(e) from mutation_event e join mutation using (mutation_id)"
            " where source_id = 'chain' order by event_id"
        ).fetchall()
        connection.rollback()

    assert len(rows) == 6
    assert all(stored == computed for _, stored, computed in rows)
    assert [before for before, _, _ in rows] == ["", *(stored for _, stored, _ in rows[:-1])]


def test_an_unknown_outcome_goes_back_to_unknown_and_only_that():
    assert legal(State.DEAD_LETTER, State.UNKNOWN, cause_before=UNKNOWN_OUTCOME)
    assert not legal(State.DEAD_LETTER, State.PLANNED, cause_before=UNKNOWN_OUTCOME)
    assert not legal(State.DEAD_LETTER, State.UNKNOWN, cause_before="blocked_account")


def test_nothing_settled_is_sent_without_being_planned_again():
    assert not {(before, after) for before, after in LEGAL if before in SETTLED and after is State.SENDING}
    assert FIRST_STATES.isdisjoint({State.SENDING, State.UNKNOWN, State.POSTED})


def test_times_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="quarantine"):
        Times(quarantine_s=50.0)
    with pytest.raises(ValueError, match="lease"):
        Times(lease_s=61.0)
    scaled = Times().scaled(30, slowest_commit_s=20.0)
    assert (scaled.quarantine_s, scaled.guard_s) == (30.0, pytest.approx(1 / 6))
