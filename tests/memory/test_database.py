import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from memory.clock import FixedClock
from memory.database import HEAD_REVISION, MIGRATIONS, Database, backup_file
from memory.errors import NewerSchema, ReadOnlyHome, StorageError
from memory.schema import Base
from memory.schema_naps import NapRow  # noqa: F401 - its tables count too
from memory.schema_nights import RunRow  # noqa: F401
from memory.schema_weights import AdapterRow  # noqa: F401
from memory.store import ConversationStore
from memory.types import NewMessage


def test_migrations_make_exactly_the_mapped_tables(database: Database) -> None:
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    full_text = ("message_words", "message_trigrams", "memory_words", "memory_trigrams")
    assert [d for d in differences if not str(getattr(d[-1], "name", "")).startswith(full_text)] == []


def test_the_known_head_is_alembics_head() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD_REVISION


def test_files_are_for_the_owner_only(database: Database, home: Path) -> None:
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "reverie.db").stat().st_mode) == 0o600


def test_a_newer_schema_is_refused_and_untouched(database: Database, home: Path) -> None:
    database.close()
    path = home / "reverie.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerSchema, match="later version"):
        Database.open(path)
    assert path.read_bytes() == before


def test_an_older_schema_is_backed_up_first(home: Path) -> None:
    """Migrating writes a copy of what was there before it touches anything."""
    home.mkdir()
    path = home / "reverie.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE kept (word TEXT)")
        connection.execute("INSERT INTO kept VALUES ('still here')")
    connection.close()
    Database.open(path).close()  # a file that has no version yet is migrated like a new one
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("still here",)
    connection.close()
    copy = backup_file(path, home / "backups" / "copy.db")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_another_programs_database_is_left_alone(home: Path) -> None:
    home.mkdir()
    with sqlite3.connect(home / "reverie.db") as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(StorageError, match="not one of Reverie's"):
        Database.open(home / "reverie.db")


def test_a_damaged_file_says_so(home: Path) -> None:
    home.mkdir()
    (home / "reverie.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageError, match="damaged"):
        Database.open(home / "reverie.db")


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/usr/bin/setpriv").exists(), reason="root writes anywhere")
def test_a_read_only_home_says_so(database: Database, home: Path) -> None:
    database.close()
    code = (
        "from pathlib import Path; from memory.database import Database; from memory.errors import ReadOnlyHome\n"
        f"try:\n  d = Database.open(Path({str(home / 'new' / 'reverie.db')!r}))\n"
        "except ReadOnlyHome as e: print('refused:', e)"
    )
    home.chmod(0o555)
    drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    for parent in home.parents:
        if str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    done = subprocess.run(
        [*drop, sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path.cwd()
    )
    assert "refused:" in done.stdout, done.stderr
    assert ReadOnlyHome.exit_code == 1


def test_a_transaction_that_fails_leaves_no_trace(database: Database, clock: FixedClock) -> None:
    store = ConversationStore(database, clock)
    conversation = store.create()
    good = NewMessage(role="user", content="one")
    with pytest.raises(ZeroDivisionError), database.write() as session:
        session.connection().exec_driver_sql("DELETE FROM conversation")
        1 / 0  # noqa: B018
    assert store.append(conversation.id, good).content == "one"


def test_scratch_databases_share_nothing(clock: FixedClock) -> None:
    one, two = Database.scratch(), Database.scratch()
    ConversationStore(one, clock).append(
        ConversationStore(one, clock).create().id, NewMessage(role="user", content="x")
    )
    assert ConversationStore(two, clock).list() == ()
