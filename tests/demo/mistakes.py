"""The mistakes of docs/demo.md: the cases that the page names, and the command by which it puts each right."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "demo.md").read_text(encoding="utf-8")
FORGOTTEN = datetime.now(UTC).date() - timedelta(days=60)
CURL = """
curl() {{ "{python}" -c 'import sys, requests; requests.post(sys.argv[1], data=sys.argv[3], timeout=30).raise_for_status()' "$@"; }}
"""


def told() -> dict[str, int]:
    """The cases of the page's table, with their documents."""
    rows = re.findall(r"^\| `(\w+:\w+:\w*)`(\*year-month\*)? \| (\d+) \|", PAGE, re.MULTILINE)
    return {case + (f"{FORGOTTEN:%Y-%m}" if month else ""): int(documents) for case, month, documents in rows}


def commands() -> list[str]:
    """The commands of the page, in the order of its table."""
    return re.findall(r"^```sh\n(curl .*)\n```$", PAGE, re.MULTILINE)


def put_right(command: str, sandbox_url: str) -> None:
    """Run a command of the page as it stands there, against this sandbox."""
    script = CURL.format(python=sys.executable) + command.replace("http://127.0.0.1:8123", sandbox_url)
    subprocess.run(["bash", "-euc", script], check=True, timeout=60)
