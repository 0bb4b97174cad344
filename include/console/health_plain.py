"""Health for machines: plain values under stable keys (docs/health.md), and Prometheus' text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from include.checks.findings import Level
from include.checks.health import LastRun
from include.console.health import AdministrationHealth, Health
from include.console.health_figures import FlowHealth, Pace, Waiting
from include.console.health_words import told
from include.outbox.states import State

LIGHTS = {Level.OK: "green", Level.WARNING: "amber", Level.FAILURE: "red"}
NUMBERS = {"green": 0, "amber": 1, "red": 2}


def plain(found: Health) -> dict[str, Any]:
    """Values that JSON has; moments in ISO 8601 with their offset, durations in seconds, shares from 0 to 1."""
    now = found.span.until
    return {
        "version": 1,
        "light": LIGHTS[found.light],
        "at": _moment(now),
        "counted_up_to": _moment(found.summed_at),
        "period": {"name": found.span.period.value, "since": _moment(found.span.since)},
        "signals": [
            {"light": LIGHTS[each.level], "code": each.code, "subject": each.subject, "says": each.says, "cure": each.cure}
            for each in (told(signal, "en", zone=found.span.zone) for signal in found.signals)
        ],
        "administrations": {each.name: _administration(each, now) for each in found.administrations},
        "dags": {run.dag_id: _run(run) for run in found.runs},
    }


def _administration(of: AdministrationHealth, now: datetime) -> dict[str, Any]:
    budget = of.quota.budget
    return {
        "division": of.administration.division,
        "mode": of.administration.mode.value,
        "sign_in": of.sign_in,
        "open_cases": of.cases,
        "posts_stopped": of.posts_stopped,
        "mirror": {"oldest": of.mirror_entity or None, "age_s": _age(of.mirror_at, now)},
        "calls": {
            "is_known": of.quota.is_known,
            "limit": budget.day_limit,
            "left": budget.remaining,
            "by_us": of.quota.own_calls,
            "by_others": of.quota.strangers,
            "resets_at": _moment(budget.resets_at),
        },
        "forecasts": [
            {
                "flow": each.flow,
                "class": each.purpose.value,
                "documents": each.documents,
                "calls": each.forecast.calls,
                "done_at": _moment(each.forecast.done_at),
            }
            for each in of.quota.flows
        ],
        "flows": {flow.flow: _flow(flow, now) for flow in of.flows},
    }


def _flow(flow: FlowHealth, now: datetime) -> dict[str, Any]:
    return {
        "documents": flow.documents,
        "by_state": {state.value: flow.outcomes.get(state, 0) for state in State},
        "refused": flow.refused,
        "refused_share": flow.refused_share,
        "source_to_booked": _pace(flow.from_source),
        "planned_to_booked": _pace(flow.from_planned),
        "queue": _waiting(flow.queue, now),
        "queue_bulk": _waiting(flow.bulk, now),
        "unknown": _waiting(flow.unknown, now),
        "for_a_person": _waiting(flow.to_do, now),
    }


def _pace(pace: Pace | None) -> dict[str, Any]:
    if pace is None:
        return {"documents": 0, "p50_s": None, "p95_s": None}
    return {"documents": pace.documents, "p50_s": round(pace.p50_s, 1), "p95_s": round(pace.p95_s, 1)}


def _waiting(waiting: Waiting, now: datetime) -> dict[str, Any]:
    return {"documents": waiting.documents, "oldest_s": _age(waiting.since, now)}


def _run(run: LastRun) -> dict[str, Any]:
    return {
        "state": run.state or None,
        "began_at": _moment(run.began_at),
        "ended_at": _moment(run.ended_at),
        "is_paused": run.is_paused,
        "due_at": _moment(run.due_at),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at is not None else None


def _age(since: datetime | None, now: datetime) -> float | None:
    return round((now - since).total_seconds(), 1) if since is not None else None


def prometheus(found: Health) -> str:
    """The same figures as gauges; what is not known is left out."""
    known = plain(found)
    lines = ["# TYPE exactly_light gauge", f"exactly_light {NUMBERS[known['light']]}"]
    gauges: dict[str, list[str]] = {}
    for name, labels, value in _gauges(known):
        if value is not None:
            written = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
            gauges.setdefault(name, []).append(f"{name}{{{written}}} {float(value):g}")
    for name, values in gauges.items():
        lines += [f"# TYPE {name} gauge", *values]
    return "\n".join(lines) + "\n"


_Gauge = tuple[str, Mapping[str, str], Any]


def _gauges(known: Mapping[str, Any]) -> Iterator[_Gauge]:
    for name, one in known["administrations"].items():
        where = {"administration": name}
        yield "exactly_mirror_age_seconds", where, one["mirror"]["age_s"]
        yield "exactly_open_cases", where, one["open_cases"]
        yield "exactly_signed_in", where, one["sign_in"] in {"ok", "refreshing"}
        yield "exactly_calls_left", where, one["calls"]["left"] if one["calls"]["is_known"] else None
        yield "exactly_calls_by_us", where, one["calls"]["by_us"]
        yield "exactly_calls_by_others", where, one["calls"]["by_others"]
        yield from _gauges_of_flows(where, one["flows"].items())
    for dag_id, run in known["dags"].items():
        yield "exactly_dag_failed", {"dag": dag_id}, run["state"] == "failed"


def _gauges_of_flows(where: Mapping[str, str], flows: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[_Gauge]:
    for flow, figures in flows:
        labels = {**where, "flow": flow}
        for state, documents in figures["by_state"].items():
            yield "exactly_documents", {**labels, "state": state}, documents
        yield "exactly_refused", labels, figures["refused"]
        for measure in ("source_to_booked", "planned_to_booked"):
            for share, key in (("0.5", "p50_s"), ("0.95", "p95_s")):
                yield f"exactly_{measure}_seconds", {**labels, "quantile": share}, figures[measure][key]
        for name in ("queue", "queue_bulk", "unknown", "for_a_person"):
            yield f"exactly_{name}", labels, figures[name]["documents"]
            yield f"exactly_{name}_oldest_seconds", labels, figures[name]["oldest_s"]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
