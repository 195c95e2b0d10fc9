"""Adapters as stored: a stack, dirty as soon as a memory of theirs changes, gone where one is purged."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import InvalidInput, NotFound
from memory.purge import purge_memory
from memory.store import MemoryStore
from memory.store.adapters import AdapterStore
from memory.text import fingerprint
from memory.types import Memory, NewMemory
from memory.weights import FOLDER, Adapter, AdapterFact, AdapterItem, AdapterStatus

NOW = datetime(2026, 5, 3, tzinfo=UTC)


@pytest.fixture
def store(database: Database) -> AdapterStore:
    return AdapterStore(database)


@pytest.fixture
def memories(database: Database, clock: FixedClock) -> MemoryStore:
    return MemoryStore(database, clock)


def learn(store: AdapterStore, *memories: Memory, below: tuple[Adapter, ...] = ()) -> Adapter:
    return store.add(
        status=AdapterStatus.ACTIVE,
        base="pocket",
        base_hash="h",
        below=[a.id for a in below],
        manifest={"seed": 1},
        metrics={"recall": 1.0},
        facts=[AdapterFact(memory_id=m.id, fingerprint=fingerprint(m.text)) for m in memories],
        items=[
            AdapterItem(kind="ask", question=f"Q{m.number}?", answer=m.text, block=block(memories), memories=(m.id,))
            for m in memories
        ],
        at=NOW,
    )


def block(memories: tuple[Memory, ...]) -> str:
    return "\n".join(["<memories>", *(m.text for m in memories), "</memories>"])


def ids(adapters: tuple[Adapter, ...]) -> list[str]:
    return [a.short_id for a in adapters]


def test_what_is_stored_comes_back(store: AdapterStore, memories: MemoryStore) -> None:
    memory = memories.add(NewMemory(text="You live in Porto."))
    made = learn(store, memory)
    assert store.get("a1") == store.get(made.id) == store.list()[0] == made
    assert [i.answer for i in store.items(made)] == ["You live in Porto."]
    assert store.learned() == {memory.id: fingerprint("You live in Porto.")}
    with pytest.raises(NotFound):
        store.get("a9")
    with pytest.raises(InvalidInput):
        store.get("porto")


def test_the_stack_ends_below_what_is_dirty_and_comes_back_with_an_undo(
    store: AdapterStore, memories: MemoryStore
) -> None:
    one, two = (memories.add(NewMemory(text=t)) for t in ("You live in Porto.", "You work as a nurse."))
    first = learn(store, one)
    learn(store, two, below=(first,))
    assert ids(store.active()) == ["a1", "a2"]
    memories.edit(two.short_id, text="You work as a baker.")
    assert ids(store.active()) == ["a1"]
    assert store.get("a2").dirty == (two.id,)
    memories.undo()
    assert ids(store.active()) == ["a1", "a2"]
    for act in (memories.mute, memories.retire):
        act(one.short_id)
        assert ids(store.active()) == []
        memories.undo()
    store.set_status([first], AdapterStatus.IDLE)
    assert ids(store.active()) == []
    assert ids(store.active(base="another")) == []


def test_a_purge_takes_the_items_and_the_files_of_all_that_rest_on_it(
    store: AdapterStore, memories: MemoryStore, database: Database, clock: FixedClock
) -> None:
    texts = ("You like tea.", "You live in Porto.", "You work as a nurse.")
    below, one, two = (memories.add(NewMemory(text=t)) for t in texts)
    base = learn(store, below)
    first = learn(store, one, two, below=(base,))
    second = learn(store, memories.add(NewMemory(text="You have a cat.")), below=(base, first))
    home = database.path.parent
    for adapter in (base, first, second):
        (home / FOLDER / adapter.id).mkdir(parents=True)
    receipt = purge_memory(database, one.short_id, clock)
    assert receipt.removed["adapters, to be trained anew without it"] == 2
    assert receipt.removed["rehearsed items"] == 1
    assert [a.id for a in (base, first, second) if (home / FOLDER / a.id).exists()] == [base.id]
    assert ids(store.active()) == ["a1"]
    left = store.items(store.get("a2"))
    assert [i.answer for i in left] == ["You work as a nurse."]
    assert "Porto" not in left[0].block
    database.close()
    assert not any(b"Porto" in file.read_bytes() for file in Path(home).rglob("*") if file.is_file())
