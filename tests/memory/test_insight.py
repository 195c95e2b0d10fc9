"""What a reader asks of the store: use, growth, another day; and a conversation deleted for good."""

from datetime import timedelta

import pytest

from memory.errors import NotFound
from memory.forget_talk import delete_conversation
from memory.fulltext import search_messages
from memory.ids import new_id
from memory.nights import Level, Summary
from memory.store import MemoryFilter
from memory.store.insight import Insight
from memory.store.ledger import Ledger
from memory.store.nights import NightStore
from memory.types import ChannelScore, ModelCall, NewMemory, NewMessage, RecallRecord, Source
from tests.acts import supersede


def cite(conversations, number, times=1, state="cited"):
    talk = conversations.create()
    for _ in range(times):
        answer = conversations.append(talk.id, NewMessage(role="assistant", content=f"[m{number}]"))
        channel = ChannelScore(channel="words", rank=1, score=1.0)
        record = RecallRecord(rank=1, state=state, hit_id=f"m{number}", score=0.8, channels=(channel,))
        conversations.record_recall(answer.id, [record])


@pytest.fixture
def insight(database):
    return Insight(database)


def test_use_counts_only_what_was_cited(conversations, memories, insight):
    for text in ("a", "b", "c"):
        memories.add(NewMemory(text=text))
    cite(conversations, 1, times=3)
    cite(conversations, 2, state="found")
    assert {name: use.cited for name, use in insight.uses().items()} == {"m1": 3}
    assert [m.short_id for m in memories.list(MemoryFilter(used_least=3))] == ["m1"]
    assert {m.short_id for m in memories.list(MemoryFilter(used_most=0))} == {"m2", "m3"}


def test_filters_by_time_confidence_and_maker(memories, clock):
    memories.add(NewMemory(text="old", said_at=clock.now() - timedelta(days=30), confidence=0.4))
    memories.add(NewMemory(text="new", said_at=clock.now()), actor="sleep:n1")
    listed = lambda **wanted: [m.text for m in memories.list(MemoryFilter(**wanted))]  # noqa: E731
    assert listed(since=clock.now() - timedelta(days=7)) == ["new"]
    assert listed(less_sure_than=0.7) == ["old"] and listed(surer_than=0.7) == ["new"]
    assert listed(source="sleep") == ["new"] and listed(source="you") == ["old"]


def test_growth_counts_what_came_and_what_went(memories, insight):
    memories.add(NewMemory(text="a"))
    memories.add(NewMemory(text="b"))
    memories.retire("m1")
    (week,) = insight.growth()
    assert (week.made, week.gone) == (2, 1)


def test_what_was_known_and_what_was_so_on_another_day(memories, insight, clock):
    start = clock.instant
    memories.add(NewMemory(text="You live in Paris.", said_at=start, valid_from=start - timedelta(days=400)))
    clock.instant = start + timedelta(days=10)
    moved = clock.now()
    supersede(memories, "m1", NewMemory(text="You live in Lyon.", said_at=moved, valid_from=moved))
    memories.edit("m2", text="You live in Lyon now.")
    between, before = start + timedelta(days=5), start - timedelta(days=300)
    assert [m.text for m in insight.known_at(between)] == ["You live in Paris."]
    assert insight.known_at(before) == ()
    assert [m.text for m in insight.true_at(before)] == ["You live in Paris."]
    assert [m.text for m in insight.true_at(clock.now())] == ["You live in Lyon now."]
    assert [m.text for m in insight.known_at(clock.now())] == ["You live in Lyon now."]


def test_the_ledger_by_model_and_purpose(database, insight, clock):
    call = ModelCall(
        at=clock.now(), purpose="chat", model="x", remote=True, prompt_tokens=10, completion_tokens=None,
        milliseconds=5, status="ok",
    )  # fmt: skip
    for remote, status in ((True, "ok"), (True, "failed"), (False, "ok")):
        Ledger(database).record(ModelCall(**{**vars(call), "remote": remote, "status": status}))
    sums = [(s.remote, s.calls, s.prompt_tokens, s.completion_tokens, s.failed) for s in insight.spent()]
    assert sums == [(True, 2, 20, 0, 1), (False, 1, 10, 0, 0)]


def test_versions_of_messages_and_the_end_of_a_branch(conversations):
    talk = conversations.create()
    first = conversations.append(talk.id, NewMessage(role="user", content="a"))
    answer = conversations.append(talk.id, NewMessage(role="assistant", content="b"))
    conversations.set_head(talk.id, None)
    second = conversations.append(talk.id, NewMessage(role="user", content="a again"))
    versions = conversations.alternatives(conversations.thread(talk.id))
    assert [m.id for m in versions[second.id]] == [first.id, second.id]
    assert conversations.leaf_below(first.id) == answer.id
    assert conversations.alternatives([answer]) == {} and conversations.alternatives([]) == {}


@pytest.fixture
def told(conversations, memories):
    talk = conversations.create("Secret plans")
    message = conversations.append(talk.id, NewMessage(role="user", content="I hide gold under the oak."))
    other = conversations.create("Other")
    conversations.append(other.id, NewMessage(role="user", content="Good morning."))
    source = Source(message_id=message.id, quote="I hide gold under the oak", start=0, end=25)
    memories.add(NewMemory(text="You hide gold.", sources=(source,)))
    memories.edit("m1", text="You hide some gold.")
    return talk, message


def test_a_conversation_is_deleted_with_all_that_held_its_words(
    database, conversations, memories, insight, told, clock
):
    talk, message = told
    NightStore(database).put(
        None,
        Summary(
            id=new_id(), level=Level.CONVERSATION, period=talk.id, text="gold under the oak",
            sources=(message.short_id,), at=clock.now(),
        ),
    )  # fmt: skip
    assert [m.short_id for m in insight.drawn_from(talk.id)] == ["m1"]
    deleted = delete_conversation(database, talk.short_id, clock)
    assert deleted.removed["messages"] == 1 and deleted.removed["summaries"] == 1
    assert search_messages(database, "gold", 5) == () or not list(search_messages(database, "gold", 5))
    with pytest.raises(NotFound):
        conversations.get(talk.id)
    assert memories.get("m1").text == "You hide some gold." and memories.get("m1").sources == ()
    copied = database.backup(database.path.with_name("copy.db"))  # SQLite's takes along what is merely free
    assert b"under the oak" not in copied.read_bytes()
    assert memories.undo().revisions[0].after.text == "You hide gold.", "its history is still whole"


def test_deleting_what_is_not_there_is_said(database, clock):
    with pytest.raises(NotFound):
        delete_conversation(database, "c9", clock)
