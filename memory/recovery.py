"""A new database out of a damaged one: what can be read of it, and for what cannot, the backups, the newest first.

The numbers and ids of a home never change, so a row of a backup is the row that was lost. Only tables that could not be
read whole are filled up, what was purged since is purged again, and what is derived is made anew. The damaged file is
kept, and nothing is put in its place before everything that must hold of a home holds.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from memory.backup import list_backups, move_aside, unsealed
from memory.clock import Clock
from memory.database import Database
from memory.errors import Damaged, DiskFull, ReverieError, StorageError
from memory.health import check_home
from memory.mending import mend, purge_again
from memory.salvage import Salvaged, fits, put, salvage
from memory.schema import Base, MemoryRow, MessageRow, format_instant
from memory.text import fingerprint
from memory.tombstones import own_print, second_copy

DERIVED = frozenset({"passage", "outbox", "embedding", "embedder", "recall"})
"""Not taken from backups: made again, or of no use without the answer that they belong to."""
FIRST = {"tombstone": 0, "revision": 1}
TOLD = {"message": "messages", "memory": "memories", "conversation": "conversations"}
SHORT = {"message": "t", "memory": "m", "conversation": "c"}
INDEX = "index"
NAMING = {
    "message": "SELECT max(owner_number) FROM passage WHERE owner_type = 'message'",
    "memory": "SELECT max(n) FROM (SELECT max(owner_number) AS n FROM passage WHERE owner_type = 'memory'"
    " UNION SELECT max(memory_number) FROM revision)",
}
"""The last numbers that other tables know."""


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """What became of a damaged home."""

    kept: tuple[Path, ...]
    """The damaged files, where they are now."""
    broken: tuple[str, ...]
    """The tables that could not be read whole."""
    there: dict[str, int]
    """Messages, memories and conversations that are there now ..."""
    from_backups: dict[str, int]
    """... and how many of them are from backups, or from the history."""
    mended: tuple[str, ...]
    """What was put right, a line each."""
    passed_over: tuple[str, ...]
    """Backups that could not be used, and why."""


def recover(database: Path, backups: Path, clock: Clock, *, passphrase: str | None = None) -> Recovered:
    """Put a sound database in the place of a damaged one. The vector index goes; it is made again from the vectors.

    Raises StorageError where another program has the home open or the disk is full, and Damaged where nothing sound can
    be made; then nothing was changed.
    """
    _refuse_in_use(database)
    with _workshop(database.parent) as folder:
        new = folder / database.name
        Database.open(new).close()
        with closing(sqlite3.connect(new)) as target:
            target.execute("PRAGMA foreign_keys=OFF")
            found = salvage(database, target, folder)
            if "tombstone" in found.broken:
                _bury_again(target, second_copy(database.parent), clock)
            _raise_to_what_is_named(target)
            target.commit()
            before = _numbers(target)
            passed_over, copies = _fill(target, found, backups, folder, passphrase)
        mended = _made_whole(new, copies, before, clock)
        with closing(sqlite3.connect(new)) as target:
            after = _numbers(target)
        kept = move_aside(database, backups, clock)
        new.replace(database)
        shutil.rmtree(database.parent / INDEX, ignore_errors=True)
    return Recovered(
        kept=kept, broken=tuple(sorted(found.broken)), mended=mended, passed_over=passed_over,
        there={TOLD[name]: len(numbers) for name, numbers in after.items()},
        from_backups={TOLD[name]: len(numbers - before[name]) for name, numbers in after.items()},
    )  # fmt: skip


def missing(database: Database) -> dict[str, tuple[int, ...]]:
    """Numbers of messages, memories and conversations that were given and are nowhere: lost, or deleted."""
    with database.read() as session, closing(session.connection().connection.cursor()) as cursor:
        found = {}
        for table, letter in SHORT.items():
            last = cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
            there = {row[0] for row in cursor.execute(f"SELECT number FROM {table}")}
            found[letter] = tuple(sorted(set(range(1, last[0] + 1 if last else 1)) - there))
    return found


# -- parts


def _refuse_in_use(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database, timeout=1)) as connection:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise StorageError(
                f"{database} is open in another program.", "Close every other Reverie, and try again."
            ) from error


@contextmanager
def _workshop(home: Path) -> Iterator[Path]:
    """A folder on the same disk, for the new database and for working copies; it goes away."""
    try:
        with tempfile.TemporaryDirectory(prefix=".recover-", dir=home) as folder:
            yield Path(folder)
    except OSError as error:
        raise DiskFull(f"There is no room for copies in {home} ({error.strerror}).", "Free some space.") from error


def _numbers(target: sqlite3.Connection) -> dict[str, set[int]]:
    return {name: {row[0] for row in target.execute(f"SELECT number FROM {name}")} for name in TOLD}


def _fill(
    target: sqlite3.Connection, found: Salvaged, backups: Path, folder: Path, passphrase: str | None
) -> tuple[tuple[str, ...], list[Path]]:
    """Rows of broken tables from backups, the newest first. Returns what was passed over, and copies to look into."""
    passed_over: list[str] = []
    copies: list[Path] = []
    for count, backup in enumerate(list_backups(backups)):
        copy = folder / f"backup-{count}" / "reverie.db"
        copy.parent.mkdir()
        try:
            with unsealed(backup.path, passphrase) as plain:
                shutil.copyfile(plain, copy)
            Database.open(copy).close()  # brought to the tables of today
            with closing(sqlite3.connect(copy)) as source:
                _fill_tables(target, source, found.broken - DERIVED)
                _raise_numbers(target, source)
            target.commit()
            copies.append(copy)
        except (ReverieError, sqlite3.DatabaseError) as error:
            target.rollback()
            passed_over.append(f"{backup.path.name}: {error}")
    return tuple(passed_over), copies


def _bury_again(target: sqlite3.Connection, prints: list[str], clock: Clock) -> None:
    """Before anything comes from backups: what was purged since is told by its hash alone."""
    at = format_instant(clock.now())
    for one in prints:
        put(target, Base.metadata.tables["tombstone"], {"fingerprint": one, "reason": "", "at": at})


def _raise_to_what_is_named(target: sqlite3.Connection) -> None:
    """A number that a passage or a revision names was given, also where its row and the count were lost."""
    for table, query in NAMING.items():
        last = target.execute(query).fetchone()[0]
        if last is not None:
            _raise_number(target, table, last)


def _fill_tables(target: sqlite3.Connection, source: sqlite3.Connection, broken: frozenset[str] | set[str]) -> None:
    """Tombstones first: what they are of comes in, too, so that it is purged again with all that it reached. Then the
    history, which knows what was taken back."""
    tables = sorted(Base.metadata.tables.values(), key=lambda table: FIRST.get(table.name, len(FIRST)))
    for table in tables:
        if table.name in broken:
            for values in _rows(source, table):
                if table.name != "memory" or not _taken_back(target, values["id"]):
                    put(target, table, values)
    buried = {row[0] for row in target.execute("SELECT fingerprint FROM tombstone")} if broken else set()
    for name in ("message", "memory") if buried else ():
        for values in _rows(source, Base.metadata.tables[name]):
            if _print(name, values) in buried:
                put(target, Base.metadata.tables[name], values)


def _taken_back(target: sqlite3.Connection, memory: str) -> bool:
    query = "SELECT after IS NULL FROM revision WHERE memory_id = ? ORDER BY number DESC LIMIT 1"
    last = target.execute(query, (memory,)).fetchone()
    return last is not None and bool(last[0])


def _print(table: str, row: dict[str, Any]) -> str:
    return own_print(row["id"]) if table == "message" else fingerprint(row["text"])


def _rows(source: sqlite3.Connection, table: Table) -> Iterator[dict[str, Any]]:
    names = [column.name for column in table.columns]
    listed = ", ".join(f'"{name}"' for name in names)
    for row in source.execute(f"SELECT {listed} FROM {table.name}"):
        values = dict(zip(names, row, strict=True))
        if fits(table, values):
            yield values


def _raise_numbers(target: sqlite3.Connection, source: sqlite3.Connection) -> None:
    """No number that was given once is given again."""
    for name, last in source.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
        _raise_number(target, name, last)


def _raise_number(target: sqlite3.Connection, table: str, last: int) -> None:
    changed = target.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (last, table))
    if not changed.rowcount:
        target.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last))


def _made_whole(new: Path, copies: list[Path], before: dict[str, set[int]], clock: Clock) -> tuple[str, ...]:
    """Mend the new database until everything holds. Raises Damaged where it does not."""
    with closing(Database.open(new)) as opened:
        mended = mend(opened, copies, clock)
        with opened.read() as session:
            messages, memories = (
                set(session.scalars(select(table.number))) - before[name]
                for name, table in (("message", MessageRow), ("memory", MemoryRow))
            )
        mended += purge_again(opened, {"message": messages, "memory": memories}, clock)
        if problems := check_home(opened):
            raise Damaged(f"{new.name} cannot be made whole ({problems[0]}).", "`reverie restore` takes a backup.")
        return tuple(mended)
