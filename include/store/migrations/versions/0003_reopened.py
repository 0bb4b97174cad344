"""What was dismissed because its source was cancelled, or was no sale, is planned when the source says otherwise."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the way back from a dismissal legal."""
    op.get_bind().exec_driver_sql(
        "insert into legal_transition values ('dismissed', 'planned'), ('dismissed', 'dead_letter'), ('dismissed', 'dismissed')"
    )


def downgrade() -> None:
    """Make it illegal again."""
    op.get_bind().exec_driver_sql("delete from legal_transition where before = 'dismissed'")
