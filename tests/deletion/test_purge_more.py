"""Purges beside other things: an open index, a night under way, conversations, other words for the same."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import Refused
from memory.forget_talk import delete_conversation
from memory.purge import purge, purge_memory
from memory.purge_also import near_in_meaning
from memory.purge_scope import scope_of
from memory.schema import EmbeddingRow, OutboxRow, TombstoneRow
from memory.store import ConversationStore, MemoryStore
from memory.store.nights import NightStore
from memory.transfer import import_path
from memory.types import Message, NewMemory, NewMessage, Source
from memory.vectors.embedder import load_embedder
from memory.vectors.hashing import HashEmbedder
from memory.vectors.service import Vectors
from sleep.home import Home
from sleep.night import Night, Options
from tests.deletion.search import none_left
from tests.sleep.conftest import PlainTaker

SECRET = "xylophonist"
Say = Callable[[str], Message]


@pytest.fixture
def say(conversations: ConversationStore, clock: FixedClock) -> Say:
    """One message in a conversation of its own."""

    def one(text: str) -> Message:
        clock.instant += timedelta(minutes=1)
        return conversations.append(conversations.create().id, NewMessage(role="user", content=text))

    return one


@pytest.fixture
def vectors(database: Database, home: Path) -> Iterator[Vectors]:
    made = Vectors(database, home / "index", lambda: HashEmbedder(32), backend="chroma")
    yield made
    made.close()


def vector_of(database: Database, text: str) -> bytes:
    from memory.text import text_hash

    with database.read() as session:
        return session.scalars(select(EmbeddingRow.vector).where(EmbeddingRow.text_hash == text_hash(text))).one()


def holds(folder: Path, data: bytes) -> bool:
    return any(data in path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("open_here", [True, False])
def test_no_file_of_chroma_keeps_the_vector(
    database: Database, home: Path, clock: FixedClock, say: Say, vectors: Vectors, open_here: bool
) -> None:
    for text in (f"I am a {SECRET}.", "I like tea.", "I live in Lyon."):
        say(text)
    vectors.work()
    gone = vector_of(database, f"I am a {SECRET}.")
    assert vectors.status().in_use == "Chroma" and holds(home / "index", gone) and holds(home, gone)
    if not open_here:
        vectors.close()
    purge(database, scope_of(database, ["t1"]), clock)
    assert (home / "index").exists() is open_here
    assert [p.passage for p in vectors.search("tea", 1)], "it answers meanwhile"
    vectors.work()
    assert vectors.status().in_use == "Chroma" and vectors.search("I like tea.", 1)[0].score > 0.99
    with database.read() as session:
        assert session.scalars(select(OutboxRow)).all() == []
    vectors.close()
    database.close()
    assert not holds(home, gone)


def test_a_vector_that_is_being_made_does_not_come_afterwards(
    database: Database, home: Path, clock: FixedClock, say: Say
) -> None:
    say(f"I am a {SECRET}.")

    class Slow(HashEmbedder):
        def embed(self, texts):
            found = super().embed(texts)
            if any(SECRET in text for text in texts):
                purge(database, scope_of(database, ["t1"]), clock)
            return found

    Vectors(database, home / "index", lambda: Slow(32), backend="exact").work()
    with database.read() as session:
        assert session.scalars(select(EmbeddingRow)).all() == []


def test_an_earlier_wording_leaves_no_vector(
    database: Database, home: Path, memories: MemoryStore, clock: FixedClock, vectors: Vectors
) -> None:
    memories.add(NewMemory(text=f"You are a {SECRET}."))
    vectors.work()
    memories.edit("m1", text=f"You were a {SECRET}.")
    vectors.work()
    assert purge_memory(database, "m1", clock).removed["vectors"] == 2


def test_a_night_under_way_does_not_bring_it_back(
    database: Database, home: Path, conversations: ConversationStore, memories: MemoryStore, clock: FixedClock, say: Say
) -> None:
    say(f"I work as a {SECRET}. My {SECRET} friends meet on Fridays.")
    say("I live in Lyon.")
    vectors = Vectors(database, home / "index", lambda: HashEmbedder(32), backend="exact")
    nights = NightStore(database)
    parts = Home(
        database=database, vectors=vectors, clock=clock, conversations=conversations, memories=memories, nights=nights
    )  # fmt: skip

    def review(changes):
        assert any(SECRET in c.payload.text for c in changes)
        purge(database, scope_of(database, ["t1"]), clock)
        return changes

    with pytest.raises(Refused, match="purged"):
        Night(parts, PlainTaker(), options=Options(review=review)).run()
    assert memories.list() == () and nights.get("n1").status == "refused" and nights.changes(nights.get("n1")) == ()
    run = Night(parts, PlainTaker(), options=Options()).run()
    assert run and run.status == "applied" and "Lyon" in memories.list()[0].text
    for backup in (home / "backups").iterdir():
        backup.unlink()  # of the night that was ended: made before the purge was known to it
    database.close()
    none_left(home, [SECRET])


def test_a_deleted_conversation_is_buried(
    database: Database, home: Path, conversations: ConversationStore, memories: MemoryStore, clock: FixedClock,
    tmp_path: Path,
) -> None:  # fmt: skip
    file = tmp_path / "messages.jsonl"
    row = {"id": "1", "conversation": "a", "role": "user", "content": f"I am a {SECRET} by trade."}
    file.write_text(json.dumps({**row, "created_at": "2026-05-01T10:00:00Z"}) + "\n")
    bring = partial(
        import_path, file, database=database, conversations=conversations, memories=memories, clock=clock
    )  # fmt: skip
    bring()
    quote = Source(message_id=conversations.message("t1").id, quote=f"I am a {SECRET}", start=0, end=18)
    memories.add(NewMemory(text="You make music.", sources=(quote,)))
    receipt = delete_conversation(database, "c1", clock)
    assert receipt.removed["messages"] == 1 and "memories" not in receipt.removed and receipt.fingerprints
    assert bring().messages_imported == 0 and conversations.list() == ()
    assert memories.get("m1").text == "You make music." and memories.get("m1").sources == ()
    database.close()
    none_left(home, [SECRET])


def test_other_words_for_the_same_are_named(database: Database, home: Path, clock: FixedClock, say: Say) -> None:
    for text in (
        "I am allergic to peanuts.", "Peanuts make me ill.", "What is the weather in Lyon?", "I have asthma.",
        "My asthma is bad today.",
    ):  # fmt: skip
        say(text)
    Vectors(database, home / "index", lambda: load_embedder("all-MiniLM-L6-v2", "cpu"), backend="exact").work()
    with database.read() as session:
        assert near_in_meaning(session, frozenset({("message", 4)})) == ("t5",)
    assert purge(database, scope_of(database, ["t1"]), clock).also_said_in == ("t2",)


def test_a_tombstone_says_nothing(database: Database, memories: MemoryStore, clock: FixedClock) -> None:
    memories.add(NewMemory(text="He has a boat.", subject="Zbyszek", slot="boat"))
    purge_memory(database, "m1", clock)
    with database.read() as session:
        (stone,) = session.scalars(select(TombstoneRow)).all()
    assert stone.slot_key is None and len(stone.fingerprint) == 64
