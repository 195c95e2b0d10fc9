"""`import_path`: what the source is, its readers one after another, and the messages into the store by the batch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import get_args

from memory.clock import Clock
from memory.database import Database
from memory.errors import ImportFailed, InvalidInput
from memory.store import ConversationStore, MemoryStore
from memory.store.importing import ImportScope, SourceMessage
from memory.transfer.chatgpt import read_chatgpt
from memory.transfer.claude import read_claude
from memory.transfer.encoding import utf8_stream
from memory.transfer.incoming import Item, Opened, Reader, admit
from memory.transfer.json_items import BrokenJson
from memory.transfer.jsonl import read_jsonl
from memory.transfer.markdown import read_markdown
from memory.transfer.notebook import read_notebook
from memory.transfer.remembered import read_chatgpt_memory, read_claude_memory, read_letta, read_list, read_mem0
from memory.transfer.report import ImportFormat, ImportProgress, ImportReport, Report, Skip, Tally
from memory.transfer.restore import open_export, restore
from memory.transfer.sniff import sniff
from memory.transfer.source import READ_ERRORS, Part, Source, open_source
from memory.transfer.statements import Said, StatementReader, store_statements

BATCH = 300
"""Messages a transaction, give or take a conversation: a short lock, and little to do again after an interrupt."""
BATCH_AT_MOST = 1_000
BATCH_CHARS = 4_000_000

DIFFERS = "this id is there already, with other words"
PURGED = "it was purged here"
OWN = "reverie"
NOT_PART = "a file that is not part of it"
UNREADABLE = "a folder that cannot be read"
BREAKS_OFF = "the file breaks off or is damaged here"

_READERS: dict[str, Reader] = {
    "chatgpt": read_chatgpt,
    "claude": read_claude,
    "jsonl": read_jsonl,
    "markdown": read_markdown,
}
_REMEMBERED: dict[str, StatementReader] = {
    "mem0": read_mem0,
    "letta": read_letta,
    "chatgpt-memory": read_chatgpt_memory,
    "claude-memory": read_claude_memory,
    "basic-memory": read_notebook,
    "obsidian": read_notebook,
    "list": read_list,
}
_NOTEBOOKS = frozenset({"basic-memory", "obsidian"})
_PAGES = frozenset({"markdown", "basic-memory", "list"})
"""What a file of a notebook may look like."""
_BESIDE = frozenset({"chatgpt-memory", "claude-memory"})
_WRITERS = {"chatgpt-memory": "chatgpt", "claude-memory": "claude", "list": ""}
"""Where the writer is not called as the format is."""
_HINT = (
    "Reverie reads exports of ChatGPT and Claude (zip, folder or file), JSONL, Markdown, memories of mem0, Letta, "
    "ChatGPT, Claude, basic-memory and Obsidian, and its own exports."
)


def import_path(
    path: Path,
    *,
    database: Database,
    conversations: ConversationStore,
    memories: MemoryStore,
    clock: Clock,
    format: ImportFormat = "auto",
    progress: Report | None = None,
) -> ImportReport:
    """Import a file, folder or zip into the home; what is there already is left alone.

    Messages are stored and found by their words when this returns; their vectors are queued. Interrupted at any
    point, what was committed stays, and running it again completes it. Raises InvalidInput for an unknown format and
    ImportFailed for a source of which nothing can be read.
    """
    if format not in get_args(ImportFormat):
        raise InvalidInput(f"{format!r} is not a format.", f"Formats: {', '.join(get_args(ImportFormat))}.")
    with open_source(path) as source:
        taken, kinds = _choose(source, format)
        parts = tuple(kinds)
        own = open_export(path, parts) if taken == OWN else None
        tally = Tally(format=taken)
        _note_ignored(tally, source, own.parts + own.heads if own else parts)
        if own is not None:
            restore(own, database=database, memories=memories, tally=tally, progress=progress)
        else:
            run = _Run(conversations=conversations, memories=memories, clock=clock, tally=tally, progress=progress)
            run.read_all(kinds)
        return tally.report()


def _choose(source: Source, format: ImportFormat) -> tuple[str, dict[Part, str]]:
    """What the source is, and what each of its parts is that belong to that. Raises ImportFailed."""
    found = {part: sniff(part, single=source.single) for part in source.parts}
    kinds = set(found.values())
    if OWN in kinds and format in ("auto", "jsonl", "markdown"):
        return OWN, dict.fromkeys(source.parts, OWN)
    wanted = _first(kinds, source) if format == "auto" else format
    if wanted is None:
        raise ImportFailed(f"{source.path} holds nothing that can be imported.", _HINT)
    parts = {
        part: wanted for part, kind in found.items() if _belongs(kind, wanted) or (source.single and format != "auto")
    }
    if not parts:
        raise ImportFailed(f"{source.path} holds no {wanted} file.", "Leave out --format to have it recognised.")
    # An export of chats may have beside them what that program remembers.
    beside = {part: kind for part, kind in found.items() if kind in _BESIDE} if wanted in _READERS else {}
    return wanted, parts | {part: kind for part, kind in beside.items() if kind and format == "auto"}


def _first(kinds: set[str | None], source: Source) -> str | None:
    """What a source of parts of these kinds is taken for."""
    if source.is_vault and kinds & _PAGES:
        return "obsidian"
    order = (*(name for name in _READERS if name != "markdown"), *_REMEMBERED, "markdown")
    return next((name for name in order if name in kinds), None)


def _belongs(kind: str | None, wanted: str) -> bool:
    return kind == wanted or (wanted in _NOTEBOOKS and kind in _PAGES)


def _note_ignored(tally: Tally, source: Source, taken: tuple[Part, ...]) -> None:
    names = {part.name for part in taken}
    for part in source.parts:
        if part.name not in names:
            tally.counts["files_ignored"] += 1
            tally.skip(part.name, NOT_PART, what="")
    for folder in source.unreadable:
        tally.skip(folder, UNREADABLE, what="")


@dataclass(kw_only=True)
class _Run:
    """One import while it goes on."""

    conversations: ConversationStore
    memories: MemoryStore
    clock: Clock
    tally: Tally
    progress: Report | None
    done: int = 0
    total: int = 0
    broken: list[str] = field(default_factory=list)

    def read_all(self, kinds: Mapping[Part, str]) -> None:
        """Every part, one after another. Raises ImportFailed if there is nothing in any of them."""
        self.total = sum(part.size for part in kinds)
        self._tell()
        for part, kind in kinds.items():
            if kind in _READERS:
                self._read(part)
                self._tell()
        remembered = {part: kind for part, kind in kinds.items() if kind in _REMEMBERED}
        for kind in dict.fromkeys(remembered.values()):
            said = chain.from_iterable(self._said(part, kind) for part, own in remembered.items() if own == kind)
            store_statements(self.memories, said, _WRITERS.get(kind, kind), self.tally)
        self.tally.counts["files"] += len(kinds)
        if not self.tally.counts["messages_found"] and not self.tally.counts["memories_found"]:
            names = ", ".join(part.name for part in list(kinds)[:3])
            why = self.broken[0] if self.broken else "nothing that was said or remembered in it"
            raise ImportFailed(f"{names}: {why}.", _HINT)

    def _read(self, part: Part) -> None:
        scope = ImportScope(
            origin=f"import:{self.tally.format}",
            unique_names=self.tally.format in ("chatgpt", "claude"),
            grows=self.tally.format != "markdown",
        )
        before = self.done
        for batch in _batches(self._items(part)):
            self._store(scope, batch)
            self._tell()
        self.done = before + part.size

    def _items(self, part: Part) -> Iterator[SourceMessage]:
        """The messages of a part that can be stored. A part that breaks off gives what came before."""
        try:
            with part.open() as raw, utf8_stream(raw, self._read_bytes) as stream:
                opened = Opened(part, stream, part.modified or self.clock.now(), self.clock.zone)
                for item in map(_admitted, _READERS[self.tally.format](opened)):
                    if isinstance(item, Skip):
                        self.tally.skip(item.where, item.reason)
                    else:
                        yield item
        except (*READ_ERRORS, BrokenJson) as error:
            self.broken.append(str(error) or BREAKS_OFF)
            self.tally.skip(part.name, BREAKS_OFF, what="")

    def _said(self, part: Part, kind: str) -> Iterator[Said]:
        """What a part remembers. One that breaks off gives what came before."""
        try:
            with part.open() as raw, utf8_stream(raw, self._read_bytes) as stream:
                yield from _REMEMBERED[kind](Opened(part, stream, part.modified or self.clock.now(), self.clock.zone))
        except (*READ_ERRORS, BrokenJson) as error:
            self.broken.append(str(error) or BREAKS_OFF)
            self.tally.skip(part.name, BREAKS_OFF, what="")
        self._tell()

    def _read_bytes(self, count: int) -> None:
        self.done += count

    def _store(self, scope: ImportScope, batch: list[SourceMessage]) -> None:
        result = self.conversations.import_batch(scope, batch)
        for item, outcome in zip(batch, result.outcomes, strict=True):
            if outcome == "differs":
                self.tally.skip(item.where, DIFFERS)
            elif outcome == "purged":
                self.tally.skip(item.where, PURGED)
            else:
                self.tally.count("messages", outcome)
        self.tally.found |= result.conversations
        self.tally.created |= result.created
        self.tally.updated |= result.changed

    def _tell(self) -> None:
        if self.progress is not None:
            found = self.tally.counts["messages_found"]
            self.progress(ImportProgress(min(self.done, self.total), self.total, found))


def _admitted(item: Item) -> Item:
    return item if isinstance(item, Skip) else admit(item)


def _batches(items: Iterator[SourceMessage]) -> Iterator[list[SourceMessage]]:
    """Batches that end where a conversation ends, if one does in time."""
    batch: list[SourceMessage] = []
    chars = 0
    for item in items:
        ends = bool(batch) and batch[-1].conversation.key != item.conversation.key
        if len(batch) >= BATCH_AT_MOST or chars >= BATCH_CHARS or (ends and len(batch) >= BATCH):
            yield batch
            batch, chars = [], 0
        batch.append(item)
        chars += len(item.message.content)
    if batch:
        yield batch
