"""Undo is the exact inverse of whatever was done: checked on fixed cases and on random histories."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from memory.clock import FixedClock, parse_instant
from memory.database import Database
from memory.errors import InvalidInput, NotFound, Refused
from memory.store import ConversationStore, Create, MemoryFilter, MemoryStore, Update
from memory.types import Kind, Memory, NewMemory, NewMessage, Source, Status
from tests.acts import supersede


def texts(store: MemoryStore) -> list[str]:
    return sorted(m.text for m in store.list())


def test_undo_and_redo(memories: MemoryStore) -> None:
    memories.add(NewMemory(text="You live in Lyon."))
    memories.edit("m1", text="You live in Porto.")
    memories.undo()
    assert texts(memories) == ["You live in Lyon."]
    memories.redo()
    assert texts(memories) == ["You live in Porto."]
    memories.undo()
    memories.undo()
    assert texts(memories) == []
    with pytest.raises(Refused, match="nothing to undo"):
        memories.undo()
    memories.redo()
    assert memories.get("m1").text == "You live in Lyon."


def test_something_new_ends_the_redo_stack(memories: MemoryStore) -> None:
    memories.add(NewMemory(text="one"))
    memories.undo()
    memories.add(NewMemory(text="two"))
    with pytest.raises(Refused, match="nothing to redo"):
        memories.redo()


def test_superseding_is_one_act(memories: MemoryStore) -> None:
    old = memories.add(NewMemory(text="You live in Lyon.", slot="home_city", value="Lyon"))
    new = supersede(memories, old.id, NewMemory(text="You live in Porto.", slot="home_city", value="Porto"))
    assert memories.get(old.id).status is Status.SUPERSEDED
    assert memories.get(old.id).superseded_by == new.id
    assert [m.value for m in memories.by_slot("home_city")] == ["Porto"]
    memories.undo()
    assert texts(memories) == ["You live in Lyon."]
    assert memories.get(old.id).superseded_by is None


def test_numbers_are_never_used_twice(memories: MemoryStore) -> None:
    memories.add(NewMemory(text="one"))
    memories.undo()
    assert memories.add(NewMemory(text="two")).short_id == "m2"


def test_all_or_nothing(memories: MemoryStore) -> None:
    with pytest.raises(NotFound):
        memories.apply([Create(new=NewMemory(text="one")), Update(memory="m99", values={"text": "x"})], actor="you")
    assert texts(memories) == []
    assert memories.history() == ()


def test_a_stale_base_is_refused(memories: MemoryStore) -> None:
    memory = memories.add(NewMemory(text="one"))
    memories.edit(memory.id, text="two")
    with pytest.raises(Refused, match="changed meanwhile"):
        memories.apply([Update(memory=memory.id, values={"text": "three"}, base=memory.revision)], actor="sleep:n1")


def test_a_quote_must_be_in_its_message(memories: MemoryStore, conversations: ConversationStore) -> None:
    message = conversations.append(conversations.create().id, NewMessage(role="user", content="I like tea."))
    good = Source(message_id=message.id, quote="like tea", start=2, end=10)
    assert memories.add(NewMemory(text="You like tea.", sources=(good,))).sources == (good,)
    with pytest.raises(InvalidInput, match="is not in t1"):
        memories.add(NewMemory(text="x", sources=(replace(good, quote="like gin"),)))


def test_retire_and_restore(memories: MemoryStore) -> None:
    memories.add(NewMemory(text="one"))
    memories.retire("m1")
    assert texts(memories) == []
    with pytest.raises(Refused, match="trash"):
        memories.retire("m1")
    memories.restore("1")
    assert texts(memories) == ["one"]
    with pytest.raises(Refused, match="active already"):
        memories.restore("m1")


def test_history_says_who_and_why(memories: MemoryStore) -> None:
    memories.add(NewMemory(text="one"), reason="said so")
    memories.edit("m1", actor="assistant", reason="typo", text="two")
    newest, oldest = memories.history("m1")
    assert (newest.actor, newest.reason) == ("assistant", "typo")
    assert newest.before and newest.after
    assert (newest.before.text, newest.after.text) == ("one", "two")
    assert oldest.before is None


def test_undo_refuses_what_a_night_has_changed_since(memories: MemoryStore) -> None:
    memories.add(NewMemory(text="one"))
    memories.apply([Update(memory="m1", values={"text": "two"})], actor="sleep:n1", run_id="n1")
    with pytest.raises(Refused, match="changed since"):
        memories.undo()
    assert texts(memories) == ["two"]


@pytest.mark.parametrize(
    "bad", [{"text": " "}, {"text": "x" * 2001}, {"kind": "rumour"}, {"confidence": 1.5}, {"colour": "red"}]
)
def test_bad_values_change_nothing(memories: MemoryStore, bad: dict[str, object]) -> None:
    memories.add(NewMemory(text="one"))
    with pytest.raises(InvalidInput):
        memories.edit("m1", **bad)
    assert len(memories.history()) == 1


def test_filters(memories: MemoryStore) -> None:
    memories.add(NewMemory(text="You like green tea.", kind=Kind.PREFERENCE))
    memories.add(NewMemory(text="100% of _ is wild", kind=Kind.FACT))
    memories.pin("m1")
    memories.mute("m2")
    assert [m.number for m in memories.list(MemoryFilter(text="GREEN tea"))] == [1]
    assert [m.number for m in memories.list(MemoryFilter(text="% _"))] == [2]
    assert [m.number for m in memories.list(MemoryFilter(pinned=True))] == [1]
    assert [m.number for m in memories.list(MemoryFilter(muted=True))] == [2]
    assert [m.number for m in memories.list(MemoryFilter(kinds=(Kind.PREFERENCE,)))] == [1]
    assert memories.count(MemoryFilter(text="nothing")) == 0


class UndoMachine(RuleBasedStateMachine):
    """Any history of changes, undone step by step, shows each earlier state again; redone, each later one."""

    def __init__(self) -> None:
        super().__init__()
        clock = FixedClock(parse_instant("2026-05-03T12:00:00Z"))
        self.store = MemoryStore(Database.scratch(), clock)
        self.past: list[dict[str, Memory]] = []
        self.future: list[dict[str, Memory]] = []

    def state(self) -> dict[str, Memory]:
        everything = MemoryFilter(statuses=())
        return {m.id: replace(m, revision=0) for m in self.store.list(everything)}

    def change(self, act: object) -> None:
        before = self.state()
        act()  # type: ignore[operator]
        self.past.append(before)
        self.future.clear()

    @rule(text=st.text(min_size=1).filter(str.strip))
    def add(self, text: str) -> None:
        before = self.state()
        try:
            self.store.add(NewMemory(text=text))
        except InvalidInput:
            return  # nothing but characters that are taken out
        self.past.append(before)
        self.future.clear()

    @precondition(lambda self: self.store.count() > 0)
    @rule(data=st.data(), text=st.text(alphabet="abc ", min_size=1).filter(str.strip))
    def edit_some(self, data: st.DataObject, text: str) -> None:
        ids = [m.id for m in self.store.list()]
        chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
        changes = [Update(memory=i, values={"text": text, "pinned": True}) for i in chosen]
        self.change(lambda: self.store.apply(changes, actor="you"))

    @precondition(lambda self: self.store.count() > 0)
    @rule(data=st.data())
    def supersede(self, data: st.DataObject) -> None:
        old = data.draw(st.sampled_from([m.id for m in self.store.list()]))
        self.change(lambda: supersede(self.store, old, NewMemory(text="newer")))

    @precondition(lambda self: bool(self.past))
    @rule()
    def undo(self) -> None:
        self.future.append(self.state())
        self.store.undo()
        assert self.state() == self.past.pop()

    @precondition(lambda self: bool(self.future))
    @rule()
    def redo(self) -> None:
        self.past.append(self.state())
        self.store.redo()
        assert self.state() == self.future.pop()

    @invariant()
    def revisions_replay_to_the_rows(self) -> None:
        replayed: dict[str, Memory | None] = {}
        for revision in reversed(self.store.history(limit=100_000)):
            assert replayed.get(revision.memory_id) == (revision.before and replace(revision.before, revision=0))
            replayed[revision.memory_id] = revision.after and replace(revision.after, revision=0)
        assert {i: m for i, m in replayed.items() if m} == self.state()


TestUndo = UndoMachine.TestCase
TestUndo.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
