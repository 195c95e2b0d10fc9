"""Naps by rules: in the room there is, in the words that were said, and with each pass no less told."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.types import Message
from sleep.nap.rules import AROUND, notes_by_rules
from sleep.nap.spans import spans_of

SAID_AT = datetime(2026, 5, 3, tzinfo=UTC)


def said(*texts: str) -> list[Message]:
    return [
        Message(
            id=f"{n:026}", number=n, conversation_id="c", parent_id=None, role="assistant" if n % 2 == 0 else "user",
            author="", content=text, status="complete", said_at=SAID_AT, zone="UTC",
        )
        for n, text in enumerate(texts, 1)
    ]  # fmt: skip


def count(text: str) -> int:
    return len(text.split())


words = st.lists(
    st.sampled_from("my dog Rex has 3 legs and we met Ana in Porto last May 2024 , at noon .".split()), max_size=30
)


@given(st.lists(words, max_size=8), st.integers(0, 120), st.integers(1, 4))
def test_notes_fit_are_verbatim_in_order_and_of_no_fewer_names(drawn: list[list[str]], room: int, passes: int) -> None:
    messages = said(*(" ".join(text) for text in drawn))
    notes = notes_by_rules(messages, room=room, passes=passes, count=count)
    by_id = {message.id: message for message in messages}
    assert sum(count(note.text) + AROUND for note in notes) <= room
    places = [(by_id[note.message_id].number, note.start) for note in notes]
    assert places == sorted(set(places))
    for note in notes:
        quoted = by_id[note.message_id].content[note.start : note.end]
        assert " ".join(quoted.split()) == note.text
    fewer = notes_by_rules(messages, room=room, passes=1, count=count)
    assert len(told(messages, notes)) >= len(told(messages, fewer))
    assert notes == notes_by_rules(messages, room=room, passes=passes, count=count)


def told(messages: list[Message], notes: object) -> set[str]:
    kept = {(note.message_id, note.start) for note in notes}  # type: ignore[attr-defined]
    return {name for span in spans_of(messages) if (span.message.id, span.start) in kept for name in span.asks}


def test_a_second_pass_tells_what_the_first_left_out() -> None:
    chatter = ["I really think that talk was lovely and long in every possible respect, dear friend." for _ in range(3)]
    messages = said(*chatter, "Rex is our dog.", "My locker is 4711.", "Ana lives in Porto.")
    room = 30
    once, twice = (notes_by_rules(messages, room=room, passes=n, count=count) for n in (1, 3))
    assert {"rex", "4711"} & told(messages, twice) and len(told(messages, twice)) >= len(told(messages, once))


@pytest.mark.parametrize("text", ["", "   ", "?!?", "🦊🦊", "a" * 50_000, "\n" * 5_000, "x. " * 9_000])
def test_odd_messages_do_no_harm(text: str) -> None:
    notes = notes_by_rules(said(text, "Rex is our dog."), room=40, passes=2, count=count)
    assert all(len(note.text) <= 300 for note in notes)
    assert any("Rex" in note.text for note in notes)
