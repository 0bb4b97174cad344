"""After a restore: what the shop changed before it looks in Exact first, since the outbox may have forgotten that it was sent."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = """
alter table installation add column looks_first_before timestamptz;

comment on column installation.looks_first_before is 'When somebody accepted this database after a restore or a move.';

create function mutation_looks_first() returns trigger language plpgsql as $$
begin
    if exists (select from installation where looks_first_before > new.source_changed_at) then
        new.may_have_left := true;
    end if;
    return new;
end
$$;

create trigger mutation_looks_first before insert on mutation for each row execute function mutation_looks_first();
"""


def upgrade() -> None:
    """Add the moment, and the rule that goes by it."""
    op.get_bind().exec_driver_sql(SCHEMA)


def downgrade() -> None:
    """Drop the rule and the moment."""
    op.get_bind().exec_driver_sql(
        "drop trigger mutation_looks_first on mutation; drop function mutation_looks_first(); "
        "alter table installation drop column looks_first_before"
    )
