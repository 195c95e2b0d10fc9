"""Pages overwritten with noise, files cut short: it is said, and what can be read is saved; the rest has a number."""

import random
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from memory.backup import list_backups, make_backup
from memory.clock import FixedClock
from memory.database import Database
from memory.health import check_home
from memory.purge import purge
from memory.purge_scope import scope_about
from memory.recovery import missing, recover
from memory.schema import Base
from memory.types import NewMemory, NewMessage
from tests.faults.child import ACTS, NOW, SECRET, opened
from tests.faults.homes import fill

PAGE = 4096
CLOCK = FixedClock(NOW + timedelta(days=3), "Europe/Lisbon")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an import, a night, a backup, a purge after it, and messages and edits after that."""
    place = tmp_path_factory.mktemp("damage") / "home"
    fill(place)
    with closing(opened(place)) as runtime:
        ACTS["import"](runtime)
        ACTS["sleep"](runtime)
        make_backup(runtime.paths.database, runtime.paths.backups, "asked", CLOCK)
        purge(runtime.database, scope_about(runtime.database, SECRET), CLOCK)
        memory = runtime.memories.add(NewMemory(text="My bicycle is blue."))
        runtime.memories.edit(memory.short_id, text="My bicycle is green.")
        talk = runtime.conversations.create()
        for number in range(300):
            said = f"Said after the backup, number {number}: " + "a few words more. " * (number % 40)
            runtime.conversations.append(talk.id, NewMessage(role="user", content=said))
        runtime.vectors.work()
        assert check_home(runtime.database) == []
    shutil.rmtree(place / "index")
    return place


def broken(home: Path, place: Path, seed: int, *, pages: int, first: bool = False) -> Path:
    """A copy of a home with noise in the place of some pages."""
    shutil.copytree(home, place)
    rng = random.Random(seed)
    path = place / "reverie.db"
    count = path.stat().st_size // PAGE
    with path.open("r+b") as file:
        for number in ([0] if first else []) + rng.sample(range(1, count), pages):
            file.seek(number * PAGE + (rng.randrange(PAGE // 2) if rng.random() < 0.3 else 0))
            file.write(rng.randbytes(rng.choice((16, 300, PAGE // 2))))
    return path


def rows(path: Path, table: str = "message", column: str = "content") -> dict[int, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute(f"SELECT number, {column} FROM {table}").fetchall())


def saying(path: Path, word: str) -> set[str]:
    """The tables in which a word is."""
    with closing(sqlite3.connect(path)) as connection:
        return {
            table.name
            for table in Base.metadata.tables.values()
            if any(word in repr(row) for row in connection.execute(f"SELECT * FROM {table.name}"))
        }


def accounted_for(home: Path, path: Path) -> None:
    """Everything is there as it was, or its number is named; what a backup had is there; what was purged is not."""
    with closing(Database.open(path)) as database:
        assert check_home(database) == []
        nowhere = missing(database)
    held = list_backups(home / "backups")[0].path
    for table, column, letter in (("message", "content", "t"), ("memory", "text", "m"), ("conversation", "id", "c")):
        was, now, backed = (
            rows(home / "reverie.db", table, column),
            rows(path, table, column),
            rows(held, table, column),
        )
        assert set(was) - set(now) <= set(nowhere[letter]) and not set(now) - set(was)
        changed = {number for number in now if now[number] != was[number]}
        assert not changed & {number for number in backed if backed[number] == was.get(number)}
        assert len(changed) <= 3, "noise in the middle of a text, which nothing else has"
        assert not {number for number in backed if number in was} - set(now)
    assert saying(path, SECRET) <= saying(home / "reverie.db", SECRET), "what was purged comes back from no backup"


POINTS = [(seed, 1 + seed % 5, seed % 4 == 3) for seed in range(4)]
MORE = [(seed, 1 + seed % 12, seed % 4 == 3) for seed in range(4, 60)]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("seed", "pages", "first"), [*POINTS, *(pytest.param(*one, marks=pytest.mark.slow) for one in MORE)]
)
def test_what_can_be_read_of_damaged_pages_is_saved(
    home: Path, tmp_path: Path, seed: int, pages: int, first: bool
) -> None:
    path = broken(home, tmp_path / "broken", seed, pages=pages, first=first)
    noise = path.read_bytes()
    told = recover(path, path.parent / "backups", CLOCK)
    assert told.kept[0].read_bytes() == noise
    accounted_for(home, path)
    with closing(opened(path.parent)) as runtime:
        runtime.vectors.work()
        assert runtime.vectors.disagreement() == "" and not runtime.vectors.notice()
