"""Preferences: which of two answers the user kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('preference',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('chosen', sa.String(), nullable=False),
    sa.Column('rejected', sa.String(), nullable=False),
    sa.Column('wish', sa.String(), nullable=False),
    sa.Column('dismissed', sa.Boolean(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.PrimaryKeyConstraint('number'),
    sa.UniqueConstraint('id'),
    sa.UniqueConstraint('kind', 'chosen', 'rejected', 'wish'),
    sqlite_autoincrement=True
    )


def downgrade() -> None:
    raise NotImplementedError("a backup is made before each migration; restore that")
