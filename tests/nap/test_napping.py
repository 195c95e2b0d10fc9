"""When a nap is due, what it takes, and what a model is given of it."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.napping import FEWEST, KEPT, Napper, Room, after_nap, due, noted
from assistant.settings import NapSettings
from memory.clock import FixedClock
from memory.database import Database
from memory.store import ConversationStore
from memory.store.naps import NapStore
from memory.types import NewMessage
from tests.nap.test_rules import count, said


@given(st.lists(st.integers(0, 60), max_size=30), st.integers(100, 2_000))
def test_a_part_is_taken_only_where_it_is_time_and_ends_with_an_answer(sizes: list[int], window: int) -> None:
    history = said(*("word " * size for size in sizes))
    room = Room(window=window, fixed_tokens=50)
    part = due(history, None, room, 0.8, count)
    total = sum(count(m.content) + 6 for m in history)
    if total < 0.8 * room.for_talk:
        assert part == ()
    if part:
        too_long = [count(message.content) + 6 > room.for_talk for message in part]
        assert len(part) >= FEWEST or any(too_long)
        assert part[-1].role == "assistant" or (part[-1] == history[-1] and too_long[-1])
        assert part == tuple(history[: len(part)])
        left = history[len(part) + 1 :]
        assert sum(count(m.content) + 6 for m in left) <= KEPT * room.for_talk + 66


def test_a_long_talk_is_napped_again_and_again_and_still_tells_its_beginning(
    database: Database, conversations: ConversationStore, clock: FixedClock
) -> None:
    naps = NapStore(database, clock)
    napper = Napper(conversations, naps, lambda: NapSettings(passes=2))
    talk = conversations.create("talk").id
    room = Room(window=700, fixed_tokens=100)
    for turn in range(60):
        told = (
            "My locker code is 4711." if turn == 4 else f"We spoke about the weather and the long walk number {turn}."
        )
        for role, text in (("user", told), ("assistant", "I see, thank you for telling me about it.")):
            conversations.append(talk, NewMessage(role=role, content=text))  # type: ignore[arg-type]
        napper.nap(talk, room)
    every = naps.of_conversation(talk)
    history = conversations.thread(talk)
    last = naps.holding_at(history[-1].id)
    assert len(every) > 2 and last == every[-1]
    assert any("4711" in hit.text for hit in noted(last, history))
    fresh = after_nap(history, last)
    assert fresh and len(fresh) + last.messages == len(history)
    assert sum(count(note.text) for note in last.notes) < 0.2 * room.for_talk
    assert napper.nap(talk, room) is None


def test_none_is_taken_where_it_is_switched_off(
    database: Database, conversations: ConversationStore, clock: FixedClock
) -> None:
    talk = conversations.create("talk").id
    for n in range(50):
        conversations.append(
            talk, NewMessage(role="assistant" if n % 2 else "user", content="We met Ana in Porto. " * 5)
        )
    naps = NapStore(database, clock)
    assert (
        Napper(conversations, naps, lambda: NapSettings(enabled=False)).nap(talk, Room(window=600, fixed_tokens=0))
        is None
    )
    assert Napper(conversations, naps, NapSettings).nap(talk, Room(window=600, fixed_tokens=0)) is not None
