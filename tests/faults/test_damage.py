"""Pages overwritten with noise, files cut short: it is said, and what can be read is saved; the rest has a number."""

import io
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.cli.recovering import ranges
from memory.backup import list_backups, make_backup
from memory.clock import FixedClock
from memory.database import Database
from memory.errors import StorageError
from memory.health import check_home
from memory.purge import purge
from memory.purge_scope import scope_about
from memory.recovery import missing, recover
from memory.schema import Base
from memory.tombstones import SECOND
from memory.transfer import export_home
from memory.types import NewMemory, NewMessage
from tests.faults.child import ACTS, NOW, SECRET, opened
from tests.faults.homes import fill
from tui.plain import PlainChat

PAGE = 4096
CLOCK = FixedClock(NOW + timedelta(days=3), "Europe/Lisbon")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an import, a night, a backup, a purge after it, and messages and edits after that."""
    place = tmp_path_factory.mktemp("damage") / "home"
    fill(place, 400)
    with closing(opened(place)) as runtime:
        ACTS["import"](runtime)
        ACTS["sleep"](runtime)
        make_backup(runtime.paths.database, runtime.paths.backups, "asked", CLOCK)
        purge(runtime.database, scope_about(runtime.database, SECRET), CLOCK)
        memory = runtime.memories.add(NewMemory(text="My bicycle is blue."))
        runtime.memories.edit(memory.short_id, text="My bicycle is green.")
        talk = runtime.conversations.create()
        for number in range(120):
            said = f"Said after the backup, number {number}: " + "a few words more. " * (number % 40)
            runtime.conversations.append(talk.id, NewMessage(role="user", content=said))
        runtime.vectors.work()
        assert check_home(runtime.database) == []
        export_home(runtime.database, place.parent / "export", format="jsonl")
        runtime.paths.last_export.write_text(str(place.parent / "export"))
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


POINTS = [(0, 3, False)]
MORE = [(1, 5, True), *((seed, 1 + seed % 12, seed % 4 == 3) for seed in range(2, 60))]


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


def test_the_command_takes_the_last_export_too(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said in one line each: what is damaged, what came from where, where the damaged file is."""
    path = broken(home, tmp_path / "broken", 5, pages=12, first=True)
    monkeypatch.setenv("REVERIE_HOME", str(path.parent))
    command = [sys.executable, "-m", "assistant", "doctor", "--recover"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    told = ended.stdout.splitlines()
    assert told[0].startswith("Damaged: ") and "message" in told[0]
    assert any(line.startswith("From the last export, ") for line in told)
    assert told[-1].startswith("The damaged file is kept: ")
    was, now = rows(home / "reverie.db"), rows(path)
    assert set(was) == set(now), "the export had everything"
    with closing(Database.open(path)) as database:
        assert check_home(database) == []
    again = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert again.returncode == 0 and "nothing to recover" in again.stderr


def test_a_byte_that_changed_in_silence_is_noticed_and_put_right(home: Path, tmp_path: Path) -> None:
    """SQLite finds nothing wrong with a text; the hash of its passage does."""
    path = Path(shutil.copytree(home, tmp_path / "silent")) / "reverie.db"
    said = b"Word 77 of"
    raw = path.read_bytes()
    assert raw.count(said) >= 1
    path.write_bytes(raw.replace(said, b"Word 78 of"))
    with closing(Database.open(path)) as database:
        assert any("passages" in problem for problem in check_home(database))
    told = recover(path, path.parent / "backups", CLOCK)
    assert "1 texts put right" in told.mended
    assert rows(path) == rows(home / "reverie.db")


def test_damage_is_said_at_the_start_and_a_home_in_use_is_left_alone(home: Path, tmp_path: Path) -> None:
    path = Path(shutil.copytree(home, tmp_path / "broken")) / "reverie.db"
    with closing(sqlite3.connect(path)) as connection:
        leaf = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'recall_hit'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((leaf - 1) * PAGE)
        file.write(b"\xff" * 200)
    err = io.StringIO()
    with closing(opened(path.parent, backend="exact")) as runtime:
        PlainChat(runtime, temporary=False, source=io.StringIO(), out=io.StringIO(), err=err).warm()
        with pytest.raises(StorageError, match="open in another program"):
            recover(path, path.parent / "backups", CLOCK)
    assert err.getvalue().strip() == (
        f"{path} is damaged. `reverie doctor --recover` saves what can be read, and keeps the file."
    )
    recover(path, path.parent / "backups", CLOCK)
    assert rows(path) == rows(home / "reverie.db")


@given(st.sets(st.integers(1, 60)))
def test_numbers_are_told_as_ranges(numbers: set[int]) -> None:
    told = ranges(sorted(numbers))
    read = [list(map(int, part.split("-"))) for part in told.split(", ") if part]
    assert {n for part in read for n in range(part[0], part[-1] + 1)} == numbers


@pytest.mark.parametrize("second", [True, False])
def test_what_was_purged_stays_away_when_its_hashes_are_damaged(home: Path, tmp_path: Path, second: bool) -> None:
    """A second copy of them stands beside the database; without it a backup brings the words back."""
    path = Path(shutil.copytree(home, tmp_path / "broken")) / "reverie.db"
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT name, rootpage FROM sqlite_master WHERE name IN ('tombstone', 'message')"
        roots = {name: root for name, root in connection.execute(query)}
    assert SECRET not in repr(rows(path).values())
    with path.open("r+b") as file:
        for root in roots.values():
            file.seek((root - 1) * PAGE)
            file.write(random.Random(root).randbytes(PAGE))
    if not second:
        (path.parent / SECOND).unlink()
    told = recover(path, path.parent / "backups", CLOCK)
    assert {"message", "tombstone"} <= set(told.broken)
    assert bool(saying(path, SECRET) & {"message"}) is not second
