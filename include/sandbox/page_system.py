"""Pages of the sandbox itself: start, calls, webhooks, faults, switches, clock and state, and how to test a client against it."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from include.sandbox import sql
from include.sandbox.clock import iso
from include.sandbox.database import Row
from include.sandbox.face import PAGE, Face, place_of
from include.sandbox.faults import KINDS as FAULT_KINDS
from include.sandbox.page_kinds import SHOWN
from include.sandbox.page_ledger import LedgerPages
from include.sandbox.page_trials import OUTAGES, TRIALS
from include.sandbox.server import Request, Response
from include.sandbox.switches import Switches

CALLS = 2 * PAGE
ONLY = {
    "writes": "method <> 'GET'",
    "refused": "(status IS NULL OR status >= 400)",
    "faults": "fault IS NOT NULL",
}
EVERY_SECONDS = "3"
CHOICES = {
    "rotation": ("strict", "lenient"),
    "post_totals": ("null", "zero", "computed"),
    "credit_sign": ("either", "positive", "negative"),
}
CONFORMANCE = Path(__file__).parent / "CONFORMANCE.md"


class SystemPages:
    """Shows the sandbox itself."""

    def __init__(self, face: Face, ledger: LedgerPages) -> None:
        self._face = face
        self._world = face.world
        self._ledger = ledger

    def home(self, request: Request) -> Response:
        """Show what this is, how to reach it, and the companies."""
        companies = [self._company(row) for row in self._world.database.all('SELECT * FROM divisions ORDER BY "Code"')]
        faults = [fault for fault in self._world.faults.listed() if not fault["exhausted"]]
        values = {"companies": companies, "applications": self._applications(), "usage": self._face.usage(), "faults": faults}
        return self._face.show(request, "home.html", {**values, **self._address(request), "calls": self._world.calls.latest(8)})

    def trials(self, request: Request) -> Response:
        """Show how to test a client of one's own."""
        values = {"trials": TRIALS, "outages": OUTAGES, "clients": _clients(), "applications": self._applications()}
        return self._face.show(request, "trials.html", {**values, **self._address(request)})

    def _company(self, row: Row) -> dict[str, Any]:
        division = row["Code"]
        counts = {kind.name: self._count(kind.table, division) for kind in SHOWN}
        lines = self._count("transaction_lines", division)
        return {
            **row,
            "documents": sum(counts.values()),
            "relations": self._count("accounts", division),
            "lines": lines,
            "sum_dc": self._ledger.balance(division)["sum_dc"],
        }

    def _count(self, table: str, division: int) -> int:
        return int(self._world.database.scalar(sql.select("count(*)", table, '"Division" = ?'), (division,)))

    def _applications(self) -> list[dict[str, Any]]:
        found = []
        for row in self._world.database.all("SELECT * FROM _applications ORDER BY rowid"):
            grants = self._world.database.all("SELECT divisions FROM _grants WHERE client_id = ?", (row["client_id"],))
            divisions = sorted({code for grant in grants for code in json.loads(grant["divisions"])})
            found.append({**row, "redirect_uris": json.loads(row["redirect_uris"]), "divisions": divisions})
        return found

    def _address(self, request: Request) -> dict[str, Any]:
        base = f"{self._world.scheme}://{request.host}" if request.host else self._world.base_url
        return {"base": base, "consents": self._world.switches.auto_consent, "check": self._world.switches.check_redirect_uri}

    def calls(self, request: Request) -> Response:
        """Show the log of calls, newest first, with the limits used."""
        parameters = request.parameters
        only, client = parameters.get("only", ""), parameters.get("client", "")
        where: list[str] = ["seq < ?"]
        values: list[Any] = [place_of(request)]
        if only in ONLY:
            where.append(ONLY[only])
        if client:
            where.append("client_id = ?")
            values.append(client)
        rows = self._world.database.all(sql.select("*", "_calls", " AND ".join(where), f"ORDER BY seq DESC LIMIT {CALLS + 1}"), values)
        shown = {
            "calls": rows[:CALLS],
            "before": rows[CALLS - 1]["seq"] if len(rows) > CALLS else None,
            "only": only if only in ONLY else "",
            "client": client,
            "follow": parameters.get("follow") == "1",
            "is_first": "before" not in parameters,
            "usage": self._face.usage(),
            "troubles": self._world.limits.troubles(),
            "errors_max": self._world.switches.error_block_max,
        }
        response = self._face.show(request, "calls.html", shown)
        if shown["follow"]:
            response.headers["Refresh"] = EVERY_SECONDS
        return response

    def webhooks(self, request: Request) -> Response:
        """Show subscriptions, and deliveries with all their attempts, newest first."""
        database = self._world.database
        rows = database.all("SELECT * FROM _deliveries WHERE id < ? ORDER BY id DESC LIMIT ?", (place_of(request), PAGE + 1))
        for row in rows:
            row["attempts"] = database.all("SELECT * FROM _attempts WHERE delivery = ? ORDER BY rowid", (row["id"],))
        values = {
            "subscriptions": database.all(sql.select("*", "webhook_subscriptions", "", "ORDER BY rowid")),
            "deliveries": rows[:PAGE],
            "before": rows[PAGE - 1]["id"] if len(rows) > PAGE else None,
            "loopback": self._world.switches.webhook_loopback,
        }
        return self._face.show(request, "webhooks.html", values)

    def faults(self, request: Request) -> Response:
        """Show the faults in force, and what may be put in force."""
        outages = self._world.outages
        divisions = self._world.database.all('SELECT "Code", "Description" FROM divisions ORDER BY "Code"')
        values = {
            "faults": self._world.faults.listed(),
            "kinds": FAULT_KINDS,
            "divisions": divisions,
            "maintenance": iso(outages.maintenance_until_ms) if outages.in_maintenance else None,
        }
        return self._face.show(request, "faults.html", values)

    def switches(self, request: Request) -> Response:
        """Show every switch with what it is for."""
        switches, defaults = asdict(self._world.switches), asdict(Switches())
        listed = [
            {"name": name, "value": value, "default": defaults[name], "about": _abouts().get(name, ""), "choices": CHOICES.get(name, ())}
            for name, value in switches.items()
        ]
        return self._face.show(request, "switches.html", {"switches": listed})

    def state(self, request: Request) -> Response:
        """Show clock, limits and applications, with reset, save and load."""
        limits = self._world.limits
        values = {
            "clock": self._world.clock,
            "now": iso(self._world.clock.now_ms()),
            "limits": limits,
            "usage": self._face.usage(),
            "applications": self._applications(),
            "seed": self._world.database.fact("seed"),
            "state": self._world.settings.state,
        }
        return self._face.show(request, "state.html", values)


@cache
def _abouts() -> dict[str, str]:
    """Return what stands beside each switch in its source."""
    return dict(re.findall(r"^    (\w+): [^#\n]*# (.+)$", inspect.getsource(Switches), re.MULTILINE))


@cache
def _clients() -> list[list[str]]:
    """Return the table of published clients that run unchanged, of CONFORMANCE.md."""
    part = CONFORMANCE.read_text("utf-8").partition("## Other people's clients")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")]
    return [rows[0], *rows[2:]] if rows else []
