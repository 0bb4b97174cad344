"""The console inside Airflow's pages, in a browser: theme, language, keyboard, and the ways out of the frame."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.web.airflow_server import AirflowServer
from tests.web.planting import Plant

ADDS_A_LINK = """main => {
    const way = document.createElement('a');
    way.href = '/static/pin_32.png';
    way.dataset.elsewhere = '';
    way.textContent = 'beside';
    main.prepend(way);
}"""
WHITE, NAVY = "rgb(255, 255, 255)", "rgb(22, 29, 45)"


@pytest.fixture
def planted(airflow_server: AirflowServer) -> None:
    plant = Plant(airflow_server.dsn)
    for subject in ("frame-1", "frame-2"):
        plant.dead(f"N-{subject}", "missing_gl_account", subject)
    plant.close()


def framed(page: Page, path: str = "/") -> FrameLocator:
    """The console where Airflow shows it."""
    page.goto(f"/plugin/exactly/exactly{path}")
    frame = page.frame_locator("iframe")
    expect(frame.locator("h1").first).to_be_visible()
    return frame


def test_the_page_is_light_or_dark_as_airflow_is_and_follows_it(window: Callable[..., Page], planted: None) -> None:
    page = window("viewer", theme="dark")
    frame = framed(page)
    expect(frame.locator("body")).to_have_css("background-color", NAVY)
    page.evaluate("localStorage.setItem('theme', 'light')")

    expect(frame.locator("body")).to_have_css("background-color", WHITE)


def test_the_page_speaks_airflows_language_until_its_reader_chooses_another(window: Callable[..., Page], planted: None) -> None:
    page = window("viewer", language="nl")
    frame = framed(page)
    expect(frame.locator("html")).to_have_attribute("lang", "nl")
    frame.get_by_role("button", name="EN", exact=True).click()
    expect(frame.locator("html")).to_have_attribute("lang", "en")
    page.reload()

    expect(page.frame_locator("iframe").locator("html")).to_have_attribute("lang", "en")


def test_a_hand_on_the_keyboard_finds_opens_and_closes_what_it_needs(window: Callable[..., Page], planted: None) -> None:
    page = window("viewer")
    frame = framed(page)
    expect(frame.locator("main")).to_be_focused()
    page.keyboard.press("j")
    expect(frame.locator("[data-row].here")).to_have_count(1)
    first = frame.locator("[data-row].here").inner_text()
    page.keyboard.press("j")
    expect(frame.locator("[data-row].here")).not_to_have_text(first)
    page.keyboard.press("k")
    page.keyboard.press("?")
    expect(frame.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(frame.locator("dialog#keys")).to_be_hidden()
    page.keyboard.press("/")
    expect(frame.locator("input[type=search]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(frame.locator("input[type=search]")).not_to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")

    page.wait_for_url("**/cases/**")


def test_a_link_to_airflow_leaves_the_frame_and_one_elsewhere_opens_beside_it(
    window: Callable[..., Page], airflow_server: AirflowServer, planted: None
) -> None:
    airflow_server.draw("BE:missing_gl_account:frame-1")
    page = window("user")
    frame = framed(page, "/cases/BE:missing_gl_account:frame-1")
    frame.locator("main").evaluate(ADDS_A_LINK)
    with page.context.expect_page() as beside:
        frame.get_by_text("beside").click()
    assert beside.value.url.endswith("/static/pin_32.png")
    frame.locator("a[data-airflow]").first.click()

    page.wait_for_url("**/dags/attention/**")


def test_who_is_not_signed_in_gets_a_way_to_sign_in_that_leads_back(airflow_server: AirflowServer, visitor) -> None:
    answer = visitor(None).page("/waiting")

    assert answer.status_code == 401
    assert "login?next=%2Fexactly%2Fwaiting" in answer.text


BEYOND_THE_EDGE = """() => [...document.querySelectorAll('body *')]
    .filter(each => each.getBoundingClientRect().right > innerWidth && !each.closest('.scrolls, [role=region]'))
    .map(each => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 40)}`)"""
CASE = "/cases/BE:missing_gl_account:frame-1"


@pytest.mark.parametrize("path", ["/", "/waiting", "/done", "/reconciliation", "/health", "/connections", CASE])
def test_a_telephone_shows_each_page_without_moving_it_sideways(window: Callable[..., Page], planted: None, path: str) -> None:
    page = window("admin", width=390, height=844)
    page.goto(f"/exactly{path}")
    expect(page.locator("h1").first).to_be_visible()

    assert page.evaluate(BEYOND_THE_EDGE) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_case_of_one_document_says_so_in_the_singular(window: Callable[..., Page], planted: None) -> None:
    page = window("viewer")
    page.goto(f"/exactly{CASE}")

    expect(page.locator(".facts-line")).to_contain_text("1 document ")
