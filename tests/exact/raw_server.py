"""A server that says whatever a test wants, byte by byte, at whatever pace: what no honest server does."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType

# What to do with one request; returning closes the connection.
Script = Callable[["Visit"], None]


@dataclass(frozen=True)
class Heard:
    """One request as it came in."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]


@dataclass
class Visit:
    """A connection on which a request was read."""

    connection: socket.socket
    heard: Heard
    closing: threading.Event

    def say(self, *parts: bytes, pause_s: float = 0.0) -> None:
        """Send the parts one by one; stops when the client hangs up or the test is over."""
        for part in parts:
            try:
                self.connection.sendall(part)
            except OSError:
                return
            if pause_s and self.closing.wait(pause_s):
                return

    def reset(self) -> None:
        """Drop the connection by a TCP reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@dataclass
class RawServer:
    """Listens on a free port of loopback; `heard` holds the requests in order, `connections` counts those that stood."""

    script: Script
    tls: ssl.SSLContext | None = None
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._closing = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{'localhost' if self.tls else '127.0.0.1'}:{self.port}"

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.set()
        self._listening.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._visited, args=(connection,), daemon=True).start()

    def _visited(self, connection: socket.socket) -> None:
        try:
            with self._secured(connection) as stream:
                heard = read_request(stream)
                if heard is not None:
                    self.heard.append(heard)
                    self.script(Visit(stream, heard, self._closing))
        except OSError:
            connection.close()

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self.tls.wrap_socket(connection, server_side=True) if self.tls else connection


def read_request(stream: socket.socket) -> Heard | None:
    head = b""
    while b"\r\n\r\n" not in head:
        part = stream.recv(65536)
        if not part:
            return None
        head += part
    head, _, body = head.partition(b"\r\n\r\n")
    line, *fields = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in fields)}
    while len(body) < int(headers.get("content-length", "0")):
        part = stream.recv(65536)
        if not part:
            return None
        body += part
    return Heard(line, headers, body)


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a plain answer; header names are written with `_` for `-`."""
    given = {"Content-Length": str(len(body)), "Connection": "close", **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def says(*answers: bytes) -> Script:
    """A script that gives one answer after the other, the last for ever."""
    left = list(answers)

    def script(visit: Visit) -> None:
        visit.say(left.pop(0) if len(left) > 1 else left[0])

    return script


def trickles(parts: Iterable[bytes], pause_s: float) -> Script:
    """A script that lets an answer drip."""
    return lambda visit: visit.say(*parts, pause_s=pause_s)
