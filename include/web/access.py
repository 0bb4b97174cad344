"""Who may ask for what: each route takes exactly one of `Viewer`, `Operator`, `Administrator`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from include.wiring.web_access import Person, Role, person_of

__all__ = ["Administrator", "AnonymousError", "ForbiddenError", "Operator", "Person", "Role", "Viewer"]


class AnonymousError(Exception):
    """Nobody is signed in."""


class ForbiddenError(Exception):
    """The person lacks this role."""

    def __init__(self, role: Role) -> None:
        super().__init__(role)
        self.role = role


async def viewer(request: Request) -> Person:
    """Somebody who may read Dag runs of `attention`."""
    return await _asking(request, Role.VIEWER)


async def operator(request: Request) -> Person:
    """Somebody who may edit task instances of `attention`."""
    return await _asking(request, Role.OPERATOR)


async def administrator(request: Request) -> Person:
    """Somebody who may edit connections."""
    return await _asking(request, Role.ADMINISTRATOR)


async def _asking(request: Request, role: Role) -> Person:
    person = await person_of(request)
    if person is None:
        raise AnonymousError
    # For pages about a failure, which keep the navigation.
    request.state.person = person
    if not person.may(role):
        raise ForbiddenError(role)
    return person


Viewer = Annotated[Person, Depends(viewer)]
Operator = Annotated[Person, Depends(operator)]
Administrator = Annotated[Person, Depends(administrator)]
