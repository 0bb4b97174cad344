"""The memory: outbox, permits, token chain, cursors, mirror, calls, cases."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).parents[1] / "schema"


def upgrade() -> None:
    """Run the schema files in their order."""
    for file in sorted(SCHEMA.glob("*.sql")):
        op.get_bind().exec_driver_sql(file.read_text(encoding="utf-8").replace("%", "%%"))


def downgrade() -> None:
    """There is no way back from the first version: restore a backup."""
    raise RuntimeError("the first version cannot be undone: restore a backup")
