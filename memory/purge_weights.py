"""What a purge takes out of what was learned into weights: the items that say it, and the files of every adapter that
learned it or was trained on top of one that did. What is left is enough to train them anew without it."""

import json
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from memory.purge_words import Said
from memory.schema import MessageRow
from memory.schema_nights import DreamRow
from memory.schema_weights import AdapterFactRow, AdapterItemRow, AdapterRow, PreferenceRow
from memory.store.preferences import resolved
from memory.weights import CARTRIDGES, FOLDER, IN_WORK, STANDS_FOR, TASK

GONE = "purged"
"""What stands for the id of a purged memory, so that the adapter is known to be dirty."""


def purge_from_adapters(session: Session, memories: frozenset[str], said: Said) -> tuple[list[str], int]:
    """Remove memories, and all that says what was purged, from the items of adapters. Call it when the messages and
    dreams are gone already.

    Returns the ids of the adapters whose files have to go, and how many items were removed.
    """
    learned = _learned_from(session, [*memories, *_preferences(session, said)])
    removed = 0
    for item in session.scalars(select(AdapterItemRow)).all():
        if memories & set(item.memories) or said.by(item.answer) or said.by(item.question):
            session.delete(item)
            learned.add(item.adapter)
            removed += 1
        elif said.by(item.block):
            item.block = "\n".join(line for line in item.block.splitlines() if not said.by(line))
    _described(session, said)
    ids = set(session.scalars(select(AdapterRow.id).where(AdapterRow.number.in_(learned))))
    tainted = [row.id for row in session.scalars(select(AdapterRow)) if row.id in ids or ids & set(row.below)]
    for id_ in memories:
        session.execute(delete(AdapterFactRow).where(AdapterFactRow.memory_id == id_))
    for number in learned:
        session.merge(AdapterFactRow(adapter=number, memory_id=GONE, fingerprint="", streak=0))
    session.flush()
    return tainted, removed


def _learned_from(session: Session, ids: Iterable[str]) -> set[int]:
    return {
        adapter
        for id_ in ids
        for adapter in session.scalars(select(AdapterFactRow.adapter).where(AdapterFactRow.memory_id == id_))
    }


def _preferences(session: Session, said: Said) -> list[str]:
    """The preferences between answers that say it, or of which a part is gone: they are not learned from any more."""
    rows = {row.id: row for row in session.scalars(select(PreferenceRow))}
    parts = {row.id: {row.question, row.chosen, row.rejected, row.wish} - {""} for row in rows.values()}
    there = {id_ for kind in (MessageRow, DreamRow) for id_ in session.scalars(select(kind.id))} if rows else set()
    broken = [id_ for id_, wanted in parts.items() if not wanted <= there]
    saying = [
        p.id
        for p in resolved(session, [row for id_, row in rows.items() if id_ not in broken])
        if any(said.by(text) for text in (p.question, p.given, p.chosen, p.rejected))
    ]
    for one in saying:
        rows[one].dismissed = True
    for one in broken:
        session.delete(rows[one])
    return [*saying, *broken]


def _described(session: Session, said: Said) -> None:
    """Its words in how an adapter was made and judged."""
    for row in session.scalars(select(AdapterRow)):
        if said.anywhere(row.manifest):
            row.manifest = said.without(row.manifest)
        if said.anywhere(row.metrics):
            row.metrics = said.without(row.metrics)


def remove_files(home: Path, adapters: Sequence[str], said: Said, memories: frozenset[str]) -> None:
    """Remove the files of adapters, and what a training under way, or one that was killed, has written of it."""
    for adapter in adapters:
        shutil.rmtree(home / FOLDER / adapter, ignore_errors=True)
    task = home / FOLDER / IN_WORK / TASK
    with suppress(OSError):
        told = task.read_text(encoding="utf-8")
        if any(id_ in told for id_ in memories) or _said_in(told, said):
            shutil.rmtree(task.parent, ignore_errors=True)


def _said_in(told: str, said: Said) -> bool:
    try:
        return said.anywhere(json.loads(told))
    except ValueError:  # half written: nobody can go on with it
        return True


def remove_cartridges(home: Path, ids: frozenset[str]) -> list[int]:
    """Remove every cartridge that stands for any of these messages or memories, or was trained next to one: the numbers
    of their naps. One that does not say what it stands for goes, too, as does what is being made of any of these."""
    gone = []
    for folder in (home / CARTRIDGES / IN_WORK).glob("[0-9]*"):
        if any(id_ in _told(folder) for id_ in ids):
            shutil.rmtree(folder, ignore_errors=True)
    for file in sorted((home / CARTRIDGES).glob(f"[0-9]*/{STANDS_FOR}")):
        try:
            told = json.loads(file.read_bytes())
            known = {*told["facts"], *told.get("beside", ())}
        except (OSError, ValueError, KeyError, TypeError):
            known = set(ids)
        if ids & known:
            shutil.rmtree(file.parent, ignore_errors=True)
            gone.append(int(file.parent.name))
    return sorted(gone)


def _told(folder: Path) -> str:
    """What a cartridge is being made of, as text."""
    return "".join(file.read_text("utf-8", errors="replace") for file in folder.glob("*.json"))
