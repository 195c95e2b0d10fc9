"""Large homes: who speaks, what is of a kind and what is due, without reading every row. On PostgreSQL also full text and
numbers."""

from alembic import op

from memory.dialects.postgres import NUMBERED_TRIGGER, SETUP

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


NUMBERED = (
    "conversation message memory changeset revision passage embedding outbox model_call sleep_run summary"
    " profile_line dream exam_item adapter preference nap"
).split()
"""Tables whose numbers are never given twice."""


def upgrade() -> None:
    op.create_index('message_author', 'message', ['author', 'number'])
    op.create_index('memory_kind', 'memory', ['kind', 'event_to'])
    op.create_index('memory_valid', 'memory', ['valid_to'])
    if op.get_bind().dialect.name == "postgresql":
        for statement in SETUP:
            op.execute(statement)
        for table in NUMBERED:
            op.execute(NUMBERED_TRIGGER.format(table=table))


def downgrade() -> None:
    raise NotImplementedError("a backup is made before each migration; restore that")
