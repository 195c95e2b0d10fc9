"""A home whose rows are on a PostgreSQL server: for several machines, or one whose home outgrew a file.

The rules are those of the file. One writer at a time (an advisory lock, held to the end of the transaction), readers
with a view of one instant, migrations at the first start. What is not rows stays in the folder of each machine: its
settings, its logs, its adapters. The server's operator backs it up; `backup` writes the rows into a file like any other
home, which `reverie restore` of a home without a server reads.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError

from memory.database import HEAD_REVISION, Database, known_revision, upgrade_connection
from memory.dialects.postgres import WRITE_LOCK
from memory.errors import DiskFull, InvalidInput, NewerSchema, ReadOnlyHome, StorageError

ORDERED = ("C", "POSIX", "C.UTF-8", "C.UTF8", "C.utf8")
"""Collations by code point, as SQLite compares."""
_HOW = "createdb --encoding UTF8 --locale C.UTF-8 --template template0 NAME"


def checked_url(address: str) -> URL:
    """The parts of postgresql://user@host:port/name. Raises InvalidInput, also for one with a password in it."""
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise InvalidInput(f"{address!r} is not the address of a database.", "postgresql://user@host/name") from error
    if url.get_backend_name() != "postgresql":
        raise InvalidInput(f"Reverie does not speak {url.get_backend_name()}.", "postgresql://user@host/name")
    if url.password is not None:
        raise InvalidInput(
            "The address of the database has a password in it.", "Put it into ~/.pgpass or PGPASSWORD instead."
        )
    return url.set(drivername="postgresql+psycopg")


class ServerDatabase(Database):
    """A home's rows on a server; `folder` is this machine's part of the home."""

    shared = True

    def __init__(self, engine: Engine, folder: Path) -> None:
        super().__init__(engine, folder / "reverie.db")

    @classmethod
    def at(cls, address: str, folder: Path) -> "ServerDatabase":
        """Connect, migrating first if need be. Raises InvalidInput, NewerSchema or StorageError."""
        database = cls(_engine(checked_url(address)), folder)
        with database.named_errors():
            _check_server(database.engine)
            revision = _stored_revision(database.engine)
            if revision != HEAD_REVISION:
                _migrate(database.engine, revision)
        return database

    @property
    def where(self) -> str:
        """The server and the database on it, as notices call them."""
        return f"{self.engine.url.host or 'a local socket'}/{self.engine.url.database}"

    def look(self) -> None:
        """Nothing to look through: the server checks its own pages."""

    def private_copy(self) -> Database:
        """A copy of all rows in this process's memory, as a home like any other."""
        from memory.copying import copy_rows

        scratch = Database.scratch()
        with self.read() as source, scratch.write() as copy:
            copy_rows(source, copy)
        return scratch

    def backup(self, target: Path) -> Path:
        """Copy the rows into a new file at `target`, a home's database like any other."""
        from memory.copying import copy_rows

        file = Database.open(target)
        try:
            with self.read() as source, file.write() as copy:
                copy_rows(source, copy)
        finally:
            file.close()
        return target

    def put_back(self, file: Path) -> None:
        """Make the rows what a backup holds, in one transaction. Raises Damaged, NewerSchema or StorageError."""
        from memory.backup import verify
        from memory.copying import copy_rows
        from memory.schema import Base

        verify(file)
        with TemporaryDirectory() as folder:
            copy = Database.open(Path(shutil.copy(file, folder)))  # migrated, where it is of an earlier version
            try:
                with copy.read() as source, self.write() as target:
                    target.execute(text(f"TRUNCATE {', '.join(Base.metadata.tables)} CASCADE"))
                    copy_rows(source, target)
            finally:
                copy.close()

    def compact(self) -> None:
        """Give up the space of deleted rows, in tables and indexes. The server's own log and backups keep theirs."""
        with self.named_errors(), self.engine.connect() as connection:
            plain = connection.execution_options(isolation_level="AUTOCOMMIT")
            plain.execute(text("VACUUM FULL"))

    @contextmanager
    def claim(self, name: str, seconds: float = 0.0) -> Iterator[bool]:
        """Whether this process alone holds `name`, on whatever machine others run; freed if the connection ends."""
        key = {"key": crc32(name.encode())}
        with self.named_errors(), self.engine.connect() as connection:
            own = connection.execution_options(isolation_level="AUTOCOMMIT")
            ends = time.monotonic() + seconds
            while not (held := bool(own.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))):
                if time.monotonic() >= ends:
                    break
                time.sleep(0.02)
            try:
                yield held
            finally:
                if held:
                    own.execute(text("SELECT pg_advisory_unlock(:key)"), key)

    @contextmanager
    def named_errors(self) -> Iterator[None]:
        """The server's failures as ours, which say what to do."""
        try:
            yield
        except DBAPIError as error:
            named = _named(str(error.orig).strip(), self.where, error)
            if named is None:
                raise
            raise named from error


@contextmanager
def connected(address: str) -> Iterator[Connection]:
    """One connection to the rows, to look. Raises InvalidInput or StorageError."""
    database = ServerDatabase(_engine(checked_url(address)), Path())
    try:
        with database.named_errors(), database.engine.connect() as connection:
            yield connection
    finally:
        database.close()


def _engine(url: URL) -> Engine:
    try:
        engine = create_engine(
            url, isolation_level="REPEATABLE READ", pool_pre_ping=True, connect_args={"client_encoding": "utf8"}
        )
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise InvalidInput("A database on a server needs psycopg.", "pip install 'reverie[server]'") from error

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # One writer at a time, as with a file. The lock comes before the transaction's view of the rows does.
        if connection.get_execution_options().get("writes", False):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")

    return engine


def _check_server(engine: Engine) -> None:
    """Refuse a database that orders or encodes text in another way than a home does."""
    query = text("SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()")
    with engine.connect() as connection:
        encoding, collation = connection.execute(query).one()
    if encoding != "UTF8" or collation not in ORDERED:
        raise StorageError(f"The database is {encoding} with the order of {collation}.", f"Make one by `{_HOW}`.")


def _stored_revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
            return None
        row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
        return str(row[0]) if row else None


def _migrate(engine: Engine, revision: str | None) -> None:
    """In one transaction, by one process at a time: PostgreSQL takes back a migration that fails."""
    if revision is not None and not known_revision(revision):
        raise NewerSchema(
            f"The database was written by a later version of Reverie (schema {revision}, this one knows "
            f"{HEAD_REVISION}).",
            "Install the later version here, too; nothing was changed.",
        )
    upgrade_connection(engine)


def _named(said: str, where: str, error: DatabaseError | DBAPIError) -> StorageError | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    first = (said.splitlines() or [""])[0]
    if state.startswith("53"):
        return DiskFull(f"The database server at {where} has no room left ({first}).", "What was stored is safe.")
    if state in ("25006", "42501"):
        return ReadOnlyHome(f"{where} may not be written ({first}).", "Check the rights of the database's user.")
    if state.startswith(("08", "28", "3D", "57")) or not state:
        return StorageError(
            f"The database at {where} cannot be reached ({first}).",
            "Is the server running? A password belongs into ~/.pgpass or PGPASSWORD.",
        )
    return None
