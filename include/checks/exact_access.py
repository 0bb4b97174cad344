"""Does Exact let us in, as whom, into which company, and how often? Each question about facts that others gathered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from include.checks.findings import Finding, failure, fine, warning

Facts = Mapping[str, Any]

# FACTS 1.8: a refresh token dies after thirty idle days; the upkeep uses each chain once a week.
IDLE_DAYS_MAX = 30
IDLE_DAYS_WARNED = 9
# Languages whose validation texts the catalogue knows (FACTS 3.15).
LANGUAGES_COVERED = frozenset({"NL", "EN", "FR"})
# The mirror is refreshed each hour; the bulk of a day's calls is kept for those who wait.
MIRROR_AGE_MAX = timedelta(hours=3)
SCARCE_SHARE = 0.1


def chain_finding(part: str, chain: Facts | None, *, connection: str, now: datetime) -> Finding:
    """Is somebody signed in, since when, and how long does it hold unused?"""
    cure = f"exactly sign-in {connection}"
    if chain is None:
        return failure(part, "nobody has signed in yet", cure)
    if chain["state"] == "needs_consent" or chain["received_at"] is None:
        return failure(part, f"a person must sign in again: {chain['reason'] or 'the chain is broken'}", cure)
    idle = now - chain["received_at"]
    left = IDLE_DAYS_MAX - idle.days
    says = f"signed in, token {_age(idle)} old, {left} days left of {IDLE_DAYS_MAX} without use"
    if left <= 0:
        return failure(part, f"the sign-in lapsed: unused for {idle.days} days", cure)
    if idle.days >= IDLE_DAYS_WARNED:
        return warning(part, says, "see why the Dag token_keepalive does not run")
    return fine(part, says)


def user_finding(part: str, me: Facts) -> Finding:
    """Who the Exact user is; his language decides the words of Exact's refusals."""
    language = str(me.get("LanguageCode") or "").strip().upper()
    says = f"Exact user {me.get('FullName') or me.get('UserID')}, language {language or 'not given'}"
    if language[:2] in LANGUAGES_COVERED:
        return fine(part, says)
    cure = "give the Exact user the language Dutch, English or French: refusals in others wait fifteen minutes each and stay unrecognised"
    return warning(part, says, cure)


def company_finding(part: str, division: int, *, name_before: str | None, name: str) -> Finding:
    """The company is the right one; a name that changed is worth a look."""
    if name_before is not None and name_before != name:
        return warning(part, f"division {division} is now called {name!r}, it was {name_before!r}", "make sure that it is the same company")
    return fine(part, f"division {division} is {name!r}, registration and VAT number as expected")


def quota_finding(part: str, quota: Facts | None, *, now: datetime) -> Finding:
    """How many calls the day still has, as Exact's headers said last."""
    if quota is None or quota["day_limit"] is None:
        return warning(part, "Exact has not told its limits yet", "they come with the first answer that counts")
    if quota["day_reset_at"] is not None and quota["day_reset_at"] <= now:
        return fine(part, f"a new day with {quota['day_limit']} calls, {quota['minute_limit']} a minute")
    left, limit = quota["day_remaining"], quota["day_limit"]
    says = f"{left} of {limit} calls left today, {quota['minute_limit']} a minute"
    until = f"{quota['day_reset_at']:%H:%M} UTC" if quota["day_reset_at"] else "midnight UTC"
    if left <= 0:
        return failure(part, f"the day's {limit} calls are used up", f"it goes on by itself at {until}; see what else calls with this app")
    if left <= SCARCE_SHARE * limit:
        return warning(part, says, f"more come at {until}; put off backfills and see what else calls with this app")
    return fine(part, says)


def mirror_findings(part: str, ages: Iterable[Facts], wanted: Iterable[str], *, now: datetime) -> Iterator[Finding]:
    """Is the mirror of Exact's data whole and young?"""
    known = {row["entity"]: row for row in ages}
    missing = [entity for entity in wanted if entity not in known]
    if missing:
        yield warning(part, f"the mirror lacks {', '.join(missing)}", "trigger the Dag mirror_refresh")
    old = {entity: now - row["began_at"] for entity, row in known.items() if now - row["began_at"] > MIRROR_AGE_MAX}
    if old:
        oldest = max(old, key=lambda entity: old[entity])
        says = f"the mirror's {oldest} are {_age(old[oldest])} old ({len(old)} kinds are older than {_hours(MIRROR_AGE_MAX)})"
        yield warning(part, says, "see why the Dag mirror_refresh does not run")
    if not missing and not old:
        records = sum(row["records"] for row in known.values())
        yield fine(part, f"the mirror holds {records} records of {len(known)} kinds, none older than {_hours(MIRROR_AGE_MAX)}")


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:.0f} hours"


def _age(span: timedelta) -> str:
    """The age in the largest unit that shows it: 40 s, 12 min, 5 h, 3 d."""
    seconds = max(0, int(span.total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
