"""Backups: whole copies of the database, verified as they are written; of those made by themselves the last few stay.

A backup holds everything but the vector index, which is made again from it. With a passphrase it is an age file
(age-encryption.org), which the `age` program opens, too.
"""

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from memory.clock import Clock
from memory.database import HEAD_REVISION, backup_file
from memory.errors import Damaged, InvalidInput, NewerSchema, NotFound, StorageError

Kind = Literal["asked", "night", "restore", "migration"]
"""Who made it: the user, a night, a restore (of what was there before), a migration."""
KEPT: dict[Kind, int] = {"night": 7, "restore": 3, "migration": 5}
"""Of those that nobody asked for so many stay."""
BACKUPS = "backups"
"""The folder beside the database."""
SEALED = ".age"
_NAME = re.compile(r"reverie-(?P<at>\d{8}T\d{6}Z)(?:-(?P<count>\d+))?-(?P<kind>[a-z]+)\.db(?:\.age)?")
_MIGRATED = re.compile(r"reverie-(?P<revision>\w+)-before-\w+\.db")
_STAMP = "%Y%m%dT%H%M%SZ"
_TABLES = ("conversation", "message", "memory")


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a backup holds."""

    revision: str
    conversations: int
    messages: int
    memories: int


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A file that can be restored."""

    path: Path
    kind: Kind
    at: datetime
    """When it was made; never before another one beside it, even if the clock was set back."""
    size: int
    """Bytes."""

    @property
    def sealed(self) -> bool:
        """Whether it takes a passphrase."""
        return self.path.suffix == SEALED


def make_backup(
    database: Path, folder: Path, kind: Kind, clock: Clock, copy: Callable[[Path], object] | None = None
) -> Backup:
    """Copy a database into a folder, verify the copy, and let go of the oldest of its kind.

    `copy` writes the copy where the rows are not in the file at `database`.

    Raises Damaged where the copy is not sound, StorageError where it cannot be written.
    """
    at = _after_others(folder, clock.now())
    target = _free_name(folder, at, kind)
    partial = target.with_suffix(".part")
    try:
        copy(partial) if copy else backup_file(database, partial)
        verify(partial, quick=kind != "asked")
        partial.rename(target)
    except (OSError, sqlite3.Error) as error:
        partial.unlink(missing_ok=True)
        raise StorageError(f"The backup {target} cannot be written ({error}).", "Is the disk full?") from error
    except StorageError:
        partial.unlink(missing_ok=True)
        raise
    _let_go(folder, kind, target)
    return _read(target) or Backup(path=target, kind=kind, at=at, size=target.stat().st_size)


def back_up_before_migration(database: Path, revision: str) -> Path:
    """Copy a database that another version wrote, verify the copy, and let go of the oldest such. Raises as above."""
    folder = database.parent / BACKUPS
    target = folder / f"{database.stem}-{revision}-before-{HEAD_REVISION}.db"
    partial = target.with_suffix(".part")
    try:
        backup_file(database, partial)
        verify(partial, quick=True)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    _let_go(folder, "migration", target)
    return target


def list_backups(folder: Path) -> tuple[Backup, ...]:
    """The backups in a folder, the newest first."""
    found = [one for path in folder.glob("*.db*") if (one := _read(path)) is not None] if folder.is_dir() else []
    return tuple(sorted(found, key=lambda one: (one.at, one.path.name), reverse=True))


def verify(path: Path, *, quick: bool = False) -> Contents:
    """Look through every page of a database; `quick` does not compare indexes with their tables.

    Raises Damaged, or StorageError for a file that is not one of ours.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            wrong = [
                row[0]
                for row in connection.execute(f"PRAGMA {'quick' if quick else 'integrity'}_check(3)")
                if row[0] != "ok"
            ]
            wrong += [f"{row[0]}: a row points nowhere" for row in connection.execute("PRAGMA foreign_key_check")][:3]
            if wrong:
                raise Damaged(f"{path} is damaged: {wrong[0]}.", "Take another backup.")
            counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _TABLES]
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        raise StorageError(f"{path} is not a database of Reverie's ({error}).") from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the latter where SQLite quotes noise
        raise Damaged(f"{path} is damaged: {error}.", "Take another backup.") from error
    return Contents(revision=revision[0], conversations=counts[0], messages=counts[1], memories=counts[2])


def put_back(backup: Path, database: Path, folder: Path, clock: Clock) -> Backup | None:
    """Make a database what a backup holds; what was there is backed up first, and returned, where it can be read.

    The copy goes in by SQLite's own backup, in one transaction. Raises Damaged, NewerSchema, StorageError; then nothing
    was changed.
    """
    contents = verify(backup)
    if contents.revision > HEAD_REVISION:
        raise NewerSchema(f"{backup} is of a later version of Reverie (schema {contents.revision}).", "Install that.")
    kept: Backup | None = None
    if database.exists():
        try:
            kept = make_backup(database, folder, "restore", clock)
        except StorageError:  # what cannot be read cannot be copied: it is moved aside as it is
            move_aside(database, folder, clock)
    try:
        backup_file(backup, database)
    except sqlite3.Error as error:
        raise StorageError(f"{database} cannot be written ({error}).", "Close every other Reverie.") from error
    return kept


def move_aside(database: Path, folder: Path, clock: Clock) -> tuple[Path, ...]:
    """Put a damaged database, with its log, among the backups under another name. Returns the files."""
    moved = []
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for suffix in ("", "-wal", "-shm"):
        file = database.with_name(database.name + suffix)
        if file.exists():
            moved.append(file.rename(folder / f"damaged-{clock.now():{_STAMP}}-{file.name}"))
    return tuple(moved)


def seal(path: Path, passphrase: str) -> Path:
    """Encrypt a file; the plain one is removed. Returns the new one. Raises InvalidInput without pyrage."""
    pyrage = _pyrage()
    target = path.with_name(path.name + SEALED)
    with open(target, "wb", opener=_private) as out:
        out.write(pyrage.passphrase.encrypt(path.read_bytes(), passphrase))
    path.unlink()
    return target


@contextmanager
def unsealed(path: Path, passphrase: str | None) -> Iterator[Path]:
    """The plain file behind a backup, which goes away again. Raises InvalidInput for a wrong passphrase or none."""
    if path.suffix != SEALED:
        yield path
        return
    if not passphrase:
        raise InvalidInput(f"{path} is encrypted.", "Set REVERIE_PASSPHRASE, or type the passphrase when asked.")
    pyrage = _pyrage()
    try:
        plain = pyrage.passphrase.decrypt(path.read_bytes(), passphrase)
    except pyrage.DecryptError as error:
        raise InvalidInput(f"This passphrase does not open {path}.") from error
    with tempfile.TemporaryDirectory(prefix="reverie-") as made:
        file = Path(made, path.stem)
        with open(file, "wb", opener=_private) as out:
            out.write(plain)
        yield file


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _pyrage() -> Any:
    """The age library, where it is installed. Raises InvalidInput where it is not."""
    try:
        import pyrage
        import pyrage.passphrase
    except ImportError as error:
        raise InvalidInput("Encryption needs pyrage.", "pip install 'reverie[crypt]'") from error
    return pyrage


def find_backup(folder: Path, which: str) -> Backup:
    """By its path, its name, or `latest`. Raises NotFound."""
    known = list_backups(folder)
    if which == "latest" and known:
        return known[0]
    for path in (Path(which).expanduser(), folder / which):
        if path.is_file():
            stat = path.stat()
            return _read(path) or Backup(
                path=path, kind="asked", at=datetime.fromtimestamp(stat.st_mtime, UTC), size=stat.st_size
            )
    raise NotFound(f"There is no backup {which}.", "`reverie backup --list` shows them.")


def move_out(backup: Backup, target: Path) -> Path:
    """Move a backup to where the user wants it. Raises InvalidInput where something is there already."""
    if target.exists():
        raise InvalidInput(f"{target} is there already.", "Give another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(backup.path, target))


def _read(path: Path) -> Backup | None:
    stat = path.stat()
    if match := _NAME.fullmatch(path.name):
        at = datetime.strptime(match["at"], _STAMP).replace(tzinfo=UTC)
        return Backup(path=path, kind=match["kind"], at=at, size=stat.st_size)  # type: ignore[arg-type]
    if _MIGRATED.fullmatch(path.name):
        return Backup(path=path, kind="migration", at=datetime.fromtimestamp(stat.st_mtime, UTC), size=stat.st_size)
    return None


def _after_others(folder: Path, now: datetime) -> datetime:
    """The time of the next backup: where the clock was set back, a second after the newest, or it would be let go of
    as the oldest, and `latest` would be another."""
    newest = next((one.at for one in list_backups(folder) if one.path.name.startswith("reverie-2")), now)
    return now if newest <= now else newest + timedelta(seconds=1)


def _free_name(folder: Path, at: datetime, kind: Kind) -> Path:
    stamp = f"{at.astimezone(UTC):{_STAMP}}"
    names = (f"reverie-{stamp}{count}-{kind}.db" for count in ("", *(f"-{n}" for n in range(2, 10_000))))
    return next(folder / name for name in names if not any(folder.glob(f"{Path(name).stem}.*")))


def _let_go(folder: Path, kind: Kind, made: Path) -> None:
    most = KEPT.get(kind)
    if most is not None:
        others = [one for one in list_backups(folder) if one.kind == kind and one.path != made]
        for old in others[most - 1 :]:
            old.path.unlink(missing_ok=True)
