"""What `doctor` checks of the database."""

from sqlalchemy import text

from memory.database import Database
from memory.dialects import dialect_of

COUNTED = {"conversations": "conversation", "messages": "message", "memories": "memory", "revisions": "revision"}


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
