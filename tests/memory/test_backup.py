"""Backups: sound when they are written, a few of each kind kept, and put back whole or not at all."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from memory.backup import KEPT, find_backup, list_backups, make_backup, put_back, seal, unsealed, verify
from memory.clock import FixedClock, SystemClock
from memory.database import Database
from memory.errors import Damaged, InvalidInput, NewerSchema, NotFound, StorageError
from memory.store import ConversationStore, MemoryStore
from memory.types import NewMemory, NewMessage


@pytest.fixture
def folder(home: Path) -> Path:
    return home / "backups"


def texts(path: Path) -> list[str]:
    database = Database.open(path)
    try:
        return [m.text for m in MemoryStore(database, SystemClock("UTC")).list()]
    finally:
        database.close()


def test_a_backup_holds_what_was_there_while_others_write(
    database: Database, memories: MemoryStore, conversations: ConversationStore, folder: Path, clock: FixedClock
) -> None:
    memories.add(NewMemory(text="one"))
    conversations.append(conversations.create().id, NewMessage(role="user", content="hello"))
    with database.read():
        made = make_backup(database.path, folder, "asked", clock)
    memories.add(NewMemory(text="two"))
    held = verify(made.path)
    assert (held.conversations, held.messages, held.memories) == (1, 1, 1)
    assert made.path.stat().st_mode & 0o077 == 0 and not list(folder.glob("*.part"))
    put_back(made.path, database.path, folder, clock)
    assert [m.text for m in memories.list()] == ["one"], "who has it open sees it, too"
    newest = list_backups(folder)[0]
    assert newest.kind == "restore" and sorted(texts(newest.path)) == ["one", "two"]


def test_those_that_nobody_asked_for_go_again(database: Database, folder: Path, clock: FixedClock) -> None:
    for _ in range(KEPT["night"] + 3):
        clock.instant += timedelta(days=1)
        make_backup(database.path, folder, "night", clock)
        make_backup(database.path, folder, "asked", clock)
    kinds = [one.kind for one in list_backups(folder)]
    assert kinds.count("night") == KEPT["night"] and kinds.count("asked") == KEPT["night"] + 3
    assert list_backups(folder)[0].at == clock.now()
    assert find_backup(folder, "latest") == list_backups(folder)[0]
    assert find_backup(folder, list_backups(folder)[3].path.name) == list_backups(folder)[3]
    with pytest.raises(NotFound):
        find_backup(folder, "nothing.db")


def test_what_is_damaged_is_not_put_back(
    database: Database, memories: MemoryStore, folder: Path, clock: FixedClock
) -> None:
    for number in range(300):
        memories.add(NewMemory(text=f"Memory number {number} with some words in it."))
    made = make_backup(database.path, folder, "asked", clock)
    held = bytearray(made.path.read_bytes())
    held[len(held) // 3 : len(held) // 3 + 6_000] = b"\xff" * 6_000
    made.path.write_bytes(held)
    with pytest.raises(Damaged):
        put_back(made.path, database.path, folder, clock)
    assert memories.get("m300").text.startswith("Memory number 299")
    for content in (b"", b"no database at all" * 100):
        made.path.write_bytes(content)
        with pytest.raises(StorageError):
            verify(made.path)
    other = folder / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE x (y)").connection.close()
    with pytest.raises(StorageError):
        verify(other)


def test_a_damaged_database_is_moved_aside(
    database: Database, memories: MemoryStore, folder: Path, clock: FixedClock
) -> None:
    memories.add(NewMemory(text="one"))
    made = make_backup(database.path, folder, "asked", clock)
    database.close()
    database.path.write_bytes(b"\x00" * 8192)
    assert put_back(made.path, database.path, folder, clock) is None
    assert texts(database.path) == ["one"]
    assert [p.name.endswith("reverie.db") for p in folder.glob("damaged-*")] == [True]


def test_one_of_a_later_version_is_refused(database: Database, folder: Path, clock: FixedClock) -> None:
    made = make_backup(database.path, folder, "asked", clock)
    with sqlite3.connect(made.path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerSchema):
        put_back(made.path, database.path, folder, clock)


def test_with_a_passphrase_nobody_reads_it(
    database: Database, memories: MemoryStore, folder: Path, clock: FixedClock
) -> None:
    memories.add(NewMemory(text="You are a xylophonist."))
    path = seal(make_backup(database.path, folder, "asked", clock).path, "a good one")
    assert path.suffix == ".age" and b"xylophonist" not in path.read_bytes()
    assert [one.sealed for one in list_backups(folder)] == [True]
    with unsealed(path, "a good one") as plain:
        assert texts(plain) == ["You are a xylophonist."]
    assert not plain.exists() and path.stat().st_mode & 0o077 == 0
    for wrong in ("another", "", None):
        with pytest.raises(InvalidInput), unsealed(path, wrong):
            pass
