"""The processes of a fleet run: drains and the upkeep of unknown outcomes, each a real process that may die at any moment."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from include.administrations.loader import load_administrations
from include.errors import ExactlyError
from include.flows.unknown_outcomes import settle
from include.proof.fleet_plan import FleetPlan, Place, settings
from include.proof.fleet_scale import divide_constants
from include.run import Run, open_run

# Read once by the process from which all others are forked, so that a new worker is there within milliseconds.
ADMINISTRATIONS = load_administrations()
IDLE_S = 0.05

log = logging.getLogger(__name__)


def drain(plan: FleetPlan, place: Place, name: str, logs: Path) -> None:
    """Send what is planned for the administration called `name`, for as long as this process lives."""
    _begin(plan, logs)
    _work(plan, place, name, lambda run: run.outbox.drain())


def look_after_unknowns(plan: FleetPlan, place: Place, name: str, logs: Path) -> None:
    """The upkeep, for as long as this process lives."""
    _begin(plan, logs)
    _work(plan, place, name, settle)


def _begin(plan: FleetPlan, logs: Path) -> None:
    divide_constants(plan.time_scale)
    logging.basicConfig(filename=logs / f"{os.getpid()}.log", level=logging.WARNING, format="%(asctime)s %(name)s %(message)s", force=True)


def _work(plan: FleetPlan, place: Place, name: str, act: Callable[[Run], object]) -> None:
    while True:
        try:
            with open_run(settings(plan, place, name, ADMINISTRATIONS)) as run:
                _act_for_ever(run, act)
        except ExactlyError as trouble:
            log.warning("no run: %s: %s", type(trouble).__name__, trouble)
        time.sleep(IDLE_S)


def _act_for_ever(run: Run, act: Callable[[Run], object]) -> None:
    while True:
        try:
            act(run)
        except ExactlyError as trouble:
            log.warning("%s: %s", type(trouble).__name__, trouble)
        time.sleep(IDLE_S)
