"""The negative control of the proof with Airflow: a drain that sends what is planned without claiming it, as a short script would."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import requests
from cryptography.fernet import Fernet

from include.administrations.loader import load_administrations
from include.demo.demo import ENVIRONMENT
from include.exact.oauth import App
from include.proof.airflow_arena import Arena
from include.proof.airflow_orders import ProofOrder
from include.run import Access, Settings, Window, open_run

SENT = 2
PLANNED = """
select mutation_id, endpoint, payload from mutation
where state = 'planned' and payload is not null and administration = %(name)s and source_id = any(%(numbers)s)
order by mutation_id desc limit %(most)s
"""


def settings(arena: Arena, name: str) -> Settings:
    """The settings of a run on the system under test, without Airflow."""
    now, lower = datetime.now(UTC), name.lower()
    app = App(arena.system.sandbox_url, f"exactly-{lower}", f"exactly-{lower}-secret", "https://exactly.example/signed-in")
    secrets = json.loads((arena.system.directory / "secrets.json").read_text(encoding="utf-8"))
    return Settings(
        administrations=load_administrations(),
        name=name,
        access=Access(app, requests.Session),
        store_dsn=arena.dsn,
        source_dsn=arena.system.postgres.dsn("webshop"),
        cipher=Fernet(secrets["fernet_key"]),
        environment=ENVIRONMENT,
        window=Window(now, now),
    )


def careless_drain(arena: Arena, name: str, orders: Sequence[ProofOrder]) -> int:
    """Send some of what is planned and leave no word of it; Airflow's own drain will come to them too. Returns how many were sent."""
    values = {"name": name, "numbers": [each.number for each in orders], "most": SENT}
    rows = arena.query(PLANNED, values)
    with open_run(settings(arena, name)) as run:
        for row in rows:
            run.exact.prepare()
            run.exact.post(row["endpoint"], row["payload"], lambda: True)
    return len(rows)
