"""What people see of status and trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from include.cli.output import moment, pairs, table
from include.console.status import AdministrationStatus
from include.console.trace import SourceRow, Story

ID_SHOWN = 8


def status_tables(each: AdministrationStatus) -> Iterator[RenderableType]:
    """One administration: facts, causes, cases."""
    yield pairs(_facts(each), title=f"{each.name} · division {each.division} · mode {each.mode}")
    if each.causes:
        causes = table("documents", "cause", "what it means", "what to do", title="Dead letters", right=("documents",))
        for cause in each.causes:
            causes.add_row(str(cause.documents), cause.cause, Text(cause.says), Text(cause.cure))
        yield causes
    if each.cases:
        cases = table("records", "case (run of the Dag attention)", "open since", "", title="Open cases", right=("records",))
        for case in each.cases:
            cases.add_row(str(case.records), case.case_id, moment(case.opened_at), "parked" if case.parked else "")
        yield cases


def _facts(each: AdministrationStatus) -> dict[str, Any]:
    counts = " · ".join(f"{count} {state.replace('_', ' ')}" for state, count in each.states.items() if count) or "no documents yet"
    dismissed = " · ".join(f"{count} {cause}" for cause, count in each.dismissals.items())
    left = (
        f"{each.calls_left_today} of {each.calls_a_day} left today, {each.calls_a_minute} a minute" if each.calls_a_day else "not known yet"
    )
    facts: dict[str, Any] = {
        "documents": counts,
        "dismissed": dismissed or None,
        "calls": left if each.calls_a_day else "Exact has not told its limits yet",
        "paused until": each.paused_until,
        "signed in": f"{each.sign_in}, since {moment(each.signed_in_at)}" if each.signed_in_at else each.sign_in,
        "oldest planned": each.planned_since,
        "oldest unknown": each.unknown_since,
        "last change": each.last_change_at,
        **{f"read up to, {flow}": at for flow, at in each.read_up_to.items()},
    }
    optional = {"dismissed", "paused until", "oldest planned", "oldest unknown"}
    return {name: value for name, value in facts.items() if value is not None or name not in optional}


def source_table(source: SourceRow) -> RenderableType:
    """The shop's row."""
    facts = {
        "status": source.status,
        "ordered": source.ordered_at,
        "invoiced": source.invoiced_at,
        "changed": source.changed_at,
        "country": source.country,
        "net": f"{source.net} {source.currency}" if source.net is not None else None,
        "total paid": source.total_paid,
        "lines": source.lines,
    }
    return pairs(facts, title=f"The shop's {source.kind} {source.number}, as it is now")


def story_tables(story: Story) -> Iterator[RenderableType]:
    """From the source row to the document in Exact."""
    row = story.mutation
    if story.source is None:
        yield Text(f"The shop does not know {row['source_id']} any more.", style="yellow")
    else:
        yield source_table(story.source)
    yield pairs(_decided(story), title=f"What Exactly made of it ({row['administration']}, division {row['division']})")
    yield _events(story)
    if story.deeds:
        yield _deeds(story)
    whole = "The history is whole: no event was changed or taken out."
    broken = "THE HISTORY WAS TAMPERED WITH: see the marked events."
    yield Text(whole, style="green") if story.untouched else Text(broken, style="bold red")
    if story.calls:
        yield _calls(story)
    if story.mirrored is None:
        posted = "The mirror, read each hour, does not show its document yet; --live asks Exact."
        yield Text(posted if row["exact_id"] else "It has no document in Exact.", style="yellow")
    else:
        read = moment(story.mirrored.pulled_at)
        yield pairs(story.mirrored.fields, title=f"In Exact, as the mirror read it at {read} ({story.mirrored.lines} lines)")


def _decided(story: Story) -> dict[str, Any]:
    row = story.mutation
    facts = {
        "effect": f"{row['effect']} {row['effect_number']} → {row['endpoint']}",
        "state": row["state"],
        "cause": story.cause,
        "cure": story.cure,
        "facts": _listed(row["cause_facts"]) if story.cause else None,
        "payload": f"version {row['payload_version']}, SHA-256 {row['payload_sha256']}" if row["payload_sha256"] else None,
        "net": f"{row['amount_net']} {row['currency']}" if row["amount_net"] is not None else None,
        "VAT": _listed(row["vat"]) or None,
        "token in Exact": row["token"],
        "id in Exact": row["exact_id"],
        "number in Exact": row["exact_number"],
        "posted": row["posted_at"],
        "found late by": f"{row['late_by_s']} s" if row["late_by_s"] is not None else None,
        "the shop's row": "has changed since" if story.changed_since else "unchanged since",
    }
    return {name: value for name, value in facts.items() if value is not None}


def _events(story: Story) -> RenderableType:
    shown = table("at", "before", "after", "cause", "attempt", "payload", "who", "facts", "hash", title="Event by event")
    for event in story.events:
        mark = Text(str(event["hash"])[:ID_SHOWN], style="dim") if event["untouched"] else Text("CHANGED", style="bold red")
        shown.add_row(
            moment(event["at"]),
            event["before"] or "–",
            event["after"],
            (event["cause"] or "").rstrip(":"),
            str(event["attempt"]),
            str(event["payload_version"]),
            event["actor"],
            _listed(event["facts"]),
            mark,
        )
    return shown


def _deeds(story: Story) -> RenderableType:
    shown = table("at", "who", "what", "where", "said", title="What people did about it")
    for deed in story.deeds:
        shown.add_row(moment(deed.at), deed.who, deed.what.replace("_", " "), deed.via, Text(deed.said or "–"))
    return shown


def _calls(story: Story) -> RenderableType:
    shown = table("at", "call", "status", "sorted as", "seconds", "by", title="Calls to Exact", right=("seconds",))
    for call in story.calls:
        shown.add_row(
            moment(call["at"]),
            f"{call['method']} {call['endpoint']}",
            str(call["status"] or "none"),
            call["answer_class"],
            f"{call['seconds']:.2f}",
            call["owner"],
        )
    return shown


def _listed(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())
