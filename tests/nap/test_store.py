"""Naps as stored: the one that holds on a branch, and what goes with a message."""

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.forget_talk import delete_conversation
from memory.naps import NapNote, NewNap
from memory.store import ConversationStore
from memory.store.naps import NapStore
from memory.types import Message, NewMessage


@pytest.fixture
def naps(database: Database, clock: FixedClock) -> NapStore:
    return NapStore(database, clock)


def talk(conversations: ConversationStore, *texts: str) -> list[Message]:
    where = conversations.create("talk").id
    return [conversations.append(where, NewMessage(role="user", content=text)) for text in texts]


def nap_of(messages: list[Message], upto: int) -> NewNap:
    notes = tuple(
        NapNote(message_id=m.id, message=m.short_id, text=m.content, start=0, end=len(m.content))
        for m in messages[: upto + 1]
    )
    last = messages[upto]
    return NewNap(
        conversation_id=last.conversation_id, upto_id=last.id, messages=upto + 1, tokens=9, passes=2, model="none",
        notes=notes,
    )  # fmt: skip


def test_the_latest_on_the_way_holds_and_no_other_branch_has_it(
    conversations: ConversationStore, naps: NapStore
) -> None:
    said = talk(conversations, "one", "two", "three", "four")
    first, second = naps.keep(nap_of(said, 0)), naps.keep(nap_of(said, 2))
    assert naps.holding_at(said[3].id) == second and naps.holding_at(said[1].id) == first
    assert [note.text for note in second.notes] == ["one", "two", "three"]
    other = conversations.append(said[0].conversation_id, NewMessage(role="user", content="2b"), parent_id=said[0].id)
    assert naps.holding_at(other.id) == first
    again = naps.keep(nap_of(said, 2))
    assert naps.holding_at(said[3].id) == again and len(naps.of_conversation(said[0].conversation_id)) == 3
    assert naps.holding_at("nothing") is None


def test_they_go_with_the_conversation(
    database: Database, conversations: ConversationStore, naps: NapStore, clock: FixedClock
) -> None:
    said = talk(conversations, "one", "two")
    naps.keep(nap_of(said, 1))
    delete_conversation(database, said[0].conversation_id, clock)
    assert naps.of_conversation(said[0].conversation_id) == ()
    assert naps.keep(nap_of(said, 1)) is None
