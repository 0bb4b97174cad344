"""The page of connections, in Airflow's own web server against the sandbox: a person signs in, tries, revokes; no secret shows anywhere."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import requests
from playwright.sync_api import FrameLocator, Page, expect

from tests.sandbox.driver import SandboxProcess
from tests.web.airflow_server import AirflowServer, Visitor

SECRETS = ("exactly-uk-secret", "exactly-be-secret", "exactly-nl-secret")
PASTED = "exact_be"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the sandbox's books, with every token that it ever gave away."""
    return tmp_path_factory.mktemp("exact") / "books.sqlite"


@pytest.fixture(scope="module")
def exact(airflow_server: AirflowServer, books: Path) -> Iterator[SandboxProcess]:
    """A sandbox that the connections lead to; that of the UK brings the browser back to the console."""
    process = SandboxProcess("--seed", "demo", "--state", str(books))
    process.switch(check_redirect_uri=False)
    lead(airflow_server, "exact_uk", process.port, extra=f'{{"redirect_uri": "{airflow_server.console}/connections/callback"}}')
    lead(airflow_server, PASTED, process.port, extra='{"secret_expires": "2020-01-01"}')
    yield process
    process.stop()


def lead(server: AirflowServer, conn_id: str, port: int, *, extra: str) -> None:
    body = {"connection_id": conn_id, "conn_type": "exact_online", "host": "http://127.0.0.1", "port": port, "extra": extra}
    answer = requests.patch(
        f"{server.url}/api/v2/connections/{conn_id}",
        params={"update_mask": ["host", "port", "extra"]},
        json=body,
        headers={"Authorization": f"Bearer {server.token('admin')}"},
        timeout=30,
    )
    assert answer.ok, answer.text


def begin(visitor: Visitor, conn_id: str) -> str:
    """Begin a sign-in as htmx does; the address at Exact."""
    answer = visitor.act(f"/connections/{conn_id}/sign-in")
    assert answer.status_code == 200, answer.text
    [address] = re.findall(r'href="([^"]+/api/oauth2/auth[^"]+)"', answer.text)
    return address.replace("&amp;", "&")


def consent(address: str) -> str:
    """Consent at the sandbox as its page does; where the browser is sent."""
    answer = requests.post(address, data={"decision": "allow"}, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def below(server: AirflowServer, landed: str) -> str:
    assert landed.startswith(server.console)
    return landed.removeprefix(server.console)


def code_in(landed: str) -> str:
    return parse_qs(urlsplit(landed).query)["code"][0]


def tokens(dsn: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute("select chain, state, refresh_token is not null from oauth_chain order by chain").fetchall()


def panel(place: Page | FrameLocator, conn_id: str) -> object:
    return place.locator(f"section:has(#of-{conn_id})")


def test_a_person_signs_in_from_within_airflow_tries_and_revokes(
    window: Callable[..., Page], airflow_server: AirflowServer, exact: SandboxProcess
) -> None:
    page = window("op", language="en")
    page.goto("/plugin/exactly")
    frame = page.frame_locator("iframe")
    frame.get_by_role("link", name="Connections").click()
    uk = panel(frame, "exact_uk")
    uk.get_by_role("button", name="Sign in with Exact").click()
    expect(frame.get_by_role("dialog")).to_contain_text(f"{airflow_server.console}/connections/callback")
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Go to Exact").click()
    tab = opened.value
    tab.locator("button[value=allow]").click()
    expect(tab.get_by_role("status").filter(has_text="exact_uk is signed in with Exact")).to_be_visible()

    assert tab.url == f"{airflow_server.console}/connections?done=exact_uk"
    assert tab.evaluate("history.length") <= 3
    tab.close()
    page.goto("/plugin/exactly/exactly/connections")
    expect(uk.locator(".mark").first).to_have_text("Signed in")
    uk.get_by_role("button", name="Test").click()
    expect(frame.locator("#told")).to_contain_text("exact_uk works")
    uk.get_by_role("button", name="Revoke").click()
    frame.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(frame.locator("#told")).to_contain_text("Remove the right in Exact's App Centre too")
    expect(uk).to_contain_text("op revoked the sign-in here")
    assert (f"{exact.url} exactly-uk", "needs_consent", False) in tokens(airflow_server.dsn)


def test_where_the_redirect_uri_is_elsewhere_the_address_is_pasted(
    visitor: Callable[[str], Visitor], airflow_server: AirflowServer, exact: SandboxProcess
) -> None:
    admin = visitor("admin")
    landed = consent(begin(admin, PASTED))
    answer = admin.act(f"/connections/{PASTED}/landed", {"landed": landed})

    assert "exact_be is signed in with Exact" in answer.text
    assert code_in(landed) not in answer.text
    assert (f"{exact.url} exactly-be", "ok", True) in tokens(airflow_server.dsn)
    assert "has expired" in admin.page("/connections").text
    assert "sign_in_foreign" not in answer.text
    assert "was not begun in this browser" in admin.act(f"/connections/{PASTED}/landed", {"landed": landed}).text


def test_a_sign_in_counts_in_the_browser_and_for_the_person_that_began_it(
    visitor: Callable[[str], Visitor], airflow_server: AirflowServer, exact: SandboxProcess
) -> None:
    admin, op = visitor("admin"), visitor("op")
    landed = consent(begin(admin, "exact_uk"))
    path = below(airflow_server, landed)
    op.cookies.update({name: value for name, value in admin.cookies.items() if name != "_token"})
    for foreign in (visitor("admin"), op):
        assert foreign.page(path).headers["Location"].endswith("/connections?fault=sign_in_foreign")
    assert admin.page(path).headers["Location"].endswith("/connections?done=exact_uk")
    assert admin.page(path).headers["Location"].endswith("/connections?fault=sign_in_foreign")


@pytest.mark.parametrize("who", [None, "viewer", "user"])
def test_whoever_may_not_sign_in_is_led_away_from_an_address_with_a_code(visitor: Callable[[str | None], Visitor], who: str | None) -> None:
    answer = visitor(who).page("/connections/callback?code=stampNL001.a-code&state=a-state")

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/connections")
    assert "a-code" not in answer.text


def test_a_refused_consent_is_told_in_words(
    visitor: Callable[[str], Visitor], airflow_server: AirflowServer, exact: SandboxProcess
) -> None:
    admin = visitor("admin")
    landed = requests.post(begin(admin, "exact_uk"), data={"decision": "deny"}, allow_redirects=False, timeout=30).headers["Location"]
    led = admin.page(below(airflow_server, landed))

    assert led.headers["Location"].endswith("/connections?fault=sign_in_refused")
    assert "No consent was given in Exact" in admin.page("/connections?fault=sign_in_refused").text


def test_a_viewer_looks_and_finds_no_button(visitor: Callable[[str], Visitor], exact: SandboxProcess) -> None:
    page = visitor("viewer").page("/connections").text

    assert "exact_uk" in page
    assert "hx-post" not in page
    assert "You may look here" in page


def test_what_the_address_bar_brings_is_only_text(visitor: Callable[[str], Visitor], exact: SandboxProcess) -> None:
    page = visitor("admin").page("/connections?done=<script>alert(1)</script>&fault=<script>alert(2)</script>").text

    assert "<script>alert" not in page


def test_no_token_secret_or_code_shows_on_a_page_in_a_log_or_a_table(
    visitor: Callable[[str], Visitor], airflow_server: AirflowServer, exact: SandboxProcess, books: Path
) -> None:
    admin = visitor("admin")
    told, codes = [], []
    for conn_id in ("exact_uk", PASTED):
        landed = consent(begin(admin, conn_id))
        codes.append(code_in(landed))
        if conn_id == PASTED:
            told.append(admin.act(f"/connections/{conn_id}/landed", {"landed": landed}).text)
        else:
            answer = admin.page(below(airflow_server, landed))
            told += [answer.text, str(answer.headers)]
        told.append(admin.act(f"/connections/{conn_id}/test").text)
    pages = [
        visitor(who).page(path).text for who in ("viewer", "admin") for path in ("/connections", "/health", "/health.json", "/metrics")
    ]
    log = (airflow_server.directory / "server.log").read_text(errors="replace")
    issued = issued_by(books)

    assert len(issued) >= 4
    places = {"pages": "".join(pages + told), "log": log, "tables": everything_in(airflow_server.dsn)}
    for place, text in places.items():
        assert [secret[:16] for secret in (*SECRETS, *codes, *issued) if secret in text] == [], place
    assert "/connections/callback" in log


def issued_by(books: Path) -> list[str]:
    """Every token that the sandbox ever gave away."""
    with closing(sqlite3.connect(f"file:{books}?mode=ro", uri=True)) as connection:
        return [token for table in ("_access_tokens", "_refresh_tokens") for (token,) in connection.execute(f"select token from {table}")]


def everything_in(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        tables = [name for (name,) in connection.execute("select tablename from pg_tables where schemaname = 'public'")]
        return "".join(str(connection.execute(f'select t::text from "{name}" t').fetchall()) for name in tables)
