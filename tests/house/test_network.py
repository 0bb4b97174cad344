"""No test reaches beyond this machine, nor does a process that a test starts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.loopback import sitecustomize

# Reserved for documentation: nobody is there (RFC 5737).
ELSEWHERE = "192.0.2.1"


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the attempts of these tests are noted, so that they do not count as attempts of tests."""
    monkeypatch.setenv(sitecustomize.NOTES, str(tmp_path / "strayed"))
    return tmp_path / "strayed"


def test_a_connection_to_another_machine_is_refused_and_noted(notes: Path) -> None:
    with socket.socket() as outward, pytest.raises(OSError, match="tests stay on this machine"):
        outward.connect((ELSEWHERE, 80))

    assert ELSEWHERE in notes.read_text()


def test_no_name_is_looked_up_elsewhere(notes: Path) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get("https://start.exactonline.nl/", timeout=5)

    assert "start.exactonline.nl" in notes.read_text()


def test_no_port_is_opened_to_the_outside(notes: Path) -> None:
    with socket.socket() as listening, pytest.raises(OSError, match="tests stay on this machine"):
        listening.bind(("0.0.0.0", 0))

    assert "socket.bind" in notes.read_text()


def test_a_process_that_a_test_starts_is_kept_on_this_machine_too(notes: Path) -> None:
    code = f"import socket; socket.create_connection(({ELSEWHERE!r}, 80), timeout=5)"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ.copy(), capture_output=True, text=True, check=False, timeout=30)

    assert "tests stay on this machine" in done.stderr
    assert ELSEWHERE in notes.read_text()


def test_a_name_that_never_exists_fails_as_it_would_anywhere(notes: Path) -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("exact.invalid", 443)

    assert not notes.exists()


def test_this_machine_itself_is_reached(notes: Path) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        socket.create_connection(listening.getsockname(), timeout=5).close()

    assert not notes.exists()
