"""A clock that jumps: back a year, forward two, over the hours when summer time begins and ends, between two nights."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.nights import night_home, sleep_beside
from assistant.runtime import Runtime
from memory.backup import find_backup, list_backups, make_backup
from memory.clock import FixedClock
from memory.health import check_home
from memory.store.nights import NightStore
from memory.types import NewMessage
from sleep.undo import undo
from tests.faults.child import NOW, opened

JUMPS = (
    NOW,
    NOW - timedelta(days=365),
    NOW + timedelta(days=730),
    datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),  # a second before summer time in Lisbon ...
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # ... half past one in the night, for the first time ...
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # ... and half past one again
)
TOLD = (
    "My sister is called Ana.", "I live in Lyon.", "I moved to Paris yesterday.", "We fly to Lisbon on 12 June.",
    "I prefer window seats on trains.", "My bicycle is green.",
)  # fmt: skip


def a_day(runtime: Runtime, said: str) -> str:
    """Something is said, and a night follows. Its status."""
    talk = runtime.conversations.create()
    runtime.conversations.append(talk.id, NewMessage(role="user", content=said))
    run = sleep_beside(runtime, lambda event: None)
    assert check_home(runtime.database) == []
    return run.status if run is not None else "nothing was new"


@pytest.mark.timeout(300)
def test_nights_and_days_in_any_order(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "home", backend="exact")) as runtime:
        clock = runtime.clock
        assert isinstance(clock, FixedClock)
        for moment, said in zip(JUMPS, TOLD, strict=True):
            clock.instant = moment
            assert a_day(runtime, said) == "applied"
        kept = [said for talk in runtime.conversations.list() for said in runtime.conversations.thread(talk.id)]
        assert {message.content for message in kept} == set(TOLD)
        told = " ".join(memory.text for memory in runtime.memories.list())
        assert all(word in told for word in ("Ana", "Lyon", "window", "green"))
        clock.instant = NOW - timedelta(days=900)
        undo(night_home(runtime), NightStore(runtime.database).list(1)[0])
        assert check_home(runtime.database) == []


def test_backups_keep_their_order(tmp_path: Path) -> None:
    """Set back by a year, the clock would make the newest backup the oldest, and the first to go."""
    with closing(opened(tmp_path / "home", backend="exact")) as runtime:
        clock, paths = FixedClock(NOW), runtime.paths
        for day in range(9):
            clock.instant = NOW + timedelta(days=day)
            make_backup(paths.database, paths.backups, "night", clock)
        clock.instant = NOW - timedelta(days=365)
        for number in range(3):
            runtime.conversations.append(runtime.conversations.create().id, NewMessage(role="user", content="More."))
            made = make_backup(paths.database, paths.backups, "night", clock)
            assert made.path.exists() and find_backup(paths.backups, "latest") == made, number
        assert len(list_backups(paths.backups)) == 7
