"""Once a day, what each administration's file names is compared with what Exact has by then."""

from __future__ import annotations

from include.adapters.mapping_checks import refusal_of
from include.administrations.model import Mode
from include.outbox.model import Tally
from include.run import Run


def check_mapping(run: Run) -> Tally:
    """Read the short lists of master data anew and judge. Raises `SetupError` with every finding and its cure."""
    if run.administration.mode is Mode.OFF:
        return Tally()
    checked = run.mapping.check_anew()
    run.mapping.tell(checked)
    if checked.findings:
        raise refusal_of(run.administration.name, checked.findings)
    return Tally(findings=0)
