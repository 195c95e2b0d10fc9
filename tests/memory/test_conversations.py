from datetime import timedelta

import pytest

from memory.clock import FixedClock
from memory.errors import InvalidInput, NotFound
from memory.store import ConversationStore
from memory.types import ChannelScore, NewMessage, RecallRecord


def say(store: ConversationStore, conversation: str, *texts: str) -> list[str]:
    return [store.append(conversation, NewMessage(role="user", content=text)).id for text in texts]


def test_a_thread_is_the_path_to_the_head(conversations: ConversationStore) -> None:
    conversation = conversations.create()
    first, second, third = say(conversations, conversation.id, "one", "two", "three")
    other = conversations.append(conversation.id, NewMessage(role="user", content="two again"), parent_id=first)
    assert [m.content for m in conversations.thread(conversation.id)] == ["one", "two again"]
    assert [m.content for m in conversations.thread(conversation.id, leaf=third)] == ["one", "two", "three"]
    assert [m.id for m in conversations.siblings(other.id)] == [second, other.id]
    conversations.set_head(conversation.id, third)
    assert [m.content for m in conversations.thread(conversation.id, limit=2)] == ["two", "three"]


def test_the_first_user_message_names_a_conversation(conversations: ConversationStore) -> None:
    conversation = conversations.create()
    say(conversations, conversation.id, "Plan\nthe trip to Lyon " + "very " * 30)
    title = conversations.get(conversation.short_id).title
    assert title.startswith("Plan the trip to Lyon very") and len(title) <= 60


def test_empty_conversations_are_not_listed(conversations: ConversationStore, clock: FixedClock) -> None:
    old, new = conversations.create(), conversations.create()
    conversations.create("never used")
    say(conversations, old.id, "old")
    clock.instant += timedelta(hours=1)
    say(conversations, new.id, "new")
    assert [c.id for c in conversations.list()] == [new.id, old.id]
    conversations.archive(new.id)
    assert [c.id for c in conversations.list()] == [old.id]
    assert [c.id for c in conversations.list(archived=True)] == [new.id]
    conversations.restore(new.id)
    assert len(conversations.list()) == 2


@pytest.mark.parametrize("text", ["", "  \n\t ", "\x00\x1b[0m"])
def test_nothing_to_say_is_refused(conversations: ConversationStore, text: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        say(conversations, conversations.create().id, text)


def test_a_very_long_message_is_stored_whole(conversations: ConversationStore) -> None:
    text = "word " * 200_000
    conversation = conversations.create()
    (message,) = say(conversations, conversation.id, text)
    assert conversations.message(message).content == text
    with pytest.raises(InvalidInput, match="characters"):
        say(conversations, conversation.id, "x" * 2_000_001)


def test_drafts_survive(conversations: ConversationStore) -> None:
    conversation = conversations.create()
    conversations.save_draft(conversation.id, "half a tho")
    assert conversations.get(conversation.id).draft == "half a tho"


def test_unknown_references(conversations: ConversationStore) -> None:
    with pytest.raises(NotFound):
        conversations.get("c99")
    with pytest.raises(InvalidInput, match="does not name a conversation"):
        conversations.get("m1; DROP TABLE memory")
    with pytest.raises(NotFound):
        conversations.message("t99")


def test_what_an_answer_was_made_from(conversations: ConversationStore) -> None:
    conversation = conversations.create()
    question, answer = say(conversations, conversation.id, "q", "a")
    words = ChannelScore(channel="words", rank=1, score=2.5)
    records = (
        RecallRecord(rank=1, state="cited", hit_id="t1", score=0.9, channels=(words,)),
        RecallRecord(rank=2, state="found", hit_id="m7", score=0.1, channels=(), reasons=("pinned",)),
    )
    conversations.record_recall(answer, records)
    assert conversations.recall_of(answer) == records
    assert [m.id for m in conversations.cited_in("t1")] == [answer]
    assert conversations.cited_in("m7") == ()
    assert question != answer
