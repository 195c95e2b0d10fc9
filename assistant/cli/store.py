"""The store alone, for commands that need neither models nor vectors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from assistant.databases import open_database
from assistant.paths import Paths, find_paths
from memory.clock import Clock, clock_from_environment
from memory.database import Database
from memory.store import ConversationStore, MemoryStore


@dataclass(frozen=True)
class Home:
    """An opened database with its two stores."""

    paths: Paths
    clock: Clock
    database: Database
    conversations: ConversationStore
    memories: MemoryStore


@contextmanager
def opened() -> Iterator[Home]:
    """Open the home in force, and close it."""
    paths, clock = find_paths().ready(), clock_from_environment()
    database = open_database(paths)
    try:
        yield Home(paths, clock, database, ConversationStore(database, clock), MemoryStore(database, clock))
    finally:
        database.close()
