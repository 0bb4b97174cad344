"""Errors, sorted by who can put them right.

ExactlyError
├── RetryableError   nobody has to act: the same thing works later
├── RecordError      one record is wrong: whoever owns the record or its mapping
└── SetupError       nothing of this administration can work: an administrator
"""

from __future__ import annotations


class ExactlyError(Exception):
    """Anything that this project raises on purpose."""


class RetryableError(ExactlyError):
    """The same call works later; `retry_after_s` says when, in seconds from now."""

    def __init__(self, reason: str, *, retry_after_s: float) -> None:
        super().__init__(f"{reason} (again in {retry_after_s:.0f} s)")
        self.reason = reason
        self.retry_after_s = retry_after_s


class RecordError(ExactlyError):
    """One record cannot be booked: a stable `code`, the `subject` it is about, and the facts that help to mend it.

    Records that share code and subject share one cause, and so one case in Airflow. Facts hold numbers and codes, never names or addresses.
    """

    def __init__(self, code: str, subject: object = "", **facts: object) -> None:
        self.code = code
        self.subject = str(subject)
        self.facts = {name: str(value) for name, value in facts.items()}
        cause = f"{code}:{self.subject}" if self.subject else code
        super().__init__(" ".join([cause, *(f"{name}={value}" for name, value in self.facts.items())]))


class SetupError(ExactlyError):
    """An administrator must act before anything of this administration can be booked; `cure` says what to do."""

    def __init__(self, code: str, subject: object = "", *, cure: str) -> None:
        self.code = code
        self.subject = str(subject)
        self.cure = cure
        super().__init__(f"{code}:{self.subject}: {cure}" if self.subject else f"{code}: {cure}")
