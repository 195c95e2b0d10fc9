"""The journal of dreams: the user keeps one, which makes it a memory of theirs, or dismisses it for good."""

from dataclasses import replace

from memory.clock import Clock
from memory.database import Database
from memory.errors import NotFound, Refused
from memory.nights import Dream
from memory.store import Create, MemoryStore
from memory.store.nights import NightStore
from memory.types import Kind, Memory, NewMemory, Source, Status


def keep(database: Database, clock: Clock, dream: Dream) -> Memory:
    """Make a dream a memory that the user confirmed, in one transaction; undo of the memory makes it new again.

    Raises Refused where it is kept already, or where what it joins is gone.
    """
    with database.together() as whole:
        memories, nights = MemoryStore(whole, clock), NightStore(whole)
        if is_kept(memories, dream):
            raise Refused(f"{dream.short_id} is kept already.")
        sources = [source for memory in dream.memories for source in _sources(memories, dream, memory)]
        create = Create(
            new=NewMemory(
                text=dream.text,
                kind=Kind.INSIGHT,
                said_at=clock.now(),
                zone=clock.zone,
                sources=tuple(dict.fromkeys(sources)),
            )
        )
        memories.apply([create], actor="you", reason=f"you kept {dream.short_id}")
        if not nights.put(dream, replace(dream, status="kept", kept_as=create.id)):
            raise Refused(f"{dream.short_id} was changed meanwhile.", "Look at it again.")
        return memories.get(create.id)


def dismiss(database: Database, dream: Dream) -> Dream:
    """Say no: the motive is never dreamt again. Raises Refused."""
    gone = replace(dream, status="dismissed", kept_as=None)
    if not NightStore(database).put(dream, gone):
        raise Refused(f"{dream.short_id} was changed meanwhile.", "Look at it again.")
    return gone


def is_kept(memories: MemoryStore, dream: Dream) -> bool:
    """Whether the memory made of a dream is still there."""
    if dream.status != "kept" or dream.kept_as is None:
        return False
    try:
        return memories.get(dream.kept_as).status is not Status.RETIRED
    except NotFound:
        return False


def _sources(memories: MemoryStore, dream: Dream, memory_id: str) -> tuple[Source, ...]:
    try:
        return memories.get(memory_id).sources
    except NotFound:
        raise Refused(f"What {dream.short_id} joins is not there any more.", "Dismiss it.") from None
