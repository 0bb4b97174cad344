"""A small company to run commands on: a shop with a few real orders, a memory, a sandbox, and Airflow's connections in the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import requests
from click.testing import Result
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from include.cli.commands import app
from include.flows.mirror_refresh import refresh
from include.flows.orders_to_invoices import book_orders
from include.flows.returns_to_credit_notes import credit_returns
from tests.flows.conftest import World

# Invoices for the United Kingdom, entries for France and Australia, a return, one without price, and two without a relation.
BOOKED = ("536365", "536366", "536367", "536368", "536369", "536370", "536389", "536852")
OTHERS = ("C536379", "536414", "536384")
FERNET_KEY = Fernet.generate_key().decode()
NAMES = ("UK", "BE", "NL")
SECRETS = (*(f"exactly-{name.lower()}-secret" for name in NAMES), FERNET_KEY)


@dataclass
class Company:
    """The company, and commands run for it."""

    world: World
    home: Path
    outputs: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        connections = {
            **{f"exact_{name.lower()}": self._exact(name) for name in NAMES},
            "exactly_store": _postgres(self.world.store_dsn),
            "webshop": _postgres(self.world.shop_dsn),
        }
        return {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__FERNET_KEY": FERNET_KEY,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "EXACTLY_ENVIRONMENT": "test",
            "EXACTLY_DATA_DOCS": str(self.home / "data_docs"),
            **{f"AIRFLOW_CONN_{name.upper()}": json.dumps(content) for name, content in connections.items()},
        }

    def _exact(self, name: str) -> dict[str, Any]:
        lower = name.lower()
        return {
            "conn_type": "exact_online",
            "host": self.world.sandbox.url,
            "login": f"exactly-{lower}",
            "password": f"exactly-{lower}-secret",
        }

    def run(self, *words: str, typed: str | None = None) -> Result:
        """Run a command in this process."""
        result = CliRunner().invoke(app, [*words], input=typed)
        self.outputs.append(result.output)
        return result

    def json(self, *words: str) -> Any:
        result = self.run(*words, "--json")
        try:
            return json.loads(result.stdout)
        except ValueError as error:
            raise AssertionError(f"{words}: {result.output}") from error

    def process(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a process of its own, as people do."""
        command = self.start(*words)
        output, complaints = command.communicate(timeout=120)
        self.outputs.append(output + complaints)
        return subprocess.CompletedProcess(words, command.returncode, output, complaints)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command that is going to ask."""
        program = str(Path(sys.executable).parent / "exactly")
        environment = {**os.environ, **self.environment, "PYTHONUNBUFFERED": "1"}
        pipe = subprocess.PIPE
        return subprocess.Popen([program, *words], env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def book(self) -> None:
        for name in NAMES:
            with self.world.run(name) as run:
                refresh(run)
                book_orders(run)
                credit_returns(run)

    def keep_only(self, numbers: tuple[str, ...]) -> None:
        """Leave these documents in the shop, and no customers, so that no relation is made of them."""
        for table in ("sales", "refunds"):
            self.world.shop(f"alter table webshop.{table} drop constraint {table}_buyer_no_fkey")
        self.world.shop("delete from webshop.buyers")
        for table, column in (("sale_items", "sale_no"), ("refund_items", "refund_no"), ("refunds", "refund_no"), ("sales", "sale_no")):
            self.world.shop(f"delete from webshop.{table} where not {column} = any(%s)", list(numbers))

    def tokens(self) -> list[str]:
        """All tokens that are stored, readable."""
        with psycopg.connect(self.world.store_dsn) as connection:
            rows = connection.execute("select access_token, refresh_token from oauth_chain where refresh_token is not null").fetchall()
        return [self.world.cipher.decrypt(bytes(stored)).decode() for row in rows for stored in row]

    def mutation(self, number: str) -> dict[str, Any]:
        (row,) = self.world.mutations("your_ref = %s", number)
        return row

    def memory(self, statement: str, *values: Any) -> None:
        with psycopg.connect(self.world.store_dsn) as connection:
            connection.execute(statement, values)


def _postgres(dsn: str) -> dict[str, Any]:
    parts = psycopg.conninfo.conninfo_to_dict(dsn)
    return {"conn_type": "postgres", "login": parts["user"], "schema": parts["dbname"], "host": parts["host"]}


def consent_of_a_person(address: str) -> str:
    """What a person does on the page of the sandbox: allow everything; returns where the browser lands."""
    page = requests.post(address, data={"decision": "allow"}, allow_redirects=False, timeout=10)
    return page.headers["Location"]
