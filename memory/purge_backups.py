"""What was purged since a backup was made is taken out of it, too: by the tombstones, as an import is kept out."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.backup import Backup, list_backups, seal, unsealed, verify
from memory.clock import Clock
from memory.database import Database
from memory.errors import ReverieError
from memory.purge import purge
from memory.purge_scope import joined, scope_about, scope_buried
from memory.schema import TombstoneRow
from memory.types import Receipt


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """What became of the backups of a home."""

    rewritten: tuple[Path, ...]
    """They held it, and do not any more."""
    clean: tuple[Path, ...]
    """They never held it."""
    left: tuple[tuple[Path, str], ...]
    """Why some are as they were."""


@dataclass(frozen=True, slots=True)
class Buried:
    """A tombstone, apart from the database that it is in."""

    fingerprint: str
    reason: str


def purge_backups(
    database: Database, folder: Path, clock: Clock, *, named: str = "", passphrase: str = ""
) -> Rewritten:
    """Take everything that was ever purged from a home out of its backups; `named` is whom the last purge was about.

    Each is copied, purged, verified, and put in its place in one step. Encrypted ones need their passphrase.
    """
    stones = tombstones(database)
    done: list[Path] = []
    clean: list[Path] = []
    left: list[tuple[Path, str]] = []
    for backup in list_backups(folder):
        try:
            changed = _rewrite(backup, stones, clock, named, passphrase)
        except (ReverieError, OSError) as error:
            left.append((backup.path, str(error)))
        else:
            (done if changed else clean).append(backup.path)
    left += [(path, "It cannot be read; delete it.") for path in sorted(folder.glob("damaged-*"))]
    return Rewritten(rewritten=tuple(done), clean=tuple(clean), left=tuple(left))


def tombstones(database: Database) -> tuple[Buried, ...]:
    """All that a database has."""
    with database.read() as session:
        rows = session.execute(select(TombstoneRow.fingerprint, TombstoneRow.reason))
        return tuple(Buried(fingerprint, reason) for fingerprint, reason in rows)


def bury_again(database: Database, stones: Sequence[Buried], clock: Clock, *, named: str = "") -> Receipt | None:
    """Purge from an older database what was purged since; None where it holds nothing of it."""
    with database.write() as session:
        _carry_over(session, stones, clock)
    scopes = [scope_buried(database, frozenset(stone.fingerprint for stone in stones))]
    if named:
        scopes.append(scope_about(database, named))
    scope = replace(joined("what was purged since", scopes), named=named)
    return None if scope.empty else purge(database, scope, clock, reason="purged before")


def _carry_over(session: Session, stones: Sequence[Buried], clock: Clock) -> None:
    known = set(session.scalars(select(TombstoneRow.fingerprint)))
    session.add_all(
        TombstoneRow(fingerprint=stone.fingerprint, slot_key=None, reason=stone.reason, at=clock.now())
        for stone in stones
        if stone.fingerprint not in known
    )


def _rewrite(backup: Backup, stones: Sequence[Buried], clock: Clock, named: str, passphrase: str) -> bool:
    """Put a backup without it in its place. False where it holds nothing of it."""
    with (
        tempfile.TemporaryDirectory(prefix=".purge-", dir=backup.path.parent) as made,
        unsealed(backup.path, passphrase) as plain,
    ):
        copy = Path(made, backup.path.name.removesuffix(".age"))
        shutil.copyfile(plain, copy)
        with closing(Database.open(copy)) as database:
            if bury_again(database, stones, clock, named=named) is None:
                return False
        verify(copy)
        fresh = seal(copy, passphrase) if backup.sealed else copy
        fresh.chmod(0o600)
        times = backup.path.stat()
        os.utime(fresh, ns=(times.st_atime_ns, times.st_mtime_ns))
        fresh.replace(backup.path)
    return True
