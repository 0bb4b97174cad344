"""Headless Chromium for tests, and windows that note whatever goes wrong in their pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

# A busy machine is no reason to fail.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def started() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


class Windows:
    """Windows on Airflow at `url`, each of a reader of its own; `problems`: errors of pages, requests that left the server."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    def open(self, *, token: str | None = None, language: str = "en", theme: str = "light", width: int = 1280, height: int = 800) -> Page:
        """A window of somebody who is signed in by this token, or not at all; `theme` and `language` are Airflow's."""
        context = self._browser.new_context(
            locale=language, color_scheme=theme, viewport={"width": width, "height": height}, base_url=self._url
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(f"localStorage.setItem('theme', '{theme}'); localStorage.setItem('i18nextLng', '{language}');")
        if token is not None:
            context.add_cookies([{"name": "_token", "value": token, "url": self._url, "httpOnly": True}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self.problems.append(f"{said.text} {said.location}") if said.type == "error" else None)
        page.on("request", lambda asked: None if self._is_inside(asked.url) else self.problems.append(asked.url))
        page.problems = self.problems
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _is_inside(self, url: str) -> bool:
        return url.startswith(("data:", "about:", "blob:")) or urlsplit(url).netloc == urlsplit(self._url).netloc
