"""The error queue from a terminal. Airflow is away here, so that acts work on the outbox."""

from __future__ import annotations

import json
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest

from include.console.adopting import beside, document_id
from include.console.trace import live_document
from include.errors import SetupError
from include.flows.mirror_refresh import refresh
from include.outbox.ports import Purpose

UNKNOWN = "UK:unknown_relation:17850"
COMMANDS = ("list", "show", "retry", "dismiss", "note", "rebook", "adopt", "book-again")


@pytest.fixture
def letter(company):
    """A fresh refused record, and the case that it is in."""
    number = f"9{uuid4().int % 10**7:07}"
    company.world.add_order(number, like="536365")
    company.book()
    (row,) = company.world.mutations("your_ref = %s", number)
    return row


def events(company, number: str) -> list[tuple[str, str, str, dict]]:
    with psycopg.connect(company.world.store_dsn) as connection:
        return connection.execute(
            "select e.before, e.after, e.actor, e.facts from mutation_event e join mutation using (mutation_id)"
            " where your_ref = %s order by event_id",
            (number,),
        ).fetchall()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_queue_explains_itself_with_an_example(company, command):
    result = company.run("errors", command, "--help")

    assert result.exit_code == 0
    assert f"exactly errors {command}" in result.output


def test_the_list_tells_cause_and_cure_in_the_language_that_was_asked_for(company):
    dutch, english = (company.run("errors", "list", "--language", language) for language in ("nl", "en"))

    assert (dutch.exit_code, english.exit_code) == (1, 1)
    assert "wat te doen" in dutch.output
    assert "Relatie 17850 bestaat niet" in dutch.output
    assert "what to do" in english.output
    assert "Relation 17850 does not exist" in english.output


def test_a_case_is_shown_with_its_records(company, letter):
    told = company.json("errors", "show", "UK:unknown_relation:17850")

    assert told["state"] == "open"
    assert letter["your_ref"] in {record["number"] for record in told["records"]}
    assert company.run("errors", "show", UNKNOWN).exit_code == 0


def test_an_unknown_case_is_told_as_such(company):
    result = company.run("errors", "show", "UK:unknown_relation:1")

    assert result.exit_code == 3
    assert "errors list" in result.output


def test_a_retry_without_a_cure_says_what_is_left(company, letter):
    result = company.run("errors", "retry", UNKNOWN, "--by", "An")

    assert result.exit_code == 1
    assert "done without Airflow" in result.output
    assert "still wait" in result.output
    assert events(company, letter["your_ref"])[-1][2] == "errors retry by An"


def test_a_dismissal_names_who_and_why_and_the_last_one_closes_the_case(company, letter):
    waiting = [record["number"] for record in company.json("errors", "show", UNKNOWN)["records"]]
    for number in waiting[:-1]:
        assert "is closed" not in company.run("errors", "dismiss", number, "--reason", "a test order", "--by", "An").output
    last = company.run("errors", "dismiss", waiting[-1], "--reason", "a test order", "--by", "An", "--language", "nl")

    assert "Afgewezen door An" in last.output
    assert f"{UNKNOWN} is gesloten" in last.output
    assert events(company, letter["your_ref"])[-1] == ("dead_letter", "dismissed", "errors dismiss by An", {"reason": "a test order"})
    assert company.json("errors", "show", UNKNOWN)["state"] == "closed"


def test_a_dismissal_wants_a_reason(company, letter):
    assert company.run("errors", "dismiss", letter["your_ref"]).exit_code == 2
    assert company.run("errors", "dismiss", letter["your_ref"], "--reason", " ").exit_code == 3
    assert company.mutation(letter["your_ref"])["state"] == "dead_letter"


def test_a_note_is_kept_with_a_record_and_shown_in_its_story(company, letter):
    assert company.run("errors", "note", letter["your_ref"], "the customer calls back", "--by", "An").exit_code == 0
    assert company.run("errors", "note", UNKNOWN, "everybody waits", "--by", "An", "--language", "nl").output.startswith("Notitie bij")
    (story,) = company.json("trace", letter["your_ref"])["stories"]

    assert [(deed["who"], deed["what"], deed["said"]) for deed in story["story"]["deeds"]] == [("An", "note", "the customer calls back")]
    assert "the customer calls back" in company.run("trace", letter["your_ref"]).output
    assert company.run("errors", "note", letter["your_ref"], " ").exit_code == 3


def test_a_whole_case_is_dismissed_after_a_question(company, letter):
    company.world.add_order(f"{letter['your_ref']}1", like="536365")
    company.book()

    assert company.run("errors", "dismiss", UNKNOWN, "--reason", "tests", typed="n\n").exit_code == 1
    assert company.mutation(letter["your_ref"])["state"] == "dead_letter"
    assert company.run("errors", "dismiss", UNKNOWN, "--reason", "tests", "--yes").exit_code == 0
    assert company.mutation(letter["your_ref"])["state"] == "dismissed"


def test_what_was_deleted_in_exact_is_listed_and_can_be_dismissed(company):
    case_id = delete_in_exact(company, "536389")
    assert {case["case_id"]: case["records"] for case in company.json("errors", "list")["cases"]}[case_id] == 1

    dismissed = company.run("errors", "dismiss", "536389", "--reason", "double order")
    assert dismissed.exit_code == 0
    assert f"{case_id} is closed" in dismissed.output
    row = company.mutation("536389")
    assert (row["state"], row["cause_code"]) == ("dismissed", "deleted_in_exact")


def test_what_was_deleted_in_exact_is_booked_again_under_a_new_number_of_its_effect(company):
    number = company.world.add_order(f"8{uuid4().int % 10**7:07}", like="536389")
    company.book()
    deleted = company.mutation(number)["exact_id"]
    case_id = delete_in_exact(company, number)
    retried = company.run("errors", "retry", case_id)
    assert (retried.exit_code, "1 still wait" in retried.output) == (1, True)

    again = company.run("errors", "book-again", number, "--by", "An")
    assert again.exit_code == 0, again.output
    assert f"{case_id} is closed" in again.output
    first, second = company.world.mutations("your_ref = %s and effect = 'sale'", number)
    assert (first["state"], first["exact_id"], second["state"], second["effect_number"]) == ("dismissed", deleted, "posted", 2)
    assert ("gone", "dismissed", "errors book-again by An") in [event[:3] for event in events(company, number)]
    assert company.run("errors", "book-again", number).exit_code == 3


def test_only_what_was_deleted_is_booked_again(company, letter):
    refused = company.run("errors", "book-again", letter["your_ref"])

    assert refused.exit_code == 3
    assert "only what was deleted" in refused.output


def delete_in_exact(company, number: str) -> str:
    """Somebody deletes the document of an order, and the mirror sees it."""
    row = company.mutation(number)
    with company.world.run(row["administration"]) as run:
        refresh(run)
        company.world.sandbox.control("DELETE", f"documents/{row['exact_id']}")
        refresh(run)
    return f"{row['administration']}:deleted_in_exact:{number}"


def test_a_posted_record_cannot_be_dismissed(company):
    result = company.run("errors", "dismiss", "536384", "--reason", "x")

    assert result.exit_code == 3
    assert "trace" in result.output


def test_a_record_that_cannot_be_mapped_adopts_nothing(company, letter):
    result = company.run("errors", "adopt", letter["your_ref"], str(company.mutation("536384")["exact_id"]))

    assert result.exit_code == 3
    assert "unknown_relation:17850" in result.output


def refused(company, number: str) -> dict:
    """An order whose relation is blocked: refused by Exact, with a payload."""
    company.world.sandbox.control("POST", "accounts", {"division": 820101, "Code": "13047", "Name": "A relation", "Blocked": True})
    company.world.add_order(number, like="536367")
    company.book()
    company.world.sandbox.control("POST", "accounts", {"division": 820101, "Code": "13047", "Blocked": False})
    return company.mutation(number)


def test_a_document_of_another_record_is_not_adopted(company):
    record = refused(company, "98000001")
    assert record["state"] == "dead_letter", record
    taken = company.mutation("536384")
    result = company.run("errors", "adopt", "98000001", str(taken["exact_id"]), "--yes")

    assert result.exit_code == 3
    assert "536384" in result.output
    assert company.mutation("98000001")["state"] == "dead_letter"


def test_a_document_that_is_not_in_the_division_is_not_adopted(company):
    number = refused(company, "98000002")["your_ref"]
    absent = company.run("errors", "adopt", number, str(uuid4()))

    assert absent.exit_code == 3
    assert "no document of this id" in absent.output


def test_a_document_with_another_reference_is_adopted_only_when_confirmed(company):
    record = refused(company, "98000003")
    typed = typed_into_exact(company, like=record, reference="by hand 7")
    asked = company.run("errors", "adopt", "98000003", typed)
    assert asked.exit_code == 3
    assert "--yes" in asked.output

    done = company.run("errors", "adopt", "98000003", typed, "--yes", "--by", "An")
    assert done.exit_code == 0, done.output
    row = company.mutation("98000003")
    assert (row["state"], str(row["exact_id"])) == ("posted", typed)
    assert events(company, "98000003")[-1] == (
        "dead_letter",
        "posted",
        "errors adopt by An",
        {"adopted": typed, "reference": "another, by hand 7"},
    )


def test_a_document_with_our_reference_is_adopted_at_once(company):
    record = refused(company, "98000004")
    typed = typed_into_exact(company, like=record, reference="98000004")

    assert company.run("errors", "adopt", "98000004", typed).exit_code == 0
    assert company.mutation("98000004")["state"] == "posted"
    assert events(company, "98000004")[-1][3]["reference"] == "ours"


def test_a_document_is_laid_beside_what_would_have_been_booked_and_named_as_people_name_it(company):
    letter = refused(company, "98000005")
    typed = typed_into_exact(company, like=letter, reference="by hand 8")
    with company.world.run("UK") as run:
        record = run.outbox.store.get(letter["mutation_id"])
        compared = beside(run, record, document_id(run, record, f"https://start.exactonline.co.uk/docs/SlsInvoice.aspx?ID={{{typed}}}"))
        with pytest.raises(SetupError, match="no_document_named"):
            document_id(run, record, "the one of Tuesday")
    pairs = {pair.name: pair for pair in compared.pairs}

    assert (str(compared.document.exact_id), compared.is_ours) == (typed, False)
    assert (pairs["reference"].ours, pairs["reference"].theirs, pairs["reference"].differs) == ("98000005", "by hand 8", True)
    assert [pairs[name].differs for name in ("currency", "total", "date")] == [False] * 3
    assert pairs["total"].ours == letter["amount_net"] + sum(Decimal(vat) for vat in letter["vat"].values())

    (entry, *_) = company.world.mutations("administration = 'BE' and state = 'posted' and effect = 'sale'")
    with company.world.run("BE") as run:
        record = run.outbox.store.get(entry["mutation_id"])
        number = live_document(run.exact, entry)["EntryNumber"]
        assert document_id(run, record, f" {number} ") == entry["exact_id"]
        with pytest.raises(SetupError, match="no_such_document"):
            document_id(run, record, "999999999")


def test_one_retry_serves_all_cases_of_a_cause(company):
    for code in ("17851", "17852"):
        company.world.add_order(f"7{code}", like="536365")
        company.world.shop(
            "insert into webshop.buyers select (jsonb_populate_record(b, jsonb_build_object('buyer_no', %s::text))).*"
            " from webshop.buyers b where buyer_no = '17850'",
            code,
        )
        company.world.shop("update webshop.sales set buyer_no = %s where sale_no = %s", code, f"7{code}")
    company.book()
    for code in ("17851", "17852"):
        company.world.sandbox.control("POST", "accounts", {"division": 820101, "Code": code, "Name": "A new relation"})
    company.run("errors", "retry", "UK:unknown_relation:17851", "--all-with-cause", "--json")

    assert {company.mutation(f"7{code}")["state"] for code in ("17851", "17852")} == {"posted"}
    assert not company.json("errors", "show", "UK:unknown_relation:17852")["records"]


def typed_into_exact(company, *, like: dict, reference: str) -> str:
    """A bookkeeper types an invoice into the sandbox, like the one that was refused."""
    with company.world.run("UK") as run:
        payload = json.loads(like["payload"])
        payload |= {"YourRef": reference, "Description": ""}
        permit = run.outbox._parts.gate.take(like["endpoint"], Purpose.OPERATOR)
        run.exact.prepare()
        reply = run.exact.post(like["endpoint"], json.dumps(payload), lambda: True)
        run.outbox._parts.gate.give_back_unused(permit)
    return json.loads(reply.body)["d"]["InvoiceID"]


def test_rebooking_credits_what_stands_and_books_what_the_shop_says_now(company):
    number = f"9{uuid4().int % 10**7:07}"
    company.world.add_order(number, like="536389")
    company.book()
    company.world.shop("update webshop.sale_items set qty = 2 where sale_no = %s and line_no = 1", number)
    company.world.shop("update webshop.sales set updated_at = now() where sale_no = %s", number)
    company.book()
    refused = company.run("errors", "rebook", number, typed="n\n")
    result = company.run("errors", "rebook", number, "--by", "Ann", "--yes")

    assert refused.exit_code == 1
    assert f"{number}: 2 documents booked, asked by Ann." in result.output
    rows = company.world.mutations("your_ref = %s", number)
    assert [(row["effect"], row["state"]) for row in rows] == [("sale", "posted"), ("sale", "posted"), ("reverse_sale", "posted")]
    assert rows[2]["amount_net"] == -rows[0]["amount_net"]
    assert company.run("errors", "rebook", number, "--yes").exit_code == 3
