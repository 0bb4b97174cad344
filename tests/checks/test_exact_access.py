"""What the doctor says of sign-in, user, company, quota and mirror."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from include.checks.exact_access import chain_finding, company_finding, mirror_findings, quota_finding, user_finding
from include.checks.findings import Level

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def chain(idle: timedelta, state: str = "ok"):
    return {"state": state, "received_at": NOW - idle, "reason": ""}


@pytest.mark.parametrize(
    ("idle_days", "level"),
    [(0, Level.OK), (8, Level.OK), (9, Level.WARNING), (29, Level.WARNING), (30, Level.FAILURE), (400, Level.FAILURE)],
)
def test_an_idle_chain_warns_long_before_it_dies(idle_days, level):
    assert chain_finding("Exact UK", chain(timedelta(days=idle_days)), connection="exact_uk", now=NOW).level is level


def test_the_days_that_are_left_are_told():
    says = chain_finding("Exact UK", chain(timedelta(days=2, hours=3)), connection="exact_uk", now=NOW).says

    assert says == "signed in, token 2 d old, 28 days left of 30 without use"


def test_a_connection_that_nobody_signed_in_for_names_the_command():
    finding = chain_finding("Exact UK", None, connection="exact_uk", now=NOW)

    assert (finding.level, finding.cure) == (Level.FAILURE, "exactly sign-in exact_uk")


@pytest.mark.parametrize(
    ("language", "level"),
    [("NL-NL", Level.OK), ("en-GB", Level.OK), ("fr-BE", Level.OK), ("DE-DE", Level.WARNING), ("", Level.WARNING), (None, Level.WARNING)],
)
def test_a_language_that_the_catalogue_does_not_cover_warns(language, level):
    assert user_finding("Exact UK", {"FullName": "Integration", "LanguageCode": language}).level is level


def test_a_company_that_was_never_seen_before_has_no_old_name():
    assert company_finding("Exact UK", 820101, name_before=None, name="Gifts & Home Ltd").level is Level.OK


def quota(left: int | None, *, limit: int | None = 5000, resets_in: timedelta = timedelta(hours=3)):
    return {"day_remaining": left, "day_limit": limit, "minute_limit": 60, "day_reset_at": NOW + resets_in}


@pytest.mark.parametrize(
    ("left", "level"), [(4000, Level.OK), (501, Level.OK), (500, Level.WARNING), (1, Level.WARNING), (0, Level.FAILURE)]
)
def test_a_scarce_quota_warns_and_a_spent_one_fails(left, level):
    assert quota_finding("Exact UK", quota(left), now=NOW).level is level


def test_a_quota_of_yesterday_counts_as_new():
    finding = quota_finding("Exact UK", quota(0, resets_in=timedelta(minutes=-1)), now=NOW)

    assert (finding.level, finding.says) == (Level.OK, "a new day with 5000 calls, 60 a minute")


@pytest.mark.parametrize("unknown", [None, quota(None, limit=None)])
def test_limits_that_exact_has_not_told_are_not_guessed(unknown):
    assert quota_finding("Exact UK", unknown, now=NOW).level is Level.WARNING


def age(entity: str, hours: float):
    return {"entity": entity, "began_at": NOW - timedelta(hours=hours), "records": 10}


def test_a_young_and_whole_mirror_is_fine():
    (finding,) = mirror_findings("Exact UK", [age("Accounts", 1), age("Items", 2)], ["Accounts", "Items"], now=NOW)

    assert (finding.level, finding.says) == (Level.OK, "the mirror holds 20 records of 2 kinds, none older than 3 hours")


def test_an_old_mirror_and_a_missing_kind_are_told_apart():
    found = list(mirror_findings("Exact UK", [age("Accounts", 5)], ["Accounts", "Items"], now=NOW))

    assert [finding.level for finding in found] == [Level.WARNING, Level.WARNING]
    assert "lacks Items" in found[0].says
    assert "Accounts are 5 h old" in found[1].says
