"""One HTTP POST to a subscriber, without ever blocking the server."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

HEAD_MAX = 65_536


@dataclass(frozen=True)
class Reply:
    """What a subscriber answered: a status, or why there is none."""

    status: int | None
    text: str

    @property
    def is_taken(self) -> bool:
        """Tell whether the notification counts as delivered (FACTS 5.3, 5.8)."""
        return self.status in (200, 201)


async def post(url: str, body: bytes, *, timeout_s: float) -> Reply:
    """Post a body and return what came back within the time."""
    try:
        return await asyncio.wait_for(_exchange(url, body), timeout=timeout_s)
    except TimeoutError:
        return Reply(None, "Timeout")
    except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        return Reply(None, f"ConnectFailure ({type(error).__name__})")


async def _exchange(url: str, body: bytes) -> Reply:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    context = ssl.create_default_context() if secure else None
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=context, limit=HEAD_MAX)
    try:
        writer.write(_head(parts.netloc, parts.path or "/", parts.query, len(body)) + body)
        await writer.drain()
        line = (await reader.readuntil(b"\r\n")).decode("latin-1")
        return _reply(line)
    finally:
        writer.close()


def _head(host: str, path: str, query: str, length: int) -> bytes:
    target = f"{path}?{query}" if query else path
    lines = (
        f"POST {target} HTTP/1.1",
        f"Host: {host.rpartition('@')[2]}",
        "Content-Type: application/json; charset=utf-8",
        f"Content-Length: {length}",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _reply(line: str) -> Reply:
    words = line.strip().split(" ", 2)
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    try:
        return Reply(status, HTTPStatus(status).phrase)
    except ValueError:
        return Reply(status, words[2] if len(words) > 2 else "")
