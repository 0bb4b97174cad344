"""The benchmark's clients, small: what each makes of a POST that is booked and not answered, and how the figures are told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from include.cli.show_bench import bench_command
from include.proof import bench_clients, bench_exactonline, bench_ours
from include.proof.bench import BenchReport, Result
from include.proof.bench_airflow import TrialAirflow, TrialFailedError, Tried, Work
from include.proof.bench_judgement import Outcome, outcome_of
from include.proof.bench_plan import BenchOrder, BenchPlan, Client, Scene, Told
from include.proof.bench_report import Machine, markdown, rows, summary
from include.proof.certificate import write_certificate
from include.proof.fleet_places import sandbox
from include.proof.sandbox_door import SandboxDoor

ROOT = Path(__file__).parents[2]
PLAN = BenchPlan(orders=5)
BOOKED_UNANSWERED = {"kind": "timeout_after_commit", "times": 1}
PERFECT = Outcome(5, 5, 0, 0, 0, 1.0, 1.0, 0, 0, 0)


@dataclass(frozen=True)
class Stage:
    door: SandboxDoor
    told: Told
    file: str
    orders: list[BenchOrder]

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.door, self.orders)


def staged(url: str, folder: Path) -> Stage:
    told, orders = Told(url, PLAN.time_scale, str(folder)), PLAN.orders_of(Scene.FAULTS)
    return Stage(SandboxDoor(url), told, str(told.save(orders)), orders)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with sandbox(PLAN.wire, tmp_path) as process:
        yield staged(process.url, tmp_path)


@pytest.fixture
def safe_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    certificate = write_certificate(tmp_path / "sandbox.pem")
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, str(certificate))
    with sandbox(PLAN.wire, tmp_path, "--tls-certificate", str(certificate)) as process:
        yield staged(process.url, tmp_path)


@pytest.mark.timeout(300)
def test_a_plain_client_that_airflow_tries_again_books_twice_what_was_booked_and_not_answered(stage, tmp_path):
    stage.door.ask("faults", [BOOKED_UNANSWERED])
    airflow = TrialAirflow(tmp_path / "airflow")
    airflow.migrate()
    work = Work("include.proof.bench_clients:plain", "include.proof.bench_clients:left", stage.file, 3, 0.5, 1.0, 1, 0.0)
    tried = airflow.run(work, {})

    assert (tried.runs, tried.state, tried.left) == (1, "success", 0)
    assert tried.task_starts >= 2
    assert stage.outcome.duplicates >= 1
    assert stage.outcome.missing == 0

    with pytest.raises(TrialFailedError, match="no_such_module"):
        airflow.run(replace(work, left="no_such_module:left"), {})


def test_looking_first_books_once_at_twice_the_calls(stage):
    stage.door.ask("faults", [BOOKED_UNANSWERED])
    with pytest.raises(bench_clients.OrdersFailedError, match="1 orders failed"):
        bench_clients.looking_first(stage.file)
    assert bench_clients.left(stage.file) == 1
    bench_clients.looking_first(stage.file)

    assert bench_clients.left(stage.file) == 0
    assert (stage.outcome.posted, stage.outcome.duplicates, stage.outcome.wrong_amounts) == (len(stage.orders), 0, 0)
    assert stage.outcome.calls_per_order > 2


def test_exactonline_finds_what_was_booked_and_writes_its_lines_anew_at_four_calls_an_order(safe_stage):
    safe_stage.door.ask("faults", [BOOKED_UNANSWERED])
    with pytest.raises(bench_clients.OrdersFailedError):
        bench_exactonline.book(safe_stage.file)
    bench_exactonline.book(safe_stage.file)

    assert bench_clients.left(safe_stage.file) == 0
    assert (safe_stage.outcome.posted, safe_stage.outcome.duplicates, safe_stage.outcome.wrong_amounts) == (len(safe_stage.orders), 0, 0)
    assert safe_stage.outcome.calls_per_order > 4


def test_a_plain_client_waits_for_the_minute_and_renews_its_token_in_time(stage):
    bench_clients.PlainClient(stage.told).post(stage.orders[0])
    later = bench_clients.PlainClient(replace(stage.told, time_scale=1e6))
    with pytest.raises(OSError, match="400"):
        later.post(stage.orders[1])

    assert [call["endpoint"] for call in stage.door.calls() if call["method"] == "POST"] == [
        "oauth2/token",
        "salesentry/SalesEntries",
        "oauth2/token",
    ]


def test_our_flow_books_the_same_orders_once_each(stage, postgres):
    told = replace(stage.told, store_dsn=postgres.create_database("bench"), cipher_key=Fernet.generate_key().decode())
    file = str(told.save(stage.orders))
    bench_ours.prepare(PLAN, told, stage.orders)
    # In a process of its own, as its durations are divided.
    code = f"from include.proof import bench_ours; bench_ours.book({file!r}); print(bench_ours.left({file!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ}, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.stdout.strip() == "0", done.stderr[-2000:]
    assert (stage.outcome.posted, stage.outcome.duplicates, stage.outcome.missing, stage.outcome.posts_per_order) == (5, 0, 0, 1.0)
    assert (stage.outcome.wrong_amounts, stage.outcome.http_429) == (0, 0)


def test_the_judge_counts_what_is_doubled_lost_and_of_another_amount(stage):
    client = bench_clients.PlainClient(stage.told)
    once, twice, dearer, *lost = stage.orders
    for order in (once, twice, twice, replace(dearer, quantity=dearer.quantity + 1)):
        client.post(order)

    found = stage.outcome
    assert (found.posted, found.duplicates, found.missing, found.wrong_amounts) == (3, 1, len(lost), 1)
    assert found.posts_per_order == round(4 / 3, 4)


def reported(**others: object) -> BenchReport:
    ours, theirs = Tried(1, 1, "success", 0), Tried(1, 2, "success", 0)
    report = BenchReport(PLAN)
    for scene in Scene:
        for client in Client:
            mine = client is Client.EXACTLY
            report.results.append(Result(client, scene, PERFECT if mine else replace(PERFECT, **others), ours if mine else theirs, 1.0))
    return report


def test_the_figures_stand_beside_each_other_for_people_and_for_machines():
    report = reported(duplicates=1, missing=2, refused=80)
    shown = {row.figure: row for row in rows(report)}

    assert list(shown) == ["B1", "B2", "B3", "B4", "B12", ""]
    assert (shown["B3"].values[Client.EXACTLY], shown["B3"].values[Client.PLAIN]) == ("0 / 0", "200 / 400")
    assert (shown["B4"].values[Client.EXACTLY], shown["B4"].values[Client.PLAIN]) == ("0; 0", "2; 40")
    assert (shown["B12"].values[Client.EXACTLY], shown["B12"].values[Client.LOOKING]) == ("1", "2")
    told = json.loads(json.dumps(summary(report, Machine()), default=str))
    assert told["holds"] is True
    assert {row["figure"] for row in told["figures"]} == set(shown)
    assert told["versions"].keys() == {"python", "apache-airflow", "requests", "exactonline"}
    assert told["machine"]["cores"] == os.cpu_count()
    assert "| B3 | duplicates / missing per 1,000, with faults | 0 / 0 | 0 / 0 | 0 / 0 | 200 / 400 |" in markdown(report, Machine())


def test_a_duplicate_of_ours_does_not_hold():
    report = reported()
    report.results[0] = replace(report.results[0], outcome=replace(PERFECT, duplicates=1))

    assert not report.holds


def test_a_wrong_option_is_a_wrong_option(capsys):
    with pytest.raises(SystemExit, match="2"):
        bench_command(["--orders", "many"])
