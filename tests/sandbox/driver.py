"""A sandbox process to test against, and a client of it that knows nothing of how it is built."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import requests

ROOT = Path(__file__).parents[2]
UK, BE, NL = 820101, 820202, 820303


class Door:
    """The control door of the sandbox at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()

    def control(self, method: str, path: str, body: Any = None, **parameters: Any) -> Any:
        data = None if body is None else json.dumps(body)
        answer = self.http.request(method, f"{self.url}/control/{path}", data=data, params=parameters, timeout=60)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def fault(self, kind: str, **settings: Any) -> None:
        self.control("POST", "faults", {"kind": kind, **settings})

    def switch(self, **changes: Any) -> None:
        self.control("POST", "switches", changes)

    def documents(self, **parameters: Any) -> list[dict[str, Any]]:
        return self.control("GET", "books", **parameters)["documents"]

    def calls(self) -> list[dict[str, Any]]:
        return self.control("GET", "calls", limit=10_000)["calls"]

    def reset(self, keep_tokens: bool = True) -> None:
        self.control("POST", "reset", {"keep_tokens": keep_tokens})


class SandboxProcess(Door):
    """`python -m include.sandbox` on a free port."""

    def __init__(self, *arguments: str) -> None:
        began = time.perf_counter()
        command = [sys.executable, "-m", "include.sandbox", "--port", "0", *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        ready, _, _ = select.select([self.process.stdout], [], [], 20)
        self.first_line = self.process.stdout.readline() if ready else ""
        self.start_s = time.perf_counter() - began
        if not self.first_line:
            self.process.kill()
            raise RuntimeError("the sandbox did not start")
        super().__init__(self.first_line.split(" on ")[1].split()[0])
        self.port = int(self.url.rsplit(":", 1)[1])

    def stop(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(timeout=10)
        finally:
            self.process.kill()
            self.process.stdout.close()

    def memory_mb(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class ExactClient:
    """Signs in and calls, as any client of Exact would."""

    def __init__(self, sandbox: Door, client_id: str, secret: str, redirect_uri: str) -> None:
        self.sandbox, self.client_id, self.secret, self.redirect_uri = sandbox, client_id, secret, redirect_uri
        self.http = requests.Session()
        self.tokens: dict[str, str] = {}

    def authorize(self, **parameters: str) -> requests.Response:
        asked = {"client_id": self.client_id, "redirect_uri": self.redirect_uri, "response_type": "code", **parameters}
        return self.http.get(f"{self.sandbox.url}/api/oauth2/auth", params=asked, allow_redirects=False, timeout=10)

    def code(self, **parameters: str) -> str:
        return parse_qs(urlsplit(self.authorize(**parameters).headers["Location"]).query)["code"][0]

    def token(self, **form: str) -> requests.Response:
        whole = {"client_id": self.client_id, "client_secret": self.secret, **form}
        return self.http.post(f"{self.sandbox.url}/api/oauth2/token", data=whole, timeout=10)

    def exchange(self, code: str) -> requests.Response:
        return self.token(grant_type="authorization_code", code=code, redirect_uri=self.redirect_uri)

    def refresh(self, token: str | None = None) -> requests.Response:
        return self.token(grant_type="refresh_token", refresh_token=token or self.tokens["refresh_token"])

    def sign_in(self) -> ExactClient:
        answer = self.exchange(self.code())
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return self

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['access_token']}", "Accept": "application/json", **more}

    def call(
        self, method: str, path: str, body: Any = None, *, query: str = "", timeout: float = 30, follow: bool = True, **headers: str
    ) -> requests.Response:
        url = path if path.startswith("http") else f"{self.sandbox.url}/api/v1/{path}"
        data = body if body is None or isinstance(body, bytes) else json.dumps(body)
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        url = f"{url}?{query}" if query else url
        return self.http.request(method, url, data=data, headers=self.headers(**headers), timeout=timeout, allow_redirects=follow)

    def get(self, path: str, where: str = "", **options: str) -> requests.Response:
        parts = [f"%24filter={quote(where)}"] if where else []
        parts += [f"%24{name}={quote(value)}" for name, value in options.items()]
        return self.call("GET", path, query="&".join(parts))

    def rows(self, path: str, where: str = "", **options: str) -> list[dict[str, Any]]:
        answer = self.get(path, where, **options)
        assert answer.status_code == 200, answer.text
        return results(answer.json())

    def all_rows(self, path: str, where: str = "", **options: str) -> list[dict[str, Any]]:
        answer, found = self.get(path, where, **options), []
        while True:
            assert answer.status_code == 200, answer.text
            content = answer.json()["d"]
            found += results(answer.json())
            following = content.get("__next") if isinstance(content, dict) else None
            if not following:
                return found
            answer = self.call("GET", following)

    def post(self, path: str, body: Any, **headers: str) -> requests.Response:
        return self.call("POST", path, body, Prefer="return=representation", **headers)


def results(body: dict[str, Any]) -> list[dict[str, Any]]:
    content = body["d"]
    if isinstance(content, list):
        return content
    found: list[dict[str, Any]] = content.get("results", [content])
    return found


def error_text(answer: requests.Response) -> str:
    return answer.json()["error"]["message"]["value"]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
