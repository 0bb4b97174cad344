"""Do Airflow's parts run, and are the pools there that tasks wait for?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from include.checks.findings import Finding, failure, fine, warning

AIRFLOW = "Airflow"
PARTS = ("metadatabase", "scheduler", "dag_processor", "triggerer")


def health_findings(health: Mapping[str, Any] | None, *, address: str) -> Iterator[Finding]:
    """What `/api/v2/monitor/health` says; None when nothing answered."""
    if health is None:
        yield failure(AIRFLOW, f"its api-server does not answer at {address}", "start `airflow api-server`, or correct [api] base_url")
        return
    ill = [part for part in PARTS if (health.get(part) or {}).get("status") != "healthy"]
    for part in ill:
        status = (health.get(part) or {}).get("status") or "not running"
        yield failure(AIRFLOW, f"{part} is {status}", f"see its log; start it with `airflow {part.replace('_', '-')}`")
    if not ill:
        yield fine(AIRFLOW, f"all parts healthy at {address}")


def pool_findings(wanted: Iterable[str], existing: Collection[str] | None) -> Iterator[Finding]:
    """A task whose pool is missing waits for ever; None when the pools could not be read."""
    if existing is None:
        yield warning(AIRFLOW, "its pools cannot be read from here", "run this command where Airflow's own database can be reached")
        return
    pools = sorted(set(wanted))
    missing = [pool for pool in pools if pool not in existing]
    for pool in missing:
        yield failure(AIRFLOW, f"there is no pool {pool}: its tasks would wait for ever", f"airflow pools set {pool} 2 'calls to Exact'")
    if pools and not missing:
        yield fine(AIRFLOW, f"pools {', '.join(pools)} exist")
