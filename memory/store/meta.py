"""Single stored values that belong to no table of their own."""

from memory.database import Database
from memory.schema import MetaRow


def get_meta(database: Database, key: str, default: str = "") -> str:
    """A single stored value."""
    with database.read() as session:
        row = session.get(MetaRow, key)
        return row.value if row else default


def set_meta(database: Database, key: str, value: str) -> None:
    """Store a single value."""
    with database.write() as session:
        session.merge(MetaRow(key=key, value=value))
