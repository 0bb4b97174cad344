"""Stops the local system when its supervisor is gone: `python -m include.demo.watchdog MARK POSTMASTER_FILE`, with a pipe as input.

The supervisor holds the other end of the pipe. Its end, however it came, closes the pipe.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from include.demo.postgres import stop_postmaster
from include.demo.processes import sweep

STOP_S = 8.0


def main(mark: str, data: Path) -> None:
    """Wait for the end of the input, then stop everything with the mark, PostgreSQL last."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    sweep(mark, within_s=STOP_S)
    stop_postmaster(data)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
