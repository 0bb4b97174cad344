"""ExactHook: Airflow's connection of type "Exact Online" as the access to Exact, on the http provider's `HttpHook`."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from airflow.providers.http.hooks.http import HttpHook

from include.errors import ExactlyError, SetupError
from include.exact.oauth import App
from include.run import Access

DEFAULT_HOST = "start.exactonline.nl"
EXACT_HOSTS = frozenset(f"start.exactonline.{country}" for country in ("nl", "be", "de", "fr", "es", "com", "co.uk"))
# Only a sandbox takes it: Exact wants an address of the company's own (FACTS 1.2).
SANDBOX_REDIRECT = "https://localhost/signed-in"
# Left out of addresses, as Exact leaves them out of its own; the form of a connection insists on a port.
STANDARD_PORTS = {"https": 443, "http": 80}
USER_AGENT = "Exactly/0.1 (Apache Airflow)"


class ExactHook(HttpHook):
    """Gives access to Exact Online: the app as registered, and sessions with the connection's TLS and proxy settings.

    Fields of the connection: host (the country's), login (client id), password (client secret); extra: `redirect_uri`, `secret_expires`,
    `verify` (path of a certificate bundle), `proxies`, `document_url`, and `sandbox: true` for a host that is none of Exact's.
    Tokens never stand in it.
    """

    conn_name_attr = "exact_conn_id"
    default_conn_name = "exact_default"
    conn_type = "exact_online"
    hook_name = "Exact Online"

    def __init__(self, exact_conn_id: str = default_conn_name) -> None:
        super().__init__(http_conn_id=exact_conn_id)
        self.exact_conn_id = exact_conn_id

    def get_conn(self, headers: dict[Any, Any] | None = None, extra_options: dict[str, Any] | None = None) -> requests.Session:
        """A session without authorisation and without retries; unknown keys of `extra` never become headers."""
        extra = {**self.get_connection(self.exact_conn_id).extra_dejson, **(extra_options or {})}
        if extra.get("verify") is False:
            raise SetupError("tls_not_verified", self.exact_conn_id, cure="certificates are always verified: give `verify` a bundle's path")
        session = requests.Session()
        session.verify = extra.get("verify") or True
        session.proxies.update(extra.get("proxies") or {})
        session.headers.update({"User-Agent": USER_AGENT, **(headers or {})})
        return session

    def access(self) -> Access:
        """The app and a maker of sessions. Raises `SetupError` for an incomplete connection or a host that is not Exact's."""
        connection = self.get_connection(self.exact_conn_id)
        self._set_base_url(connection)
        extra = connection.extra_dejson
        base_url = _pinned(self._https_unless_said(connection), sandbox=extra.get("sandbox") is True, connection=self.exact_conn_id)
        if not connection.login or not connection.password:
            raise SetupError("connection_incomplete", self.exact_conn_id, cure="fill in client ID and client secret")
        redirect_uri = extra.get("redirect_uri") or (None if _is_exact(base_url) else SANDBOX_REDIRECT)
        if redirect_uri is None:
            raise SetupError("connection_incomplete", self.exact_conn_id, cure="fill in the redirect URI, as registered with Exact")
        return Access(App(base_url, connection.login, connection.password, redirect_uri), self.get_conn)

    def _https_unless_said(self, connection: Any) -> str:
        host = connection.host or DEFAULT_HOST
        if "://" not in host:
            host = f"{connection.schema or 'https'}://{host}"
        host = host.rstrip("/")
        usual = STANDARD_PORTS.get(host.partition("://")[0])
        return host if connection.port in {None, usual} else f"{host}:{connection.port}"

    def test_connection(self) -> tuple[bool, str]:
        """What the *Test* button does: is the host there, has somebody signed in, which companies does the user see."""
        from include.wiring.connection_test import try_connection

        try:
            return True, try_connection(self)
        except ExactlyError as error:
            return False, str(error)


def _pinned(base_url: str, *, sandbox: bool, connection: str) -> str:
    parts = urlsplit(base_url)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.netloc.count("@")
        or parts.path
        or parts.query
        or parts.fragment
    ):
        raise SetupError("host_malformed", connection, cure="the host is a name alone, such as start.exactonline.nl, with https:// at most")
    local = _is_loopback(parts.hostname)
    if not _is_exact(base_url) and not sandbox and not local:
        raise SetupError("foreign_host", parts.hostname, cure=f"connection {connection} must name one of {', '.join(sorted(EXACT_HOSTS))}")
    if parts.scheme != "https" and not sandbox and not local:
        raise SetupError("no_tls", parts.hostname, cure=f"connection {connection} must use https")
    return base_url


def _is_exact(base_url: str) -> bool:
    return urlsplit(base_url).hostname in EXACT_HOSTS


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
