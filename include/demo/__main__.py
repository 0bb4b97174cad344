"""`python -m include.demo [FOLDER]`: what `make demo` starts."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.markup import escape

from include.demo.airflow_api import AirflowApiError
from include.demo.demo import Demo, DemoError, asked_for
from include.demo.processes import PartDiedError
from include.demo.system import PROJECT, AlreadyRunningError, LocalSystem
from include.errors import ExactlyError

DIRECTORY = PROJECT / "var" / "demo"
INTERRUPTED = 130


def main(directory: Path = DIRECTORY) -> int:
    """Run the demo, stay up until Ctrl-C; with DEMO_EXIT=1 end by itself. Returns the exit status."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    # Also for Ctrl-C, which a shell tells its background jobs to ignore.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    status = INTERRUPTED
    try:
        with LocalSystem(directory) as system:
            status = _run(Demo(directory, console, keep=asked_for("KEEP")), system)
            console.print("Stopping ...")
    except KeyboardInterrupt:
        console.print("Stopped.")
    except (AlreadyRunningError, AirflowApiError, DemoError, ExactlyError, PartDiedError) as error:
        console.print(f"[red]{type(error).__name__}[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        status = 1
    return status


def _run(demo: Demo, system: LocalSystem) -> int:
    summary, loaded = demo.run(system)
    faults = summary.faults(loaded=loaded.orders + loaded.returns)
    for fault in faults:
        demo.console.print(f"[red]✗[/] {fault}")
    if asked_for("DEMO_EXIT"):
        return 1 if faults else 0
    demo.console.print("Ctrl-C stops everything.")
    try:
        while True:
            demo.look_at(system)
            time.sleep(1)
    except KeyboardInterrupt:
        return 1 if faults else 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(*(Path(argument) for argument in sys.argv[1:])))
