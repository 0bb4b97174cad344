"""How the sandbox bears size: `python -m tests.sandbox.size --lines 1000000` loads, pages through sync, weighs, starts again."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.sandbox.driver import ExactClient, SandboxProcess

AMPLE = ("--minutely-limit", "1000000", "--daily-limit", "1000000")
FEED = "200/sync/Financial/TransactionLines"
NEXT = re.compile(rb'"__next":"([^"]+)"')
# 26 properties, as a mirror reads them.
FIELDS = (
    "ID,Timestamp,Account,AccountCode,AmountDC,AmountFC,AmountVATBaseFC,AmountVATFC,Created,Currency,Date,Description,DueDate,EntryID,"
    "EntryNumber,FinancialPeriod,FinancialYear,GLAccount,GLAccountCode,InvoiceNumber,JournalCode,LineNumber,Modified,Status,Type,YourRef"
)


@dataclass
class Size:
    """What was measured."""

    lines: int
    load_s: float
    load_cpu_s: float
    pages: int
    pages_per_s: float
    pages_per_cpu_s: float  # of the sandbox's own processor time: what a machine that others use as well can tell
    memory_mb: float
    file_mb: float
    restart_s: float
    trial_balance_s: float
    save_s: float
    reset_s: float
    load_state_s: float
    sum_dc: str


def measure(lines: int, pages_max: int, state: str) -> Size:
    """Load so many lines into a sandbox of its own and return what it took."""
    sandbox = SandboxProcess("--seed", "small", "--auto-consent", "--state", state, *AMPLE)
    try:
        began = time.perf_counter()
        written = _asked(sandbox, "history", {"division": 200, "lines": lines})["lines"]
        load_s, load_cpu_s = time.perf_counter() - began, _cpu_s(sandbox)
        client = ExactClient(sandbox, "app-one", "secret-one", "https://app-one.example/callback").sign_in()
        pages, seconds = _page_through(client, pages_max)
        paging_cpu_s = _cpu_s(sandbox) - load_cpu_s
        began = time.perf_counter()
        balance = sandbox.control("GET", "trial-balance", division=200)["divisions"][0]
        balance_s = time.perf_counter() - began
        memory = sandbox.memory_mb()
        copy = f"{state}.copy"
        acts = (("save", {"path": copy}), ("reset", {"keep_tokens": True}), ("load", {"path": copy}))
        saved_s, reset_s, loaded_s = (_took_s(sandbox, act, body) for act, body in acts)
    finally:
        sandbox.stop()
    again = SandboxProcess("--seed", "small", "--auto-consent", "--state", state, *AMPLE)
    again.stop()
    file_mb = Path(state).stat().st_size / 1e6
    return Size(
        written,
        load_s,
        load_cpu_s,
        pages,
        pages / seconds,
        pages / paging_cpu_s,
        memory,
        file_mb,
        again.start_s,
        balance_s,
        saved_s,
        reset_s,
        loaded_s,
        balance["sum_dc"],
    )


def _took_s(sandbox: SandboxProcess, act: str, body: dict[str, object]) -> float:
    began = time.perf_counter()
    _asked(sandbox, act, body)
    return time.perf_counter() - began


def _asked(sandbox: SandboxProcess, act: str, body: dict[str, object]) -> dict[str, Any]:
    """Ask the control door for something that may take minutes on a busy machine."""
    answer = sandbox.http.post(f"{sandbox.url}/control/{act}", json=body, timeout=600)
    assert answer.status_code < 300, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _cpu_s(sandbox: SandboxProcess) -> float:
    fields = Path(f"/proc/{sandbox.process.pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _page_through(client: ExactClient, pages_max: int) -> tuple[int, float]:
    """Follow `__next` from the beginning, up to so many pages; return how many came and how long it took."""
    began, pages = time.perf_counter(), 0
    answer = client.get(FEED, "Timestamp gt 1L", select=FIELDS)
    while True:
        pages += 1
        following = NEXT.search(answer.content)
        if following is None or pages >= pages_max:
            return pages, time.perf_counter() - began
        answer = client.call("GET", following.group(1).decode())


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=10_000, help="stop paging after so many")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        size = measure(asked.lines, asked.pages, f"{directory}/size.sqlite")
    for name, value in asdict(size).items():
        sys.stdout.write(f"{name:16} {value:.2f}\n" if isinstance(value, float) else f"{name:16} {value}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
