"""`reverie backup` and `reverie restore`."""

import getpass
import os
import shutil
import sys
from contextlib import closing, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path

from assistant.cli.output import say, show, show_json
from assistant.databases import database_url, open_database
from assistant.paths import Paths, find_paths
from memory.backup import (
    Backup,
    find_backup,
    list_backups,
    make_backup,
    move_out,
    put_back,
    seal,
    unsealed,
    verify,
)
from memory.clock import Clock, clock_from_environment
from memory.errors import InvalidInput, NotFound, Refused, StorageError
from memory.purge_backups import Buried, bury_again, tombstones
from memory.store.copies import note_copy
from memory.tombstones import keep_second_copy, second_copy

PASSPHRASE = "REVERIE_PASSPHRASE"
GONE_AGAIN = ("memories", "messages", "conversations")


def back_up(to: str | None, *, sealed: bool, as_json: bool) -> int:
    """Make a backup, verify it, and say where it is."""
    paths = find_paths().ready()
    served = database_url(paths)
    if not served and not paths.database.exists():
        raise NotFound(f"There is nothing to back up in {paths.data}.")
    secret = _new_passphrase() if sealed else None
    with closing(open_database(paths)) if served else nullcontext() as rows:
        copy = rows.backup if rows else None
        made = make_backup(paths.database, paths.backups, "asked", clock_from_environment(), copy)
    contents = verify(made.path)
    path = made.path
    if secret:
        path = seal(path, secret)
    if to is not None:
        path = move_out(Backup(path=path, kind=made.kind, at=made.at, size=made.size), Path(to).expanduser())
        with closing(open_database(paths)) as database:
            note_copy(database, path)  # a later purge names it
    if as_json:
        show_json({"path": str(path), "size": path.stat().st_size, **asdict(contents)})
    else:
        show(str(path))
        say(
            f"{contents.messages:,} messages, {contents.memories:,} memories, {path.stat().st_size / 1e6:.1f} MB, "
            "verified."
        )
    return 0


def list_all(*, as_json: bool) -> int:
    """Name the backups, the newest first."""
    found = list_backups(find_paths().backups)
    if as_json:
        show_json([_row(one) for one in found])
    elif found:
        for one in found:
            show(f"{one.path.name}  {one.at:%Y-%m-%d %H:%M} UTC  {one.kind}  {one.size / 1e6:.1f} MB")
    else:
        say("There is no backup yet.")
    return 0


def _put_back(plain: Path, paths: Paths, clock: Clock) -> Backup | None:
    """Into the file, or onto the server; returns the backup of what was there."""
    if not database_url(paths):
        return put_back(plain, paths.database, paths.backups, clock)
    from memory.server import ServerDatabase

    with closing(open_database(paths)) as server:
        assert isinstance(server, ServerDatabase)
        kept = make_backup(paths.database, paths.backups, "restore", clock, server.backup)
        server.put_back(plain)
    return kept


def restore(which: str, *, yes: bool, with_purged: bool) -> int:
    """Put a backup in the place of what is there now, which is backed up first.

    What was purged since goes from it at once, unless it is wanted `with_purged`.
    """
    paths, clock = find_paths().ready(), clock_from_environment()
    backup = find_backup(paths.backups, which)
    stones = () if with_purged else _tombstones(paths)
    with unsealed(backup.path, passphrase() if backup.sealed else None) as plain:
        contents = verify(plain)
        if not yes:
            say(
                f"{backup.path} holds {contents.messages:,} messages and {contents.memories:,} memories. It takes the "
                "place of everything that is there now. Type restore to do it:"
            )
            if sys.stdin.readline().strip().lower() != "restore":
                raise Refused("Nothing was restored.", "With --yes it does not ask.")
        kept = _put_back(plain, paths, clock)
    with closing(open_database(paths)) as database:
        again = bury_again(database, stones, clock) if stones else None
        with database.read() as session:
            keep_second_copy(session, paths.data)
    shutil.rmtree(paths.index, ignore_errors=True)  # it is of what was there before, and is made again
    say(f"Restored. What was there is in {kept.path}." if kept else "Restored.")
    if again is not None:
        counts = ", ".join(f"{count:,} {what}" for what, count in again.removed.items() if what in GONE_AGAIN)
        say(f"What was purged since this backup was made went from it again: {counts}. --with-purged keeps it.")
    return 0


def _tombstones(paths: Paths) -> tuple[Buried, ...]:
    """What was purged here; where the database is gone or cannot be read, what the copy beside it says."""
    if database_url(paths) or paths.database.exists():
        with suppress(StorageError), closing(open_database(paths)) as database:
            return tombstones(database)
    return tuple(Buried(one, "") for one in second_copy(paths.data))


def _row(backup: Backup) -> dict[str, object]:
    return {
        "path": str(backup.path), "kind": backup.kind, "at": backup.at.isoformat(), "size": backup.size,
        "encrypted": backup.sealed,
    }  # fmt: skip


def passphrase() -> str:
    """From the environment, or typed; empty where there is neither."""
    return os.environ.get(PASSPHRASE) or (getpass.getpass("Passphrase: ") if sys.stdin.isatty() else "")


def _new_passphrase() -> str:
    """One that was typed twice, or is in the environment. Raises InvalidInput."""
    given = os.environ.get(PASSPHRASE)
    if given:
        return given
    if not sys.stdin.isatty():
        raise InvalidInput("An encrypted backup needs a passphrase.", f"Set {PASSPHRASE}, or type it at a terminal.")
    first, second = (getpass.getpass(f"{which}: ") for which in ("Passphrase", "Once more"))
    if first != second or not first:
        raise InvalidInput("These are two different ones." if first else "An empty passphrase protects nothing.")
    return first
