"""A night taken back leaves every derived table as it was, but what was changed since, which is named and kept."""

import random
from collections.abc import Callable

import pytest
from sqlalchemy import text

from memory.store import MemoryFilter
from memory.types import Status
from sleep.home import Home
from sleep.night import Night
from sleep.undo import undo
from tests.sleep.conftest import Tell

DERIVED = ("memory", "source", "summary", "profile_line", "dream", "passage", "exam_item", "sleep_waiting")
CHANGES_BY_ITSELF = {"updated_at", "revision"}

FIRST = (
    "I live in Lisbon and I work as a nurse.", "My sister is called Ana. I love sushi.",
    "I'm flying to Singapore on 12 July.", "My dog is called Rex.", "I don't eat nuts.",
)  # fmt: skip
THEN = (
    "I live in Porto now. My sister's name is Ana.", "I don't like sushi.", "My sister Ana is a vet.",
    "I moved to Braga.", "I live in Porto.", "I live in Porto again.", "I no longer work as a nurse.",
    "My dog is called Rex.", "I moved to Lisbon.",
)  # fmt: skip


def canonical(home: Home) -> dict[str, list[str]]:
    """All rows of the derived tables, without what every write changes by itself."""
    found = {}
    with home.database.read() as session:
        tables = {name for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))}
        for table in sorted(tables & set(DERIVED)):
            rows = session.execute(text(f"SELECT * FROM {table}")).mappings()
            own = (row for row in rows if row.get("owner_type") != "message")
            kept = ({k: v for k, v in row.items() if k not in CHANGES_BY_ITSELF} for row in own)
            found[table] = sorted(_line(table, row) for row in kept)
    return found


def _line(table: str, row: dict[str, object]) -> str:
    """Rows that are written again get another number, not another meaning."""
    return str({k: v for k, v in row.items() if not (k == "number" and table in ("source", "passage"))})


@pytest.mark.parametrize("seed", range(6))
def test_undo_is_exact(seed: int, tell: Tell, night: Callable[..., Night], night_home: Home, night_clock) -> None:  # type: ignore[no-untyped-def]
    chance = random.Random(seed)
    states = []
    runs = []
    for texts in (FIRST, THEN):
        tell(*chance.sample(texts, len(texts)))
        states.append(canonical(night_home))
        runs.append(night().run())
        assert canonical(night_home) != states[-1]
    while runs:
        undone = undo(night_home, runs.pop())
        night_home.vectors.work()
        assert not undone.kept
        assert canonical(night_home) == states.pop()


def test_all_in_one_night_can_be_taken_back(tell: Tell, night: Callable[..., Night], night_home: Home) -> None:
    tell(*FIRST, *THEN)
    before = canonical(night_home)
    run = night().run()
    assert any(m.status is Status.SUPERSEDED for m in night_home.memories.list(MemoryFilter(statuses=())))
    assert not undo(night_home, run).kept
    assert canonical(night_home) == before


def test_what_was_changed_since_is_named_and_kept(tell: Tell, night: Callable[..., Night], night_home: Home) -> None:
    tell(*FIRST)
    run = night().run()
    job = next(m for m in night_home.memories.list() if m.slot == "job")
    night_home.memories.edit(job.id, text="You work as a surgeon.")
    assert undo(night_home, run).kept == (job.short_id,)
    assert [m.text for m in night_home.memories.list(MemoryFilter(statuses=()))] == ["You work as a surgeon."]
