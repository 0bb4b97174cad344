"""HTTP/1.1 over asyncio, with the freedom to be a bad server on purpose: hold an answer, cut it short, reset the connection."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

HEAD_MAX = 65_536
LAST_WORDS_S = 0.05
RETRY_S = 0.2
BODY_MAX = 64 * 1024 * 1024
HOST = re.compile(r"[A-Za-z0-9.\-]+(?::\d{1,5})?|\[[0-9a-fA-F:.]+\](?::\d{1,5})?")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Request:
    """One request, read whole."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def host(self) -> str:
        """Return host and port as the client names them, or nothing where it names none that could be one."""
        named = self.headers.get("host", "")
        return named if HOST.fullmatch(named) else ""

    @property
    def parameters(self) -> dict[str, str]:
        """Return the query's parameters, decoded once; of repeated ones the last."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass
class Response:
    """One answer, and how it is delivered."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    delivery: str = "send"  # send | hold (say nothing for hold_s, then close) | reset | truncate
    hold_s: float = 0.0
    stream: AsyncIterator[bytes] | None = None


App = Callable[[Request], Awaitable[Response]]


class MalformedRequestError(Exception):
    """What came in is not HTTP, or is larger than we read."""


class HttpServer:
    """Serves one app on one port until it is told to stop."""

    def __init__(self, app: App, date_header: Callable[[], str]) -> None:
        self._app = app
        self._date_header = date_header
        self._server: asyncio.Server | None = None
        self._address = ("", 0)
        self._tls: ssl.SSLContext | None = None
        self._absence: asyncio.Task[None] | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen; return the port, which is a free one if 0 was asked for."""
        self._server = await asyncio.start_server(self._connected, host, port, ssl=tls, limit=HEAD_MAX, backlog=512)
        self._tls = tls
        self._address = (host, int(self._server.sockets[0].getsockname()[1]))
        return self._address[1]

    def refuse(self, seconds: float) -> None:
        """Listen no more for so long, and drop every connection; the answer that is being given still leaves."""
        if self._absence is None or self._absence.done():
            self._absence = asyncio.create_task(self._be_away(seconds))

    async def _be_away(self, seconds: float) -> None:
        await asyncio.sleep(LAST_WORDS_S)
        await self._close()
        await asyncio.sleep(seconds)
        while not await self._is_back():
            await asyncio.sleep(RETRY_S)

    async def _is_back(self) -> bool:
        try:
            await self.start(*self._address, self._tls)
        except OSError:
            log.warning("port %s is taken; trying again", self._address[1])
            return False
        return True

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._absence:
            self._absence.cancel()
        await self._close()

    async def _close(self) -> None:
        if self._server:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; return whether the connection stays open."""
        try:
            request = await read_request(reader, writer)
        except MalformedRequestError as error:
            await self._send(writer, Response(400, str(error).encode()), keep=False)
            return False
        if request is None:
            return False
        try:
            response = await self._app(request)
        except Exception:
            log.exception("%s %s failed in the sandbox itself", request.method, request.path)
            response = Response(500, b"The sandbox itself failed; see its log.", {"X-Sandbox-Failure": "1"})
        return await self._deliver(reader, writer, request, response)

    async def _deliver(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request, response: Response) -> bool:
        if response.delivery == "hold":
            await _hold(reader, response.hold_s)
            return False
        if response.delivery == "reset":
            _reset(writer)
            return False
        keep = request.headers.get("connection", "").lower() != "close" and response.delivery == "send"
        await self._send(writer, response, keep=keep)
        return keep

    async def _send(self, writer: asyncio.StreamWriter, response: Response, *, keep: bool) -> None:
        headers = {"Date": self._date_header(), "Server": "Exact Online sandbox", **response.headers}
        headers["Connection"] = "keep-alive" if keep else "close"
        if response.stream is not None:
            headers["Transfer-Encoding"] = "chunked"
        elif response.status != 204:
            headers["Content-Length"] = str(len(response.body))
        lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
        if response.stream is not None:
            writer.write(head)
            await _send_chunks(writer, response.stream)
            return
        body = response.body[: len(response.body) // 2] if response.delivery == "truncate" else response.body
        writer.write(head + body)
        await writer.drain()


async def read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
    """Read one request, or return None where the client has gone. Raises `MalformedRequestError`."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError as error:
        raise MalformedRequestError("The head of the request is too long.") from error
    first, *rest = head[:-4].decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3:
        raise MalformedRequestError("The request line is malformed.")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await _read_body(reader, headers)
    path, _, query = words[1].partition("?")
    return Request(words[0], unquote(path), query, headers, body)


async def _read_body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return await _read_chunks(reader)
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > BODY_MAX:
        raise MalformedRequestError("The length of the body is malformed or beyond what is read.")
    return await reader.readexactly(int(length)) if length != "0" else b""


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while True:
        try:
            size = int((await reader.readline()).split(b";")[0], 16)
        except ValueError as error:
            raise MalformedRequestError("The size of a chunk is malformed.") from error
        if len(body) + size > BODY_MAX:
            raise MalformedRequestError("The body is beyond what is read.")
        body += await reader.readexactly(size)
        await reader.readline()
        if size == 0:
            return bytes(body)


async def _send_chunks(writer: asyncio.StreamWriter, stream: AsyncIterator[bytes]) -> None:
    async for chunk in stream:
        if chunk:
            writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def _hold(reader: asyncio.StreamReader, seconds: float) -> None:
    """Say nothing until the time is over or the client has hung up."""
    try:
        await asyncio.wait_for(reader.read(1), timeout=seconds)
    except TimeoutError:
        return


def _reset(writer: asyncio.StreamWriter) -> None:
    """Drop the connection with a TCP reset instead of a goodbye."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
