"""Naps: what stands for the beginning of a conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('nap',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.String(), nullable=False),
    sa.Column('upto_id', sa.String(), nullable=False),
    sa.Column('messages', sa.Integer(), nullable=False),
    sa.Column('tokens', sa.Integer(), nullable=False),
    sa.Column('passes', sa.Integer(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['upto_id'], ['message.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_nap_conversation_id', 'nap', ['conversation_id'])
    op.create_index('nap_upto', 'nap', ['upto_id'])
    op.create_table('nap_note',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('nap', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('end', sa.Integer(), nullable=False),
    sa.Column('found_in', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['nap'], ['nap.number'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_index('ix_nap_note_nap', 'nap_note', ['nap'])
    op.create_index('ix_nap_note_message_id', 'nap_note', ['message_id'])


def downgrade() -> None:
    raise NotImplementedError("a backup is made before each migration; restore that")
