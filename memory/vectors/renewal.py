"""After a purge Chroma's files go whole: it keeps what was deleted in its log and its graph until these are rewritten.

Whoever has the folder's lock removes it. Where that is another process, a row of the outbox asks it to.
"""

import shutil
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from memory.database import Database
from memory.schema import MetaRow, OutboxRow

INDEX = "index"
"""Chroma's folder, beside the database."""
GENERATION_KEY = "index_generation"
RENEW = "renew"
"""The operation of an outbox row that asks for it."""


def ask_for_renewal(session: Session) -> None:
    """In the transaction that removes vectors: no index made before it is used again."""
    session.execute(delete(MetaRow).where(MetaRow.key == GENERATION_KEY))
    session.execute(delete(OutboxRow).where(OutboxRow.operation == RENEW))
    session.execute(insert(OutboxRow).values(operation=RENEW, passage=0))


def renew_index(database: Database) -> bool:
    """Remove the folder, unless somebody has it open, who is asked to. It is made again from the stored vectors."""
    folder = database.path.parent / INDEX
    if not folder.exists():
        return True
    try:
        with FileLock(lock_of(folder), timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
    except (Timeout, OSError):
        return False
    return True


def lock_of(folder: Path) -> str:
    """The file whose lock says who has the folder open."""
    return f"{folder}.lock"
