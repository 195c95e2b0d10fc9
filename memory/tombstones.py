"""Hashes that keep what was purged from coming back: of a statement its words, of a message what its source calls it.

A message is not known by its words: two people may say "yes".
"""

import hashlib
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.schema import ConversationRow, MessageRow, TombstoneRow

AT_ONCE = 500
SECOND = "purged.txt"
"""A second copy of all hashes beside the database: were theirs the page that a disk damages, backups would bring back
what was purged."""
_PRINT = re.compile("[0-9a-f]{64}")


def own_print(message_id: str) -> str:
    """The hash of a message's own id, which an export keeps."""
    return _hash("message", message_id)


def source_print(origin: str, conversation: str, message: str) -> str:
    """The hash of what its source calls a message: an origin, and external ids there."""
    return _hash("source", origin, conversation.partition("~")[0], message)


def prints_of(message: MessageRow, conversation: ConversationRow) -> set[str]:
    """All hashes that a message is known by."""
    found = {own_print(message.id)}
    if message.external_id is not None and conversation.external_id is not None:
        found.add(source_print(conversation.origin, conversation.external_id, message.external_id))
    return found


def buried(session: Session, prints: Iterable[str]) -> frozenset[str]:
    """Which of these are of something that was purged."""
    wanted = sorted(set(prints))
    found: set[str] = set()
    for at in range(0, len(wanted), AT_ONCE):
        some = wanted[at : at + AT_ONCE]
        found |= set(session.scalars(select(TombstoneRow.fingerprint).where(TombstoneRow.fingerprint.in_(some))))
    return frozenset(found)


def keep_second_copy(session: Session, home: Path) -> None:
    """Write all hashes beside the database. A disk that does not take them is not why a purge fails."""
    new = home / f"{SECOND}.new"
    with suppress(OSError):
        with new.open("w", encoding="ascii") as file:
            file.writelines(f"{one}\n" for one in session.scalars(select(TombstoneRow.fingerprint)))
            file.flush()
            os.fsync(file.fileno())
        new.chmod(0o600)
        new.replace(home / SECOND)


def second_copy(home: Path) -> list[str]:
    """The hashes that stand beside the database."""
    with suppress(OSError):
        return _PRINT.findall((home / SECOND).read_text(encoding="ascii", errors="replace"))
    return []


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
