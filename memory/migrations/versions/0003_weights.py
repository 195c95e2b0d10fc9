"""Weights: adapters, the memories that they learned, the items that they rehearsed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('adapter',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('base', sa.String(), nullable=False),
    sa.Column('base_hash', sa.String(), nullable=False),
    sa.Column('below', sa.JSON(), nullable=False),
    sa.Column('manifest', sa.JSON(), nullable=False),
    sa.Column('metrics', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.String(length=27), nullable=False),
    sa.PrimaryKeyConstraint('number'),
    sa.UniqueConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_table('adapter_fact',
    sa.Column('adapter', sa.Integer(), nullable=False),
    sa.Column('memory_id', sa.String(length=26), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('streak', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['adapter'], ['adapter.number'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('adapter', 'memory_id')
    )
    op.create_index(op.f('ix_adapter_fact_memory_id'), 'adapter_fact', ['memory_id'], unique=False)
    op.create_table('adapter_item',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('adapter', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('block', sa.String(), nullable=False),
    sa.Column('memories', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['adapter'], ['adapter.number'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_index(op.f('ix_adapter_item_adapter'), 'adapter_item', ['adapter'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a backup is made before each migration; restore that")
