"""Ten thousand open documents of thirty causes: the desk answers as if there were ten."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from tests.web.airflow_server import AirflowServer, Visitor

RECORDS, CAUSES = 10_000, 30
AT_MOST_S = 0.3
ASKED = 9
# A machine that is busy with other tests gets another chance.
ROUNDS = 4
SEED = """
insert into mutation (source_system, source_id, effect, effect_number, key_division, administration, division, flow, endpoint,
    business_entity, source_day, source_version, source_changed_at, your_ref, token, payload_version, look, vat, subjects, state,
    cause_code, cause_subject, actor, customer, total, total_currency)
select %(mark)s, %(mark)s || n, 'sale', 1, 0, 'UK', 820101, 'orders_to_invoices', 'salesinvoice/SalesInvoices',
    %(mark)s || '/' || n, date '2026-11-01' + n %% 20, 'v', now(), %(mark)s || n, %(mark)s || '-' || n, 1, '{}', '{}', '{}', 'dead_letter',
    'unknown_item', %(mark)s || n %% %(causes)s, 'seed', (n %% 500)::text, n * 1.01, 'GBP'
from generate_series(1, %(records)s) n
"""
EVENTS = """
insert into mutation_event (mutation_id, after, attempt, payload_version, actor, facts, previous_hash, hash)
select mutation_id, state, 0, 1, actor, '{}', '', 'seed' from mutation where source_system = %(mark)s
"""
CASES = """
insert into attention_case (case_id, administration, code, subject, state)
select distinct case_id(administration, cause_code, cause_subject), administration, cause_code, cause_subject, 'open'
from mutation where source_system = %(mark)s
"""
GONE = (
    "delete from mutation_event where mutation_id in (select mutation_id from mutation where source_system = %(mark)s)",
    "delete from attention_case where subject in (select cause_subject from mutation where source_system = %(mark)s)",
    "delete from mutation where source_system = %(mark)s",
)


@pytest.fixture
def mark(airflow_server: AirflowServer) -> Iterator[str]:
    """Ten thousand records whose numbers begin so, as the triggers would have left them; gone at the end."""
    named = {"mark": f"speed{uuid4().hex[:6]}", "causes": CAUSES, "records": RECORDS}
    with psycopg.connect(airflow_server.dsn, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        for statement in (SEED, EVENTS, CASES):
            connection.execute(statement, named)
        connection.execute("analyse mutation")
        yield str(named["mark"])
        for statement in GONE:
            connection.execute(statement, named)


def median_s(someone: Visitor, path: str) -> float:
    answers = [someone.page(path) for _ in range(ASKED)]
    assert {answer.status_code for answer in answers} == {200}, path
    return statistics.median(answer.elapsed.total_seconds() for answer in answers)


def test_each_page_of_the_desk_answers_within_three_tenths_of_a_second_at_ten_thousand_open_documents(
    visitor, mark: str, record_property
) -> None:
    someone = visitor("user")
    pages = {
        "open": "/",
        "by amount": "/?sort=amount",
        "one cause": f"/cases/UK:unknown_item:{mark}7",
        "number": f"/search?q={mark}77",
        "customer": "/search?q=77",
        "amount": "/search?q=1.010,00",
        "waiting": "/waiting",
        "done": "/done",
    }
    assert f"({CAUSES})" in someone.page("/?administration=UK").text
    found: dict[str, float] = {}
    for _ in range(ROUNDS):
        found = {name: min(median_s(someone, path), found.get(name, 9.0)) for name, path in pages.items()}
        if max(found.values()) <= AT_MOST_S:
            break

    record_property("seconds", found)
    assert {name: seconds for name, seconds in found.items() if seconds > AT_MOST_S} == {}
