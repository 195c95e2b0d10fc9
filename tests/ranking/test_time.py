"""The times that a question names: by a season, a date, or what happened then."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.clock import FixedClock
from memory.database import Database
from memory.extraction.dates import When
from memory.ranking.anchors import anchored, held_then, timeline
from memory.ranking.asking import understand
from memory.ranking.timing import Anchor, named_time
from memory.retrieval import Retriever
from memory.store import ConversationStore, MemoryStore
from memory.types import NewMemory, NewMessage
from memory.vectors.service import Vectors

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ("What did I plant last spring?", "2025-03-01", "2025-06-01"),
        ("What did I plant this spring?", "2026-03-01", "2026-06-01"),
        ("Where did we go in the summer?", "2025-06-01", "2025-09-01"),
        ("Where did we ski in the winter of 2023?", "2023-12-01", "2024-03-01"),
        ("What did I read over the winter?", "2025-12-01", "2026-03-01"),
        ("What did I cook since March?", "2026-03-01", "2026-05-20"),
        ("What did I cook before March 2025?", "1900-01-01", "2025-03-01"),
        ("What did I buy after 2024?", "2025-01-01", "2026-05-20"),
        ("What did I buy before last summer?", "1900-01-01", "2025-06-01"),
        ("What did I say until yesterday?", "1900-01-01", "2026-05-20"),
        ("What did I do yesterday?", "2026-05-19", "2026-05-20"),
    ],
)
def test_a_time_that_needs_no_looking_up(query: str, start: str, end: str) -> None:
    when = named_time(query, NOW, "UTC")
    assert isinstance(when, When)
    assert (when.start.date(), when.end.date()) == (day(start).date(), day(end).date())


@pytest.mark.parametrize("query", ["How do I make spring rolls?", "Why did I fall?", "What happened before?", "since"])
def test_what_is_no_time(query: str) -> None:
    assert named_time(query, NOW, "UTC") is None


@pytest.mark.parametrize(
    ("query", "relation", "clause"),
    [
        ("What did I read before my birthday?", "before", "my birthday"),
        ("Since I moved to Lyon, what have I cooked?", "since", "I moved to Lyon"),
        ("What did I cook when I lived in Oslo?", "during", "I lived in Oslo"),
        ("Which books did I read while I was working at Acme?", "during", "I was working at Acme"),
        ("What did I eat after my operation?", "after", "my operation"),
    ],
)
def test_what_has_to_be_looked_up(query: str, relation: str, clause: str) -> None:
    found = named_time(query, NOW, "UTC")
    assert isinstance(found, Anchor) and (found.relation, found.clause) == (relation, clause)


@settings(deadline=None)
@given(
    st.text(max_size=200), st.sampled_from(["before ", "since I ", "when we lived in ", "after my ", "last spring "])
)
def test_any_text_has_a_time_or_none(text: str, lead: str) -> None:
    found = named_time(lead + text, NOW, "UTC")
    assert found is None or isinstance(found, Anchor) or found.start <= found.end or found.start > NOW


@pytest.fixture
def life(conversations: ConversationStore, clock: FixedClock) -> None:
    """Two years of somebody."""
    clock.instant = NOW
    talk = conversations.create("life").id
    for at, text in [
        ("2024-02-01", "I live in Oslo."),
        ("2024-03-10", "I cooked fish soup, and it was fine."),
        ("2025-01-15", "My birthday is on 12 April."),
        ("2025-06-05", "I moved to Lyon."),
        ("2025-07-20", "I cooked a gratin, and it was fine."),
        ("2025-09-01T12:00", "I adopted a cat called Miso yesterday."),
        ("2026-04-02", "I read Dune, all of it."),
        ("2026-05-02", "I read Emma, all of it."),
    ]:
        conversations.append(talk, NewMessage(role="user", content=text, said_at=day(at)))


def when(database: Database, query: str) -> tuple[str, str] | None:
    with database.read() as session:
        found = anchored(session, understand(query, (), NOW), NOW, "UTC").when
    return (f"{found.start:%Y-%m-%d}", f"{found.end:%Y-%m-%d}") if found else None


@pytest.mark.parametrize(
    ("query", "interval"),
    [
        ("What did I read before my birthday?", ("1900-01-01", "2026-04-12")),
        ("What did I read after my last birthday?", ("2026-04-13", "2026-05-20")),
        ("What did I cook since I moved?", ("2025-06-05", "2026-05-20")),
        ("What have I cooked since we moved to Lyon?", ("2025-06-05", "2026-05-20")),
        ("What did I cook before I moved to Lyon?", ("1900-01-01", "2025-06-05")),
        ("What did I cook when I lived in Oslo?", ("2024-02-01", "2025-06-05")),
        ("While I was living in Lyon, what did I cook?", ("2025-06-05", "2026-05-20")),
        ("What did I read after I adopted the cat?", ("2025-08-31", "2026-05-20")),
        ("What did I cook when I lived in Rome?", None),
        ("What did I cook since I won the marathon?", None),
        ("How long is it since I moved?", None),
    ],
)
def test_an_anchor_is_looked_up(database: Database, life: None, query: str, interval: tuple[str, str] | None) -> None:
    assert when(database, query) == interval


def test_a_memory_tells_when_it_happened(database: Database, memories: MemoryStore, life: None) -> None:
    event = NewMemory(text="The user moved to Lyon.", said_at=day("2025-06-05"), event_from=day("2025-05-28"))
    memories.add(event)
    assert when(database, "What did I cook since I moved to Lyon?") == ("2025-05-28", "2026-05-20")


def test_an_attribute_has_its_values_one_after_the_other(database: Database, life: None) -> None:
    with database.read() as session:
        spans = timeline(session, "home_city", NOW)
        assert [(s.value, s.start, s.end) for s in spans] == [
            ("Oslo", day("2024-02-01"), day("2025-06-05")),
            ("Lyon", day("2025-06-05"), None),
        ]
        then = understand("Where did I live in 2024?", (), NOW)
        assert list(held_then(session, then, NOW)) == [spans[0].key]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("What did I cook when I lived in Oslo?", "fish soup"),
        ("What did I cook since I moved?", "gratin"),
        ("Which book did I read before my birthday?", "Dune"),
        ("Which book did I read since my birthday?", "Emma"),
        ("What did I cook last summer?", "gratin"),
        ("Where did I live in 2024?", "Oslo"),
        ("Where did I live in March 2026?", "Lyon"),
        ("Where was I living last summer?", "Lyon"),
    ],
)
def test_what_was_said_in_that_time_comes_first(
    retriever: Retriever, vectors: Vectors, life: None, query: str, first: str
) -> None:
    vectors.work()
    assert first in retriever.search(query, now=NOW + timedelta(minutes=1)).hits[0].text
