"""A disk that is full, may not be written, or fails: one clear line, and nothing lost that was acknowledged.

A real small file system where one can be mounted; a limit on the size of files everywhere.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from memory.backup import make_backup
from memory.clock import SystemClock
from memory.database import Database
from memory.errors import ReadOnlyHome, StorageError
from memory.health import check_home
from memory.store import ConversationStore
from tests.faults.child import opened

SIZE = 3 * 1024 * 1024


def mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB, in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    if not mount("-t", "tmpfs", "-o", f"size={SIZE},mode=700", "tmpfs", str(place)):
        pytest.skip("nothing can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def act(name: str, home: Path, before: Callable[[], None] | None = None) -> tuple[list[str], str]:
    """Let a process do it. What was acknowledged, and how it failed."""
    command = [sys.executable, "-m", "tests.faults.child", name, str(home)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, preexec_fn=before)
    told = ended.stdout.splitlines()
    failed = [line for line in told if line.startswith("failed: ")]
    assert ended.returncode == 1 and len(failed) == 1 and not ended.stderr, ended
    return [line.split()[0] for line in told if line.endswith(" user")], failed[0]


def everything_is_there(home: Path, acknowledged: list[str]) -> None:
    """And it goes on."""
    with closing(Database.open(home / "reverie.db")) as database:
        conversations = ConversationStore(database, SystemClock())
        assert set(conversations.messages(acknowledged)) == set(acknowledged)
        assert check_home(database) == []
    with closing(opened(home, backend="exact")) as runtime:
        runtime.vectors.work()
        assert runtime.vectors.pending() == 0 and check_home(runtime.database) == []


def test_a_full_disk(small_disk: Path) -> None:
    home = small_disk / "home"
    acknowledged, failed = act("talk on", home)
    assert len(acknowledged) > 10 and failed.startswith("failed: DiskFull: No room left on the disk of ")
    again, failed = act("talk on", home)
    assert failed.startswith("failed: DiskFull"), "and again, without harm"
    with pytest.raises(StorageError):
        make_backup(home / "reverie.db", home / "backups", "night", SystemClock())
    assert not list(home.glob("backups/*")), "half a backup is none"
    assert mount("-o", f"remount,size={8 * SIZE}", str(small_disk))
    everything_is_there(home, acknowledged + again)


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    """Over a quota, or on a file system with a limit."""
    home = tmp_path / "home"
    acknowledged, failed = act("talk on", home, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE, SIZE)))
    assert len(acknowledged) > 10 and "The disk of " in failed and "refuses to write" in failed
    everything_is_there(home, acknowledged)


def test_a_file_system_that_may_not_be_written(small_disk: Path) -> None:
    home = small_disk / "home"
    with closing(opened(home, backend="exact")):
        pass
    assert mount("-o", "remount,ro", str(small_disk))
    _, failed = act("talk on", home)
    assert failed.startswith("failed: ReadOnlyHome: ") and "REVERIE_HOME" in failed
    assert mount("-o", "remount,rw", str(small_disk))
    everything_is_there(home, [])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with closing(Database.open(home / "reverie.db")):
        pass
    home.chmod(0o500)
    (home / "reverie.db").chmod(0o400)
    with pytest.raises(ReadOnlyHome), closing(Database.open(home / "reverie.db")) as database, database.write():
        pass
    home.chmod(0o700)


def test_a_disk_that_fails(tmp_path: Path) -> None:
    """Files that can no longer be read or written under an open database."""
    acknowledged, failed = act("broken disk", tmp_path / "home")
    assert len(acknowledged) == 3 and "The disk of " in failed
    everything_is_there(tmp_path / "home", acknowledged)
