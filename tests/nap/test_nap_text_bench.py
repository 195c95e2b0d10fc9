"""What the measurement of naps counts as given, and how sure it is of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.context import estimate_tokens
from assistant.recall_bench.data import Person, Query, Said
from benchmarks.nap_arms import Scene, at_random, beside, by_rare_words, by_rules, everything, first_ones, scene_of
from benchmarks.nap_measures import Piece, Words, holds, interval, mcnemar, telling, whole
from benchmarks.nap_text import FOUND, SLIDING, marks_of, shown, ways
from benchmarks.nap_text import Run as Measured
from memory.types import Message
from sleep.nap.rules import AROUND
from tests.nap.test_rules import said

DAY = datetime(2026, 5, 3, tzinfo=UTC)


def person(turns: int = 120) -> Person:
    """Somebody who tells of one trip early on, and then of nothing much."""
    texts = ["Well, we talked about the weather again and it went on for quite a long while." for _ in range(turns)]
    texts[4] = "It was nice. We met Ana in Porto on 7 March! Then we slept."
    messages = tuple(
        Said(conversation=f"session-{n // 10}", id=f"D{n}", role="assistant" if n % 2 else "user", author="",
             content=text, at=DAY + timedelta(minutes=n))
        for n, text in enumerate(texts)
    )  # fmt: skip
    asked = Query(
        id="1", text="Where did you meet Ana?", now=DAY + timedelta(days=9), category="single-hop",
        evidence=frozenset({"D4"}), answer="In Porto",
    )  # fmt: skip
    late = replace(asked, id="2", evidence=frozenset({f"D{turns - 1}"}))
    return Person(name="somebody", messages=messages, queries=(asked, late, replace(asked, category="adversarial")))


def scene() -> Scene:
    found = scene_of(person(), 0)
    assert found is not None
    return found


def test_a_scene_is_three_windows_and_asks_of_what_leaves() -> None:
    made = scene()
    total = everything(made).tokens
    assert 2.9 * made.room.window <= total <= 3.1 * made.room.window
    assert [query.id for query in made.queries] == ["1"]
    assert made.part and made.part + made.kept == made.messages
    assert {m.conversation_id for m in made.messages} == {"talk"}
    assert scene_of(person(), 100_000) is None


def test_all_ways_keep_to_the_same_room() -> None:
    made = scene()
    for choose in (by_rules(1), by_rules(2), at_random(3), first_ones(3), by_rare_words):
        notes = choose(made.part, made.room_for_notes)
        assert notes and notes == choose(made.part, made.room_for_notes)
        assert sum(estimate_tokens(note.text) + AROUND for note in notes) <= made.room_for_notes
        assert beside(made, notes).tokens <= made.room.for_talk
    assert beside(made).tokens <= made.room.for_talk < everything(made).tokens


def test_the_sentence_that_answers_must_be_there_whole() -> None:
    words = Words()
    (message,) = said("It was nice. We met Ana in Porto on 7 March! Then we slept.")
    places = telling(message, "Where did you meet Ana?", "In Porto", words)
    assert [message.content[a:b] for a, b in places] == ["We met Ana in Porto on 7 March!"]
    start, end = places[0]
    assert holds([whole(message)], message, places) and holds([Piece(message, start, end)], message, places)
    assert not holds([Piece(message, start, end - 5)], message, places)
    assert not holds([Piece(message, 0, start)], message, places) and not holds([], message, places)
    (other,) = said("We met Ana in Porto on 7 March! And then there is a long, long rest of it.")
    assert not holds([whole(replace_id(other))], message, places)


def replace_id(message: Message) -> Message:
    return replace(message, id="another")


def test_where_nothing_is_shared_any_sentence_counts() -> None:
    (message,) = said("Rex barks loudly. The cat sleeps upstairs.")
    assert len(telling(message, "Who called?", "Nobody", Words())) == 2
    (silent,) = said("?!")
    assert holds([whole(silent)], silent, telling(silent, "Who called?", "Nobody", Words()))


def test_words_are_stemmed_and_the_telling_ones_count() -> None:
    words = Words()
    assert words.asked_for("She was painting the sunrises") == words.of("paint sunrise")
    assert words.asked_for(" ") == frozenset()
    assert words.of_all(["one dog", "two dogs"]) == words.of("one two dog")


def test_the_notes_hold_what_the_latest_messages_do_not() -> None:
    made, words = scene(), Words()
    filled = ways(made, None)
    assert FOUND not in filled
    marks = {name: marks_of(made, fill, ["a zebra"], words) for name, fill in filled.items()}
    (lost,), (noted,), (all_,) = marks[SLIDING], marks["notes, passes: 2"], marks["everything"]
    assert (lost.evidence, lost.words, lost.chance) == (0.0, 0.0, 0.0)
    assert (noted.evidence, noted.whole, noted.every_word) == (1.0, True, 1.0)
    assert all_.evidence == 1.0 and all_.tokens > noted.tokens
    text = shown(Measured(scenes=(made,), marks=marks, took={2: [1.0]}, same=True, turns=[(10.0, 10.2)]))
    assert "| notes, passes: 2 |" in text and "1.02x" in text and "McNemar" in text


@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=5), min_size=1, max_size=5))
def test_the_interval_lies_within_what_was_measured(groups: list[list[float]]) -> None:
    low, high = interval(groups, draws=50)
    every = [value for group in groups for value in group]
    assert min(every) - 1e-9 <= low <= high <= max(every) + 1e-9
    assert (low, high) == interval(groups, draws=50)


def test_one_conversation_has_no_spread_and_none_has_nothing() -> None:
    assert interval([[0.0, 1.0]]) == (0.5, 0.5)
    assert interval([[], []]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([True] * 5, [True] * 5, (0, 0, 1.0)),
        ([True] * 6, [False] * 6, (6, 0, 2 / 64)),
        ([True, False], [False, True], (1, 1, 1.0)),
        ([True] * 9 + [False], [False] * 9 + [True], (9, 1, 22 / 1024)),
    ],
)
def test_mcnemar_is_the_exact_one(one: list[bool], other: list[bool], expected: tuple[int, int, float]) -> None:
    assert mcnemar(one, other) == pytest.approx(expected)
