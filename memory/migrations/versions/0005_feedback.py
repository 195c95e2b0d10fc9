"""Relevance feedback: what does not bear on a question."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('feedback',
    sa.Column('question_id', sa.String(), nullable=False),
    sa.Column('hit_type', sa.String(), nullable=False),
    sa.Column('hit_number', sa.Integer(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['message.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('question_id', 'hit_type', 'hit_number')
    )
    op.create_index('feedback_hit', 'feedback', ['hit_type', 'hit_number'])


def downgrade() -> None:
    raise NotImplementedError("a backup is made before each migration; restore that")
