"""Sandboxes to test against: real processes over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.sandbox.driver import ExactClient, SandboxProcess

AMPLE = ("--minutely-limit", "1000000", "--daily-limit", "1000000")
CALLBACK_ONE, CALLBACK_TWO = "https://app-one.example/callback", "https://app-two.example/callback"


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[SandboxProcess]:
    """One process for all tests that need nothing special; `sandbox` gives it freshly reset."""
    process = SandboxProcess("--seed", "small", "--seed", "7", "--auto-consent", *AMPLE)
    yield process
    process.stop()


@pytest.fixture(scope="session")
def signed_in(shared_sandbox: SandboxProcess) -> ExactClient:
    return ExactClient(shared_sandbox, "app-one", "secret-one", CALLBACK_ONE).sign_in()


@pytest.fixture
def sandbox(shared_sandbox: SandboxProcess, signed_in: ExactClient) -> SandboxProcess:
    shared_sandbox.reset()
    return shared_sandbox


@pytest.fixture
def client(sandbox: SandboxProcess, signed_in: ExactClient) -> ExactClient:
    """Application one, signed in, with fresh books."""
    return signed_in


@pytest.fixture
def new_sandbox() -> Iterator[Callable[..., SandboxProcess]]:
    """Starts sandboxes with settings of their own and stops them afterwards."""
    started: list[SandboxProcess] = []

    def start(*arguments: str) -> SandboxProcess:
        started.append(SandboxProcess("--seed", "small", "--auto-consent", *arguments))
        return started[-1]

    yield start
    for process in started:
        process.stop()


@pytest.fixture(scope="session")
def demo() -> Iterator[SandboxProcess]:
    """The demo's books, only to be read."""
    process = SandboxProcess("--seed", "demo", "--auto-consent", *AMPLE)
    yield process
    process.stop()


def application_one(sandbox: SandboxProcess) -> ExactClient:
    return ExactClient(sandbox, "app-one", "secret-one", CALLBACK_ONE)


def application_two(sandbox: SandboxProcess) -> ExactClient:
    return ExactClient(sandbox, "app-two", "secret-two", CALLBACK_TWO)
