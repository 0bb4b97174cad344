"""Acts at the desk, in Airflow's own web server: our database first, then Airflow as the person who acts, and what the page says."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from lxml import html
from playwright.sync_api import expect

from include.store.cases import CaseStore
from include.store.deeds import DeedStore
from tests.web.airflow_server import AirflowServer
from tests.web.planting import Plant

CODE = "missing_gl_account"
OURS = {"record": [], "reason": "", "note": ""}


class Scene:
    """A case with some records and a red square in Airflow."""

    def __init__(self, server: AirflowServer, plant: Plant, records: int, *, code: str = CODE, drawn: bool = True) -> None:
        self.subject = f"acts-{uuid4().hex[:8]}"
        self.case_id = f"BE:{code}:{self.subject}"
        self.server, self.plant = server, plant
        for number in range(records):
            plant.dead(f"{self.subject}-{number}", code, self.subject)
        self.cases = CaseStore(plant.database)
        self.ids = [record.mutation_id for record in self.cases.records(self.case_id)]
        if drawn:
            server.draw(self.case_id)

    def states(self) -> list[str]:
        with psycopg.connect(self.server.dsn) as connection:
            rows = connection.execute("select state from mutation where your_ref like %s order by mutation_id", (f"{self.subject}-%",))
            return [state for (state,) in rows]

    def square(self) -> str | None:
        return self.server.airflow("GET", f"dags/attention/dagRuns/{self.case_id}/taskInstances/case/0")["state"]

    def audited(self) -> set[str]:
        """Who cleared the square, by Airflow's own audit log."""
        events = self.server.airflow("GET", "eventLogs?dag_id=attention&event=post_clear_task_instances&limit=1000")["event_logs"]
        return {event["owner"] for event in events if self.case_id in str(event["extra"])}

    def deeds(self) -> list[tuple[str, str, str]]:
        return [(deed.who, deed.what, deed.said) for deed in DeedStore(self.plant.database).of_case(self.case_id)]


@pytest.fixture
def scene(airflow_server: AirflowServer, plant: Plant):
    return lambda records, **others: Scene(airflow_server, plant, records, **others)


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.fromstring(answer.text).text_content()).strip()


def test_a_retry_is_kept_and_airflow_clears_the_square_under_the_name_of_who_asked(visitor, scene) -> None:
    here = scene(3)
    assert here.square() == "failed"
    answer = visitor("user").act(f"/cases/{here.case_id}/retry", {"pace_per_minute": "20"})

    assert answer.status_code == 200
    assert answer.headers["HX-Trigger"] == "acted"
    assert "Are tried again: 3 documents, 20 a minute." in said(answer)
    assert here.square() is None, "nothing schedules here: it is cleared, and would run"
    assert here.audited() == {"user"}
    assert here.deeds() == [("user", "retry", "")]
    retry = here.cases.retries.last(here.case_id)
    assert (retry.asked_by, retry.via, retry.total, retry.pace_per_minute) == ("user", "desk", 3, 20)


def test_the_second_of_two_people_reads_what_the_first_one_asked_for(visitor, scene) -> None:
    here = scene(2)
    visitor("user").act(f"/cases/{here.case_id}/retry")
    answer = visitor("op").act(f"/records/{here.ids[0]}/retry", headers={"Accept-Language": "nl"})

    assert "user vroeg dit al om" in said(answer)
    assert [deed[0] for deed in here.deeds()] == ["user"]


def test_a_selection_is_tried_alone_and_the_dialog_carries_it(visitor, scene) -> None:
    here = scene(3)
    asked = "&".join(f"record={each}" for each in here.ids[:2])
    dialog = visitor("user").page(f"/cases/{here.case_id}/dialog/retry?{asked}")
    carried = html.fromstring(dialog.text).xpath("//input[@name='record']/@value")
    visitor("user").act(f"/cases/{here.case_id}/retry", {"record": carried})

    assert carried == [str(each) for each in here.ids[:2]]
    assert "2 documents" in said(dialog)
    assert here.cases.retries.last(here.case_id).total == 2


def test_progress_asks_for_itself_until_it_is_through(visitor, scene) -> None:
    here = scene(2)
    visitor("user").act(f"/cases/{here.case_id}/retry")
    retry = here.cases.retries.last(here.case_id)
    waiting = visitor("viewer").page(f"/cases/{here.case_id}/progress")
    begun = here.cases.retries.begin(retry)
    running = visitor("viewer").page(f"/retries/{retry.retry_id}")
    here.cases.retries.note(begun, here.ids[:1])
    stopped = visitor("user").act(f"/cases/{here.case_id}/stop")
    here.cases.retries.finish(retry, "stopped")
    ended = visitor("viewer").page(f"/retries/{retry.retry_id}")

    assert 'hx-trigger="every 2s"' in waiting.text
    assert f'hx-get="/exactly/retries/{retry.retry_id}"' in running.text
    assert "0 of 2 tried" in said(running)
    assert "It stops after the documents that are on their way now." in said(stopped)
    assert "Stopped by user." in said(ended)
    assert "1 of 2 tried: 0 booked, 1 refused again." in said(ended)
    assert "hx-get" not in ended.text
    assert ended.headers["HX-Trigger"] == "acted"
    assert visitor("viewer").page(f"/cases/{here.case_id}/progress").text == ""


def test_the_last_dismissal_closes_the_case_and_clears_its_square(visitor, scene) -> None:
    here = scene(2)
    first = visitor("user").act(f"/records/{here.ids[0]}/dismiss", {"reason": "A test order"})
    assert here.square() == "failed"
    last = visitor("user").act(f"/cases/{here.case_id}/dismiss", {"reason": "Also a test", "seen": "1"})

    assert "1 document dismissed." in said(first)
    assert "The case is closed: nothing waits any more." in said(last)
    assert here.states() == ["dismissed", "dismissed"]
    assert here.square() is None
    assert here.audited() == {"user"}
    assert here.deeds() == [("user", "dismiss", "A test order"), ("user", "dismiss", "Also a test")]
    lost = visitor("op").act(f"/records/{here.ids[0]}/dismiss", {"reason": "Too late"}, headers={"Accept-Language": "nl"})
    assert "was al afgewezen (dismiss by user" in said(lost)


def test_what_cannot_be_done_says_why_in_the_readers_language_and_changes_nothing(visitor, scene) -> None:
    here = scene(2)
    dutch = {"Accept-Language": "nl"}
    someone = visitor("user")
    answers = [
        someone.act(f"/cases/{here.case_id}/dismiss", {"reason": "  "}, headers=dutch),
        someone.act(f"/cases/{here.case_id}/dismiss", {"reason": "x" * 501}, headers=dutch),
        someone.act(f"/cases/{here.case_id}/dismiss", {"reason": "All", "seen": "1"}, headers=dutch),
        someone.act(f"/cases/{here.case_id}/note", {"note": ""}, headers=dutch),
        someone.act(f"/cases/{here.case_id}/current-period", headers=dutch),
        someone.act(f"/cases/{here.case_id}/retry", {"pace_per_minute": "0"}, headers=dutch),
        someone.act(f"/records/{here.ids[0]}/book-again", headers=dutch),
        someone.act("/records/999999999/retry", headers=dutch),
        someone.act("/cases/BE:no:such/stop", headers=dutch),
    ]

    assert {answer.status_code for answer in answers} == {409}
    told = [said(answer) for answer in answers]
    assert all(text.startswith("Dit kan niet") for text in told)
    assert [word in text for word, text in zip(
        ("Schrijf op waarom", "te lang", "kwamen er 1 documenten bij", "leeg", "afgesloten periode", "tempo", "niet in Exact verwijderd",
         "Dit document bestaat niet", "Dit geval bestaat niet"), told, strict=True)] == [True] * 9  # fmt: skip
    assert here.states() == ["dead_letter", "dead_letter"]
    assert (here.deeds(), here.square()) == ([], "failed")


def test_when_airflow_has_no_square_the_act_is_kept_and_the_page_says_what_happens(visitor, scene) -> None:
    here = scene(1, drawn=False)
    answer = visitor("user").act(f"/cases/{here.case_id}/retry")

    assert answer.status_code == 200
    assert "Your order is kept; Airflow does not answer now" in said(answer)
    assert here.cases.retries.unfinished(here.case_id)[0].asked_by == "user"


def test_a_note_is_kept_word_for_word_and_can_do_no_harm(visitor, scene) -> None:
    here = scene(1)
    text = "<script>alert(1)</script> klant belt terug =1+1 ' \" \N{EURO SIGN}"
    assert "Notitie bewaard." in said(visitor("user").act(f"/cases/{here.case_id}/note", {"note": text}, headers={"Accept-Language": "nl"}))
    visitor("user").act(f"/records/{here.ids[0]}/note", {"note": text})

    assert here.deeds() == [("user", "note", text)]
    assert [deed.said for deed in DeedStore(here.plant.database).of_record(here.ids[0])] == [text]
    assert "<script>alert" not in visitor("viewer").page(f"/cases/{here.case_id}").text


@pytest.mark.parametrize("act", ["retry", "dismiss", "note", "adopt"])
def test_every_dialog_about_a_record_asks_in_both_languages(visitor, scene, act: str) -> None:
    here = scene(1, drawn=False)
    texts = [
        said(visitor("user").page(f"/records/{here.ids[0]}/dialog/{act}", headers={"Accept-Language": language}))
        for language in ("nl", "en")
    ]

    assert all(texts)
    assert texts[0] != texts[1]


def test_a_document_that_is_not_named_is_asked_for_again_in_the_dialog(visitor, scene) -> None:
    here = scene(1, drawn=False)
    answer = visitor("user").act(f"/records/{here.ids[0]}/adopt", {"exact_id": "the one of Tuesday"})

    assert html.fromstring(answer.text).xpath("//dialog//input[@name='exact_id']/@value") == ["the one of Tuesday"]
    assert here.states() == ["dead_letter"]


def test_a_bookkeeper_dismisses_from_the_page_of_the_case_and_sees_what_came_of_it(window, scene) -> None:
    here = scene(2)
    page = window("user", language="nl")
    page.goto(f"/exactly/cases/{here.case_id}")
    page.get_by_role("button", name="Afwijzen").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("alles met deze oorzaak (2)")).to_be_visible()
    dialog.get_by_label("Reden").fill("Testbestellingen")
    dialog.get_by_role("button", name="Afwijzen").click()

    expect(page.locator("#told")).to_contain_text("2 documenten afgewezen.")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert here.states() == ["dismissed", "dismissed"]
    assert here.square() is None
