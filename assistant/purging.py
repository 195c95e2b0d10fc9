"""A purge of an opened home: the store, the logs, and the backups where that is wished."""

import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from memory.clock import Clock
from memory.database import Database
from memory.purge import purge
from memory.purge_scope import Scope
from memory.types import Receipt

if TYPE_CHECKING:
    from assistant.paths import Paths
    from memory.purge_backups import Rewritten


def purge_home(paths: "Paths", database: Database, scope: Scope, clock: Clock, *, reason: str) -> Receipt:
    """Remove what a scope names for good. Raises StorageError."""
    receipt = purge(database, scope, clock, reason=reason)
    emptied = empty_logs(paths)
    return replace(receipt, removed={**receipt.removed, **({"logs, emptied": emptied} if emptied else {})})


def empty_logs(paths: "Paths") -> int:
    """Empty the logs, which may hold words of it where debugging was on. Returns how many held something."""
    emptied = 0
    for log in (paths.sleep_log, *sorted(paths.cache.glob(f"{paths.log.name}*"))):
        with suppress(OSError):
            if log.stat().st_size:
                os.truncate(log, 0)  # a program that writes into it goes on at its end
                emptied += 1
    return emptied


def purge_from_backups(
    paths: "Paths", database: Database, clock: Clock, *, named: str = "", passphrase: str = ""
) -> "Rewritten":
    """Rewrite the backups of a home without anything that was ever purged from it."""
    from memory.purge_backups import purge_backups

    return purge_backups(database, paths.backups, clock, named=named, passphrase=passphrase)
