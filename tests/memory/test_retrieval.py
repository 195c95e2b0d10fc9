from collections.abc import Sequence
from datetime import timedelta

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import EmbedderError
from memory.retrieval import Retriever
from memory.store import ConversationStore, MemoryStore
from memory.types import Message, NewMemory, NewMessage, Source
from memory.vectors.base import PassageScore


class FakeVectors:
    """Finds the passages that it is told to."""

    def __init__(self, *found: PassageScore, fails: bool = False) -> None:
        self.found: Sequence[PassageScore] = found
        self.fails = fails

    def search(self, query: str, k: int) -> list[PassageScore]:
        if self.fails:
            raise EmbedderError("The embedder is missing.")
        return list(self.found)[:k]

    def notice(self) -> str:
        return ""


@pytest.fixture
def said(conversations: ConversationStore) -> list[Message]:
    conversation = conversations.create("Life")
    texts = ["I adopted a beagle called Biscuit.", "My flat is in Lyon.", "The bakery downstairs sells rye bread."]
    return [conversations.append(conversation.id, NewMessage(role="user", content=t)) for t in texts]


def test_a_hit_of_either_channel_surfaces(database: Database, clock: FixedClock, said: list[Message]) -> None:
    retriever = Retriever(database, FakeVectors(PassageScore(2, 0.7)), clock)
    hits = retriever.search("which dog, a beagle?").hits
    assert {h.id for h in hits} == {"t1", "t2"}
    by_id = {h.id: h for h in hits}
    assert [c.channel for c in by_id["t2"].channels] == ["dense"]
    assert by_id["t2"].reasons == ("close in meaning (0.70, no. 1)",)
    assert [c.channel for c in by_id["t1"].channels] == ["words"]
    assert by_id["t1"].conversation == "c1" and by_id["t1"].conversation_title == "Life"


def test_both_channels_agreeing_come_first(database: Database, clock: FixedClock, said: list[Message]) -> None:
    vectors = FakeVectors(PassageScore(3, 0.9), PassageScore(2, 0.8), PassageScore(1, 0.1))
    hits = Retriever(database, vectors, clock).search("a flat in Lyon").hits
    assert hits[0].id == "t2"
    assert 0 < hits[-1].score <= hits[0].score <= 1


def test_without_an_embedder_words_answer_and_it_is_said(
    database: Database, clock: FixedClock, said: list[Message]
) -> None:
    found = Retriever(database, FakeVectors(fails=True), clock).search("beagle")
    assert [h.id for h in found.hits] == ["t1"]
    assert "words only" in found.notice


def test_what_does_not_count_is_not_found(
    database: Database, clock: FixedClock, said: list[Message], memories: MemoryStore, conversations: ConversationStore
) -> None:
    for text in ("beagle one", "beagle two", "beagle three"):
        memories.add(NewMemory(text=text))
    memories.retire("m1")
    memories.mute("m2")
    conversations.append(said[0].conversation_id, NewMessage(role="assistant", content="beagle echo", model="none"))
    conversations.append(said[0].conversation_id, NewMessage(role="assistant", content="beagle cut", status="stopped"))
    hits = Retriever(database, FakeVectors(), clock).search("beagle", leave_out=frozenset({"t1"})).hits
    assert [h.id for h in hits] == ["m3"]


def test_nothing_from_after_the_question(database: Database, clock: FixedClock, said: list[Message]) -> None:
    retriever = Retriever(database, FakeVectors(), clock)
    assert retriever.search("beagle", now=clock.now() - timedelta(days=1)).hits == ()
    assert len(retriever.search("beagle", now=clock.now()).hits) == 1


def test_a_memory_names_its_sources(
    database: Database, clock: FixedClock, said: list[Message], memories: MemoryStore
) -> None:
    source = Source(message_id=said[1].id, quote="My flat is in Lyon", start=0, end=18)
    memories.add(NewMemory(text="You live in Lyon.", sources=(source,), pinned=True))
    (hit,) = [h for h in Retriever(database, FakeVectors(), clock).search("Lyon").hits if h.type == "memory"]
    assert hit.sources == ("t2",) and hit.conversation == "c1" and "pinned" in hit.reasons


def test_the_best_passage_of_a_long_message_is_shown(
    database: Database, clock: FixedClock, conversations: ConversationStore
) -> None:
    text = "Filler sentence about nothing. " * 60 + "The code of the door is 4711."
    conversations.append(conversations.create().id, NewMessage(role="user", content=text))
    hits = Retriever(database, FakeVectors(PassageScore(3, 0.9), PassageScore(1, 0.3)), clock).search("door code").hits
    assert hits[0].span is not None
    start, end = hits[0].span
    assert "4711" in hits[0].text[start:end]


@pytest.mark.parametrize("query", ["", "   ", "x" * 100_000, "the of", "🎉", '" OR NEAR( *'])
def test_odd_queries_are_answered(database: Database, clock: FixedClock, said: list[Message], query: str) -> None:
    Retriever(database, FakeVectors(), clock).search(query)
