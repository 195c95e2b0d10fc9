from pathlib import Path

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import NotFound
from memory.fulltext import find_words
from memory.purge import purge_memory
from memory.store import ConversationStore, MemoryStore
from memory.types import NewMemory, NewMessage, Source

SECRET = "xylophonist"


def test_a_purged_memory_is_nowhere_in_the_home(
    database: Database, memories: MemoryStore, home: Path, clock: FixedClock
) -> None:
    memories.add(NewMemory(text=f"You are a {SECRET}.", slot="job", value=SECRET))
    memories.edit("m1", text=f"You were a {SECRET} once.")
    memories.add(NewMemory(text="You like tea."))
    receipt = purge_memory(database, "m1", clock)
    assert receipt.removed["revisions"] == 2 and receipt.removed["passages"] == 1
    assert SECRET not in str(receipt)
    with database.read() as session:
        assert find_words(session, "memory", SECRET, 5) == []
    database.close()
    for path in home.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


def test_a_tombstone_blocks_every_wording_it_had(database: Database, memories: MemoryStore, clock: FixedClock) -> None:
    memories.add(NewMemory(text="You live in Lyon."))
    memories.edit("m1", text="You live in Lyon, France.")
    purge_memory(database, "m1", clock)
    assert memories.is_purged("you live in  lyon") and memories.is_purged("You live in Lyon, France")
    assert not memories.is_purged("You live in Porto.")
    with pytest.raises(NotFound):
        memories.get("m1")


def test_the_receipt_names_where_it_is_still_said(
    database: Database, memories: MemoryStore, conversations: ConversationStore, clock: FixedClock
) -> None:
    message = conversations.append(conversations.create().id, NewMessage(role="user", content="I live in Lyon."))
    source = Source(message_id=message.id, quote="I live in Lyon", start=0, end=14)
    memories.add(NewMemory(text="You live in Lyon.", sources=(source,)))
    assert purge_memory(database, "m1", clock).also_said_in == ("t1",)
    assert conversations.message("t1").content == "I live in Lyon."


def test_what_it_replaced_stays_and_undo_goes_on(database: Database, memories: MemoryStore, clock: FixedClock) -> None:
    memories.add(NewMemory(text="one"))
    memories.supersede("m1", NewMemory(text="two"))
    memories.add(NewMemory(text="three"))
    purge_memory(database, "m2", clock)
    assert memories.get("m1").superseded_by is None
    memories.undo()
    assert memories.list() == ()
