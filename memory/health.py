"""What must hold of a home, whatever happened to it: `doctor` says it, and the tests of faults go by it."""

from sqlalchemy import text

from memory.agreement import check_history, check_passages, check_vectors
from memory.database import Database
from memory.dialects import dialect_of

COUNTED = {"conversations": "conversation", "messages": "message", "memories": "memory", "revisions": "revision"}


def check_home(database: Database) -> list[str]:
    """All that is wrong with a database: pages, references, full text, history, passages, vectors; empty if nothing.

    Reads the whole file. Raises StorageError where it cannot be read to its end.
    """
    checks = (check_integrity, check_full_text, check_history, check_passages, check_vectors)
    return [problem for check in checks for problem in check(database)]


def check_integrity(database: Database) -> list[str]:
    """What is wrong with the stored rows and their references; empty if nothing."""
    with database.read() as session:
        return dialect_of(session).problems(session)


def check_full_text(database: Database) -> list[str]:
    """The full-text tables that do not agree with what they index; empty if all do."""
    with database.write() as session:
        return dialect_of(session).text_problems(session)


def count_rows(database: Database) -> dict[str, int]:
    """How much there is."""
    with database.read() as session:
        return {
            name: int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for name, table in COUNTED.items()
        }
