"""The tables of what was learned into weights: adapters, the memories that each learned, the items it rehearsed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from memory.schema import Base


class AdapterRow(Base):
    """A low-rank adapter of one night. `below` are the ids of those it was trained on top of, the lowest first."""

    __tablename__ = "adapter"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(26), unique=True)
    status: Mapped[str]
    base: Mapped[str]
    base_hash: Mapped[str]
    below: Mapped[list[Any]]
    manifest: Mapped[dict[str, Any]]
    metrics: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class AdapterFactRow(Base):
    """A memory that an adapter learned, by the fingerprint of what it said then.

    `streak` counts the nights in a row in which it was recalled in other words without retrieval.
    """

    __tablename__ = "adapter_fact"

    adapter: Mapped[int] = mapped_column(ForeignKey("adapter.number", ondelete="CASCADE"), primary_key=True)
    memory_id: Mapped[str] = mapped_column(String(26), primary_key=True, index=True)
    fingerprint: Mapped[str]
    streak: Mapped[int]


class AdapterItemRow(Base):
    """A question that an adapter rehearsed, with the teacher's answer."""

    __tablename__ = "adapter_item"

    number: Mapped[int] = mapped_column(primary_key=True)
    adapter: Mapped[int] = mapped_column(ForeignKey("adapter.number", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    question: Mapped[str]
    answer: Mapped[str]
    block: Mapped[str]
    memories: Mapped[list[Any]]


class PreferenceRow(Base):
    """An answer (or a dream) that the user preferred to another. Their texts are where they were said, not here.

    `question` and `wish` are messages, empty where there is none; `chosen` and `rejected` are messages, or dreams.
    """

    __tablename__ = "preference"
    __table_args__ = (UniqueConstraint("kind", "chosen", "rejected", "wish"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(26), unique=True)
    kind: Mapped[str]
    question: Mapped[str]
    chosen: Mapped[str]
    rejected: Mapped[str]
    wish: Mapped[str]
    dismissed: Mapped[bool]
    at: Mapped[datetime]
