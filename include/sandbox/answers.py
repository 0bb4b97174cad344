"""What the API answers when something is wrong, as exceptions that carry status, text and headers.

ApiError
├── BadRequestError     400: query or payload that OData refuses
├── NotAllowedError     403: scope, division, blocked user; with a `Reason` header
├── NotFoundError       404: unknown key or path
└── ValidationError     500: what a bookkeeper refuses, in the language of the Exact user (FACTS 3.16)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ApiError(Exception):
    """An answer that is not a success."""

    status = 500

    def __init__(self, text: str, *, reason: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.reason = reason


class BadRequestError(ApiError):
    """The query or the payload is malformed."""

    status = 400


class NotAllowedError(ApiError):
    """The token is good, but not for this."""

    status = 403


class NotFoundError(ApiError):
    """Nothing lives at this key or path."""

    status = 404


class NotAcceptableError(ApiError):
    """A representation that does not exist; a switch says the status."""

    status = 415


class TooBroadError(ApiError):
    """The query matches more rows than can be read in time."""

    status = 408


class TooLargeError(ApiError):
    """The body is over 10 MB."""

    status = 413


@dataclass(frozen=True)
class Complaint:
    """One reason why a document is refused: a key of `texts.json` and the caption of the field it is about."""

    text: str
    field: str = ""


class ValidationError(ApiError):
    """A bookkeeper's refusal: one or more complaints, joined by CRLF when told to the client."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__("; ".join(f"{each.text}:{each.field}" for each in complaints))
        self.complaints = tuple(complaints)
