"""`export_home`: everything a home holds into a folder that appears at once and whole."""

import errno
import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from memory.database import Database
from memory.errors import DiskFull, Refused, StorageError
from memory.schema import ConversationRow, MemoryRow, MessageRow
from memory.transfer import dump, layout_jsonl, layout_markdown, layout_notes
from memory.transfer.files import create
from memory.transfer.records import SECTIONS
from memory.transfer.report import ExportReport
from memory.transfer.sniff import MANIFEST, OWN_MARK

ExportFormat = Literal["jsonl", "markdown", "basic-memory"]

_LAYOUTS = {"jsonl": layout_jsonl, "markdown": layout_markdown}


def export_home(database: Database, out: Path, *, format: ExportFormat) -> ExportReport:
    """Write all that is not derived into the folder `out`, replacing an earlier export there; as `basic-memory` only
    what is remembered, as notes.

    The same home gives the same bytes. Until everything is written nothing is at `out`, or the earlier export is.
    Raises Refused where `out` holds anything else, and StorageError or DiskFull where it cannot be written.
    """
    out = out.expanduser().resolve()
    with _named_errors(out):
        _refuse_foreign(out, format)
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = out.parent / f".{out.name}.partial-{uuid.uuid4().hex[:8]}"
        partial.mkdir(mode=0o700)
        try:
            report = _write(database, partial, out, format)
            _put_in_place(partial, out)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return report


def _write(database: Database, folder: Path, out: Path, format: ExportFormat) -> ExportReport:
    with database.read() as session:
        if format == "basic-memory":
            files, memories = layout_notes.write(session, folder), layout_notes.count(session)
            return ExportReport(format=format, folder=out, files=files, conversations=0, messages=0, memories=memories)
        with create(folder / MANIFEST) as file:
            head = json.dumps(dump.manifest(session, format), ensure_ascii=False, indent=2, sort_keys=True)
            file.write(head.encode() + b"\n")
        files = _LAYOUTS[format].write(session, folder)
        return ExportReport(
            format=format,
            folder=out,
            files=files + 1,
            conversations=dump.count(session, ConversationRow),
            messages=dump.count(session, MessageRow),
            memories=dump.count(session, MemoryRow),
        )


def _put_in_place(partial: Path, out: Path) -> None:
    if not out.exists() or not any(out.iterdir()):
        partial.replace(out)
        return
    old = out.parent / f".{out.name}.old-{uuid.uuid4().hex[:8]}"
    out.replace(old)
    try:
        partial.replace(out)
    except BaseException:
        old.replace(out)
        raise
    shutil.rmtree(old)


def _refuse_foreign(out: Path, format: ExportFormat) -> None:
    """An export replaces a folder whole, so the folder must hold nothing but an export."""
    if not out.exists():
        return
    if not out.is_dir():
        raise Refused(f"{out} is a file.", "Name a folder that does not exist yet.")
    names = {path.name for path in out.iterdir()}
    if not names:
        return
    if format == "basic-memory":
        _refuse_changed(out)
        return
    foreign = names - _own_names()
    if foreign or not _is_export(out):
        example = min(foreign) if foreign else min(names)
        raise Refused(
            f"{out} is not empty, and {example} in it is not of an earlier export.",
            "Name a folder that does not exist yet.",
        )


def _refuse_changed(out: Path) -> None:
    """Notes are made to be edited: what was is not replaced."""
    changed = layout_notes.foreign(out)
    if changed is not None:
        raise Refused(
            f"{out} is not empty, and {changed} in it is not as an earlier export left it.",
            "Import it first if you want what it says, and name a folder that does not exist yet.",
        )


def _own_names() -> set[str]:
    sections = {f"{name}{suffix}" for name in SECTIONS for suffix in (".jsonl", ".md")}
    return sections | {MANIFEST, "conversations.jsonl", "conversations"}


def _is_export(folder: Path) -> bool:
    try:
        value = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    talks = folder / "conversations"
    strange = talks.is_dir() and any(path.suffix != ".md" or path.is_dir() for path in talks.iterdir())
    return isinstance(value, dict) and OWN_MARK in value and not strange


@contextmanager
def _named_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(f"No room left for {out}.", "Free some space, or export to another disk.") from error
        raise StorageError(f"{out} cannot be written: {error.strerror}.", "Name another folder.") from error
