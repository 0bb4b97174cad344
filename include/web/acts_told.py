"""What the desk says after an act: sentences for the reader, and the progress of another try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from include.console.acts import Dismissed
from include.errors import RetryableError, SetupError
from include.outbox.causes import Language
from include.store.acts import Fate
from include.store.cases import Case
from include.store.database import Database
from include.store.deeds import DESK, Doer
from include.store.retries import GRACE_S, Asked, Retry, RetryStore
from include.web.access import Person
from include.web.formats import NOTHING, day, moment, money
from include.web.language import WORDS, language_of, words_in
from include.web.pages import page
from include.wiring.airflow_inside import clear_case
from include.wiring.case_clears import AwayError

EVERY_S = 2
REFUSED = "acts.refused."
CONFLICT = 409
# Lists and counts of the page follow what was done.
CHANGED = {"HX-Trigger": "acted"}


@dataclass
class Told:
    """What came of an act, in the order in which it is said."""

    request: Request
    person: Person
    store: Database
    lines: list[str] = field(default_factory=list)
    lost: Sequence[Fate] = ()
    retry: Retry | None = None

    def say(self, key: str, **values: object) -> None:
        self.lines.append(words_in(language_of(self.request))(key, **values))


def doer_of(person: Person) -> Doer:
    """The person as the history names them."""
    return Doer(person.name, DESK)


def texts_in(language: Language) -> Callable[[object], str]:
    """Writes moments, days and amounts for the reader, outside of a template."""
    context = cast("Context", {"language": language})

    def shown(value: object) -> str:
        match value:
            case None:
                return NOTHING
            case datetime():
                return moment(context, value)
            case date():
                return day(context, value)
            case Decimal():
                return money(context, value)
        return str(value)

    return shown


def say_asked(told: Told, case: Case, asked: Asked) -> None:
    """Say what became of the wish for another try, and have Airflow begin with it."""
    shown, retry = texts_in(language_of(told.request)), asked.retry
    if retry is None:
        told.say("acts.retry.nothing")
        return
    told.retry = retry
    if asked.is_new:
        told.say("acts.retry.asked", number=retry.total, pace=retry.pace_per_minute)
        _begin(told, case, retry)
    else:
        counts = {"done": retry.done, "total": retry.total, "posted": retry.posted}
        told.say("acts.retry.known", by=retry.asked_by, at=shown(retry.asked_at), **counts)


def _begin(told: Told, case: Case, retry: Retry) -> None:
    try:
        clear_case(told.request, case.run_id, doer_of(told.person).doing(retry.kind))
    except RetryableError:
        told.say("acts.retry.busy")
    except AwayError as away:
        told.say("acts.retry.away", why=str(away))
    except SetupError:
        # Airflow does not let this person act: nothing is to happen in their name.
        RetryStore(told.store).finish(retry, "withdrawn")
        raise


def say_dismissed(told: Told, done: Dismissed, reason: str) -> None:
    """Say what was dismissed, who was first elsewhere, and turn the squares of emptied cases green."""
    told.say("acts.dismiss.done", number=len(done.records) + done.findings)
    told.lost = done.lost
    say_closed(told, done.closed, f"{doer_of(told.person).doing('dismiss')}: {reason.strip()}")


def say_closed(told: Told, closed: Sequence[Case], note: str) -> None:
    """Say that these cases are closed, and have Airflow show them green; the sweep does it when Airflow cannot."""
    for case in closed:
        told.say("acts.closed")
        try:
            clear_case(told.request, case.run_id, note)
        except (AwayError, RetryableError, SetupError) as away:
            told.say("acts.closed.away", why=str(away))


def render(told: Told) -> HTMLResponse:
    """The answer to an act that was done, if only in part."""
    values: dict[str, Any] = {"refusal": "", "lines": told.lines, "lost": told.lost, "retry": told.retry}
    if told.retry is not None:
        values |= progress_values(told.retry)
    answer = page(told.request, told.person, "acts/_told.html", **values)
    answer.headers.update(CHANGED)
    return answer


def act(request: Request, person: Person, store: Database, do: Callable[[Told], None]) -> HTMLResponse:
    """Do an act and say what came of it, or why it cannot be done."""
    told = Told(request, person, store)
    try:
        do(told)
    except SetupError as error:
        return _refused(request, person, error)
    return render(told)


def _refused(request: Request, person: Person, error: SetupError) -> HTMLResponse:
    """The answer to an act that cannot be done."""
    values: dict[str, Any] = {"refusal": refusal(request, error), "lines": [], "lost": (), "retry": None}
    return page(request, person, "acts/_told.html", status=CONFLICT, **values)


def refusal(request: Request, error: SetupError) -> str:
    """Why it cannot be done, in the reader's words where we have them."""
    key = REFUSED + error.code
    return words_in(language_of(request))(key, subject=error.subject) if key in WORDS else error.cure


def progress_values(retry: Retry) -> dict[str, Any]:
    """What the template of the progress needs."""
    now = datetime.now(UTC)
    last = max(retry.moved_at or retry.asked_at, retry.not_before)
    return {
        "retry": retry,
        "every_s": EVERY_S,
        "rests": retry.not_before > now,
        "stalled": now - last > timedelta(seconds=GRACE_S),
    }
