"""From Airflow's connections to the settings of a run. The only place that turns one into the other."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from airflow.sdk import BaseHook
from airflow.sdk.crypto import get_fernet
from airflow.sdk.log import mask_secret
from cryptography.fernet import InvalidToken

from include.adapters.links import Links
from include.administrations.loader import Administrations, load_administrations
from include.errors import SetupError
from include.outbox.ports import Purpose
from include.outbox.times import Times
from include.run import Settings, Window
from include.store.chain import Cipher
from include.wiring.hook import ExactHook

STORE = "exactly_store"
SOURCE = "webshop"
ENVIRONMENT = "EXACTLY_ENVIRONMENT"
DEFAULT_ENVIRONMENT = "demo"
DATA_DOCS = "EXACTLY_DATA_DOCS"
DEFAULT_DATA_DOCS = Path(__file__).parents[2] / "var" / "data_docs"
STANDARD_WINDOW = timedelta(hours=1)
# Settings of libpq that a postgres connection may carry in its extra.
PASSED_ON = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "connect_timeout", "target_session_attrs"})


def dsn_of(conn_id: str) -> str:
    """The libpq URI of a postgres connection; a host that begins with a slash is the folder of a socket."""
    connection = BaseHook.get_connection(conn_id)
    secret = f":{quote(connection.password, safe='')}" if connection.password else ""
    user = f"{quote(connection.login, safe='')}{secret}@" if connection.login else ""
    host = connection.host or ""
    host = f"[{host}]" if ":" in host else host
    database = quote(connection.schema or "", safe="")
    query = {name: str(value) for name, value in connection.extra_dejson.items() if name in PASSED_ON}
    if host.startswith("/"):
        query["host"] = host
        host = ""
    port = f":{connection.port}" if connection.port else ""
    text = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    return f"postgresql://{user}{host}{port}/{database}{'?' + text if text else ''}"


def environment() -> str:
    """Which environment this is; its database refuses every other one."""
    return os.environ.get(ENVIRONMENT, DEFAULT_ENVIRONMENT)


def data_docs() -> Path:
    """The folder of the pages that the mapping checks write."""
    return Path(os.environ.get(DATA_DOCS) or DEFAULT_DATA_DOCS)


class MaskingCipher:
    """Airflow's Fernet key; whatever passes is a token, and masked in logs from here on (raw and as in a URL)."""

    def __init__(self, fernet: Any) -> None:
        self._fernet = fernet

    def encrypt(self, msg: bytes) -> bytes:
        _mask(msg)
        return bytes(self._fernet.encrypt(msg))

    def decrypt(self, msg: bytes) -> bytes:
        try:
            plain = bytes(self._fernet.decrypt(msg))
        except InvalidToken as error:
            cure = "they were stored under another Fernet key: give Airflow that key again, or sign in anew (exactly sign-in CONNECTION)"
            raise SetupError("tokens_unreadable", cure=cure) from error
        _mask(plain)
        return plain


def _mask(secret: bytes) -> None:
    mask_secret(secret.decode())
    mask_secret(quote(secret.decode(), safe=""))


def cipher() -> Cipher:
    """The cipher of the token chains."""
    return MaskingCipher(get_fernet())


def links_of(exact_conn_id: str) -> Links:
    """Where people find records: `order_url` of the shop's connection, `document_url` of Exact's, both optional and in their extra."""
    return Links(_template(SOURCE, "order_url"), _template(exact_conn_id, "document_url"))


def _template(conn_id: str, name: str) -> str:
    template = str(BaseHook.get_connection(conn_id).extra_dejson.get(name) or "")
    if template and not template.startswith(("https://", "http://")):
        raise SetupError("link_refused", conn_id, cure=f"{name} in its extra must begin with https://")
    return template


def settings_of(name: str, window: Window | None = None, *, administrations: Administrations | None = None, **others: Any) -> Settings:
    """The settings of a run for the administration `name`; without a window, the hour up to now."""
    administrations = administrations or load_administrations()
    administration = administrations[name]
    now = datetime.now(UTC)
    return Settings(
        administrations=administrations,
        name=name,
        access=ExactHook(administration.connection).access(),
        store_dsn=dsn_of(STORE),
        source_dsn=dsn_of(SOURCE),
        cipher=cipher(),
        environment=environment(),
        window=window or Window(now - STANDARD_WINDOW, now),
        times=Times(quarantine_s=float(administration.quarantine_s)),
        links=links_of(administration.connection),
        data_docs=data_docs(),
        **{"purpose": Purpose.NEAR_TIME, **others},
    )
