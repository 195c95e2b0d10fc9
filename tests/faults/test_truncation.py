"""Files cut short at any length, as a power cut may leave them: SQLite's log, and each of Chroma's."""

import random
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from memory.database import Database
from memory.health import check_home
from memory.types import NewMessage
from tests.faults.child import ACTS, QUERIES, opened, scores
from tests.faults.homes import fill

SAID = 60


@pytest.fixture(scope="module")
def unfolded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as it is while it is open: most of it in the write-ahead log."""
    place = tmp_path_factory.mktemp("log")
    with closing(opened(place / "open", backend="exact")) as runtime:
        talk = runtime.conversations.create()
        for number in range(SAID):
            runtime.conversations.append(talk.id, NewMessage(role="user", content=f"Said {number}."))
        shutil.copytree(place / "open", place / "home")
    assert (place / "home" / "reverie.db-wal").stat().st_size > 100_000
    return place / "home"


@pytest.mark.parametrize("seed", [*range(6), *(pytest.param(n, marks=pytest.mark.slow) for n in range(6, 300))])
def test_a_log_that_breaks_off_ends_at_an_earlier_moment(unfolded: Path, tmp_path: Path, seed: int) -> None:
    """What is on the disk of it counts, to the last whole act; nothing is half."""
    home = shutil.copytree(unfolded, tmp_path / "home")
    rng = random.Random(seed)
    log = home / "reverie.db-wal"
    size = rng.randrange(log.stat().st_size + 1)
    with log.open("r+b") as file:
        file.truncate(size)
        if rng.random() < 0.3 and size > 40:  # the last block was being written
            file.seek(size - rng.randrange(1, 40))
            file.write(rng.randbytes(20))
    with closing(Database.open(home / "reverie.db")) as database:
        assert check_home(database) == []
        with database.read() as session:
            said = session.scalars(text("SELECT content FROM message ORDER BY number")).all()
    assert said == [f"Said {number}." for number in range(len(said))]


def test_every_acknowledged_change_is_on_the_disk_first(tmp_path: Path) -> None:
    """A power cut takes what the system has yet to write: SQLite is told to wait for it at each commit."""
    with closing(Database.open(tmp_path / "reverie.db")) as database, database.write() as session:
        assert session.scalar(text("PRAGMA synchronous")) == 2
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("chroma") / "home"
    fill(home)
    with closing(opened(home)) as runtime:
        ACTS["import"](runtime)
    return home


def look_up(home: Path) -> tuple[list[str], str]:
    """What a process of its own finds, and what it says of the index. Chroma may take a process with it."""
    command = [sys.executable, "-m", "tests.faults.child", "look up", str(home)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended
    *found, apart, _ = ended.stdout.splitlines()
    return found, apart.removeprefix("apart: ")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (0, *range(2, 40)))])
def test_an_index_that_was_cut_short_is_made_anew(indexed: Path, tmp_path: Path, seed: int) -> None:
    home = shutil.copytree(indexed, tmp_path / "home")
    rng = random.Random(seed)
    files = sorted(path for path in (home / "index").rglob("*") if path.is_file() and path.stat().st_size)
    victim = files[seed % len(files)]
    with victim.open("r+b") as file:
        file.truncate(rng.randrange(victim.stat().st_size))
    with closing(opened(home, backend="exact")) as runtime:
        wanted = [scores(runtime, query) for query in QUERIES]
    found, apart = look_up(home)
    assert not apart, "it was thrown away and made anew before it did harm"
    for line, exact in zip(found, wanted, strict=True):
        near = [float(score) for score in line.split()]
        assert near[0] == exact[0] and len(near) == len(exact), victim
        assert all(here <= there for here, there in zip(near, exact, strict=True)), "a graph may miss one, never invent"
