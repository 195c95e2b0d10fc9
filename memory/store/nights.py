"""Nights as stored: runs and their changes, what waits for the next one, and what sleep derives beside memories."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from memory.database import Database
from memory.errors import InvalidInput, NotFound, Refused
from memory.ids import new_id
from memory.nights import (
    Change,
    Decision,
    Dream,
    ExamItem,
    ItemKind,
    Level,
    Payload,
    ProfileLine,
    Run,
    Section,
    Summary,
)
from memory.schema import MessageRow
from memory.schema_nights import (
    ChangeRow,
    DreamRow,
    ExamItemRow,
    ExamResultRow,
    ProfileLineRow,
    RunRow,
    SummaryRow,
    WaitingRow,
)
from memory.store.meta import get_meta, set_meta
from memory.store.payloads import (
    ROWS,
    change_of,
    change_row,
    derived,
    payload_of,
    payload_to_json,
    without_stored,
    write_derived,
)
from memory.text import clean
from memory.types import Memory

CURSOR_KEY = "sleep_cursor"
UNFINISHED = ("running", "stopped")
"""A night with this status may still apply what it planned."""
MOST_LINE_CHARS = 500


class NightStore:
    """Reads and writes nights. Every method is one short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- runs

    def begin(self, *, model: str, after: int, until: int, at: datetime) -> Run:
        """A new night over the messages with numbers in (after, until]."""
        with self._database.write() as session:
            row = RunRow(
                id=new_id(), status="running", stage="", model=model, after_message=after, until_message=until,
                started_at=at, ended_at=None, report={},
            )  # fmt: skip
            session.add(row)
            session.flush()
            return _run(row)

    def update(self, run: Run, **values: Any) -> Run:
        """Change fields of a run (status, stage, ended_at, report)."""
        with self._database.write() as session:
            session.execute(update(RunRow).where(RunRow.number == run.number).values(**values))
        return replace(run, **values)

    def get(self, reference: str) -> Run:
        """A night by `n7` or `7`. Raises NotFound or InvalidInput."""
        bare = _number(reference, "n", "a night (n7)", "`reverie sleep history` lists them.")
        with self._database.read() as session:
            row = session.get(RunRow, bare)
            if row is None:
                raise NotFound(f"There is no night n{bare}.", "`reverie sleep history` lists them.")
            return _run(row)

    def list(self, limit: int = 100) -> tuple[Run, ...]:
        """The nights, newest first."""
        with self._database.read() as session:
            rows = session.scalars(select(RunRow).order_by(RunRow.number.desc()).limit(limit))
            return tuple(_run(row) for row in rows)

    def unfinished(self) -> Run | None:
        """The night that was interrupted, or stopped at the end of its budget, if the last one was."""
        last = self.list(limit=1)
        return last[0] if last and last[0].status in UNFINISHED else None

    def cursor(self) -> int:
        """The number of the last message that a night has read."""
        return int(get_meta(self._database, CURSOR_KEY, "0"))

    def move_cursor(self, message: int) -> None:
        """What comes after this message is new."""
        set_meta(self._database, CURSOR_KEY, str(message))

    def newest_message(self) -> int:
        """The number of the newest message."""
        with self._database.read() as session:
            return session.scalar(select(func.max(MessageRow.number))) or 0

    # -- changes

    def record(
        self, run: Run, stage: str, changes: Sequence[Change], unread: Mapping[int, str] = MappingProxyType({})
    ) -> Run:
        """Keep the changes that a stage planned: with this the stage is done, whatever happens next.

        `unread` are the messages that could not be read so far, by number, with the reason. Raises Refused where
        something was purged meanwhile.
        """
        report = {"unread": {str(number): why for number, why in unread.items()}}
        with self._database.write() as session:
            _goes_on(session, run)
            at = session.scalar(select(func.count()).where(ChangeRow.run == run.number)) or 0
            session.add_all(change_row(run.number, at + i, change) for i, change in enumerate(changes))
            session.execute(update(RunRow).where(RunRow.number == run.number).values(stage=stage, report=report))
        return replace(run, stage=stage, report=report)

    def must_go_on(self, run: Run) -> None:
        """Raises Refused where a night has been ended meanwhile."""
        with self._database.read() as session:
            _goes_on(session, run)

    def changes(self, run: Run) -> tuple[Change, ...]:
        """The changes of a night, in their order."""
        with self._database.read() as session:
            query = select(ChangeRow).where(ChangeRow.run == run.number).order_by(ChangeRow.position)
            return tuple(change_of(row) for row in session.scalars(query))

    def decide(self, run: Run, decisions: Iterable[tuple[int, Decision, str]]) -> None:
        """What became of changes, by position: the decision and a note."""
        with self._database.write() as session:
            for position, decision, note in decisions:
                row = (ChangeRow.run == run.number, ChangeRow.position == position)
                session.execute(update(ChangeRow).where(*row).values(decision=decision, note=note))

    def reword(self, run: Run, changes: Mapping[int, Change]) -> None:
        """Keep what the user made of planned changes, by position: the journal tells what was applied."""
        with self._database.write() as session:
            for position, change in changes.items():
                row = (ChangeRow.run == run.number, ChangeRow.position == position)
                session.execute(update(ChangeRow).where(*row).values(after=payload_to_json(change.after)))

    # -- messages left for the next night

    def waiting(self) -> dict[int, int]:
        """Numbers of messages that could not be read, with the attempts so far."""
        with self._database.read() as session:
            return {row.message: row.attempts for row in session.scalars(select(WaitingRow))}

    def wait_for(self, messages: Mapping[int, str], done: Iterable[int]) -> None:
        """Queue messages with the reason why they could not be read, and take those done from the queue."""
        with self._database.write() as session:
            session.execute(delete(WaitingRow).where(WaitingRow.message.in_(list(done))))
            for number, reason in messages.items():
                known = session.get(WaitingRow, number)
                session.merge(WaitingRow(message=number, reason=reason, attempts=known.attempts + 1 if known else 1))

    def wait_again(self, after: int, waiting: Mapping[int, int]) -> None:
        """Bring the queue back to what it was before a night that began after message number `after`."""
        with self._database.write() as session:
            session.execute(delete(WaitingRow).where(WaitingRow.message > after))
            for number, attempts in waiting.items():
                session.merge(WaitingRow(message=number, reason="the night was undone", attempts=attempts))

    # -- what is derived

    def summary(self, level: Level, period: str) -> Summary | None:
        """The summary of a period."""
        with self._database.read() as session:
            row = session.scalar(select(SummaryRow).where(SummaryRow.level == level, SummaryRow.period == period))
            return derived(Summary, row) if row else None

    def summaries(self, level: Level, periods: Sequence[str] | None = None) -> tuple[Summary, ...]:
        """Summaries of a level in the order of their periods."""
        query = select(SummaryRow).where(SummaryRow.level == level).order_by(SummaryRow.period)
        if periods is not None:
            query = query.where(SummaryRow.period.in_(list(periods)))
        with self._database.read() as session:
            return tuple(derived(Summary, row) for row in session.scalars(query))

    def profile(self) -> tuple[ProfileLine, ...]:
        """The page about the user, line by line, with the lines that the user took away (they have no text)."""
        with self._database.read() as session:
            lines = [derived(ProfileLine, row) for row in session.scalars(select(ProfileLineRow))]
        order = list(Section)
        return tuple(sorted(lines, key=lambda line: (order.index(line.section), line.position, line.number)))

    def line(self, reference: str) -> ProfileLine:
        """A line by `p7` or `7`. Raises NotFound or InvalidInput."""
        bare = _number(reference, "p", "a line (p7)", "`reverie sleep profile` lists them.")
        with self._database.read() as session:
            row = session.get(ProfileLineRow, bare)
            if row is None or not row.text:
                raise NotFound(f"There is no line p{bare}.", "`reverie sleep profile` lists them.")
            return derived(ProfileLine, row)

    def write_line(self, section: Section, text: str, at: datetime, when: str = "") -> ProfileLine:
        """Add a line of the user's own; `when` says when to bring it up."""
        made = ProfileLine(
            id=new_id(), section=section, position=int(at.timestamp()), text=_plain(text), memories=(), owner="you",
            instruction=_plain(when) if when.strip() else "", at=at,
        )  # fmt: skip
        self.put(None, made)
        return next(line for line in self.profile() if line.id == made.id)

    def edit_line(self, reference: str, text: str, at: datetime) -> ProfileLine:
        """Put other words in the place of a line's; it is the user's from now on. Raises NotFound or InvalidInput."""
        before = self.line(reference)
        after = replace(before, text=_plain(text), owner="you", at=at)
        self.put(before, after)
        return after

    def remove_line(self, reference: str) -> ProfileLine:
        """Take a line off the page for good. Raises NotFound or InvalidInput."""
        before = self.line(reference)
        self.put(before, replace(before, text="", owner="you"))
        return before

    def dreams(self, limit: int = 200) -> tuple[Dream, ...]:
        """The journal, newest first."""
        with self._database.read() as session:
            rows = session.scalars(select(DreamRow).order_by(DreamRow.number.desc()).limit(limit))
            return tuple(derived(Dream, row) for row in rows)

    def dream(self, reference: str) -> Dream:
        """A dream by `d7` or `7`. Raises NotFound or InvalidInput."""
        bare = _number(reference, "d", "a dream (d7)", "`reverie sleep journal` lists them.")
        with self._database.read() as session:
            row = session.get(DreamRow, bare)
            if row is None:
                raise NotFound(f"There is no dream d{bare}.", "`reverie sleep journal` lists them.")
            return derived(Dream, row)

    def dreamt(self, motive: str) -> bool:
        """Whether a motive was dreamt before, whatever became of it."""
        with self._database.read() as session:
            return session.scalar(select(DreamRow.number).where(DreamRow.motive == motive).limit(1)) is not None

    def put(self, before: Payload | None, after: Payload | None) -> bool:
        """Bring a summary, a line or a dream from `before` to `after`. False where it is not as `before` any more."""
        payload = after if after is not None else before
        assert payload is not None and not isinstance(payload, Memory)
        kind = ROWS[type(payload)]
        with self._database.write() as session:
            query: Select[Any] = select(kind).where(kind.__table__.c.id == payload.id)
            row = session.scalar(query)
            current = payload_of(type(payload), row) if row is not None else None
            if without_stored(current) != without_stored(before):
                return False
            if after is None:
                session.delete(row)
            else:
                write_derived(session, kind, row, cast("Summary | ProfileLine | Dream", after))
            return True

    # -- exams

    def items(self, limit: int = 500) -> tuple[ExamItem, ...]:
        """Exam items of earlier nights, newest first."""
        with self._database.read() as session:
            rows = session.scalars(select(ExamItemRow).order_by(ExamItemRow.number.desc()).limit(limit))
            return tuple(_item(row) for row in rows)

    def keep_exam(self, run: Run, results: Sequence[tuple[ExamItem, int, int | None, str]]) -> None:
        """Items with their grades before and after."""
        with self._database.write() as session:
            for item, before, after, detail in results:
                row = session.scalar(select(ExamItemRow).where(ExamItemRow.id == item.id))
                if row is None:
                    row = _item_row(item)
                    session.add(row)
                    session.flush()
                session.merge(ExamResultRow(run=run.number, item=row.number, before=before, after=after, detail=detail))

    def forget_exam(self, run: Run) -> None:
        """Drop a night's results, and the items that no other night asked."""
        with self._database.write() as session:
            session.execute(delete(ExamResultRow).where(ExamResultRow.run == run.number))
            session.execute(delete(ExamItemRow).where(ExamItemRow.number.not_in(select(ExamResultRow.item))))


def _goes_on(session: Session, run: Run) -> None:
    """Raises Refused where a purge has ended the night: what it has read may be gone."""
    if session.scalar(select(RunRow.status).where(RunRow.number == run.number)) not in UNFINISHED:
        raise Refused(f"Something was purged while {run.short_id} was under way.", "Sleep again: it begins anew.")


def _number(reference: str, letter: str, what: str, hint: str) -> int:
    bare = reference.strip().strip("[]").lower().removeprefix(letter)
    if not (bare.isdecimal() and bare.isascii() and len(bare) <= 12):
        raise InvalidInput(f"{reference!r} does not name {what}.", hint)
    return int(bare)


def _run(row: RunRow) -> Run:
    return Run(**{f.name: getattr(row, f.name) for f in fields(Run)})


def _item_row(item: ExamItem) -> ExamItemRow:
    expected = {"subject": item.subject, "slot": item.slot, "value": item.value, "older": list(item.older)}
    expected["memory"] = item.memory
    return ExamItemRow(
        id=item.id, kind=item.kind, question=item.question, expected=expected, evidence=list(item.evidence)
    )


def _item(row: ExamItemRow) -> ExamItem:
    expected = {**row.expected, "older": tuple(row.expected["older"])}
    return ExamItem(id=row.id, kind=ItemKind(row.kind), question=row.question, evidence=tuple(row.evidence), **expected)


def _plain(text: str) -> str:
    """A line as it may be stored. Raises InvalidInput."""
    cleaned = " ".join(clean(text).split())
    if not cleaned or len(cleaned) > MOST_LINE_CHARS:
        raise InvalidInput(f"A line has 1 to {MOST_LINE_CHARS} characters.")
    return cleaned
