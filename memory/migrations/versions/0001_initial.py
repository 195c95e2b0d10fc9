"""The first schema: conversations, memories with revisions, passages and vectors, full text, ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Full text follows its tables by triggers, so that no writer can forget it. Words are stemmed; the trigram table
# finds parts of words and languages written without spaces. The author is a word, too: "what did Ana say about ...".
FULL_TEXT = {
    "message_words": ("message", ("content", "author"), "porter unicode61 remove_diacritics 2"),
    "message_trigrams": ("message", ("content",), "trigram"),
    "memory_words": ("memory", ("text",), "porter unicode61 remove_diacritics 2"),
    "memory_trigrams": ("memory", ("text",), "trigram"),
}


def _full_text(name: str, table: str, columns: tuple[str, ...], tokenizer: str) -> list[str]:
    listed = ", ".join(columns)
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
    remove = f"INSERT INTO {name}({name}, rowid, {listed}) VALUES ('delete', old.number, {old});"
    insert = f"INSERT INTO {name}(rowid, {listed}) VALUES (new.number, {new});"
    return [
        f"CREATE VIRTUAL TABLE {name} USING fts5("
        f"{listed}, content='{table}', content_rowid='number', tokenize='{tokenizer}')",
        f"CREATE TRIGGER {name}_insert AFTER INSERT ON {table} BEGIN {insert} END",
        f"CREATE TRIGGER {name}_delete AFTER DELETE ON {table} BEGIN {remove} END",
        f"CREATE TRIGGER {name}_update AFTER UPDATE OF {listed} ON {table} BEGIN {remove} {insert} END",
    ]


def upgrade() -> None:
    op.create_table('changeset',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('target', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=True),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.PrimaryKeyConstraint('number'),
    sqlite_autoincrement=True
    )
    op.create_index('changeset_state', 'changeset', ['kind', 'state', 'number'], unique=False)
    op.create_index(op.f('ix_changeset_run_id'), 'changeset', ['run_id'], unique=False)
    op.create_table('conversation',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('created_at', sa.String(length=27), nullable=False),
    sa.Column('updated_at', sa.String(length=27), nullable=False),
    sa.Column('archived_at', sa.String(length=27), nullable=True),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=True),
    sa.Column('head_message_id', sa.String(length=26), nullable=True),
    sa.Column('draft', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('number'),
    sa.UniqueConstraint('id'),
    sa.UniqueConstraint('origin', 'external_id'),
    sqlite_autoincrement=True
    )
    op.create_index('conversation_updated', 'conversation', ['updated_at'], unique=False)
    op.create_table('embedder',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('revision', sa.String(), nullable=False),
    sa.Column('dimension', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('number'),
    sa.UniqueConstraint('name', 'revision', 'dimension')
    )
    op.create_table('memory',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('slot', sa.String(), nullable=True),
    sa.Column('value', sa.String(), nullable=True),
    sa.Column('said_at', sa.String(length=27), nullable=True),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('event_from', sa.String(length=27), nullable=True),
    sa.Column('event_to', sa.String(length=27), nullable=True),
    sa.Column('granularity', sa.String(), nullable=True),
    sa.Column('valid_from', sa.String(length=27), nullable=True),
    sa.Column('valid_to', sa.String(length=27), nullable=True),
    sa.Column('confidence', sa.Double(), nullable=False),
    sa.Column('trust', sa.String(), nullable=False),
    sa.Column('sensitivity', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('pinned', sa.Boolean(), nullable=False),
    sa.Column('muted', sa.Boolean(), nullable=False),
    sa.Column('superseded_by', sa.String(length=26), nullable=True),
    sa.Column('created_at', sa.String(length=27), nullable=False),
    sa.Column('updated_at', sa.String(length=27), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['superseded_by'], ['memory.id'], ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('number'),
    sa.UniqueConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('memory_slot', 'memory', ['subject', 'slot', 'status'], unique=False)
    op.create_table('meta',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_table('model_call',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('remote', sa.Boolean(), nullable=False),
    sa.Column('prompt_tokens', sa.Integer(), nullable=True),
    sa.Column('completion_tokens', sa.Integer(), nullable=True),
    sa.Column('milliseconds', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('sent', sa.JSON(), nullable=False),
    sa.Column('conversation', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('number'),
    sqlite_autoincrement=True
    )
    op.create_table('outbox',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('operation', sa.String(), nullable=False),
    sa.Column('passage', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('number'),
    sqlite_autoincrement=True
    )
    op.create_index('outbox_operation', 'outbox', ['operation', 'number'], unique=False)
    op.create_table('passage',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('owner_type', sa.String(), nullable=False),
    sa.Column('owner_number', sa.Integer(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('end', sa.Integer(), nullable=False),
    sa.Column('text_hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('number'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_passage_text_hash'), 'passage', ['text_hash'], unique=False)
    op.create_index('passage_owner', 'passage', ['owner_type', 'owner_number'], unique=False)
    op.create_table('tombstone',
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('slot_key', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.PrimaryKeyConstraint('fingerprint')
    )
    op.create_table('embedding',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('embedder', sa.Integer(), nullable=False),
    sa.Column('text_hash', sa.String(length=64), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['embedder'], ['embedder.number'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number'),
    sa.UniqueConstraint('embedder', 'text_hash'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_embedding_text_hash'), 'embedding', ['text_hash'], unique=False)
    op.create_table('message',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('conversation_id', sa.String(length=26), nullable=False),
    sa.Column('parent_id', sa.String(length=26), nullable=True),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('author', sa.String(), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('said_at', sa.String(length=27), nullable=False),
    sa.Column('zone', sa.String(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('prompt_tokens', sa.Integer(), nullable=True),
    sa.Column('completion_tokens', sa.Integer(), nullable=True),
    sa.Column('external_id', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent_id'], ['message.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number'),
    sa.UniqueConstraint('conversation_id', 'external_id'),
    sa.UniqueConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_message_parent_id'), 'message', ['parent_id'], unique=False)
    op.create_index(op.f('ix_message_said_at'), 'message', ['said_at'], unique=False)
    op.create_index('message_conversation', 'message', ['conversation_id', 'number'], unique=False)
    op.create_table('revision',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('changeset', sa.Integer(), nullable=False),
    sa.Column('memory_id', sa.String(length=26), nullable=False),
    sa.Column('memory_number', sa.Integer(), nullable=False),
    sa.Column('before', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('after', sa.JSON(none_as_null=True), nullable=True),
    sa.ForeignKeyConstraint(['changeset'], ['changeset.number'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number'),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_revision_changeset'), 'revision', ['changeset'], unique=False)
    op.create_index(op.f('ix_revision_memory_id'), 'revision', ['memory_id'], unique=False)
    op.create_table('recall',
    sa.Column('message_id', sa.String(length=26), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('hit_type', sa.String(), nullable=False),
    sa.Column('hit_number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('channels', sa.JSON(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id', 'rank')
    )
    op.create_index('recall_hit', 'recall', ['hit_type', 'hit_number'], unique=False)
    op.create_table('source',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('memory_id', sa.String(length=26), nullable=False),
    sa.Column('message_id', sa.String(length=26), nullable=False),
    sa.Column('quote', sa.String(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('end', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['memory_id'], ['memory.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_index(op.f('ix_source_memory_id'), 'source', ['memory_id'], unique=False)
    op.create_index(op.f('ix_source_message_id'), 'source', ['message_id'], unique=False)
    if op.get_bind().dialect.name != "sqlite":
        return  # FTS5 is SQLite's; a later migration gives others their own
    for name, (table, columns, tokenizer) in FULL_TEXT.items():
        for statement in _full_text(name, table, columns, tokenizer):
            op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("a backup is made before each migration; restore that")
