"""`exactly reconcile`: the same comparison as at night, at a terminal, and as files."""

from __future__ import annotations

import csv
import io

import pytest
from openpyxl import load_workbook


@pytest.fixture(scope="module")
def settled(company):
    """Booked an hour ago, so that Exact has had time to show it."""
    company.memory("update mutation set posted_at = posted_at - interval '1 hour' where state = 'posted'")
    return company


def test_what_was_booked_well_agrees_to_the_cent(settled):
    result = settled.run("reconcile")

    assert result.exit_code == 0, result.output
    assert "agree, to the cent" in result.output


def test_the_sentence_is_told_in_dutch_too(settled):
    assert "tot op de cent" in settled.run("reconcile", "--no-refresh", "--language", "nl").output


def test_a_difference_is_exit_status_1_with_its_kind_and_its_cure(settled):
    settled.world.shop("update webshop.sale_items set price = price + 1 where sale_no = '536389' and line_no = 1")
    try:
        result = settled.run("reconcile", "--no-refresh")
    finally:
        settled.world.shop("update webshop.sale_items set price = price - 1 where sale_no = '536389' and line_no = 1")

    assert result.exit_code == 1
    assert "Another amount: 1" in result.output
    assert "536389" in result.output
    assert "booked anew" in result.output


def test_machines_get_everything_as_json(settled):
    found = settled.json("reconcile", "--no-refresh")

    assert found["ok"]
    assert found["agreeing"] == len(settled.world.mutations("state = 'posted' and key_division = 0"))
    assert found["expected"] == found["agreeing"] + found["waiting"]
    assert {row["administration"] for row in found["totals"]} >= {"UK", "BE"}


def test_one_administration_is_shown_alone(settled):
    found = settled.json("reconcile", "--no-refresh", "--administration", "BE")

    assert {row["administration"] for row in found["totals"]} == {"BE"}
    assert settled.run("reconcile", "--administration", "FR").exit_code == 3


def test_an_empty_span_is_refused_in_words(settled):
    result = settled.run("reconcile", "--since", "2026-02-01", "--until", "2026-01-01")

    assert result.exit_code == 3
    assert "--since must lie before --until" in result.output


def test_both_files_are_written(settled, tmp_path):
    result = settled.run("reconcile", "--no-refresh", "--csv", str(tmp_path / "all.csv"), "--xlsx", str(tmp_path / "all.xlsx"))

    assert result.exit_code == 0, result.output
    rows = list(csv.reader(io.StringIO((tmp_path / "all.csv").read_text(encoding="utf-8-sig"))))
    book = load_workbook(tmp_path / "all.xlsx")
    assert rows[0][:4] == ["Day", "Administration", "Kind", "Number"]
    assert book.sheetnames == ["Summary", "Differences", "Per day", "Per VAT code"]
    assert book["Differences"].max_row == len(rows)
