"""The tables, as SQLAlchemy 2 mappings. docs/design.md says what each is for.

Rows have a ULID (`id`, what other rows point at) and an integer key (`number`, what people type and what SQLite's
full-text tables need). Full-text tables and their triggers are SQL, in the first migration.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime as text that sorts by time: 2026-05-03T18:30:00.000000Z."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else format_instant(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def format_instant(value: datetime) -> str:
    """The stored and exported form of an instant."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


class Base(DeclarativeBase):
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON}


class ConversationRow(Base):
    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("origin", "external_id"),
        Index("conversation_updated", "updated_at"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(26), unique=True)
    title: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    origin: Mapped[str]
    external_id: Mapped[str | None]
    head_message_id: Mapped[str | None] = mapped_column(String(26))
    draft: Mapped[str] = mapped_column(default="")


class MessageRow(Base):
    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "external_id"),
        Index("message_conversation", "conversation_id", "number"),
        Index("message_author", "author", "number"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(26), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    author: Mapped[str]
    content: Mapped[str]
    status: Mapped[str]
    said_at: Mapped[datetime] = mapped_column(index=True)
    zone: Mapped[str]
    model: Mapped[str]
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    external_id: Mapped[str | None]


class MemoryRow(Base):
    __tablename__ = "memory"
    __table_args__ = (
        Index("memory_slot", "subject", "slot", "status"),
        Index("memory_kind", "kind", "event_to"),
        Index("memory_valid", "valid_to"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(26), unique=True)
    kind: Mapped[str]
    text: Mapped[str]
    subject: Mapped[str]
    slot: Mapped[str | None]
    value: Mapped[str | None]
    said_at: Mapped[datetime | None]
    zone: Mapped[str]
    event_from: Mapped[datetime | None]
    event_to: Mapped[datetime | None]
    granularity: Mapped[str | None]
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]
    confidence: Mapped[float]
    trust: Mapped[str]
    sensitivity: Mapped[str]
    status: Mapped[str]
    pinned: Mapped[bool]
    muted: Mapped[bool]
    tags: Mapped[str] = mapped_column(default="", server_default="")
    superseded_by: Mapped[str | None] = mapped_column(ForeignKey("memory.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int]


class SourceRow(Base):
    __tablename__ = "source"

    number: Mapped[int] = mapped_column(primary_key=True)
    memory_id: Mapped[str] = mapped_column(ForeignKey("memory.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    quote: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]


class ChangeSetRow(Base):
    """One act. `state` is done, undone, or dropped (undone, and then something else was done)."""

    __tablename__ = "changeset"
    __table_args__ = (
        Index("changeset_state", "kind", "state", "number"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    target: Mapped[int | None]
    actor: Mapped[str]
    reason: Mapped[str]
    run_id: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime]


class RevisionRow(Base):
    __tablename__ = "revision"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    changeset: Mapped[int] = mapped_column(ForeignKey("changeset.number", ondelete="CASCADE"), index=True)
    memory_id: Mapped[str] = mapped_column(String(26), index=True)
    memory_number: Mapped[int]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class TombstoneRow(Base):
    """A purged statement: its fingerprint blocks extracting it again, without keeping its words."""

    __tablename__ = "tombstone"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    slot_key: Mapped[str | None]
    reason: Mapped[str]
    at: Mapped[datetime]


class PassageRow(Base):
    """A stretch of a message or a memory that has a vector: `text[start:end]`, hashed as it is embedded."""

    __tablename__ = "passage"
    __table_args__ = (
        Index("passage_owner", "owner_type", "owner_number"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    owner_type: Mapped[str]
    owner_number: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    text_hash: Mapped[str] = mapped_column(String(64), index=True)


class EmbedderRow(Base):
    """An embedding model that vectors were made with. One is active."""

    __tablename__ = "embedder"
    __table_args__ = (UniqueConstraint("name", "revision", "dimension"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    revision: Mapped[str]
    dimension: Mapped[int]
    active: Mapped[bool]


class EmbeddingRow(Base):
    """The vector of a text (float32, little endian, length 1), shared by every passage with that text."""

    __tablename__ = "embedding"
    __table_args__ = (UniqueConstraint("embedder", "text_hash"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(primary_key=True)
    embedder: Mapped[int] = mapped_column(ForeignKey("embedder.number", ondelete="CASCADE"))
    text_hash: Mapped[str] = mapped_column(String(64), index=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class OutboxRow(Base):
    """Work that follows a committed change: embed a passage, then put it into or take it out of the index."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_operation", "operation", "number"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True)
    operation: Mapped[str]
    passage: Mapped[int]


class RecallRow(Base):
    """What became of one hit in one answer; `hit_type` and `hit_number` name a memory or a message."""

    __tablename__ = "recall"
    __table_args__ = (Index("recall_hit", "hit_type", "hit_number"),)

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    hit_type: Mapped[str]
    hit_number: Mapped[int]
    state: Mapped[str]
    score: Mapped[float]
    channels: Mapped[list[Any]]
    reasons: Mapped[list[Any]]


class FeedbackRow(Base):
    """The user said that a hit does not bear on a question; `hit_type` and `hit_number` name a memory or a message."""

    __tablename__ = "feedback"
    __table_args__ = (Index("feedback_hit", "hit_type", "hit_number"),)

    question_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    hit_type: Mapped[str] = mapped_column(primary_key=True)
    hit_number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class ModelCallRow(Base):
    __tablename__ = "model_call"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    purpose: Mapped[str]
    model: Mapped[str]
    remote: Mapped[bool]
    prompt_tokens: Mapped[int | None]
    completion_tokens: Mapped[int | None]
    milliseconds: Mapped[int]
    status: Mapped[str]
    sent: Mapped[list[Any]]
    conversation: Mapped[str]


class MetaRow(Base):
    """Single values: the index's generation, the model hint that was shown once."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
