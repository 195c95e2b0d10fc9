"""The tables of sleep: nights and what they changed, exams, summaries, the profile page, dreams."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from memory.schema import Base

NULLABLE_JSON = JSON(none_as_null=True)


class RunRow(Base):
    """One night. `after_message` and `until_message` bound the messages that were new to it."""

    __tablename__ = "sleep_run"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(26), unique=True)
    status: Mapped[str]
    stage: Mapped[str]
    model: Mapped[str]
    after_message: Mapped[int]
    until_message: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any]]


class ChangeRow(Base):
    """One proposed change of a night, with what was decided about it."""

    __tablename__ = "sleep_change"
    __table_args__ = (UniqueConstraint("run", "position"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[int] = mapped_column(ForeignKey("sleep_run.number", ondelete="CASCADE"))
    position: Mapped[int]
    stage: Mapped[str]
    kind: Mapped[str]
    target: Mapped[str]
    target_id: Mapped[str] = mapped_column(index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(NULLABLE_JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(NULLABLE_JSON)
    reason: Mapped[str]
    confidence: Mapped[float]
    safe: Mapped[bool]
    decision: Mapped[str]
    note: Mapped[str]


class WaitingRow(Base):
    """A message that a night could not read (a model that failed): the next night tries again."""

    __tablename__ = "sleep_waiting"

    message: Mapped[int] = mapped_column(ForeignKey("message.number", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str]
    attempts: Mapped[int]


class SummaryRow(Base):
    """What was talked about in a conversation, on a day, in a week or in a month."""

    __tablename__ = "summary"
    __table_args__ = (UniqueConstraint("level", "period"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(26), unique=True)
    level: Mapped[str]
    period: Mapped[str]
    text: Mapped[str]
    sources: Mapped[list[Any]]
    at: Mapped[datetime]


class ProfileLineRow(Base):
    """One line of the page about the user. A line of the user's own is never rewritten."""

    __tablename__ = "profile_line"
    __table_args__ = (Index("profile_section", "section", "position"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(26), unique=True)
    section: Mapped[str]
    position: Mapped[int]
    text: Mapped[str]
    memories: Mapped[list[Any]]
    owner: Mapped[str]
    instruction: Mapped[str]
    at: Mapped[datetime]


class DreamRow(Base):
    """A hypothesis or an anticipated question that joins memories, put to the user."""

    __tablename__ = "dream"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(26), unique=True)
    motive: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    question: Mapped[str]
    memories: Mapped[list[Any]]
    status: Mapped[str]
    kept_as: Mapped[str | None] = mapped_column(String(26))
    at: Mapped[datetime]


class ExamItemRow(Base):
    """A question drawn from the user's own words, with what a right answer has in it."""

    __tablename__ = "exam_item"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(26), unique=True)
    kind: Mapped[str]
    question: Mapped[str]
    expected: Mapped[dict[str, Any]]
    evidence: Mapped[list[Any]]


class ExamResultRow(Base):
    """How one item went before and after a night: 1 right, 0 silent, -1 wrong."""

    __tablename__ = "exam_result"

    run: Mapped[int] = mapped_column(ForeignKey("sleep_run.number", ondelete="CASCADE"), primary_key=True)
    item: Mapped[int] = mapped_column(ForeignKey("exam_item.number", ondelete="CASCADE"), primary_key=True)
    before: Mapped[int]
    after: Mapped[int | None]
    detail: Mapped[str]
