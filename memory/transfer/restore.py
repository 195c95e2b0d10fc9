"""Reading an export of a home back: into an empty home exactly, into another one by merging.

Rows are known by their ULID. What is there is left as it is; a number that is taken here is given anew, and
everything that points at it follows. Conversations are committed as they come, everything else in one transaction, so
that an interrupt leaves nothing half and a second run completes it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from memory.database import Database
from memory.dialects import dialect_of
from memory.errors import ImportFailed, Refused
from memory.schema import MetaRow
from memory.store import MemoryStore
from memory.store.nights import CURSOR_KEY
from memory.tombstones import keep_second_copy
from memory.transfer import layout_jsonl, layout_markdown
from memory.transfer.layout_jsonl import CONVERSATIONS, Entry
from memory.transfer.records import LARGEST_NUMBER, LATER, NUMBERED, SECTIONS, VERSION, cleaned
from memory.transfer.report import ImportProgress, Report, Skip, Tally
from memory.transfer.restore_nights import NightRestorer
from memory.transfer.restore_rest import RestRestorer
from memory.transfer.restore_talks import TalkRestorer
from memory.transfer.sniff import MANIFEST, OWN_MARK
from memory.transfer.source import READ_ERRORS, Part

_LARGEST_MANIFEST = 1024 * 1024
_LAYOUTS = {"jsonl": layout_jsonl, "markdown": layout_markdown}

BREAKS_OFF = "the file breaks off or is damaged here"


@dataclass(frozen=True)
class OwnExport:
    """An export of a home: its files by section, and its head."""

    format: str
    sections: dict[str, tuple[Part, ...]]
    sequences: dict[str, int]
    meta: dict[str, str]
    heads: tuple[Part, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(part for parts in self.sections.values() for part in parts)


def open_export(path: Path, parts: tuple[Part, ...]) -> OwnExport:
    """The export among `parts`. Raises ImportFailed for a damaged one and Refused for one of a later version."""
    heads = [part for part in parts if part.base_name == MANIFEST]
    if not heads:
        raise ImportFailed(f"{path} is a part of an export of Reverie.", "Import the folder that it is in.")
    head = min(heads, key=lambda part: part.name.count("/"))
    folder = head.name.removesuffix(MANIFEST)
    value = _manifest(path, head)
    layout = _LAYOUTS[value[OWN_MARK]["format"]]
    sections: dict[str, list[Part]] = {name: [] for name in (CONVERSATIONS, *SECTIONS)}
    for part in parts:
        section = layout.section_of(part) if part.name.startswith(folder) else None
        if section is not None:
            sections[section].append(part)
    missing = [name for name in (CONVERSATIONS, *SECTIONS) if not sections[name] and name not in LATER]
    if value[OWN_MARK]["format"] == "markdown":
        missing = [name for name in missing if name != CONVERSATIONS]
    if missing:
        raise ImportFailed(f"{path} is an incomplete export: {missing[0]} is missing.", "Export it again.")
    return OwnExport(
        format=value[OWN_MARK]["format"],
        sections={name: tuple(found) for name, found in sections.items()},
        sequences=_sequences(value.get("sequences")),
        meta=_meta(value.get("meta")),
        heads=(head,),
    )


def _manifest(path: Path, head: Part) -> dict[str, Any]:
    try:
        with head.open() as file:
            value = json.loads(file.read(_LARGEST_MANIFEST))
        mark = value[OWN_MARK]
        version, format = mark["version"], mark["format"]
    except (*READ_ERRORS, ValueError, KeyError, TypeError) as error:
        raise ImportFailed(f"{path}: {MANIFEST} is damaged.", "Export it again.") from error
    if isinstance(version, int) and version > VERSION:
        raise Refused(
            f"{path} was written by a later version of Reverie (layout {version}; this one reads {VERSION}).",
            "Install the later version to import it.",
        )
    if version != VERSION or format not in _LAYOUTS:
        raise ImportFailed(f"{path}: {MANIFEST} is damaged.", "Export it again.")
    return dict(value)


def _sequences(value: Any) -> dict[str, int]:
    given = value if isinstance(value, dict) else {}
    return {n: v for n, v in given.items() if n in NUMBERED and type(v) is int and 0 < v <= LARGEST_NUMBER}


def _meta(value: Any) -> dict[str, str]:
    given = value if isinstance(value, dict) else {}
    return {cleaned(k): cleaned(v) for k, v in given.items() if isinstance(v, str)}


def restore(
    export: OwnExport, *, database: Database, memories: MemoryStore, tally: Tally, progress: Report | None
) -> None:
    """Bring what `export` holds and the home does not into the home."""
    run = _Restore(export=export, tally=tally, progress=progress)
    run.tell()
    _write_head(database, export)
    talks = TalkRestorer(database, tally)
    for entry in run.entries(CONVERSATIONS):
        if talks.take(entry):
            run.tell()
    talks.finish()
    RestRestorer(database, memories, tally, talks.renamed).restore(run.entries)
    if database.home is not None:
        with database.read() as session:
            keep_second_copy(session, database.home)
    cursor = export.meta.get(CURSOR_KEY)
    NightRestorer(database, memories, tally, renamed=bool(talks.renamed)).restore(run.entries("nights"), cursor)
    tally.counts["files"] += len(export.parts) + 1
    run.tell()


def _write_head(database: Database, export: OwnExport) -> None:
    """First of all: numbers that were given once are not given to anything that comes in meanwhile."""
    with database.write() as session:
        for table, last in export.sequences.items():
            dialect_of(session).raise_number(session, table, last)
        for key, value in export.meta.items():
            if key != CURSOR_KEY and session.get(MetaRow, key) is None:
                session.add(MetaRow(key=key, value=value))


@dataclass(kw_only=True)
class _Restore:
    """One export while it is read."""

    export: OwnExport
    tally: Tally
    progress: Report | None
    done: int = 0

    def entries(self, section: str) -> Iterator[Entry]:
        """The records of a section; what is none is noted."""
        return chain.from_iterable(self._part(part) for part in self.export.sections[section])

    def _part(self, part: Part) -> Iterator[Entry]:
        try:
            for entry in _LAYOUTS[self.export.format].read(part):
                if isinstance(entry, Skip):
                    self.tally.skip(entry.where, entry.reason, what="")
                else:
                    yield entry
        except READ_ERRORS:
            self.tally.skip(part.name, BREAKS_OFF, what="")
        self.done += part.size

    def tell(self) -> None:
        if self.progress is not None:
            total = sum(part.size for part in self.export.parts)
            self.progress(ImportProgress(min(self.done, total), total, self.tally.counts["messages_found"]))
