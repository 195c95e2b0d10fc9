"""Nights of an own export: exactly, into a home that holds nothing else; elsewhere only what the user decided.

A night is an account of one home, by its numbers of messages and memories. Merged into another home, it would be an
account of something that never happened there. What the user wrote on the page or decided about a dream is theirs
wherever it comes.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from memory.database import Database
from memory.schema import MessageRow, MetaRow
from memory.schema_nights import ExamResultRow, RunRow
from memory.store import MemoryStore
from memory.store.nights import CURSOR_KEY
from memory.text import fingerprint
from memory.transfer.layout_jsonl import Entry
from memory.transfer.records import LARGEST_NUMBER, BadRecord, Record, table_of, to_row
from memory.transfer.report import Tally
from memory.transfer.sequences import Numbers, known_ids

KINDS = ("night", "summary", "line", "dream", "preference", "exam", "waiting")
PURGED_TEXTS = ("text", "question")


class NightRestorer:
    """What an export holds of nights. `renamed`: some of its messages are here under other ids."""

    def __init__(self, database: Database, memories: MemoryStore, tally: Tally, *, renamed: bool) -> None:
        self._database = database
        self._purged = memories.purged()
        self._tally = tally
        self._renamed = renamed

    def restore(self, entries: Iterator[Entry], cursor: str | None) -> None:
        """Write what is new, in one transaction. `cursor`: how far the export's nights had read."""
        with self._database.write() as session:
            exact = self._is_alone(session)
            if exact and cursor is not None and cursor.isdecimal() and len(cursor) <= 12:
                session.merge(MetaRow(key=CURSOR_KEY, value=cursor))
            for where, kind, record in entries:
                try:
                    self._take(session, kind, record, exact)
                except BadRecord as error:
                    self._tally.skip(where, str(error), what="")

    def _is_alone(self, session: Session) -> bool:
        """Whether the home holds the export's messages alone, by their own numbers, and had no night."""
        messages = session.scalar(select(func.count()).select_from(MessageRow))
        ours = self._renamed or self._tally.counts["renumbered"] or messages != self._tally.counts["messages_found"]
        return not ours and session.scalar(select(func.count()).select_from(RunRow)) == 0

    def _take(self, session: Session, kind: str, record: Record, exact: bool) -> None:
        if kind not in KINDS:
            raise BadRecord("a record that does not belong here")
        row = to_row(kind, record)
        if self._says_purged(row) or not (exact or _decided(kind, row)):
            return
        if kind == "waiting":
            if session.get(MessageRow, row["message"]) is not None:
                session.connection().execute(insert(table_of(kind)), [row])
            return
        if known_ids(session, kind, [row["id"]]):
            return
        numbers = Numbers(session, kind)
        numbers.look_up([row["number"]])
        row["number"] = numbers.take(row["number"])
        session.connection().execute(insert(table_of(kind)), [row])
        if kind == "night":
            self._steps(session, row["number"], record.get("steps"))
        elif kind == "exam":
            self._results(session, row["number"], record.get("results"))

    def _says_purged(self, row: dict[str, Any]) -> bool:
        return any(fingerprint(str(row.get(name) or "")) in self._purged for name in PURGED_TEXTS)

    def _steps(self, session: Session, run: int, given: Any) -> None:
        rows = []
        for record in given if isinstance(given, list) else ():
            if not isinstance(record, dict):
                raise BadRecord("an incomplete record")
            row = to_row("step", {**record, "run": run, "number": 1})
            row.pop("number")
            texts = [str(state.get("text")) for state in (row["before"], row["after"]) if isinstance(state, dict)]
            if not any(fingerprint(text) in self._purged for text in texts):
                rows.append(row)
        if rows:
            session.connection().execute(insert(table_of("step")), rows)

    def _results(self, session: Session, item: int, given: Any) -> None:
        for record in given if isinstance(given, list) else ():
            values = {name: record.get(name) for name in ("run", "before", "after", "detail")}
            if not (_is_number(values["run"]) and _is_mark(values["before"]) and isinstance(values["detail"], str)):
                raise BadRecord("an incomplete record")
            if values["after"] is not None and not _is_mark(values["after"]):
                raise BadRecord("a value of the wrong type")
            if session.get(RunRow, values["run"]) is not None:
                session.connection().execute(insert(ExamResultRow), [values | {"item": item}])


def _decided(kind: str, row: dict[str, Any]) -> bool:
    """Whether the user had a say in it: kept wherever it is read back."""
    match kind:
        case "line":
            return bool(row["owner"] == "you")
        case "dream":
            return bool(row["status"] != "new")
        case "preference":
            return bool(row["dismissed"])
    return False


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 < value <= LARGEST_NUMBER


def _is_mark(value: Any) -> bool:
    return type(value) is int and -1 <= value <= 1
