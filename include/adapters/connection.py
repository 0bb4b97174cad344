"""A connection to Exact as whoever holds it describes it: all but its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from include.errors import SetupError


@dataclass(frozen=True, kw_only=True)
class ExactConnection:
    """What Airflow's connection says; `problem` instead, where it cannot be used."""

    conn_id: str
    problem: SetupError | None = None
    chain: str = ""
    host: str = ""
    client_id: str = ""
    redirect_uri: str = ""
    secret_expires: date | None = None
