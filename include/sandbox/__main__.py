"""`python -m include.sandbox`: starts an Exact Online sandbox as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import signal
import sqlite3
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from include.sandbox.app import Sandbox
from include.sandbox.faults import UnknownFaultError
from include.sandbox.seed import UnknownSeedError, seed_path
from include.sandbox.server import HttpServer
from include.sandbox.texts import LANGUAGES
from include.sandbox.world import Settings

DEFAULT_BOOKS = "demo"
log = logging.getLogger("sandbox")


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m include.sandbox", description="A faithful Exact Online to try things on.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8123, help="0 picks a free one and says which")
    parser.add_argument("--minutely-limit", type=int, default=60, help="calls a minute, per application and division")
    parser.add_argument("--daily-limit", type=int, default=5000, help="calls a day, per application and division")
    parser.add_argument(
        "--seed", action="append", default=[], help="name or path of the books; a whole number seeds faults and ids; may be given twice"
    )
    parser.add_argument("--state", default=":memory:", help="SQLite file that keeps the state; without it nothing is kept")
    parser.add_argument("--time-scale", type=float, default=1.0, help="K: a minute of limits takes 60/K seconds, a token lives 600/K")
    parser.add_argument("--language", choices=LANGUAGES, help="language of every Exact user; the seed's own by default")
    parser.add_argument(
        "--faults", metavar="FILE", help="faults in force from the start: a YAML or JSON list of what /control/faults takes"
    )
    parser.add_argument("--tls-certificate", metavar="FILE", help="serve HTTPS with this certificate (PEM), for clients that insist on it")
    parser.add_argument("--tls-key", metavar="FILE", help="the certificate's key (PEM), if it is not in the same file")
    parser.add_argument("--auto-consent", action="store_true", help="the authorise page consents by itself")
    parser.add_argument(
        "--redirect-uri", action="append", default=[], help="register this address with every application; may be given more than once"
    )
    parser.add_argument("--verbose", action="store_true", help="log more")
    return parser.parse_args(argv)


def settings_of(asked: argparse.Namespace) -> Settings:
    """Return the settings of a command line. Raises `UnknownSeedError`."""
    numbers = [text for text in asked.seed if text.isdigit()]
    books = [text for text in asked.seed if not text.isdigit()]
    seed_path(books[0] if books else DEFAULT_BOOKS)
    return Settings(
        state=asked.state,
        seed_books=books[0] if books else DEFAULT_BOOKS,
        seed_number=int(numbers[0]) if numbers else 1,
        minutely_limit=asked.minutely_limit,
        daily_limit=asked.daily_limit,
        time_scale=asked.time_scale,
        language=asked.language,
        auto_consent=asked.auto_consent,
        redirect_uris=tuple(asked.redirect_uri),
    )


def tls_of(asked: argparse.Namespace) -> ssl.SSLContext | None:
    """Return what HTTPS needs, or None for plain HTTP. Raises `OSError` (of which `ssl.SSLError` is one)."""
    if not asked.tls_certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(asked.tls_certificate, asked.tls_key)
    return context


def faults_of(asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the faults of a file. Raises `OSError`, `UnknownFaultError`."""
    if not asked.faults:
        return []
    try:
        script = YAML(typ="safe").load(Path(asked.faults).read_text("utf-8"))
    except YAMLError as error:
        raise UnknownFaultError(f"{asked.faults} is no YAML: {error}") from error
    if not isinstance(script, list) or not all(isinstance(fault, dict) for fault in script):
        raise UnknownFaultError(f"{asked.faults} holds no list of faults")
    return script


async def serve(sandbox: Sandbox, host: str, port: int, tls: ssl.SSLContext | None) -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    settings = sandbox.world.settings
    server = HttpServer(sandbox, sandbox.date_header)
    sandbox.world.outages.refuse = server.refuse
    bound = await server.start(host, port, tls)
    sandbox.world.scheme = "https" if tls else "http"
    sandbox.world.base_url = f"{sandbox.world.scheme}://{host}:{bound}"
    sandbox.start()
    gc.freeze()
    sys.stdout.write(
        f"Exact Online sandbox on {sandbox.world.base_url} (books {settings.seed_books}, {settings.minutely_limit} calls a minute)\n"
    )
    sys.stdout.flush()
    await stopped.wait()
    await server.stop()
    await sandbox.stop()
    sandbox.world.database.close()


def main() -> int:
    """Start a sandbox; return its exit status."""
    asked = arguments()
    logging.basicConfig(level=logging.DEBUG if asked.verbose else logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        sandbox = Sandbox(settings_of(asked))
        for fault in faults_of(asked):
            sandbox.world.faults.add(fault)
        asyncio.run(serve(sandbox, asked.host, asked.port, tls_of(asked)))
    except (UnknownSeedError, UnknownFaultError, OSError, sqlite3.Error) as error:
        log.critical("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
