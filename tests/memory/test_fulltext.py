import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.clock import FixedClock, parse_instant
from memory.database import Database
from memory.fulltext import MOST_ROWS, find_trigrams, find_words, search_messages, words_of
from memory.ranking.asking import Asked
from memory.ranking.gather import find_by_terms
from memory.store import ConversationStore
from memory.types import NewMessage

SAID = [
    "I planted tomatoes on the balcony.",
    "Our café reopens in München on Monday.",
    "昨日、京都で抹茶を飲みました。",
    "The tomato soup needs more salt.",
    'She said "NEAR(" is not an operator * OR AND',
]


@pytest.fixture(scope="module")
def talked() -> Database:
    database = Database.scratch()
    store = ConversationStore(database, FixedClock(parse_instant("2026-05-03T12:00:00Z")))
    conversation = store.create()
    for text in SAID:
        store.append(conversation.id, NewMessage(role="user", content=text))
    return database


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("where did I plant tomatoes?", 1),
        ("salt in the soup", 4),
        ("cafe munchen", 2),
        ("抹茶", 3),
        ("京都で何を飲みましたか", 3),
    ],
)
def test_words_and_trigrams_find(talked: Database, query: str, first: int) -> None:
    with talked.read() as session:
        found = find_words(session, "message", query, 5) or find_trigrams(session, "message", query, 5)
        found = found or find_trigrams(session, "message", query, 5)
    assert found[0].number == first


def test_the_search_box_matches_unfinished_words_and_marks_them(talked: Database) -> None:
    (one, two) = search_messages(talked, "tomat")
    assert {one.message.number, two.message.number} == {1, 4}
    start, end = one.marks[0]
    assert one.text[start:end].lower() == "tomat"
    assert [s.message.number for s in search_messages(talked, "omato sou")] == [4]
    assert search_messages(talked, "zebra") == ()


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_is_read_as_syntax(text: str) -> None:
    database = _shared()
    with database.read() as session:
        find_words(session, "message", text, 5)
        find_trigrams(session, "memory", text, 5)
    search_messages(database, text)


_SHARED: list[Database] = []


def _shared() -> Database:
    if not _SHARED:
        _SHARED.append(Database.scratch())
    return _SHARED[0]


@pytest.mark.parametrize("query", ['" OR NEAR( *', "'; DROP TABLE message;--", "🎉🎉", "", "the of and", "*"])
def test_odd_queries(talked: Database, query: str) -> None:
    search_messages(talked, query)


def test_question_words_tell_nothing() -> None:
    assert words_of("What is my sister's name?") == ["sister's", "name"]
    assert words_of("who are you") == ["who", "are", "you"]


def test_words_that_nearly_every_row_has_do_not_hide_the_rare_one() -> None:
    database = Database.scratch()
    store = ConversationStore(database, FixedClock(parse_instant("2026-05-03T12:00:00Z")))
    conversation = store.create()
    said = [NewMessage(role="user", content=f"tea number {n}") for n in range(MOST_ROWS + 5)]
    store.append_many(conversation.id, [*said, NewMessage(role="user", content="a zebra drank it")])
    with database.read() as session:

        def found(words: str) -> list[int]:
            terms = tuple((word,) for word in words.split())
            return [hit.number for hit in find_by_terms(session, "message", Asked.of_terms(words, terms), 10).best]

        assert found("tea zebra") == [MOST_ROWS + 6]
        assert len(found("tea number")) == 10
        assert len(found("tea unheard")) == 10
