"""Tags: words that the user sorts memories by."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('memory', sa.Column('tags', sa.String(), nullable=False, server_default=''))


def downgrade() -> None:
    raise NotImplementedError("a backup is made before each migration; restore that")
