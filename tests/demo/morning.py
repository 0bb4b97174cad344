"""Somebody at the desk of a running demo: signs in at Airflow's own page, opens *Exact* in its navigation, works by what stands there."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import FrameLocator, Locator, Page, expect

# A task of Airflow begins, works and ends meanwhile.
SOON_MS = 120_000
LOOK_MS = 1_000


class Desk:
    """`page` is Airflow's, `frame` the desk in it; each look is kept as a picture."""

    def __init__(self, page: Page, pictures: Path, password: str) -> None:
        self.page, self._pictures, self._looks = page, pictures, 0
        page.goto("/auth/login/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/auth/" not in url)
        page.get_by_role("link", name="Exact", exact=True).click()
        expect(self.frame.locator("h1").first).to_be_visible()

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    @property
    def main(self) -> Locator:
        return self.frame.locator("main")

    def look(self, name: str) -> None:
        """Keep what is to be seen now, its charts drawn."""
        if self.frame.locator(".chart[data-figure]").count():
            expect(self.frame.locator(".chart[data-figure] .main-svg").first).to_be_visible()
        self._looks += 1
        self.page.screenshot(path=self._pictures / f"{self._looks:02}-{name}.png")

    def turn_to(self, section: str) -> None:
        """Open a part of the desk by the name that its navigation gives it."""
        self.frame.get_by_role("navigation").get_by_role("link", name=section, exact=True).first.click()

    def looks_until(self, section: str, text: str) -> None:
        """Open a part of the desk again and again until it says so, as somebody does who waits for Airflow."""
        give_up = time.monotonic() + SOON_MS / 1000
        self.turn_to(section)
        while text not in self.main.inner_text():
            assert time.monotonic() < give_up, self.main.inner_text()
            self.page.wait_for_timeout(LOOK_MS)
            self.turn_to(section)

    def open(self, text: str) -> None:
        """The cause or record with this text."""
        self.main.get_by_role("link", name=text).first.click()
        expect(self.main.locator("h1").first).to_contain_text(text)

    def decide(self, button: str, yes: str, said: str = "") -> None:
        """Press a button that asks, write what it wants to know, and say yes."""
        self.frame.locator(".acts").get_by_role("button", name=button).click()
        dialog = self.frame.get_by_role("dialog")
        if said:
            dialog.get_by_role("textbox").fill(said)
        dialog.get_by_role("button", name=yes, exact=True).click()

    def sees(self, where: str, text: str) -> None:
        """Wait until this part of the page says so."""
        expect(self.frame.locator(where)).to_contain_text(text, timeout=SOON_MS)

    def clear_in_airflow(self, *, clear: str, confirm: str) -> None:
        """From a case to its run in Airflow, which is cleared there; the words are those of Airflow's buttons."""
        self.main.locator("a[data-airflow]").first.click()
        self.page.wait_for_url("**/dags/attention/**")
        self.page.get_by_role("button", name=clear).click()
        self.page.get_by_role("dialog").get_by_role("button", name=confirm).click()
        expect(self.page.get_by_role("dialog")).to_be_hidden()

    def back_from_airflow(self) -> None:
        self.page.get_by_role("link", name="Exact", exact=True).first.click()
        expect(self.frame.locator("h1").first).to_be_visible()
