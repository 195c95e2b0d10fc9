"""What must hold of a home, whatever happened to it: `doctor` says it, and the tests of faults go by it."""

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from memory.agreement import check_history, check_passages, check_vectors
from memory.database import Database
from memory.errors import Damaged

FULL_TEXT = ("message_words", "message_trigrams", "memory_words", "memory_trigrams")
COUNTED = {"conversations": "conversation", "messages": "message", "memories": "memory", "revisions": "revision"}


def check_home(database: Database) -> list[str]:
    """All that is wrong with a database: pages, references, full text, history, passages, vectors; empty if nothing.

    Reads the whole file. Raises StorageError where it cannot be read to its end.
    """
    checks = (check_integrity, check_full_text, check_history, check_passages, check_vectors)
    return [problem for check in checks for problem in check(database)]


def check_integrity(database: Database) -> list[str]:
    """What SQLite finds wrong with the file and its references; empty if nothing."""
    with database.read() as session:
        found = [str(row[0]) for row in session.execute(text("PRAGMA integrity_check(10)"))]
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
    problems = [problem for problem in found if problem != "ok"]
    return problems + [f"{row[0]} row {row[1]} points at a {row[2]} that is gone" for row in broken[:10]]


def check_full_text(database: Database) -> list[str]:
    """The full-text tables that do not agree with what they index; empty if all do."""
    problems = []
    for table in FULL_TEXT:
        try:
            with database.write() as session:
                session.connection().exec_driver_sql(
                    f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)"
                )
        except (DatabaseError, Damaged):  # what the index lost, SQLite calls a malformed file
            problems.append(f"{table} does not agree with its rows")
    return problems


def count_rows(database: Database) -> dict[str, int]:
    """How much there is."""
    with database.read() as session:
        return {
            name: int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for name, table in COUNTED.items()
        }
