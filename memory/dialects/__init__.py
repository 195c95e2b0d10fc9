"""What differs between the databases that a home can be in: one module each, behind one protocol."""

from sqlalchemy.orm import Session

from memory.dialects.base import Dialect
from memory.dialects.sqlite import SQLITE


def dialect_of(session: Session) -> Dialect:
    """The dialect of a session's database."""
    return dialect_named(session.get_bind().dialect.name)


def dialect_named(name: str) -> Dialect:
    """By SQLAlchemy's name for it."""
    if name == SQLITE.name:
        return SQLITE
    from memory.dialects.postgres import POSTGRES

    return POSTGRES
