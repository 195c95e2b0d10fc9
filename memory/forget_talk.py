"""Deleting a conversation for good: its messages, their vectors, and what was derived from them.

What became memories is the user's to decide: they stay without their quotes, or go into the trash first.
"""

from dataclasses import replace

from memory.clock import Clock
from memory.database import Database
from memory.purge import purge
from memory.purge_scope import scope_of
from memory.types import Receipt


def delete_conversation(database: Database, reference: str, clock: Clock) -> Receipt:
    """Purge a conversation: no import brings it back. Memories that quote it stay, without those quotes.

    Raises NotFound.
    """
    scope = replace(scope_of(database, [reference]), memories=())
    return purge(database, scope, clock, reason="its conversation was deleted")
