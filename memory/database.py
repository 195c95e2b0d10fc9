"""One SQLite file: connections, transactions, migrations with a backup before them, and errors that say what to do.

`memory.server` is the same on a PostgreSQL server.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from threading import RLock
from typing import Any, cast

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import StaticPool

from memory.errors import Damaged, DiskFull, NewerSchema, ReadOnlyHome, StorageError

HEAD_REVISION = "0008"
"""The newest migration. Known here so that a start needs no Alembic unless there is something to migrate."""

BUSY_MILLISECONDS = 60_000
"""How long a write waits for another program's: no holder keeps the lock for more than a moment, but many may wait."""
MIGRATIONS = Path(__file__).parent / "migrations"
IN_MEMORY = Path(":memory:")


class Database:
    """The home's database, opened and up to date."""

    shared = False
    """Whether other machines may have it open."""

    def __init__(self, engine: Engine, path: Path, *, one_connection: bool = False) -> None:
        self.path = path
        self.engine = engine
        # A database in memory lives in one connection, which two threads must not use at once.
        self._turn: AbstractContextManager[object] = RLock() if one_connection else nullcontext()
        self._reading = sessionmaker(self.engine, expire_on_commit=False)
        self._writing = sessionmaker(self.engine.execution_options(writes=True), expire_on_commit=False)

    @classmethod
    def open(cls, path: Path) -> "Database":
        """Open or create the file at `path`, migrating it first if an earlier version wrote it.

        Raises NewerSchema, ReadOnlyHome, DiskFull, Damaged or StorageError.
        """
        with _named_errors(path):
            _ready_folder(path.parent)
            revision = _stored_revision(path)
            if revision != HEAD_REVISION:
                _migrate(path, revision)
            return cls(_engine(path), path)

    @classmethod
    def scratch(cls) -> "Database":
        """An empty database in memory that leaves no trace, not even in the temporary folder."""
        database = cls(_engine(None), IN_MEMORY, one_connection=True)
        upgrade_connection(database.engine)
        return database

    @property
    def home(self) -> Path | None:
        """The folder it is in, where more may stand beside it; None of one in memory."""
        return None if self.path == IN_MEMORY else self.path.parent

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view; nothing is written."""
        with self._turn, self.named_errors(), self._reading() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that holds the write lock from its start and commits at the end, or leaves no trace."""
        with self._turn, self.named_errors(), self._writing() as session, session.begin():
            yield session

    @contextmanager
    def together(self, *, keep: bool = True) -> Iterator["Database"]:
        """This database as one transaction: what stores read and write through the view is committed at its end.

        With `keep=False` it is rolled back, so that a change can be looked at before it is made. The view belongs to
        the thread that opened it, and holds the write lock: be quick, and call no model inside.
        """
        with self._turn, self.named_errors(), self._writing() as session:
            session.begin()
            try:
                yield _OneTransaction(self, session)
                session.commit() if keep else session.rollback()
            finally:
                session.rollback()

    def backup(self, target: Path) -> Path:
        """Copy the live database to `target` with SQLite's own backup."""
        with _named_errors(target):
            return backup_file(self.path, target)

    def private_copy(self) -> "Database":
        """A copy of what is committed, for this process alone: on the disk where it is large, without a name there, and
        gone with the last who holds it. What is tried on it holds up nobody."""
        copy = Database(_engine(None, nameless=True), IN_MEMORY, one_connection=True)
        ours, theirs = self.engine.raw_connection(), copy.engine.raw_connection()
        try:
            with _named_errors(self.path):
                cast(sqlite3.Connection, ours.driver_connection).backup(
                    cast(sqlite3.Connection, theirs.driver_connection)
                )
        finally:
            ours.close()
            theirs.close()
        return copy

    def compact(self) -> None:
        """Rewrite the file without the space of deleted rows, and empty the write-ahead log."""
        with _named_errors(self.path), closing(sqlite3.connect(self.path)) as connection:
            connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def claim(self, name: str, seconds: float = 0.0) -> Iterator[bool]:
        """Whether this process alone holds `name`, after waiting for up to `seconds`; freed if the process ends."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.path.with_name(f"{name}.lock"), timeout=seconds)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    @contextmanager
    def named_errors(self) -> Iterator[None]:
        """The database's failures as ours, which say what to do."""
        with _named_errors(self.path):
            yield

    def look(self) -> None:
        """A quick look through every page, for a start: about a second a gigabyte. Raises Damaged."""
        with self.read() as session:
            found = session.connection().exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if found != "ok":
            raise _damaged(self.path)

    def close(self) -> None:
        """Give the connections back; the write-ahead log is folded in by the last one."""
        self.engine.dispose()


class _OneTransaction(Database):
    """A view of a database in which every read and write is part of one transaction."""

    def __init__(self, database: Database, session: Session) -> None:
        self.shared = database.shared
        self.path = database.path
        self.engine = database.engine
        self._session = session

    @contextmanager
    def read(self) -> Iterator[Session]:
        self._session.flush()
        yield self._session

    @contextmanager
    def write(self) -> Iterator[Session]:
        yield self._session
        self._session.flush()


def backup_file(path: Path, target: Path) -> Path:
    """A consistent copy of the database at `path`, also while others write to it; none where it cannot be whole."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    was_there = target.exists()
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    except sqlite3.Error:
        if not was_there:
            target.unlink(missing_ok=True)
        raise
    target.chmod(0o600)
    return target


def _engine(path: Path | None, *, nameless: bool = False) -> Engine:
    """Of a file; without a path in memory, or `nameless`: in a temporary file that SQLite removes as it opens it."""
    arguments = {"check_same_thread": False}
    if path is None:
        engine = create_engine(
            "sqlite://", creator=lambda: sqlite3.connect("" if nameless else ":memory:", check_same_thread=False),
            poolclass=StaticPool, hide_parameters=True,
        )  # fmt: skip
    else:
        # Parameters are what was said: no error may carry them into a log.
        engine = create_engine(URL.create("sqlite", database=str(path)), connect_args=arguments, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours: the driver's own would come too late
        for pragma in (
            f"busy_timeout={BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "foreign_keys=ON",
            "synchronous=FULL",  # what was acknowledged is on the disk: a power cut takes none of it
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A writer takes its lock at once: upgrading later fails with "locked" that no timeout mends.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _ready_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _stored_revision(path: Path) -> str | None:
    """The migration the file is at; None for a file that does not exist or is empty."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        if not tables:
            return None
        if ("alembic_version",) not in tables:
            raise StorageError(
                f"{path} is a database, but not one of Reverie's.",
                "Move it away or set REVERIE_HOME elsewhere.",
            )
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


def _migrate(path: Path, revision: str | None) -> None:
    """Bring the file to HEAD_REVISION, one process at a time, with a backup of what was there."""
    from filelock import FileLock

    with FileLock(f"{path}.migrate.lock", timeout=60):
        revision = _stored_revision(path)
        if revision == HEAD_REVISION:
            return
        if revision is not None:
            _refuse_newer(path, revision)
            from memory.backup import back_up_before_migration

            back_up_before_migration(path, revision)
        _upgrade(path)
        path.chmod(0o600)


def _refuse_newer(path: Path, revision: str) -> None:
    if not known_revision(revision):
        backups = path.parent / "backups"
        raise NewerSchema(
            f"{path} was written by a later version of Reverie (schema {revision}, this one knows {HEAD_REVISION}).",
            f"Install the later version again; nothing was changed. Backups are in {backups}.",
        )


def known_revision(revision: str) -> bool:
    """Whether this version can read what is at that migration."""
    return any((MIGRATIONS / "versions").glob(f"{revision}_*.py"))


def _upgrade(path: Path) -> None:
    engine = _engine(path)
    try:
        upgrade_connection(engine)
    finally:
        engine.dispose()


def upgrade_connection(engine: Engine) -> None:
    """Bring a database to HEAD_REVISION in one transaction that holds the write lock."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD_REVISION)


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    """SQLite's and the file system's failures as ours, which say what to do."""
    try:
        yield
    except (OperationalError, DatabaseError, sqlite3.DatabaseError, OSError) as error:
        named = _named(path, str(getattr(error, "orig", error)).lower(), error)
        if named is None:
            raise
        raise named from error


def _damaged(path: Path) -> Damaged:
    """What is said of a file in which SQLite finds a page broken."""
    return Damaged(f"{path} is damaged.", "`reverie doctor --recover` saves what can be read, and keeps the file.")


def _named(path: Path, text: str, error: Exception) -> StorageError | None:
    if "disk is full" in text or "no space left" in text or _full(path):
        return DiskFull(f"No room left on the disk of {path.parent}.", "Free some space; what was stored is safe.")
    if isinstance(error, PermissionError) or any(s in text for s in ("readonly", "read-only", "unable to open")):
        return ReadOnlyHome(
            f"{path.parent} cannot be written.",
            "Check its owner and rights, or set REVERIE_HOME to another folder.",
        )
    if "locked" in text or "busy" in text:
        return StorageError(f"{path} is busy in another program.", "Try again in a moment.")
    if "malformed" in text or "not a database" in text or "corrupt" in text:
        return _damaged(path)
    if "disk i/o error" in text:
        return StorageError(
            f"The disk of {path.parent} refuses to write or read.",
            "It may be full, over its quota, or failing; what was stored is safe.",
        )
    return StorageError(f"{path.parent}: {error}", "") if isinstance(error, OSError) else None


def _full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free == 0
    except OSError:
        return False
