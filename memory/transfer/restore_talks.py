"""Conversations and messages of an own export, into the store by the batch."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from memory.database import Database
from memory.passages import NewOwner, write_many
from memory.schema import ConversationRow, MessageRow
from memory.tombstones import buried, own_print, source_print
from memory.transfer.layout_jsonl import Entry
from memory.transfer.records import BadRecord, Record, to_row
from memory.transfer.report import Tally
from memory.transfer.sequences import Numbers, known_ids

BATCH = 300
DIFFERS = "this id is there already, with other words"
PURGED = "it was purged here"
STRAY = "a record that does not belong here"

_IS_ABOVE = text(
    "WITH RECURSIVE path(id, parent_id) AS (SELECT id, parent_id FROM message WHERE id = :leaf"
    " UNION SELECT m.id, m.parent_id FROM message m JOIN path ON m.id = path.parent_id)"
    " SELECT 1 FROM path WHERE id = :above LIMIT 1"
)


@dataclass
class _Talk:
    """A conversation of the export, and those of its messages that are not written yet."""

    row: dict[str, Any]
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ours: str = ""
    """The ULID of our conversation, once it is open."""
    created: bool = False
    changed: bool = False
    emptied: bool = False
    """Whether messages of it were purged here."""
    previous: str | None = None


class TalkRestorer:
    """Takes the records of the conversations section in order. `renamed`: their ULIDs of messages that are here
    under another one, since the same source was imported in both homes."""

    def __init__(self, database: Database, tally: Tally) -> None:
        self._database = database
        self._tally = tally
        self._talks: list[_Talk] = []
        self._waiting = 0
        self.renamed: dict[str, str] = {}

    def take(self, entry: Entry) -> bool:
        """Note a record, and write when there is enough. Returns whether something was written."""
        where, kind, record = entry
        try:
            self._note(where, kind, record)
        except BadRecord as error:
            self._tally.skip(where, str(error), what="messages" if kind == "message" else "")
        if self._waiting < BATCH:
            return False
        self._write()
        return True

    def finish(self) -> None:
        """Write what is left."""
        self._write(last=True)

    def _note(self, where: str, kind: str, record: Record) -> None:
        row = to_row(kind, record) if kind in ("conversation", "message") else None
        if row is None:
            raise BadRecord(STRAY)
        if kind == "conversation":
            self._talks.append(_Talk(row))
            self._waiting += 1
        elif not self._talks or self._talks[-1].row["id"] != row["conversation_id"]:
            raise BadRecord(STRAY)
        else:
            self._talks[-1].messages.append((where, row))
            self._waiting += 1

    def _write(self, *, last: bool = False) -> None:
        """Write all that waits. The latest conversation may go on, and gets its head when it ends."""
        with self._database.write() as session:
            for number, talk in enumerate(self._talks):
                if not talk.ours:
                    self._open(session, talk)
                self._messages(session, talk)
                if last or number < len(self._talks) - 1:
                    self._close(session, talk)
        self._talks = [] if last else self._talks[-1:]
        self._waiting = 0

    # -- the conversation

    def _open(self, session: Session, talk: _Talk) -> None:
        row = talk.row
        same_id = ConversationRow.id == row["id"]
        same_name = (ConversationRow.origin == row["origin"]) & (ConversationRow.external_id == row["external_id"])
        ours = session.scalar(select(ConversationRow).where(same_id)) or (
            session.scalar(select(ConversationRow).where(same_name)) if row["external_id"] is not None else None
        )
        if ours is not None:
            talk.ours = ours.id
        else:
            numbers = Numbers(session, "conversation")
            numbers.look_up([row["number"]])
            new = row | {"number": numbers.take(row["number"]), "head_message_id": None}
            session.execute(insert(ConversationRow), [new])
            talk.ours, talk.created = row["id"], True
            self._tally.counts["renumbered"] += numbers.given_anew
            self._tally.created.add(talk.ours)
        self._tally.found.add(talk.ours)

    def _close(self, session: Session, talk: _Talk) -> None:
        """Show what was shown there, unless another branch is shown here."""
        head = self.renamed.get(talk.row["head_message_id"] or "", talk.row["head_message_id"])
        ours = session.scalars(select(ConversationRow).where(ConversationRow.id == talk.ours)).one()
        if talk.created and talk.emptied and not talk.changed:
            session.delete(ours)
            self._tally.created.discard(talk.ours)
            self._tally.found.discard(talk.ours)
            return
        if head is None or not known_ids(session, "message", [head]):
            return
        shown = ours.head_message_id
        if shown is None or session.scalar(_IS_ABOVE, {"leaf": head, "above": shown}):
            ours.head_message_id = head
        if talk.changed and not talk.created:
            ours.updated_at = max(ours.updated_at, talk.row["updated_at"])
            self._tally.updated.add(talk.ours)
        session.flush()

    # -- its messages

    def _messages(self, session: Session, talk: _Talk) -> None:
        """Write those of the talk's waiting messages that are not here."""
        rows = [row for _, row in talk.messages]
        fresh = self._fresh(session, talk, rows)
        parents = self._parents(session, talk, rows)
        numbers = Numbers(session, "message")
        numbers.look_up(row["number"] for row, _ in fresh)
        new = []
        for row, previous in fresh:
            new.append(self._hang(talk, row, previous, parents, numbers))
            parents[row["id"]] = new[-1]["number"]
        self._insert(session, new)
        talk.changed = talk.changed or bool(new)
        talk.messages = []
        self._tally.counts["renumbered"] += numbers.given_anew

    def _fresh(
        self, session: Session, talk: _Talk, rows: list[dict[str, Any]]
    ) -> list[tuple[dict[str, Any], str | None]]:
        """The messages that are new here, each with the one before it; the others are counted."""
        known = set(known_ids(session, "message", [row["id"] for row in rows]))
        named = self._named(session, talk, rows)
        gone = _purged(session, talk, rows)
        fresh: list[tuple[dict[str, Any], str | None]] = []
        for where, row in talk.messages:
            name = row["external_id"]
            if row["id"] in known:
                self._tally.count("messages", "known")
            elif name is not None and name in named:
                self._meet(where, row, named[name])
            elif row["id"] in gone:
                self._tally.skip(where, PURGED)
                talk.emptied = True
                continue
            else:
                fresh.append((row, talk.previous))
                known.add(row["id"])
                named |= {name: (row["id"], row["content"])} if name is not None else {}
                self._tally.count("messages", "imported")
            talk.previous = self.renamed.get(row["id"], row["id"])
        return fresh

    def _named(self, session: Session, talk: _Talk, rows: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
        """Messages of our conversation by their external id: (ULID, content)."""
        names = [row["external_id"] for row in rows if row["external_id"] is not None]
        query = select(MessageRow.external_id, MessageRow.id, MessageRow.content).where(
            MessageRow.conversation_id == talk.ours, MessageRow.external_id.in_(names)
        )
        return {str(name): (id_, content) for name, id_, content in session.execute(query)}

    def _parents(self, session: Session, talk: _Talk, rows: list[dict[str, Any]]) -> dict[str, int]:
        """The numbers of those messages of our conversation that new ones may hang below."""
        named = {row[name] for row in rows for name in ("id", "parent_id")} | {talk.previous}
        ids = {self.renamed.get(name, name) for name in named if name is not None}
        query = select(MessageRow.id, MessageRow.number).where(
            MessageRow.conversation_id == talk.ours, MessageRow.id.in_(ids)
        )
        return {id_: number for id_, number in session.execute(query)}

    def _meet(self, where: str, row: dict[str, Any], here: tuple[str, str]) -> None:
        """The same message of the same source is here under another ULID."""
        self.renamed[row["id"]] = here[0]
        if here[1] == row["content"]:
            self._tally.count("messages", "known")
        else:
            self._tally.skip(where, DIFFERS)

    def _hang(
        self, talk: _Talk, row: dict[str, Any], previous: str | None, parents: dict[str, int], numbers: Numbers
    ) -> dict[str, Any]:
        """The row as it is written: below its parent, or its predecessor where that is missing, with its number."""
        parent = self.renamed.get(row["parent_id"] or "", row["parent_id"])
        if parent is not None and parent not in parents:
            parent = previous if previous in parents else None
        number = numbers.take(row["number"], above=parents.get(parent or "", 0))
        return row | {"conversation_id": talk.ours, "parent_id": parent, "number": number}

    def _insert(self, session: Session, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        session.connection().execute(insert(MessageRow), rows)
        owners = [NewOwner(r["number"], r["content"], r["author"]) for r in rows if r["role"] != "system"]
        write_many(session, "message", owners)


def _purged(session: Session, talk: _Talk, rows: list[dict[str, Any]]) -> frozenset[str]:
    """The ULIDs of messages that were purged here."""
    prints = {own_print(row["id"]): row["id"] for row in rows}
    origin, key = talk.row["origin"], talk.row["external_id"]
    if key is not None:
        prints |= {source_print(origin, key, r["external_id"]): r["id"] for r in rows if r["external_id"] is not None}
    return frozenset(prints[one] for one in buried(session, prints))
