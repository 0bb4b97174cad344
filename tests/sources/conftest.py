"""A loaded webshop, and a bare one whose contract views accept whatever a test plants."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from include.demo.loader import load

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def shop_dsn(postgres) -> str:
    """The demo's webshop with the real orders; read only."""
    dsn = postgres.create_database("shop")
    load(dsn, today=TODAY)
    return dsn
