"""Who asks for a page, and what Airflow's auth manager lets this person do. The only file that imports insides of Airflow's web server."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from airflow.api_fastapi.app import get_auth_manager, get_cookie_path
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import ConnectionDetails, DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import bearer_scheme, get_user
from airflow.configuration import conf
from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from include.wiring.cases import ATTENTION


class Role(StrEnum):
    """What a person may do in the console, by what Airflow lets the person do."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in with Airflow."""

    name: str
    roles: frozenset[Role]

    def may(self, role: Role) -> bool:
        return role in self.roles

    @property
    def role(self) -> Role | None:
        """The highest of the person's roles."""
        return next((role for role in reversed(Role) if role in self.roles), None)


async def person_of(request: Request) -> Person | None:
    """The person whose cookie or bearer token came with the request; None for nobody, or one whose sign-in has expired."""
    try:
        user = await get_user(request, None, await bearer_scheme(request))
    except HTTPException:
        return None
    # An auth manager may ask a database or another server.
    return await run_in_threadpool(_person, user)


def _person(user: BaseUser) -> Person:
    auth, case = get_auth_manager(), DagDetails(id=ATTENTION)
    allowed = {
        Role.VIEWER: auth.is_authorized_dag(method="GET", access_entity=DagAccessEntity.RUN, details=case, user=user),
        Role.OPERATOR: auth.is_authorized_dag(method="PUT", access_entity=DagAccessEntity.TASK_INSTANCE, details=case, user=user),
        Role.ADMINISTRATOR: auth.is_authorized_connection(method="PUT", details=ConnectionDetails(), user=user),
    }
    return Person(user.get_name(), frozenset(role for role, yes in allowed.items() if yes))


def airflow_path() -> str:
    """Where Airflow's own pages begin; ends with a slash."""
    return get_cookie_path()


def own_hosts() -> frozenset[str]:
    """Hosts, with ports, under which Airflow says that its pages are; the request names others."""
    return frozenset(filter(None, [urlsplit(str(conf.get("api", "base_url", fallback="") or "")).netloc]))
