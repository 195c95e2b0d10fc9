"""Memories with their history, recall records, ledger and tombstones of an own export, in one transaction."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from memory.database import Database
from memory.dialects import dialect_of
from memory.passages import NewOwner, write_many
from memory.schema import (
    ChangeSetRow,
    FeedbackRow,
    MemoryRow,
    MessageRow,
    ModelCallRow,
    RecallRow,
    RevisionRow,
    SourceRow,
    TombstoneRow,
)
from memory.store import MemoryStore
from memory.store.rows import memory_from_json
from memory.text import fingerprint
from memory.transfer.layout_jsonl import Entry
from memory.transfer.records import BadRecord, Record, dumps, table_of, to_record, to_row
from memory.transfer.report import Tally
from memory.transfer.sequences import Numbers, known_ids

PURGED = "purged here"
NO_QUOTE = "a quote that is not in its message"

Entries = Callable[[str], Iterator[Entry]]


class RestRestorer:
    """What an export holds beside conversations. `renamed`: its ULIDs of messages that are here under another."""

    def __init__(self, database: Database, memories: MemoryStore, tally: Tally, renamed: Mapping[str, str]) -> None:
        self._database = database
        self._tombstoned = memories.purged()
        self._tally = tally
        self._renamed = renamed
        self._purged: set[str] = set()
        self._before: set[str] = set()
        """Memories of the export that were here before it."""
        self._numbers: dict[str, int] = {}
        """The number here of each memory of the export."""
        self._revisions: dict[int, int] = {}
        """The number here of each revision of the export that got a new one."""

    def restore(self, entries: Entries) -> None:
        """Write what is new."""
        memories = self._checked_memories(entries("memories"))
        with self._database.write() as session:
            # A memory may be superseded by one that comes after it.
            dialect_of(session).defer_references(session)
            self._number(session, memories)
            self._history(session, entries("history"))
            self._memories(session, memories)
            self._recall(session, entries("recall"))
            self._feedback(session, entries("feedback"))
            self._ledger(session, entries("ledger"))
            self._tombstones(session, entries("tombstones"))

    def _rows(self, entries: Iterator[Entry], kind: str) -> Iterator[tuple[str, Record, dict[str, Any]]]:
        """(where, record, row) of those that can be rows."""
        for where, found, record in entries:
            try:
                if found != kind:
                    raise BadRecord("a record that does not belong here")
                yield where, record, to_row(kind, record)
            except BadRecord as error:
                self._tally.skip(where, str(error), what="memories" if kind == "memory" else "")

    # -- memories

    def _checked_memories(self, entries: Iterator[Entry]) -> dict[str, tuple[str, Record, dict[str, Any]]]:
        found = {row["id"]: (where, record, row) for where, record, row in self._rows(entries, "memory")}
        with self._database.read() as session:
            self._before = set(known_ids(session, "memory", found))
        for id_, (where, _, row) in list(found.items()):
            if id_ not in self._before and fingerprint(row["text"]) in self._tombstoned:
                self._tally.skip(where, PURGED, what="memories")
                self._purged.add(id_)
                del found[id_]
        return found

    def _number(self, session: Session, memories: dict[str, tuple[str, Record, dict[str, Any]]]) -> None:
        """Decide each memory's number before anything that names it is written."""
        known = known_ids(session, "memory", memories)
        numbers = Numbers(session, "memory")
        numbers.look_up(row["number"] for _, _, row in memories.values())
        for id_, (_, _, row) in memories.items():
            self._numbers[id_] = known[id_] if id_ in known else numbers.take(row["number"])
        numbers.keep()
        self._tally.counts["renumbered"] += numbers.given_anew

    def _memories(self, session: Session, memories: dict[str, tuple[str, Record, dict[str, Any]]]) -> None:
        rows: list[dict[str, Any]] = []
        sources: list[dict[str, Any]] = []
        superseders = known_ids(
            session, "memory", [r["superseded_by"] for _, _, r in memories.values() if r["superseded_by"]]
        )
        for id_, (where, record, row) in memories.items():
            if id_ in self._before:
                self._tally.count("memories", "known")
                continue
            by = row["superseded_by"]
            row["superseded_by"] = by if by in memories or by in superseders else None
            row["number"] = self._numbers[id_]
            row["revision"] = self._revisions.get(row["revision"], row["revision"])
            rows.append(row)
            sources += self._sources(session, where, id_, record.get("sources"))
            self._tally.count("memories", "imported")
        if rows:
            session.connection().execute(insert(MemoryRow), rows)
            write_many(session, "memory", [NewOwner(row["number"], row["text"]) for row in rows])
        if sources:
            session.connection().execute(insert(SourceRow), sources)

    def _sources(self, session: Session, where: str, memory_id: str, given: Any) -> Iterator[dict[str, Any]]:
        for source in given if isinstance(given, list) else ():
            row = self._source(session, memory_id, source)
            if row is not None:
                yield row
            else:
                self._tally.skip(where, NO_QUOTE, what="")

    def _source(self, session: Session, memory_id: str, given: Any) -> dict[str, Any] | None:
        """The source as a row; None if the message is missing or does not hold the quote."""
        if not isinstance(given, dict):
            return None
        message_id, quote = given.get("message_id"), given.get("quote")
        start, end = given.get("start"), given.get("end")
        if not (isinstance(message_id, str) and isinstance(quote, str) and type(start) is int and type(end) is int):
            return None
        ours = self._renamed.get(message_id, message_id)
        content = session.scalar(select(MessageRow.content).where(MessageRow.id == ours))
        if content is None or not quote or start < 0 or content[start:end] != quote:
            return None
        return {"memory_id": memory_id, "message_id": ours, "quote": quote, "start": start, "end": end}

    # -- history

    def _history(self, session: Session, entries: Iterator[Entry]) -> None:
        """Acts that are not known here. Beside acts of our own they are only history: undo stays ours."""
        known = {_fingerprint(act, revisions) for act, revisions in _acts(session)}
        foreign = bool(known)
        numbers, revision_numbers = Numbers(session, "change"), Numbers(session, "revision")
        targets: dict[int, int] = {}
        for where, record, row in self._rows(entries, "change"):
            try:
                revisions = self._checked_revisions(record)
            except BadRecord as error:
                self._tally.skip(where, str(error), what="")
                continue
            if not revisions or _fingerprint(row, revisions) in known:
                continue
            theirs = row["number"]
            numbers.look_up([theirs])
            revision_numbers.look_up(revision["number"] for revision in revisions)
            targets[theirs] = numbers.take(theirs)
            row |= {"number": targets[theirs], "target": targets.get(row["target"], row["target"])}
            row["state"] = "dropped" if foreign and row["kind"] == "change" else row["state"]
            for revision in revisions:
                old = revision["number"]
                revision |= {"number": revision_numbers.take(old), "changeset": row["number"]}
                self._revisions[old] = revision["number"]
            self._follow_revisions(revisions)
            session.connection().execute(insert(ChangeSetRow), [row])
            session.connection().execute(insert(RevisionRow), revisions)

    def _checked_revisions(self, record: Record) -> list[dict[str, Any]]:
        given = record.get("revisions")
        if not isinstance(given, list) or not all(isinstance(revision, dict) for revision in given):
            raise BadRecord("an incomplete record")
        rows = [to_row("revision", revision) for revision in given]
        for row in rows:
            for state in (row["before"], row["after"]):
                _check_state(state)
        return [self._renumbered(row) for row in rows if not self._is_purged(row)]

    def _is_purged(self, revision: dict[str, Any]) -> bool:
        """Whether its words were purged here: then they do not come back in a history either."""
        id_ = revision["memory_id"]
        if id_ in self._purged:
            return True
        states = [state for state in (revision["before"], revision["after"]) if state]
        return any(fingerprint(state["text"]) in self._tombstoned for state in states)

    def _renumbered(self, revision: dict[str, Any]) -> dict[str, Any]:
        """The revision with our numbers and ids in it."""
        number = self._numbers.get(revision["memory_id"], revision["memory_number"])
        revision["memory_number"] = number
        for state in (revision["before"], revision["after"]):
            if state:
                state["number"] = number
                for source in state["sources"]:
                    source["message_id"] = self._renamed.get(source["message_id"], source["message_id"])
        return revision

    def _follow_revisions(self, revisions: list[dict[str, Any]]) -> None:
        for revision in revisions:
            for state in (revision["before"], revision["after"]):
                if state:
                    state["revision"] = self._revisions.get(state["revision"], state["revision"])

    # -- recall, ledger, tombstones

    def _recall(self, session: Session, entries: Iterator[Entry]) -> None:
        for _, record, row in self._rows(entries, "recall"):
            row["message_id"] = self._renamed.get(row["message_id"], row["message_id"])
            number = self._hit_number(session, row["hit_type"], record.get("hit"), row["hit_number"])
            there = session.get(RecallRow, (row["message_id"], row["rank"]))
            if number is not None and there is None and known_ids(session, "message", [row["message_id"]]):
                session.connection().execute(insert(RecallRow), [row | {"hit_number": number}])

    def _feedback(self, session: Session, entries: Iterator[Entry]) -> None:
        for _, record, row in self._rows(entries, "feedback"):
            row["question_id"] = self._renamed.get(row["question_id"], row["question_id"])
            number = self._hit_number(session, row["hit_type"], record.get("hit"), row["hit_number"])
            there = session.get(FeedbackRow, (row["question_id"], row["hit_type"], number or 0))
            if number is not None and there is None and known_ids(session, "message", [row["question_id"]]):
                session.connection().execute(insert(FeedbackRow), [row | {"hit_number": number}])

    def _hit_number(self, session: Session, kind: str, ulid: Any, number: int) -> int | None:
        """Our number of what was found; None if theirs would name something else here."""
        if isinstance(ulid, str):
            known = known_ids(session, kind, [self._renamed.get(ulid, ulid)])
            return next(iter(known.values()), None)
        table = table_of(kind)
        taken = session.scalar(select(table.c.id).where(table.c.number == number))
        return None if taken else number

    def _ledger(self, session: Session, entries: Iterator[Entry]) -> None:
        query = select(table_of("call"))
        known = {_call_key(to_record("call", dict(row))) for row in session.connection().execute(query).mappings()}
        numbers = Numbers(session, "call")
        for _, record, row in self._rows(entries, "call"):
            if _call_key(to_record("call", row)) in known:
                continue
            ids = record.get("ids")
            named = {short: self._short_id(session, short, ids) for short in [*row["sent"], row["conversation"]]}
            numbers.look_up([row["number"]])
            row["sent"] = [named[short] for short in row["sent"] if named[short]]
            row |= {"conversation": named[row["conversation"]], "number": numbers.take(row["number"])}
            session.connection().execute(insert(ModelCallRow), [row])

    def _short_id(self, session: Session, short: Any, ids: Any) -> str:
        """Our short id for one of theirs; "" if theirs would name something else here."""
        kinds = {"c": "conversation", "t": "message", "m": "memory"}
        if not isinstance(short, str) or short[:1] not in kinds or not short[1:].isdecimal() or len(short) > 13:
            return short if isinstance(short, str) else ""
        ulid = ids.get(short) if isinstance(ids, dict) else None
        number = self._hit_number(session, kinds[short[0]], ulid, int(short[1:]))
        return f"{short[0]}{number}" if number is not None else ""

    def _tombstones(self, session: Session, entries: Iterator[Entry]) -> None:
        for _, _, row in self._rows(entries, "tombstone"):
            if session.get(TombstoneRow, row["fingerprint"]) is None:
                session.connection().execute(insert(TombstoneRow), [row | {"slot_key": None}])


def _check_state(state: Any) -> None:
    """A state that undo could bring back. Raises BadRecord."""
    if not state:
        return
    try:
        memory_from_json(state)
        if not all(isinstance(state[name], str) for name in ("id", "text", "updated_at")):
            raise BadRecord("a value of the wrong type")
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise BadRecord("an incomplete record") from error


def _acts(session: Session) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    revisions: dict[int, list[dict[str, Any]]] = {}
    table = table_of("revision")
    for row in session.connection().execute(select(table).order_by(table.c.number)).mappings():
        revisions.setdefault(row["changeset"], []).append(dict(row))
    for row in session.connection().execute(select(table_of("change"))).mappings():
        yield dict(row), revisions.get(row["number"], [])


def _fingerprint(act: dict[str, Any], revisions: list[dict[str, Any]]) -> bytes:
    """Names an act by what it did, whatever its number."""
    said = {
        name: value for name, value in to_record("change", act).items() if name not in ("number", "state", "target")
    }
    did = [(r["memory_id"], _without_numbers(r["before"]), _without_numbers(r["after"])) for r in revisions]
    return hashlib.sha256(dumps({"said": said, "did": did}).encode()).digest()


def _without_numbers(state: dict[str, Any] | None) -> dict[str, Any] | None:
    return {k: v for k, v in state.items() if k not in ("number", "revision")} if state else None


def _call_key(record: Record) -> str:
    return dumps({k: v for k, v in record.items() if k not in ("number", "sent", "conversation")})
