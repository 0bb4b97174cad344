"""The words of `exactly errors …`, for people who keep the books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from include.outbox.causes import Language


@dataclass(frozen=True, kw_only=True)
class Words:
    """Headings and sentences in one language."""

    case_columns: tuple[str, str, str, str, str]
    nothing: str
    state: str
    open: str
    closed: str
    cause: str
    cure: str
    closed_now: str
    left: str
    in_work: str
    without_airflow: str
    dismiss_all: str
    dismissed: str
    in_exact: str
    other_reference: str
    was_first: str
    noted: str
    adopted: str
    booked_again: str
    rebook: str
    rebooked: str


WORDS: Mapping[Language, Words] = {
    "nl": Words(
        case_columns=("stuks", "geval", "open sinds", "oorzaak", "wat te doen"),
        nothing="Er wacht niets op u.",
        state="stand",
        open="open",
        closed="gesloten",
        cause="oorzaak",
        cure="wat te doen",
        closed_now="{case} is gesloten: er is niets meer over.",
        left="{case}: {left} wachten nog. `exactly errors show {case}` zegt waarop.",
        in_work="{case}: Airflow is er nog mee bezig.",
        without_airflow="zonder Airflow verwerkt ({why}); het blokje daar volgt binnen tien minuten",
        dismiss_all="{count} documenten worden hierdoor nooit geboekt. Afwijzen?",
        dismissed="Afgewezen door {by}: {numbers}.",
        in_exact="In Exact",
        other_reference="dit document draagt een andere verwijzing dan {number}: als het toch het juiste is, herhaal dit dan met --yes",
        noted="Notitie bij {what} bewaard voor {by}.",
        was_first="{number} wachtte niet meer: het is {state}, door {by}",
        adopted="{number} hoort nu bij document {document} in Exact, volgens {by}.",
        booked_again="{number} wordt opnieuw geboekt, volgens {by}: {tally}.",
        rebook="Wat van {number} in Exact staat, wordt gecrediteerd, en wat de webshop nu zegt opnieuw geboekt. Doorgaan?",
        rebooked="{number}: {posted} documenten geboekt, gevraagd door {by}.",
    ),
    "en": Words(
        case_columns=("records", "case", "open since", "cause", "what to do"),
        nothing="Nothing waits for you.",
        state="state",
        open="open",
        closed="closed",
        cause="cause",
        cure="what to do",
        closed_now="{case} is closed: nothing is left in it.",
        left="{case}: {left} still wait. `exactly errors show {case}` says for what.",
        in_work="{case}: Airflow is still at work on it.",
        without_airflow="done without Airflow ({why}); the square there follows within ten minutes",
        dismiss_all="{count} documents will never be booked then. Dismiss them?",
        dismissed="Dismissed by {by}: {numbers}.",
        in_exact="In Exact",
        other_reference="this document carries another reference than {number}: if it is the right one nevertheless, repeat with --yes",
        noted="Note about {what} kept for {by}.",
        was_first="{number} did not wait any more: it is {state}, by {by}",
        adopted="{number} belongs to document {document} in Exact now, says {by}.",
        booked_again="{number} is booked again, says {by}: {tally}.",
        rebook="What stands in Exact of {number} is credited, and what the shop says now is booked anew. Go on?",
        rebooked="{number}: {posted} documents booked, asked by {by}.",
    ),
}
