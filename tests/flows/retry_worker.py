"""A worker of a case's run as a process of its own, so that it can be killed: `python -m tests.flows.retry_worker SETTINGS`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

from cryptography.fernet import Fernet

from include.flows.attention import settle_case
from include.outbox.ports import Purpose
from tests.flows.conftest import World


def main(told: dict[str, str]) -> None:
    """Work off the case that `told` names, on the memory, the shop and the sandbox of a test."""
    sandbox = SimpleNamespace(url=told["sandbox"])
    world = World(told["shop"], told["store"], sandbox, Fernet(told["key"].encode()), Path(told["configuration"]))
    with world.run(told["administration"], purpose=Purpose.OPERATOR) as run:
        settle_case(run, told["case"])


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
