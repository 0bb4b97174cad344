"""`exactly checks`, and `exactly errors retry --in-current-period`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

AUSTRALIAN = "536389"
BE = 820202
# The Belgian company's own day, which is not always that of London.
TODAY = datetime.now(ZoneInfo("Europe/Brussels")).date()
CLOSED = TODAY.replace(day=1) - timedelta(days=1)


def test_what_was_found_is_shown_with_cause_and_cure_in_the_language_that_was_asked_for(company) -> None:
    company.world.sandbox.control("DELETE", "rows", {"endpoint": "cashflow/PaymentConditions", "division": BE, "Code": "30"})
    dutch, again = company.run("checks", "BE", "--now", "--language", "nl"), company.run("checks", "BE")

    assert (dutch.exit_code, again.exit_code) == (1, 1)
    assert "unknown_payment_condition:30" in dutch.output
    assert "Betalingsconditie 30 bestaat niet" in dutch.output
    assert "Payment condition 30 does not exist" in again.output
    assert "payment_conditions.account" in again.output


def test_machines_get_findings_with_their_keys(company) -> None:
    told = company.json("checks", "BE", "--now")

    (found,) = [each for each in told["BE"]["findings"] if each["code"] == "unknown_payment_condition"]
    assert (found["subject"], found["stops"], found["keys"]) == ("30", False, "payment_conditions.account")
    assert found["cure"]


def test_pages_are_written_where_the_setting_says(company) -> None:
    company.run("checks", "BE", "--now")

    assert "unknown_payment_condition:30" in (company.home / "data_docs" / "index.html").read_text(encoding="utf-8")
    assert (company.home / "data_docs" / "BE" / "index.html").exists()


def test_an_administration_that_was_never_checked_is_named(company) -> None:
    company.memory("delete from mapping_check where administration = 'NL'")
    result = company.run("checks", "NL")

    assert result.exit_code == 0
    assert "exactly checks NL --now" in result.output


def test_an_unknown_administration_is_told_as_such(company) -> None:
    assert company.run("checks", "XX").exit_code == 3


def test_documents_of_a_closed_period_are_booked_today_when_somebody_says_so(company) -> None:
    world = company.world
    world.sandbox.control("POST", "periods", {"division": BE, "year": CLOSED.year, "period": CLOSED.month, "closed": True})
    world.add_order("late-1", like=AUSTRALIAN)
    moment = datetime(CLOSED.year, CLOSED.month, 15, 12, tzinfo=UTC)
    world.shop("update webshop.sales set pay_method = 'card', placed_at = %s, billed_at = %s where sale_no = 'late-1'", moment, moment)
    company.book()
    case = f"BE:closed_period:{CLOSED:%Y-%m}"
    without, refused = (
        company.run("errors", "retry", case),
        company.run("errors", "retry", "UK:unknown_relation:17850", "--in-current-period"),
    )
    done = company.run("errors", "retry", case, "--in-current-period", "--by", "An")

    assert (without.exit_code, refused.exit_code, done.exit_code) == (1, 3, 0)
    assert "only documents of closed periods" in refused.output
    assert company.mutation("late-1")["state"] == "posted"
    (document,) = world.sandbox.documents(your_ref="late-1")
    assert document["document_date"][:10] == TODAY.isoformat()
