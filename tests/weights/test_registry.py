"""Which memories may be learned, and how adapters are switched."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.errors import Refused
from memory.store import MemoryStore
from memory.store.adapters import AdapterStore
from memory.text import fingerprint
from memory.types import Kind, NewMemory, Sensitivity, Trust
from memory.weights import Adapter, AdapterStatus
from sleep.weights import registry

NOW = datetime(2026, 5, 3, tzinfo=UTC)


@pytest.fixture
def memories(database: Database) -> MemoryStore:
    return MemoryStore(database, FixedClock(NOW - timedelta(days=2)))


@pytest.fixture
def store(database: Database) -> AdapterStore:
    return AdapterStore(database)


def chosen(memories: MemoryStore, learned: dict[str, str] | None = None, **wishes: Any) -> registry.Chosen:
    return registry.choose(memories, learned or {}, NOW, **({"sensitive": False, "most": 10} | wishes))


def test_only_what_the_user_said_and_what_holds_is_learned(memories: MemoryStore) -> None:
    porto = memories.add(NewMemory(text="You live in Porto."))
    memories.add(NewMemory(text="You may like jazz.", trust=Trust.INFERRED))
    memories.add(NewMemory(text="You dream of boats.", trust=Trust.DREAM))
    memories.add(NewMemory(text="You fly to Singapore.", kind=Kind.PLAN))
    memories.add(NewMemory(text="You have diabetes.", sensitivity=Sensitivity.SENSITIVE))
    memories.mute(memories.add(NewMemory(text="Your ex is called Jo.")).short_id)
    memories.retire(memories.add(NewMemory(text="You like tea.")).short_id)
    found = chosen(memories)
    assert [m.text for m in found.memories] == ["You live in Porto."]
    assert found.left_out["not said by you"] == 2
    assert found.left_out["sensitive"] == 1
    assert [m.text for m in chosen(memories, sensitive=True).memories][1:] == ["You have diabetes."]
    assert chosen(memories, {porto.id: fingerprint(porto.text)}).left_out["learned already"] == 1
    edited = memories.edit(porto.short_id, text="You live in Lyon.")
    assert chosen(memories, {porto.id: fingerprint("You live in Porto.")}).memories == (edited,)


def test_what_is_new_or_was_changed_today_waits(database: Database, memories: MemoryStore) -> None:
    memories.add(NewMemory(text="You live in Porto."))
    today = MemoryStore(database, FixedClock(NOW - timedelta(hours=3)))
    today.add(NewMemory(text="You work as a nurse."))
    today.edit("m1", text="You live in Lyon.")
    assert chosen(memories).memories == ()


def test_at_most_so_many_the_oldest_first(memories: MemoryStore) -> None:
    for number in range(5):
        memories.add(NewMemory(text=f"Your code {number} is {number}."))
    found = chosen(memories, most=3)
    assert [m.short_id for m in found.memories] == ["m1", "m2", "m3"]
    assert found.left_out == {"for another night": 2}


def made(store: AdapterStore, home: Path, *below: Adapter, status: AdapterStatus = AdapterStatus.ACTIVE) -> Adapter:
    adapter = store.add(
        status=status, base="pocket", base_hash="h", below=[a.id for a in below], manifest={},
        metrics={"verdict": {"reasons": ["it forgot"]}}, facts=[], items=[],
        at=NOW,
    )  # fmt: skip
    folder = registry.folder_of(home, adapter)
    folder.mkdir(parents=True)
    (folder / "adapter_config.json").write_text("{}")
    return adapter


def active(store: AdapterStore) -> list[str]:
    return [a.short_id for a in store.active()]


def test_switching_takes_along_what_is_below_and_above(store: AdapterStore, home: Path) -> None:
    one = made(store, home)
    two = made(store, home, one)
    three = made(store, home, one, two)
    assert active(store) == ["a1", "a2", "a3"]
    assert [a.short_id for a in registry.deactivate(store, two)] == ["a3", "a2"]
    assert active(store) == ["a1"]
    registry.activate(store, home, three)
    assert active(store) == ["a1", "a2", "a3"]
    registry.activate(store, home, one)
    assert active(store) == ["a1"]
    with pytest.raises(Refused, match="carries a2, a3"):
        registry.remove(store, home, one)
    registry.remove(store, home, three)
    assert not registry.folder_of(home, three).exists()


def test_what_failed_or_is_gone_is_not_switched_on(store: AdapterStore, home: Path) -> None:
    failed = made(store, home, status=AdapterStatus.REJECTED)
    with pytest.raises(Refused, match="it forgot"):
        registry.activate(store, home, failed)
    gone = made(store, home, status=AdapterStatus.IDLE)
    (registry.folder_of(home, gone) / "adapter_config.json").unlink()
    with pytest.raises(Refused, match="are gone"):
        registry.activate(store, home, gone)
    with pytest.raises(Refused, match="No such adapter"):
        registry.deactivate(store)


def test_folders_that_no_row_knows_of_go(store: AdapterStore, home: Path) -> None:
    kept = made(store, home)
    stray = home / "adapters" / "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    stray.mkdir()
    registry.clean_up(store, home)
    assert registry.folder_of(home, kept).exists() and not stray.exists()
