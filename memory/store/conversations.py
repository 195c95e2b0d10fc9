"""Conversations and their messages: a tree for each conversation, with a head that says which branch is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from memory.clock import Clock
from memory.database import Database
from memory.errors import InvalidInput, NotFound
from memory.ids import new_id
from memory.passages import write_passages
from memory.schema import ConversationRow, MessageRow, RecallRow
from memory.store.importing import ImportedBatch, ImportScope, SourceMessage, write_batch
from memory.store.rows import to_conversation, to_message
from memory.text import MAX_MESSAGE_CHARS, clean, one_line
from memory.types import (
    ChannelScore,
    Conversation,
    Message,
    NewMessage,
    RecallRecord,
    parse_short_id,
)

TITLE_CHARS = 60

# The path from a leaf to the root, newest first. SQLite walks it by primary key: cost is the length asked for.
_THREAD = text(
    "WITH RECURSIVE path(id, parent_id, number, depth) AS ("
    " SELECT id, parent_id, number, 0 FROM message WHERE id = :leaf"
    " UNION ALL SELECT m.id, m.parent_id, m.number, path.depth + 1 FROM message m JOIN path ON m.id = path.parent_id"
    " WHERE path.depth + 1 < :limit)"
    " SELECT number FROM path ORDER BY depth DESC"
)


@dataclass(frozen=True, kw_only=True)
class NewConversation:
    """A conversation that comes from elsewhere, with its own times and name there."""

    title: str
    origin: str
    external_id: str | None = None
    created_at: datetime | None = None


class ConversationStore:
    """Reads and writes conversations. Every method is one short transaction and may be called from any thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    # -- conversations

    def create(self, title: str = "") -> Conversation:
        """Start an empty conversation."""
        return self.create_imported(NewConversation(title=title, origin="chat"))

    def create_imported(self, new: NewConversation) -> Conversation:
        """Start a conversation that keeps its name and time of origin."""
        now = self._clock.now()
        with self._database.write() as session:
            row = ConversationRow(
                id=new_id(),
                title=one_line(new.title, TITLE_CHARS * 2),
                created_at=new.created_at or now,
                updated_at=new.created_at or now,
                origin=new.origin,
                external_id=new.external_id,
                draft="",
            )
            session.add(row)
            session.flush()
            return to_conversation(row)

    def get(self, reference: str) -> Conversation:
        """By short id (`c4`, `4`) or ULID. Raises NotFound or InvalidInput."""
        with self._database.read() as session:
            row = conversation_row(session, reference)
            count = session.scalar(select(func.count()).where(MessageRow.conversation_id == row.id))
            return to_conversation(row, count or 0)

    def list(self, *, archived: bool = False, limit: int = 200, offset: int = 0) -> tuple[Conversation, ...]:
        """Conversations with at least one message, the last used first."""
        # Counted for those that are listed alone: a list of a few costs the same in any home.
        own = MessageRow.conversation_id == ConversationRow.id
        counted = select(func.count()).where(own).correlate(ConversationRow).scalar_subquery()
        wanted = ConversationRow.archived_at.is_not(None) if archived else ConversationRow.archived_at.is_(None)
        query = (
            select(ConversationRow, counted)
            .where(wanted, exists().where(own))
            .order_by(ConversationRow.updated_at.desc(), ConversationRow.number.desc())
            .limit(limit)
            .offset(offset)
        )
        with self._database.read() as session:
            return tuple(to_conversation(row, n) for row, n in session.execute(query))

    def rename(self, reference: str, title: str) -> Conversation:
        """Give a conversation a title of one line. Raises InvalidInput for a blank one."""
        line = one_line(title, TITLE_CHARS * 2)
        if not line:
            raise InvalidInput("A title needs at least one letter.")
        return self._set(reference, title=line)

    def archive(self, reference: str) -> Conversation:
        """Take a conversation out of the list; it stays searchable and can be restored."""
        return self._set(reference, archived_at=self._clock.now())

    def restore(self, reference: str) -> Conversation:
        """Put an archived conversation back into the list."""
        return self._set(reference, archived_at=None)

    def save_draft(self, reference: str, draft: str) -> None:
        """Keep what was typed and not yet sent."""
        self._set(reference, draft=clean(draft)[:MAX_MESSAGE_CHARS])

    def _set(self, reference: str, **values: object) -> Conversation:
        with self._database.write() as session:
            row = conversation_row(session, reference)
            for name, value in values.items():
                setattr(row, name, value)
            return to_conversation(row)

    # -- messages

    def append(self, conversation_id: str, message: NewMessage, *, parent_id: str | None = None) -> Message:
        """Store one message below the head (or below `parent_id`), and make it the head.

        Raises InvalidInput for one that is empty or too long, NotFound for an unknown conversation.
        """
        return self.append_many(conversation_id, [message], parent_id=parent_id)[0]

    def append_many(
        self, conversation_id: str, messages: Sequence[NewMessage], *, parent_id: str | None = None
    ) -> tuple[Message, ...]:
        """Store a run of messages, each below the one before, in one transaction."""
        checked = [replace(message, content=_checked(message)) for message in messages]
        with self._database.write() as session:
            conversation = conversation_row(session, conversation_id)
            parent = parent_id or conversation.head_message_id
            rows = []
            for message in checked:
                row = self._row(conversation.id, parent, message)
                session.add(row)
                session.flush()
                if message.role != "system":
                    write_passages(session, "message", row.number, row.content, author=row.author)
                parent = row.id
                rows.append(row)
            _advance(conversation, rows)
            return tuple(to_message(row) for row in rows)

    def import_batch(self, scope: ImportScope, batch: Sequence[SourceMessage]) -> ImportedBatch:
        """Store what is new of a source's messages, with the conversations they belong to, in one transaction."""
        with self._database.write() as session:
            return write_batch(session, scope, batch, self._clock)

    def _row(self, conversation_id: str, parent_id: str | None, message: NewMessage) -> MessageRow:
        return MessageRow(
            id=new_id(),
            conversation_id=conversation_id,
            parent_id=parent_id,
            role=message.role,
            author=one_line(message.author, 80),
            content=message.content,
            status=message.status,
            said_at=message.said_at or self._clock.now(),
            zone=message.zone or self._clock.zone,
            model=message.model,
            prompt_tokens=message.prompt_tokens,
            completion_tokens=message.completion_tokens,
            external_id=message.external_id,
        )

    def message(self, reference: str) -> Message:
        """By short id (`t120`) or ULID. Raises NotFound or InvalidInput."""
        with self._database.read() as session:
            return to_message(message_row(session, reference))

    def messages(self, references: Iterable[str]) -> dict[str, Message]:
        """Many messages by ULID; unknown ones are left out."""
        with self._database.read() as session:
            rows = session.scalars(select(MessageRow).where(MessageRow.id.in_(list(references))))
            return {row.id: to_message(row) for row in rows}

    def thread(self, reference: str, *, limit: int = 1_000_000, leaf: str | None = None) -> tuple[Message, ...]:
        """The last `limit` messages of the shown branch (or of the one ending in `leaf`), in reading order."""
        with self._database.read() as session:
            conversation = conversation_row(session, reference)
            leaf = leaf or conversation.head_message_id
            if leaf is None or limit < 1:
                return ()
            numbers = session.scalars(_THREAD, {"leaf": leaf, "limit": limit}).all()
            rows = session.scalars(select(MessageRow).where(MessageRow.conversation_id == conversation.id))
            if len(numbers) < 500:
                rows = session.scalars(select(MessageRow).where(MessageRow.number.in_(numbers)))
            by_number = {row.number: to_message(row) for row in rows}
            return tuple(by_number[number] for number in numbers)

    def siblings(self, reference: str) -> tuple[Message, ...]:
        """The message and its alternatives (retries, edits): all below the same parent, oldest first."""
        with self._database.read() as session:
            row = message_row(session, reference)
            query = select(MessageRow).where(
                MessageRow.conversation_id == row.conversation_id, MessageRow.parent_id == row.parent_id
            )
            return tuple(to_message(r) for r in session.scalars(query.order_by(MessageRow.number)))

    def alternatives(self, messages: Sequence[Message]) -> dict[str, tuple[Message, ...]]:
        """For each message that has some: it and its siblings (answers again, edits), oldest first, by id."""
        if not messages:
            return {}
        parents = {m.parent_id for m in messages}
        query = select(MessageRow).where(MessageRow.conversation_id == messages[0].conversation_id)
        at_root = MessageRow.parent_id.is_(None)
        below = MessageRow.parent_id.in_([p for p in parents if p is not None])
        query = query.where(below | at_root if None in parents else below).order_by(MessageRow.number)
        families: dict[str | None, list[Message]] = {}
        with self._database.read() as session:
            for row in session.scalars(query):
                families.setdefault(row.parent_id, []).append(to_message(row))
        return {m.id: tuple(families[m.parent_id]) for m in messages if len(families.get(m.parent_id, ())) > 1}

    def leaf_below(self, message_id: str) -> str:
        """The end of the branch through a message that was added to last."""
        with self._database.read() as session:
            here = message_id
            while True:
                child = session.scalar(
                    select(MessageRow.id)
                    .where(MessageRow.parent_id == here)
                    .order_by(MessageRow.number.desc())
                    .limit(1)
                )
                if child is None:
                    return here
                here = child

    def set_head(self, conversation_id: str, message_id: str | None) -> None:
        """Show the branch that ends in `message_id`; the next message goes below it."""
        with self._database.write() as session:
            conversation = conversation_row(session, conversation_id)
            if message_id is not None:
                row = message_row(session, message_id)
                if row.conversation_id != conversation.id:
                    raise InvalidInput(f"t{row.number} is not in c{conversation.number}.")
                message_id = row.id
            conversation.head_message_id = message_id

    # -- what an answer was made from

    def record_recall(self, message_id: str, records: Sequence[RecallRecord]) -> None:
        """Keep what was found, given and cited for an answer."""
        with self._database.write() as session:
            for record in records:
                letter, number = parse_short_id(record.hit_id, "mt")
                session.merge(
                    RecallRow(
                        message_id=message_id,
                        rank=record.rank,
                        hit_type="memory" if letter == "m" else "message",
                        hit_number=number,
                        state=record.state,
                        score=record.score,
                        channels=[[c.channel, c.rank, c.score] for c in record.channels],
                        reasons=[*record.reasons],
                    )
                )

    def recall_of(self, message_id: str) -> tuple[RecallRecord, ...]:
        """What was found, given and cited for an answer, best first."""
        with self._database.read() as session:
            query = select(RecallRow).where(RecallRow.message_id == message_id).order_by(RecallRow.rank)
            return tuple(_record(row) for row in session.scalars(query))

    def cited_in(self, hit_id: str) -> tuple[Message, ...]:
        """The answers that cited a memory or message, newest first."""
        letter, number = parse_short_id(hit_id, "mt")
        query = (
            select(MessageRow)
            .join(RecallRow, RecallRow.message_id == MessageRow.id)
            .where(RecallRow.hit_type == ("memory" if letter == "m" else "message"))
            .where(RecallRow.hit_number == number, RecallRow.state == "cited")
            .order_by(MessageRow.number.desc())
        )
        with self._database.read() as session:
            return tuple(to_message(row) for row in session.scalars(query))


def _record(row: RecallRow) -> RecallRecord:
    channels = tuple(ChannelScore(channel=c, rank=r, score=s) for c, r, s in row.channels)
    return RecallRecord(
        rank=row.rank,
        state=row.state,  # type: ignore[arg-type]
        hit_id=("m" if row.hit_type == "memory" else "t") + str(row.hit_number),
        score=row.score,
        channels=channels,
        reasons=tuple(row.reasons),
    )


def _checked(message: NewMessage) -> str:
    content = clean(message.content)
    if not content.strip() and message.status == "complete":
        raise InvalidInput("The message is empty.", "Type something to say.")
    if len(content) > MAX_MESSAGE_CHARS:
        raise InvalidInput(
            f"The message has {len(content):,} characters; {MAX_MESSAGE_CHARS:,} is the most.",
            "Save it as a file and use `reverie import`.",
        )
    return content


def _advance(conversation: ConversationRow, rows: Sequence[MessageRow]) -> None:
    """Move the head to the last message, and name a conversation by its first user message."""
    if not rows:
        return
    conversation.head_message_id = rows[-1].id
    conversation.updated_at = max(conversation.updated_at, *(row.said_at for row in rows))
    if not conversation.title:
        first = next((row for row in rows if row.role == "user"), None)
        conversation.title = one_line(first.content.strip("~ \n"), TITLE_CHARS) if first else ""


def conversation_row(session: Session, reference: str) -> ConversationRow:
    by_id = len(reference) == 26
    where = ConversationRow.id == reference if by_id else ConversationRow.number == parse_short_id(reference, "c")[1]
    row = session.scalar(select(ConversationRow).where(where))
    if row is None:
        raise NotFound(f"There is no conversation {reference}.", "`reverie` lists them under ctrl+r.")
    return row


def message_row(session: Session, reference: str) -> MessageRow:
    by_id = len(reference) == 26
    where = MessageRow.id == reference if by_id else MessageRow.number == parse_short_id(reference, "t")[1]
    row = session.scalar(select(MessageRow).where(where))
    if row is None:
        raise NotFound(f"There is no message {reference}.")
    return row
