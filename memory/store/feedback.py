"""Relevance feedback: the user said that a memory or a message does not bear on a question.

It points at the question as it was asked, so that what is deleted there is gone here. `memory.ranking.feedback`
heeds it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from memory.clock import Clock
from memory.database import Database
from memory.errors import NotFound
from memory.schema import FeedbackRow, MemoryRow, MessageRow
from memory.text import normalise
from memory.types import Message, OwnerType, parse_short_id

KINDS: dict[str, OwnerType] = {"m": "memory", "t": "message"}


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What does not bear on which question."""

    hit: str
    """Short id of a memory or a message."""
    question: str
    asked_in: str
    """Short id of the message that asked."""
    at: datetime


class FeedbackStore:
    """Reads and writes feedback. Every method is one short transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def toggle(self, question: Message, reference: str) -> bool:
        """Say that a hit does not bear on a question, or take that back; whether it counts as such from now on.

        The same question asked twice is one: what was said of it the first time is taken back the second, too.

        Raises InvalidInput for what names no hit, NotFound for what is not there.
        """
        kind, number = _hit(reference)
        with self._database.write() as session:
            _there(session, kind, number, reference)
            if session.scalar(select(MessageRow.id).where(MessageRow.id == question.id)) is None:
                raise NotFound("That question is not kept.", "A temporary chat leaves no trace.")
            there = [row for row in _on(session, question.content) if (row.hit_type, row.hit_number) == (kind, number)]
            for row in there:
                session.delete(row)
            if there:
                return False
            session.add(FeedbackRow(question_id=question.id, hit_type=kind, hit_number=number, at=self._clock.now()))
            return True

    def of_question(self, question_id: str) -> frozenset[str]:
        """Short ids of what does not bear on a question, in whichever message it was asked."""
        letters: dict[str, str] = {kind: letter for letter, kind in KINDS.items()}
        with self._database.read() as session:
            asked = session.scalar(select(MessageRow.content).where(MessageRow.id == question_id))
            found = _on(session, asked) if asked is not None else []
            return frozenset(f"{letters[row.hit_type]}{row.hit_number}" for row in found)

    def of_hit(self, reference: str) -> tuple[Feedback, ...]:
        """The questions that a memory or a message does not bear on, newest first."""
        kind, number = _hit(reference)
        query = (
            select(FeedbackRow.at, MessageRow.content, MessageRow.number)
            .join(MessageRow, MessageRow.id == FeedbackRow.question_id)
            .where(FeedbackRow.hit_type == kind, FeedbackRow.hit_number == number)
            .order_by(FeedbackRow.at.desc())
        )
        with self._database.read() as session:
            return tuple(
                Feedback(hit=reference, question=content, asked_in=f"t{asked}", at=at)
                for at, content, asked in session.execute(query)
            )


def forget_feedback(session: Session, kind: OwnerType, numbers: list[int]) -> int:
    """Drop what was said of hits that are going; how many that were."""
    gone = delete(FeedbackRow).where(FeedbackRow.hit_type == kind, FeedbackRow.hit_number.in_(numbers))
    return int(session.connection().execute(gone).rowcount)


def _on(session: Session, question: str) -> list[FeedbackRow]:
    """What was said of a question, by its words."""
    query = select(FeedbackRow, MessageRow.content).join(MessageRow, MessageRow.id == FeedbackRow.question_id)
    words = normalise(question)
    return [row for row, content in session.execute(query) if normalise(content) == words]


def _hit(reference: str) -> tuple[OwnerType, int]:
    letter, number = parse_short_id(reference, "mt")
    return KINDS[letter], number


def _there(session: Session, kind: OwnerType, number: int, reference: str) -> None:
    row = MemoryRow if kind == "memory" else MessageRow
    if session.scalar(select(row.id).where(row.number == number)) is None:
        raise NotFound(f"There is no {kind} {reference}.", "w on an answer shows what it was made from.")
