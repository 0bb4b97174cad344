"""The help of `exactly sandbox`, which hands its options on to a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys

from include.cli import commands


def test_the_help_names_every_option_that_the_sandbox_takes():
    help_of_process = subprocess.run(
        [sys.executable, "-m", "include.sandbox", "--help"], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    options = set(re.findall(r"--[a-z-]+", help_of_process)) - {"--help"}

    assert {option for option in options if option not in (commands.sandbox.__doc__ or "")} == set()
    assert len(options) > 10
