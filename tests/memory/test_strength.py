"""Memories fade in rank, never out of sight."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.clock import FixedClock
from memory.database import Database
from memory.retrieval import Retriever
from memory.store import ConversationStore, MemoryStore
from memory.strength import LEAST_FACTOR, factor, strength
from memory.types import Kind, Memory, NewMemory, NewMessage, Source
from memory.vectors.hashing import HashEmbedder
from memory.vectors.service import Vectors

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)


def said(days_ago: float, kind: Kind = Kind.FACT, **more: object) -> Memory:
    at = NOW - timedelta(days=days_ago)
    return Memory(id="1", number=1, text="x", kind=kind, said_at=at, created_at=at, updated_at=at, **more)  # type: ignore[arg-type]


@given(st.sampled_from(list(Kind)), st.floats(-10, 40_000), st.floats(0, 40_000))
def test_it_falls_with_time_within_its_bounds(kind: Kind, age: float, more: float) -> None:
    young, old = (strength(said(days, kind), (), NOW) for days in (age, age + more))
    assert 0 <= old <= young <= 1
    assert LEAST_FACTOR <= factor(old) <= factor(young) <= 1


def test_half_of_it_after_a_half_life() -> None:
    assert strength(said(900), (), NOW) == pytest.approx(0.5)
    assert strength(said(240, Kind.EVENT), (), NOW) == pytest.approx(0.5)


def test_what_is_pinned_or_asked_of_every_answer_does_not_fade() -> None:
    assert strength(said(9_000, pinned=True), (), NOW) == strength(said(9_000, Kind.INSTRUCTION), (), NOW) == 1


def test_saying_it_again_counts_and_a_plan_waits_for_its_day() -> None:
    assert strength(said(900), (NOW,), NOW) == 1
    assert strength(said(400, Kind.PLAN, event_to=NOW + timedelta(days=3)), (), NOW) == 1


def test_of_two_alike_the_later_is_first_and_an_old_one_is_still_found(database: Database, home) -> None:  # type: ignore[no-untyped-def]
    clock = FixedClock(NOW - timedelta(days=3_000))
    memories, conversations = MemoryStore(database, clock), ConversationStore(database, clock)
    for text in ("You own a red kayak.", "You own a red canoe."):
        message = conversations.append(conversations.create().id, NewMessage(role="user", content=text))
        source = Source(message_id=message.id, quote=text, start=0, end=len(text))
        memories.add(NewMemory(text=text, said_at=clock.now(), sources=(source,)))
        clock.instant = NOW
    vectors = Vectors(database, home / "index", lambda: HashEmbedder(4096), backend="exact")
    vectors.work()
    retriever = Retriever(database, vectors, clock)
    found = [h.text for h in retriever.search("Which red boat do I own?").hits if h.memory]
    assert found == ["You own a red canoe.", "You own a red kayak."]
    assert next(h.text for h in retriever.search("red kayak").hits if h.memory) == "You own a red kayak."
    vectors.close()
