"""What a purge takes out of what was learned into weights: the items that say it, and the files of every adapter that
learned it or was trained on top of one that did. What is left is enough to train them anew without it."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from memory.purge_nights import Said
from memory.schema_weights import AdapterFactRow, AdapterItemRow, AdapterRow, PreferenceRow
from memory.store.preferences import resolved
from memory.weights import CARTRIDGES, FOLDER, IN_WORK, STANDS_FOR

GONE = "purged"
"""What stands for the id of a purged memory, so that the adapter is known to be dirty."""


def purge_from_adapters(session: Session, memory_id: str, texts: set[str]) -> tuple[list[str], int]:
    """Remove a memory, known by all wordings it ever had, from the items of adapters.

    Returns the ids of the adapters whose files have to go, and how many items were removed.
    """
    said = Said(texts)
    learned = _learned_from(session, [memory_id, *_preferences(session, said)])
    removed = 0
    for item in session.scalars(select(AdapterItemRow)).all():
        if memory_id in item.memories or said.by(item.answer) or said.by(item.question):
            session.delete(item)
            learned.add(item.adapter)
            removed += 1
        elif said.by(item.block):
            item.block = "\n".join(line for line in item.block.splitlines() if not said.by(line))
    ids = set(session.scalars(select(AdapterRow.id).where(AdapterRow.number.in_(learned))))
    tainted = [row.id for row in session.scalars(select(AdapterRow)) if row.id in ids or ids & set(row.below)]
    session.execute(delete(AdapterFactRow).where(AdapterFactRow.memory_id == memory_id))
    for number in learned:
        session.merge(AdapterFactRow(adapter=number, memory_id=GONE, fingerprint="", streak=0))
    session.flush()
    return tainted, removed


def _learned_from(session: Session, ids: Sequence[str]) -> set[int]:
    return set(session.scalars(select(AdapterFactRow.adapter).where(AdapterFactRow.memory_id.in_(ids))))


def _preferences(session: Session, said: Said) -> list[str]:
    """The preferences between answers that say it: they are not learned from any more."""
    rows = {row.id: row for row in session.scalars(select(PreferenceRow))}
    saying = [
        p.id
        for p in resolved(session, list(rows.values()))
        if any(said.by(text) for text in (p.question, p.given, p.chosen, p.rejected))
    ]
    for one in saying:
        rows[one].dismissed = True
    return saying


def remove_files(home: Path, adapters: Sequence[str]) -> None:
    """Remove the files of adapters."""
    for adapter in adapters:
        shutil.rmtree(home / FOLDER / adapter, ignore_errors=True)


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
