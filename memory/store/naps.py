"""Naps as stored: notes that point at the words they are from, so that what is deleted there is gone here."""

from collections.abc import Callable, Collection, Iterator

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from memory.clock import Clock
from memory.database import Database
from memory.naps import Nap, NapNote, NewNap
from memory.schema import MessageRow
from memory.schema_naps import NapNoteRow, NapRow

# From a message up to the root; the first nap on the way is the one that holds there.
_WAY = text(
    "WITH RECURSIVE up(id, parent, depth) AS ("
    " SELECT id, parent_id, 0 FROM message WHERE id = :leaf"
    " UNION ALL SELECT m.id, m.parent_id, depth + 1 FROM message m JOIN up ON m.id = up.parent)"
    " SELECT nap.number FROM up JOIN nap ON nap.upto_id = up.id ORDER BY depth, nap.number DESC LIMIT :most"
)


class NapStore:
    """Reads and writes naps. Every method is one short transaction and may be called from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def keep(self, new: NewNap) -> Nap | None:
        """Store a nap; None, and nothing stored, where a message of it has gone meanwhile."""
        of = {new.upto_id, *(note.message_id for note in new.notes)}
        with self._database.write() as session:
            if len(session.scalars(select(MessageRow.id).where(MessageRow.id.in_(of))).all()) < len(of):
                return None
            row = NapRow(
                conversation_id=new.conversation_id, upto_id=new.upto_id, messages=new.messages, tokens=new.tokens,
                passes=new.passes, model=new.model, at=self._clock.now(),
            )  # fmt: skip
            session.add(row)
            session.flush()
            session.add_all(
                NapNoteRow(
                    nap=row.number, message_id=note.message_id, text=note.text, start=note.start, end=note.end,
                    found_in=note.found_in,
                )
                for note in new.notes
            )  # fmt: skip
            session.flush()
            return _read(session, row)

    def holding_at(self, message_id: str) -> Nap | None:
        """The latest nap on the way from the beginning of the conversation to a message."""
        with self._database.read() as session:
            row = next(_on_the_way(session, message_id, 1), None)
            return _read(session, row) if row is not None else None

    def on_the_way(self, message_id: str) -> tuple[Nap, ...]:
        """The naps between the beginning of the conversation and a message, the oldest first; of those that end with
        the same message the last."""
        with self._database.read() as session:
            latest: dict[str, NapRow] = {}
            for row in _on_the_way(session, message_id, -1):
                latest.setdefault(row.upto_id, row)
            return tuple(_read(session, row) for row in reversed(latest.values()))

    def numbers(self) -> frozenset[int]:
        """Of all naps there are."""
        with self._database.read() as session:
            return frozenset(session.scalars(select(NapRow.number)))

    def while_said(self, nap: int, messages: Collection[str], put: Callable[[], None]) -> bool:
        """Do `put` while a nap and these messages are there, and nobody can take them away; False, and nothing done,
        where one has gone."""
        query = select(func.count()).select_from(MessageRow).where(MessageRow.id.in_(messages))
        with self._database.write() as session:
            if session.get(NapRow, nap) is None or (session.scalar(query) or 0) < len(messages):
                return False
            put()
            return True

    def of_conversation(self, conversation_id: str) -> tuple[Nap, ...]:
        """All naps of a conversation, the oldest first."""
        with self._database.read() as session:
            query = select(NapRow).where(NapRow.conversation_id == conversation_id).order_by(NapRow.number)
            return tuple(_read(session, row) for row in session.scalars(query))


def _on_the_way(session: Session, leaf: str, most: int) -> Iterator[NapRow]:
    """The newest first; -1 is no limit."""
    for number in session.scalars(_WAY, {"leaf": leaf, "most": most}).all():
        if (row := session.get(NapRow, number)) is not None:
            yield row


def _read(session: Session, row: NapRow) -> Nap:
    query = (
        select(NapNoteRow, MessageRow.number)
        .join(MessageRow, MessageRow.id == NapNoteRow.message_id)
        .where(NapNoteRow.nap == row.number)
        .order_by(NapNoteRow.number)
    )
    return Nap(
        number=row.number, conversation_id=row.conversation_id, upto_id=row.upto_id, messages=row.messages,
        tokens=row.tokens, passes=row.passes, model=row.model, at=row.at,
        notes=tuple(
            NapNote(
                message_id=note.message_id, message=f"t{number}", text=note.text, start=note.start, end=note.end,
                found_in=note.found_in,
            )
            for note, number in session.execute(query)
        ),
    )  # fmt: skip
