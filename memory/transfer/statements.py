"""What other programs remember, on its way in: statements, each kept once, marked with the program that wrote it.

They come in as one act, which one undo takes back. What says the same as a memory that there is already, what the user
threw away and what was purged is passed over by name.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from memory.errors import ImportFailed, InvalidInput
from memory.notes import CONFIDENCE, FROM, writer_tag
from memory.sensitive import is_sensitive
from memory.store import Create, MemoryFilter, MemoryStore
from memory.store.acts import MAX_MEMORY_CHARS
from memory.tags import LONGEST, MOST, tags_of
from memory.text import clean, fingerprint, normalise, one_line
from memory.transfer.incoming import EMPTY, Opened
from memory.transfer.prose import pieces
from memory.transfer.report import Skip, Tally
from memory.types import Kind, NewMemory, Sensitivity, Status, Trust

MOST_STATEMENTS = 20_000
PURGED = "it was purged here"
RETIRED = "you threw it away"
NO_WORDS = "no words in it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One thing that another program remembers."""

    text: str
    where: str
    """What a person would look up: a file with a line or a number."""
    kind: Kind = Kind.FACT
    subject: str = "user"
    tags: tuple[str, ...] = ()
    said_at: datetime | None = None
    sensitive: bool = False
    muted: bool = False
    writer: str = ""
    """The program that wrote it, where the file says another one than it is from itself."""


Said = Statement | Skip
StatementReader = Callable[[Opened], Iterator[Said]]


def statements_of(
    text: str, where: str, *, said_at: datetime | None = None, tags: tuple[str, ...] = ()
) -> Iterator[Said]:
    """A text as one statement, or as several where it is longer than a memory; a Skip for one without words."""
    text = clean(text).strip()
    if not any(character.isalnum() for character in text):
        yield Skip(where, NO_WORDS if text else EMPTY)
    for piece in pieces(text, MAX_MEMORY_CHARS):
        yield Statement(text=piece, where=where, said_at=said_at, tags=tags)


def kind_named(name: str) -> Kind | None:
    """The kind of memory that a category of another program is called after."""
    return next((kind for kind in Kind if kind == name.strip().lower()), None)


def as_tags(names: Iterable[object]) -> tuple[str, ...]:
    """Names as tags: what cannot be in a tag becomes a dash, what is none or names a writer is left out."""
    found = dict.fromkeys(_as_tag(str(name)) for name in names)
    return tuple(tag for tag in found if tag and not tag.startswith(FROM))[: MOST - 1]


def _as_tag(name: str) -> str:
    """The name if it is a tag, else the nearest that is one; empty for none."""
    try:
        return " ".join(tags_of(name)) if not set(name) & set(" ,\t\n") else _nearest_tag(name)
    except InvalidInput:
        return _nearest_tag(name)


def _nearest_tag(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "_-/" else "-" for c in clean(name[:LONGEST].casefold()))
    try:
        return " ".join(tags_of(kept.strip("-/_")[:LONGEST]))
    except InvalidInput:
        return ""


def store_statements(memories: MemoryStore, said: Iterable[Said], writer: str, tally: Tally) -> None:
    """Keep what is new of `said` as notes of `writer`, in one act. Raises ImportFailed for more than 20,000."""
    known = {normalise(m.text): m.status for m in memories.list(MemoryFilter(statuses=(), limit=10**9))}
    purged = memories.purged()
    new: list[Create] = []
    for item in said:
        if isinstance(item, Skip):
            tally.skip(item.where, item.reason, what="memories")
            continue
        words = normalise(item.text)
        if fingerprint(item.text) in purged:
            tally.skip(item.where, PURGED, what="memories")
        elif known.get(words) is Status.RETIRED:
            tally.skip(item.where, RETIRED, what="memories")
        elif words in known:
            tally.count("memories", "known")
        else:
            known[words] = Status.ACTIVE
            new.append(Create(new=_note(item, writer)))
            tally.tell(one_line(item.text, 200))
            tally.count("memories", "imported")
        if len(new) > MOST_STATEMENTS:
            raise ImportFailed(
                f"More than {MOST_STATEMENTS:,} statements: that is a library, not a memory.",
                "Import a part of it, or with --format markdown, which keeps each note as one message.",
            )
    if new:
        memories.apply(new, actor=f"import:{writer}", reason=f"imported from {writer}")


def _note(item: Statement, writer: str) -> NewMemory:
    """A memory with the trust and the mark of what another program wrote."""
    sensitive = item.sensitive or is_sensitive(item.text)
    return NewMemory(
        text=item.text,
        kind=item.kind,
        subject=item.subject,
        said_at=item.said_at,
        confidence=CONFIDENCE,
        trust=Trust.INFERRED,
        sensitivity=Sensitivity.SENSITIVE if sensitive else Sensitivity.NORMAL,
        muted=item.muted,
        tags=" ".join((writer_tag(item.writer or writer), *item.tags)),
    )
