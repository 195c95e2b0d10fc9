"""A home on a PostgreSQL server: what a file has by itself, and what only several machines need."""

import json
import os
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.errors import SettingsError
from assistant.nights import make_night, rehearsal
from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import DatabaseSettings, Settings
from assistant.settings_file import load_settings
from memory.backup import verify
from memory.clock import FixedClock
from memory.copying import copy_rows
from memory.database import Database
from memory.errors import InvalidInput, NewerSchema, Refused, StorageError
from memory.fulltext import find_trigrams, find_words, search_messages
from memory.news import news_at
from memory.purge import purge_memory
from memory.server import ServerDatabase
from memory.store import ConversationStore, MemoryStore
from memory.types import NewMemory, NewMessage
from memory.vectors.hashing import HashEmbedder
from memory.vectors.service import Vectors
from sleep.lock import NightLock
from sleep.night import Options
from tests.acts import supersede
from tests.memory.test_fulltext import SAID
from tests.servers import chroma

ODD = ['" OR NEAR( *', "'; DROP TABLE message;--", "🎉🎉", "", "the of and", "*", "a & b | !c <-> d", "\\'", "100% _x_"]


@pytest.fixture
def talked(server_database: ServerDatabase, clock: FixedClock) -> ServerDatabase:
    store = ConversationStore(server_database, clock)
    talk = store.create()
    for said in SAID:
        store.append(talk.id, NewMessage(role="user", content=said))
    return server_database


@pytest.mark.parametrize(
    ("query", "first"),
    [("where did I plant tomatoes?", 1), ("salt in the soup", 4), ("cafe munchen", 2), ("抹茶", 3)],
)
def test_its_own_full_text_finds_what_that_of_a_file_finds(talked: ServerDatabase, query: str, first: int) -> None:
    with talked.read() as session:
        found = find_words(session, "message", query, 5) or find_trigrams(session, "message", query, 5)
        found = found or find_trigrams(session, "message", query, 5)
    assert found[0].number == first


def test_the_search_box(talked: ServerDatabase) -> None:
    assert {found.message.number for found in search_messages(talked, "tomat")} == {1, 4}
    assert [found.message.number for found in search_messages(talked, "omato sou")] == [4]
    assert search_messages(talked, "zebra") == ()


@pytest.mark.parametrize("query", ODD)
def test_no_text_is_read_as_syntax(talked: ServerDatabase, query: str) -> None:
    search_messages(talked, query)
    with talked.read() as session:
        find_words(session, "message", query, 5)
        find_trigrams(session, "memory", query, 5)


def test_a_very_long_message_is_stored(server_database: ServerDatabase, clock: FixedClock) -> None:
    store = ConversationStore(server_database, clock)
    long = " ".join(f"word{number}" for number in range(180_000))
    assert store.append(store.create().id, NewMessage(role="user", content=long)).content == long


def test_writers_on_several_machines_wait_for_each_other(server_database: ServerDatabase, clock: FixedClock) -> None:
    talk = ConversationStore(server_database, clock).create()

    def write(who: int) -> None:
        store = ConversationStore(ServerDatabase(server_database.engine, server_database.path.parent), clock)
        for number in range(10):
            store.append(talk.id, NewMessage(role="user", content=f"{who} says {number}"))

    writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    thread = ConversationStore(server_database, clock).thread(talk.id)
    assert len(thread) == 40 and [message.number for message in thread] == list(range(1, 41))


def test_one_night_at_a_time_on_all_machines(server_database: ServerDatabase, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = NightLock(tmp_path / "other", server_database)
    mine = NightLock(server_database.path.parent, server_database)
    with mine.held(), pytest.raises(Refused, match="Another machine"), other.held():
        pass
    with other.held():
        pass


def test_a_change_that_was_only_looked_at_leaves_nothing(server_database: ServerDatabase, clock: FixedClock) -> None:
    with server_database.together(keep=False) as view:
        MemoryStore(view, clock).add(NewMemory(text="You live in Lyon."))
    assert MemoryStore(server_database, clock).count() == 0


def test_what_was_purged_is_gone(talked: ServerDatabase, clock: FixedClock) -> None:
    store = MemoryStore(talked, clock)
    store.add(NewMemory(text="You keep a zebra."))
    purge_memory(talked, "m1", clock)
    talked.compact()
    with talked.read() as session:
        rows = session.execute(text("SELECT after::text FROM revision UNION ALL SELECT text FROM memory")).all()
    assert "zebra" not in repr(rows)


def test_a_copy_is_a_home_like_any_other_and_goes_back(
    talked: ServerDatabase, clock: FixedClock, tmp_path: Path
) -> None:
    memories = MemoryStore(talked, clock)
    old = memories.add(NewMemory(text="You live in Lyon."))
    supersede(memories, old.id, NewMemory(text="You live in Porto."))
    copy = talked.backup(tmp_path / "copy.db")
    assert verify(copy).messages == len(SAID)
    with closing(Database.open(copy)) as file:
        assert MemoryStore(file, clock).list() == memories.list()
        assert [found.message.number for found in search_messages(file, "omato sou")] == [4]
        with file.read() as source, talked.write() as target, pytest.raises(Refused, match="not empty"):
            copy_rows(source, target)
    with closing(talked.private_copy()) as scratch:
        assert MemoryStore(scratch, clock).list() == memories.list()
    before = memories.list()
    memories.add(NewMemory(text="You were never in Oslo."))
    talked.put_back(copy)
    assert memories.list() == before
    assert memories.add(NewMemory(text="New.")).number == 4  # no number is given twice


def test_a_night_and_its_rehearsal(
    talked: ServerDatabase, clock: FixedClock, home: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: str
) -> None:
    monkeypatch.setenv("REVERIE_DATABASE__URL", f"{postgres_server}/postgres")
    store = ConversationStore(talked, clock)
    store.append(store.create().id, NewMessage(role="user", content="I live in Lyon and I work as a nurse."))
    paths = Paths(data=home, config=home, cache=home)
    new = news_at(f"{postgres_server}/postgres", clock.now())
    assert new is not None and new.messages == len(SAID) + 1
    with rehearsal(paths) as place, closing(Database.open(place.database)) as copy:
        assert len(ConversationStore(copy, clock).list()) == 2
    with closing(Runtime.open(clock=clock, load_embedder=lambda: HashEmbedder(64))) as runtime:
        assert isinstance(runtime.database, ServerDatabase)
        with make_night(runtime, Options(), None) as night:
            run = night.run()
        assert run is not None and run.status == "applied"
        assert any("Lyon" in memory.text for memory in runtime.memories.list())
        (backup,) = (home / "backups").glob("*.db")
        assert verify(backup).memories == 0


def test_an_index_on_a_server_serves_every_machine(talked: ServerDatabase, clock: FixedClock, tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    with chroma(tmp_path / "chroma") as address:
        machines = [
            Vectors(talked, tmp_path / name / "index", lambda: HashEmbedder(64), backend=address) for name in "ab"
        ]
        for machine in machines:
            machine.warm()
            machine.work()
            assert machine.status().in_use == f"Chroma at {address}"
            assert machine.search("tomatoes on the balcony", 1)[0].passage == 1
            machine.close()
    alone = Vectors(talked, tmp_path / "index", lambda: HashEmbedder(64), backend="chroma")
    assert alone.search("tomatoes on the balcony", 1)[0].passage == 1
    assert alone.status().in_use == "exact search"  # a folder would not learn what other machines write
    alone.close()


def test_the_command_line(postgres_server: str, server_database: ServerDatabase, home: Path) -> None:
    environment = {**os.environ, "REVERIE_DATABASE__URL": f"{postgres_server}/postgres", "REVERIE_HOME": str(home)}

    def reverie(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "assistant", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert reverie("memory", "add", "You live in Lyon.").returncode == 0
    assert [row["text"] for row in json.loads(reverie("memory", "list", "--json").stdout)] == ["You live in Lyon."]
    assert not (home / "reverie.db").exists()


# -- what is wrong is said in one line


def test_a_schema_of_a_later_version_is_refused(postgres_server: str, tmp_path: Path) -> None:
    with _another(postgres_server, "later", "UTF8") as url:
        database = ServerDatabase.at(url, tmp_path)
        with database.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        database.close()
        with pytest.raises(NewerSchema, match="9999"):
            ServerDatabase.at(url, tmp_path)


def test_a_database_of_another_encoding_is_refused(postgres_server: str, tmp_path: Path) -> None:
    with _another(postgres_server, "ascii", "SQL_ASCII") as url, pytest.raises(StorageError, match="SQL_ASCII"):
        ServerDatabase.at(url, tmp_path)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be reached"):
        ServerDatabase.at("postgresql://reverie@127.0.0.1:1/none", tmp_path)


@pytest.mark.parametrize("address", ["mysql://me@host/name", "nonsense", "postgresql://me:secret@host/name"])
def test_addresses_that_are_refused(address: str, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput) as refused:
        ServerDatabase.at(address, tmp_path)
    assert "secret" not in str(refused.value)
    monkeypatch.setenv("REVERIE_DATABASE__URL", address)
    with pytest.raises(SettingsError) as explained:
        load_settings(Paths(data=home, config=home, cache=home))
    assert "secret" not in str(explained.value)
    assert Settings(database=DatabaseSettings()).database.url == ""


class _another:
    """A database of its own on the server."""

    def __init__(self, server: str, name: str, encoding: str) -> None:
        import psycopg

        self._name = name
        self._url = f"{server}/{name}"
        self._connection = psycopg.connect(f"{server}/postgres", autocommit=True)
        self._connection.execute(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")

    def __enter__(self) -> str:
        return self._url

    def __exit__(self, *_: object) -> None:
        self._connection.execute(f"DROP DATABASE {self._name} WITH (FORCE)")
        self._connection.close()
