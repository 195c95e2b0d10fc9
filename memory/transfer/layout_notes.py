"""Active memories as notes that basic-memory and Obsidian read: one for each subject, one observation on a line.

A note is for reading, for editing and for other programs; what only an import of Reverie could use (sources, revisions,
chats) is in the other layouts. `notebook.read_notebook` reads it back.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.schema import MemoryRow
from memory.store.rows import to_memory
from memory.text import one_line
from memory.transfer.files import create
from memory.transfer.notebook import observation
from memory.transfer.prose import escaped
from memory.types import Memory, Status

MARK = ".reverie-notes.json"
"""Names the notes that were written and their hashes: what has been changed since is not written over."""


def write(session: Session, folder: Path) -> int:
    """Write the notes into `folder`. Returns the number of files."""
    written: dict[str, str] = {}
    for subject, memories in _by_subject(session).items():
        name = _free_name(subject, written)
        page = _page(subject, name, memories).encode()
        written[f"{name}.md"] = hashlib.sha256(page).hexdigest()
        with create(folder / f"{name}.md") as file:
            file.write(page)
    with create(folder / MARK) as file:
        file.write(json.dumps(written, indent=2, sort_keys=True).encode() + b"\n")
    return len(written)


def count(session: Session) -> int:
    """How many memories the notes hold."""
    return sum(map(len, _by_subject(session).values()))


def foreign(folder: Path) -> str | None:
    """The name of a file in `folder` that is not as an earlier export left it, or is not of one; None if all are."""
    try:
        written = json.loads((folder / MARK).read_bytes())
    except (OSError, ValueError, RecursionError):
        written = {}
    known = written if isinstance(written, dict) else {}
    return next((name for name in _names(folder) if known.get(name) != _hash(folder / name)), None)


def _names(folder: Path) -> Iterator[str]:
    return (name for name in sorted(path.name for path in folder.iterdir()) if name != MARK)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "a folder"


def _by_subject(session: Session) -> dict[str, list[Memory]]:
    query = select(MemoryRow).where(MemoryRow.status == Status.ACTIVE).order_by(MemoryRow.subject, MemoryRow.number)
    found: dict[str, list[Memory]] = {}
    for row in session.scalars(query):
        found.setdefault(row.subject, []).append(to_memory(row, ()))
    return found


def _free_name(subject: str, taken: dict[str, str]) -> str:
    """A file's name for a subject, the same for the same subjects."""
    name = re.sub(r"[^a-z0-9]+", "-", subject.lower())[:40].strip("-") or "subject"
    number = 1
    while f"{name}{f'-{number}' if number > 1 else ''}.md" in taken:
        number += 1
    return name if number == 1 else f"{name}-{number}"


def _page(subject: str, name: str, memories: list[Memory]) -> str:
    import yaml

    title = "About me" if subject == "user" else one_line(subject) or "Untitled"
    fields = {"title": title, "type": "note", "permalink": name, "subject": subject}
    # Quoted throughout: a subject may hold anything, and YAML's other styles fold or type it.
    head = yaml.safe_dump(fields, allow_unicode=True, default_style='"', width=10**6, sort_keys=False)
    lines = "\n".join(observation(memory) for memory in memories)
    return f"---\n{head}---\n\n# {escaped(title)}\n\n## Observations\n\n{lines}\n"
