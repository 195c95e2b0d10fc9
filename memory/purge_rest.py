"""What a purge takes out of the rest of the tables: titles, drafts, saved views, histories, the ledger."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from memory.purge_nights import Gone, rests_on, without_quotes
from memory.purge_words import PURGED, Said
from memory.schema import (
    ChangeSetRow,
    ConversationRow,
    MemoryRow,
    MessageRow,
    MetaRow,
    ModelCallRow,
    RevisionRow,
    TombstoneRow,
)
from memory.schema_naps import NapNoteRow
from memory.text import one_line


def scrub(session: Session, gone: Gone, names: frozenset[str]) -> dict[str, int]:
    """Take the words of what was purged, and its short ids (`names`), out of everything that stays.

    Returns how many of what were changed.
    """
    said = gone.said
    _histories(session, gone)
    _notes(session, said)
    # An earlier version kept the subject beside the hash.
    session.execute(update(TombstoneRow).where(TombstoneRow.slot_key.is_not(None)).values(slot_key=None))
    return {
        "titles and drafts": _titles(session, said),
        "saved views": _single_values(session, said),
        "ledger entries": _ledger(session, names),
    }


def once_said(session: Session, gone: Gone) -> set[str]:
    """What memories that stay once said of it, in words that go."""
    states = (
        state
        for revision in session.scalars(select(RevisionRow))
        for state in (revision.before, revision.after)
        if state
    )
    return {str(state["text"]) for state in states if gone.said.by(str(state["text"]))}


def _titles(session: Session, said: Said) -> int:
    """Titles and drafts that say what was purged: a title is made anew from what is left."""
    changed = 0
    for row in session.scalars(select(ConversationRow)):
        if said.by(row.draft):
            row.draft, changed = said.without(row.draft), changed + 1
        if row.title and said.by_beginning(row.title):
            first = session.scalar(
                select(MessageRow.content)
                .where(MessageRow.conversation_id == row.id, MessageRow.role == "user")
                .order_by(MessageRow.number)
                .limit(1)
            )
            row.title, changed = said.without(one_line(first or "", 120)), changed + 1
    session.flush()
    return changed


def _histories(session: Session, gone: Gone) -> None:
    """What memories that stay once said and quoted, and why they were changed."""
    left = set(session.scalars(select(MemoryRow.id)))
    for revision in session.scalars(select(RevisionRow)).all():
        if revision.memory_id not in left and _rested(revision, gone):
            session.delete(revision)
            continue
        before, after = _state(revision.before, gone), _state(revision.after, gone)
        if (before, after) != (revision.before, revision.after):
            revision.before, revision.after = before, after
    for act in session.scalars(select(ChangeSetRow).where(ChangeSetRow.reason != "")):
        if gone.said.by(act.reason):
            act.reason = gone.said.without(act.reason)
    session.flush()


def _rested(revision: RevisionRow, gone: Gone) -> bool:
    """Whether all that a memory that was taken back ever quoted goes."""
    states = [state for state in (revision.before, revision.after) if state]
    return any(rests_on(state, gone) for state in states)


def _state(state: dict[str, Any] | None, gone: Gone) -> dict[str, Any] | None:
    if not state:
        return state
    kept = gone.said.without(without_quotes(state, gone.messages))
    return {**kept, "superseded_by": None} if kept.get("superseded_by") in gone.memories else kept


def _notes(session: Session, said: Said) -> None:
    """Notes of naps on messages that stay, in words that do not."""
    for note in session.scalars(select(NapNoteRow)):
        if said.by(note.text):
            session.delete(note)
    session.flush()


def _single_values(session: Session, said: Said) -> int:
    """Saved filters that look for it, and any other single value that says it."""
    removed = 0
    for row in session.scalars(select(MetaRow)).all():
        if not said.by(row.key) and not said.by(row.value):
            continue
        kept = {name: value for name, value in _table(row.value).items() if not said.anywhere([name, value])}
        removed += 1
        if kept:
            row.value = json.dumps(kept, ensure_ascii=False)
        else:
            session.execute(delete(MetaRow).where(MetaRow.key == row.key))
    session.flush()
    return removed


def _table(value: str) -> dict[str, object]:
    try:
        found = json.loads(value)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _ledger(session: Session, names: Iterable[str]) -> int:
    """That something was sent stays in the ledger; what it was does not."""
    gone, changed = frozenset(names), 0
    if not gone:
        return 0
    for call in session.scalars(select(ModelCallRow)):
        if call.conversation in gone:
            call.conversation = ""
        if not gone.isdisjoint(call.sent):
            call.sent = [PURGED if one in gone else one for one in call.sent]
            changed += 1
    session.flush()
    return changed
