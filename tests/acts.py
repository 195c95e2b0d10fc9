"""Acts on memories that several tests make."""

from memory.store import Create, MemoryStore, Update
from memory.types import Memory, NewMemory, Status


def supersede(memories: MemoryStore, reference: str, new: NewMemory) -> Memory:
    """Add `new` in the place of a memory, which is kept as history with its interval closed: one act, as nights do."""
    create = Create(new=new)
    closed = {"status": Status.SUPERSEDED, "superseded_by": create.id, "valid_to": new.said_at}
    memories.apply([create, Update(memory=reference, values=closed)], actor="you")
    return memories.get(create.id)
