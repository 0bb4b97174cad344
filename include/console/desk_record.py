"""One record, whole: what it is, its lines and amounts, why it waits and what helps, what was sent and answered, who did what when."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from include.adapters.links import Links
from include.console.desk_document import ACCOUNTS, Names, ShownDocument, in_shop, names_for, written
from include.console.desk_history import Entry, Task, entries, owner_of, task_of
from include.console.desk_lines import Reader, RecordLine, effect_word, line_of
from include.errors import ExactlyError
from include.exact.shown import relation_of
from include.outbox.causes import explain
from include.sources.records import BadRecord, ShopDocument
from include.sources.webshop import Webshop
from include.store.cases import Case
from include.store.database import Database, Row
from include.store.deeds import DeedStore
from include.store.desk import DeskStore
from include.store.figures import FigureStore

log = logging.getLogger(__name__)
# States in which the cause of a record is told, with its cure.
WAITS_FOR_PERSON = frozenset({"dead_letter", "gone"})
# Facts of causes that the page tells in places of their own.
TOLD_ELSEWHERE = frozenset({"text", "answer", "order", "return", "division", "customer", "waits_for"})


@dataclass(frozen=True, kw_only=True)
class Document:
    """What stands in Exact: its id, its number and status as the mirror shows them, what somebody changed there, and its page."""

    exact_id: str
    number: str
    status: str
    total: Decimal | None
    differences: Mapping[str, str]
    url: str


@dataclass(frozen=True, kw_only=True)
class Relative:
    """Another record that this one has to do with: `same` order, `awaited` by it, or one that `awaits` it."""

    relation: str
    line: RecordLine


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call to Exact about the record; `status` None: no answer came."""

    at: datetime
    method: str
    endpoint: str
    status: int | None
    answer_class: str
    seconds: Decimal
    task: Task | None


@dataclass(frozen=True, kw_only=True)
class RecordStory:
    """All about a record. `case`: where it waits for a person; `says` and `cure`: why, or why it was dismissed, and what helps.

    `relation`: code and name of its relation in Exact, masked as the reader's eyes are.
    """

    line: RecordLine
    division: int
    flow: str
    endpoint: str
    token: str
    attempt: int
    version: int
    case: Case | None
    code: str
    says: str
    cure: str
    facts: Mapping[str, str]
    answer: str
    relation: str
    shown: ShownDocument | None
    document: Document | None
    order_url: str
    payload: str
    history: Sequence[Entry]
    untouched: bool
    calls: Sequence[Call]
    relatives: Sequence[Relative]


def record_story(database: Database, mutation_id: int, reader: Reader, *, links: Links, shop: Webshop | None) -> RecordStory | None:
    """Gather all that is known about a record; None when there is no such record. `shop` is asked for what was not written yet."""
    desk = DeskStore(database)
    row = desk.record(mutation_id)
    if row is None:
        return None
    names = names_for(desk, row)
    events, calls = FigureStore(database).events(mutation_id), desk.calls(mutation_id)
    tasks = _tasks(desk, events, calls)
    waits = row["state"] in WAITS_FOR_PERSON and row["case_state"] is not None
    says, cure = explain(row["cause_code"], row["cause_subject"], reader.language) if _is_told(row) else ("", "")
    facts = reader.eyes.facts({name: fact for name, fact in row["cause_facts"].items() if name not in TOLD_ELSEWHERE})
    return RecordStory(
        line=RecordLine(**line_of(row), since=row["updated_at"]),
        division=row["division"],
        flow=row["flow"],
        endpoint=row["endpoint"],
        token=row["token"],
        attempt=row["attempt"],
        version=row["payload_version"],
        case=_case(row) if waits else None,
        code=row["cause_code"] or "",
        says=reader.eyes.text(says),
        cure=reader.eyes.text(cure),
        facts=facts,
        answer=reader.eyes.text(_answer(row)),
        relation=_relation(row, names, reader),
        shown=written(row, names) or _from_shop(row, shop),
        document=_document(row, links),
        order_url=links.of_source(row["source_id"], row["effect"]) or "" if not row["key_division"] else "",
        payload=reader.eyes.payload(row["payload"]),
        history=entries(events, DeedStore(database).of_record(mutation_id), tasks, reader),
        untouched=bool(events) and all(event["untouched"] for event in events),
        calls=[_call(call, tasks) for call in calls],
        relatives=[Relative(relation=each["relation"], line=_relative(each)) for each in desk.relatives(mutation_id)],
    )


def _is_told(row: Row) -> bool:
    return row["cause_code"] is not None and row["state"] in WAITS_FOR_PERSON | {"dismissed"}


def _case(row: Row) -> Case:
    return Case(row["case_id"], row["administration"], row["cause_code"], row["cause_subject"], redrawn=row["redrawn"] or 0)


def _answer(row: Row) -> str:
    """What Exact said to the last attempt: its text, else the number of its answer."""
    facts = row["cause_facts"]
    return str(row["unrecognised"] or facts.get("text") or (f"HTTP {facts['answer']}" if "answer" in facts else ""))


def _relation(row: Row, names: Names, reader: Reader) -> str:
    relation_id = relation_of(row["endpoint"], row["payload"])
    code, name = names.code(ACCOUNTS, relation_id), names.name(ACCOUNTS, relation_id)
    return " ".join(filter(None, (code, reader.eyes.name(name))))


def _from_shop(row: Row, shop: Webshop | None) -> ShownDocument | None:
    """The shop's own lines of a document that could not be written yet."""
    kind = effect_word(row["effect"], row["method"])
    if shop is None or kind not in {"sale", "credit"} or row["payload"] is not None:
        return None
    read = shop.returns_by_number if kind == "credit" else shop.orders_by_number
    try:
        found: ShopDocument | BadRecord | None = next(iter(read([row["source_id"]])), None)
    except ExactlyError as error:
        log.warning("the lines of %s cannot be read: %s", row["your_ref"], error)
        return None
    return in_shop(found, -1 if kind == "credit" else 1) if isinstance(found, ShopDocument) else None


def _document(row: Row, links: Links) -> Document | None:
    if row["exact_id"] is None:
        return None
    gone = row["state"] in {"gone", "dismissed"}
    return Document(
        exact_id=str(row["exact_id"]),
        number=row["document_number"] or row["exact_number"] or "",
        status="deleted" if gone else row["document_status"] or "",
        total=row["document_total"],
        differences={name: str(told) for name, told in (row["document_differences"] or {}).items()},
        url="" if gone else links.of_document(row["division"], row["exact_id"]) or "",
    )


def _tasks(desk: DeskStore, events: Sequence[Row], calls: Sequence[Row]) -> dict[str, Task]:
    owners = {owner_of(event["actor"]) for event in events} | {call["owner"] for call in calls}
    return {owner: task_of(row) for owner, row in desk.workers(sorted(owners)).items()}


def _call(call: Row, tasks: Mapping[str, Task]) -> Call:
    told = {name: call[name] for name in ("at", "method", "endpoint", "status", "answer_class", "seconds")}
    return Call(**told, task=tasks.get(call["owner"]))


def _relative(row: Row) -> RecordLine:
    return RecordLine(**line_of({**row, "customer": ""}), since=None)
