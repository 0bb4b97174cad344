"""Keeps a Python process on this machine: no name is looked up, no address reached and no port opened beyond loopback.

Python reads a module of this name at its start: with this folder on PYTHONPATH, processes that tests start are kept as well. What was tried
is refused and noted in the file that `EXACTLY_TESTS_STRAYED` names.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import sys
from typing import Any

NOTES = "EXACTLY_TESTS_STRAYED"
# Names under .invalid never exist (RFC 2606): a test may ask for one to see a look-up fail.
NEVER_THERE = ".invalid"


def address_of(event: str, arguments: tuple[Any, ...]) -> str | None:
    """The host that a call of the socket module is about; None when it is about none, or about a socket in a file."""
    if event in {"socket.connect", "socket.bind", "socket.sendto"}:
        address = arguments[1]
        return str(address[0]) if isinstance(address, tuple) else None
    if event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        return arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0]
    return None


def stays_here(host: str) -> bool:
    """Whether a name or address is this machine's own."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host in {"localhost", socket.gethostname()}


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what leaves this machine."""
    if not event.startswith("socket."):
        return
    host = address_of(event, arguments)
    if host is None or stays_here(host):
        return
    if host.endswith(NEVER_THERE):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if os.environ.get(NOTES):
        with open(os.environ[NOTES], "a", encoding="utf-8") as notes:
            notes.write(f"{event} {host!r} by {os.getpid()} {' '.join(sys.argv)[:100]}\n")
    raise OSError(errno.ENETUNREACH, f"tests stay on this machine: {event} {host!r}")


sys.addaudithook(watch)
