"""Every route names one role and keeps to it; nothing that changes something is let in from elsewhere."""

from __future__ import annotations

from collections import Counter

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount

from include.web.access import Role
from include.web.app import create_app
from include.web.security import own_request
from tests.web.airflow_server import AirflowServer
from tests.web.site import calls, guards_of, routes

# What Airflow's simple auth manager lets each of its roles do.
ROLES = {
    None: set(),
    "viewer": {Role.VIEWER},
    "user": {Role.VIEWER, Role.OPERATOR},
    "op": {Role.VIEWER, Role.OPERATOR, Role.ADMINISTRATOR},
    "admin": {Role.VIEWER, Role.OPERATOR, Role.ADMINISTRATOR},
}
OURS = {"HX-Request": "true", "Sec-Fetch-Site": "same-origin"}
# What another site, an old browser or a forged request may come with; none of it surely comes from one of our pages.
FOREIGN = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"HX-Request": "true"},
    {"HX-Request": "true", "Origin": "null"},
    {"HX-Request": "true", "Origin": "https://elsewhere.example"},
    {"HX-Request": "true", "Sec-Fetch-Site": "cross-site"},
    {"HX-Request": "true", "Sec-Fetch-Site": "same-site"},
    {"HX-Request": "true", "Sec-Fetch-Site": "none"},
    {"HX-Request": "true", "Sec-Fetch-Site": "cross-site", "Origin": "{own}"},
    {"HX-Request": "true", "Referer": "{own}/exactly/"},
    {"HX-Request": "true", "Origin": "{own}.elsewhere.example"},
    {"Origin": "{own}", "Content-Type": "text/plain"},
]


def test_each_route_asks_for_exactly_one_role() -> None:
    assert routes()
    assert {f"{route.methods} {route.path}": guards_of(route) for route in routes() if len(guards_of(route)) != 1} == {}


def test_each_route_is_guarded_against_other_sites() -> None:
    assert [route.path for route in routes() if own_request not in {each.call for each in route.dependant.dependencies}] == []


def test_no_two_routes_share_a_name_or_an_address() -> None:
    addresses = Counter((method, route.path) for route in routes() for method in route.methods)
    names = Counter(route.name for route in routes())

    assert [each for each, times in (addresses + names).items() if times > 1] == []


def test_nothing_but_routes_and_files_is_served() -> None:
    others = [route for route in create_app().routes if not isinstance(route, APIRoute)]

    assert [(type(route), route.path) for route in others] == [(Mount, "/static")]


def test_each_entry_of_the_navigation_leads_to_a_route_that_its_readers_may_see() -> None:
    named = {route.name: guards_of(route)[0] for route in routes() if "GET" in route.methods}

    assert {tab.route: named.get(tab.route) for tab in create_app().state.tabs} == {tab.route: tab.role for tab in create_app().state.tabs}


@pytest.mark.parametrize("user", ROLES)
def test_each_route_lets_in_whom_it_names_and_nobody_else(user: str | None, visitor) -> None:
    someone, wrong = visitor(user), []
    for route, method, path in calls():
        answer = someone.act(path, method=method) if method != "GET" else someone.page(path)
        refused = 401 if user is None else 403
        asked = guards_of(route)[0]
        fits = (answer.status_code not in {401, 403}) if asked in ROLES[user] else (answer.status_code == refused)
        if not fits or answer.status_code == 500:
            wrong.append((method, path, asked, answer.status_code))

    assert wrong == []


def test_what_changes_something_is_refused_when_it_comes_from_elsewhere(visitor, airflow_server: AirflowServer) -> None:
    someone, let_in = visitor("admin"), []
    for _, method, path in calls(unsafe=True):
        for headers in FOREIGN:
            told = {name: value.format(own=airflow_server.url) for name, value in headers.items()}
            answer = someone.request(method, airflow_server.console + path, headers=told, timeout=30, allow_redirects=False)
            if answer.status_code != 403 or "did not come from this page" not in answer.text:
                let_in.append((method, path, headers, answer.status_code))

    assert let_in == []


def test_a_page_that_does_not_exist_says_so_to_whoever_asks(visitor) -> None:
    assert [visitor(user).page("/no/such/page").status_code for user in (None, "viewer", "admin")] == [404] * 3


def test_an_expired_or_forged_sign_in_is_no_sign_in(visitor) -> None:
    for forged in ("", "x", "e30.e30.e30", "a" * 5000):
        someone = visitor(None)
        someone.cookies.set("_token", forged, path="/")
        assert someone.page("/").status_code == 401, forged
        assert visitor(None).page("/", headers={"Authorization": f"Bearer {forged}x"}).status_code == 401


def test_who_lacks_a_role_reads_which_one_it_needs_in_both_languages(visitor) -> None:
    needed = next(
        (path for route, method, path in calls(unsafe=False) if guards_of(route) == [Role.ADMINISTRATOR] and method == "GET"), None
    )
    if needed is None:
        return
    english = visitor("viewer").page(needed).text
    dutch = visitor("viewer").page(needed, headers={"Accept-Language": "nl"}).text

    assert "It needs the role administrator" in english
    assert "Nodig is de rol beheerder" in dutch
