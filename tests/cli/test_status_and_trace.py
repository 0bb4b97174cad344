"""Where everything stands, and the whole story of one document."""

from __future__ import annotations

import pytest

from tests.cli.company import BOOKED


def test_status_counts_every_document_once(company):
    states = [each["states"] for each in company.json("status").values()]

    assert sum(sum(counts.values()) for counts in states) == len(BOOKED) + 3


def test_status_tells_causes_in_the_language_that_was_asked_for(company):
    dutch, english = (company.run("status", "--language", language).output for language in ("nl", "en"))

    assert "Relatie 17850" in dutch
    assert "Relation 17850 does not exist" in english


def test_status_lists_open_cases_quota_and_sign_in(company):
    uk = company.json("status")["UK"]

    assert "UK:unknown_relation:17850" in {case["case_id"] for case in uk["cases"]}
    assert uk["sign_in"] == "ok"
    assert 0 < uk["calls_left_today"] < uk["calls_a_day"] == 100_000


def test_a_trace_tells_the_whole_story_of_a_document(company):
    posted = company.mutation("536389")

    (told,) = company.json("trace", "536389")["stories"]
    story = told["story"]

    assert story["source"]["net"] == str(posted["amount_net"])
    assert [(event["before"], event["after"]) for event in story["events"]] == [
        (None, "planned"),
        ("planned", "sending"),
        ("sending", "posted"),
    ]
    assert [(call["method"], call["status"]) for call in story["calls"]] == [("POST", 201)]
    assert story["untouched"]
    assert told["live"] is None


def test_live_asks_exact_for_the_document_in_one_call(company):
    posted = company.mutation("536389")
    before = len(company.world.sandbox.calls())

    (told,) = company.json("trace", "536389", "--live")["stories"]

    assert told["live"]["EntryID"] == str(posted["exact_id"])
    assert told["live"]["YourRef"] == "536389"
    assert len(company.world.sandbox.calls()) == before + 1


def test_a_document_is_found_by_its_id_and_by_the_number_that_exact_gave(company):
    company.run("verify")
    posted = company.mutation("536389")
    number = company.json("trace", "536389", "--live")["stories"][0]["live"]["EntryNumber"]

    for known_as in (str(posted["exact_id"]), str(number)):
        (told,) = company.json("trace", known_as)["stories"]
        assert told["story"]["mutation"]["mutation_id"] == posted["mutation_id"]


def test_the_mirror_shows_the_document_after_it_was_read(company):
    company.run("verify")

    mirrored = company.json("trace", "536384")["stories"][0]["story"]["mirrored"]

    assert mirrored["fields"]["YourRef"] == "536384"
    assert mirrored["fields"]["AmountFC"] == "587.52"


def test_a_dead_letter_is_told_with_cause_and_cure(company):
    output = company.run("trace", "536365", "--language", "nl").output

    assert "Relatie 17850" in output
    assert "It has no document in Exact." in output


def test_a_trace_holds_no_personal_data(company):
    output = company.run("trace", "536389").output + company.run("trace", "536389", "--json").output

    for word in ("@", "street", "company_name", 'payload":'):
        assert word not in output


def test_a_number_that_nobody_knows_is_exit_status_1(company):
    result = company.run("trace", "nothing-of-ours")

    assert result.exit_code == 1
    assert "nobody knows nothing-of-ours" in result.output


def test_what_the_shop_has_and_the_flow_did_not_read_is_shown(company):
    company.world.add_order("540000", like="536389")
    result = company.run("trace", "540000")
    company.world.shop("delete from webshop.sale_items where sale_no = '540000'")
    company.world.shop("delete from webshop.sales where sale_no = '540000'")

    assert result.exit_code == 1
    assert "The outbox does not know it" in result.output


def test_a_history_that_was_tampered_with_shows(company):
    row = company.mutation("536852")
    tamper = "update mutation_event set actor = 'nobody' where mutation_id = %s and after = 'sending'"
    _without_protection(company, tamper, row["mutation_id"])

    result = company.run("trace", "536852")
    verdict = company.json("verify")

    assert result.exit_code == 1
    assert "TAMPERED" in result.output
    assert [each["part"] for each in _failures(verdict)] == ["I6"]


@pytest.mark.parametrize("words", [("status",), ("trace", "536389"), ("verify",)])
def test_an_error_is_one_sentence_with_a_cure_and_no_traceback(company, monkeypatch, words):
    monkeypatch.delenv("AIRFLOW_CONN_EXACTLY_STORE")

    result = company.run(*words)

    assert result.exit_code == 3
    assert result.output.count("\n") == 1
    assert result.output.startswith("exactly: missing connection (exactly_store): add it in Airflow")


def _failures(verdict):
    return [each for administration in verdict["administrations"] for each in administration["findings"] if each["level"] == "failure"]


def _without_protection(company, statement, *values):
    company.memory("alter table mutation_event disable trigger mutation_event_append_only")
    company.memory(statement, *values)
    company.memory("alter table mutation_event enable trigger mutation_event_append_only")
