"""`reverie purge`: what would go is said first; then it goes, and a receipt is printed."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from assistant.cli.backups import passphrase
from assistant.cli.memory_rows import print_receipt
from assistant.cli.output import say, show_json
from assistant.cli.store import Home, opened
from assistant.purging import purge_from_backups, purge_home
from memory.backup import list_backups
from memory.errors import InvalidInput, Refused
from memory.extraction.dates import find_when
from memory.purge_backups import Rewritten
from memory.purge_scope import Scope, scope_about, scope_between, scope_of
from memory.text import one_line

SHOWN = 8
"""Of what would go so many are shown."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of `reverie purge`."""

    which: Sequence[str]
    about: str | None
    since: str | None
    until: str | None
    backups: bool
    yes: bool
    as_json: bool


def purge_all(wanted: Wanted) -> int:
    """Purge what was named. Raises InvalidInput, NotFound, Refused."""
    with opened() as home:
        if wanted.backups and not _ways(wanted):
            return _say_rewritten(_rewrite(home, ""))
        scope = _scope(home, wanted)
        if scope.empty:
            raise Refused(f"There is nothing to purge: {scope.called}.")
        if not wanted.yes:
            _ask(home, scope)
        receipt = purge_home(home.paths, home.database, scope, home.clock, reason="purged on the command line")
        rewritten = _rewrite(home, scope.named) if wanted.backups else None
    if rewritten is not None:
        held = {str(path) for path in (*rewritten.rewritten, *rewritten.clean)}
        receipt = replace(receipt, left_in=tuple(path for path in receipt.left_in if path not in held))
    if wanted.as_json:
        show_json(asdict(receipt))
    else:
        print_receipt(receipt)
    return _say_rewritten(rewritten) if rewritten is not None else 0


def _rewrite(home: Home, named: str) -> Rewritten:
    sealed = any(backup.sealed for backup in list_backups(home.paths.backups))
    secret = passphrase() if sealed else ""
    return purge_from_backups(home.paths, home.database, home.clock, named=named, passphrase=secret)


def _say_rewritten(done: Rewritten) -> int:
    """What became of the backups. 1 where some may still hold it."""
    say(f"Backups: {len(done.rewritten)} rewritten without it, {len(done.clean)} never held it, {len(done.left)} left.")
    for path, why in done.left:
        say(f"  {path}: {why}")
    return 1 if done.left else 0


def _ways(wanted: Wanted) -> int:
    return sum([bool(wanted.which), wanted.about is not None, wanted.since is not None or wanted.until is not None])


def _scope(home: Home, wanted: Wanted) -> Scope:
    if _ways(wanted) != 1:
        raise InvalidInput("Purge what?", "Give ids (m41 t120 c4), or --about NAME, or --from and --until.")
    if wanted.which:
        return scope_of(home.database, wanted.which)
    if wanted.about is not None:
        return scope_about(home.database, wanted.about)
    return scope_between(home.database, _when(home, wanted.since), _when(home, wanted.until))


def _when(home: Home, said: str | None) -> datetime | None:
    """The beginning of what a person calls a time. Raises InvalidInput."""
    if said is None:
        return None
    zone, now = home.clock.zone, home.clock.now()
    try:
        exact = datetime.fromisoformat(said.strip())
        return exact if exact.tzinfo else exact.replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        when = find_when(said, now, zone, past=True) or find_when(f"on {said}", now, zone, past=True)
    if when is None:
        raise InvalidInput(f"{said!r} is no time.", "Write 2026-05-03, 2026-05-03T18:00, yesterday or 3 May 2026.")
    return when.start


def _ask(home: Home, scope: Scope) -> None:
    """Say what would go, and have it confirmed. Raises Refused."""
    parts = (("memories", scope.memories), ("messages", scope.messages), ("whole conversations", scope.conversations))
    say(f"{scope.called}: " + ", ".join(f"{len(numbers):,} {what}" for what, numbers in parts if numbers))
    for number in scope.memories[:SHOWN]:
        say(f"  m{number} {one_line(home.memories.get(f'm{number}').text, 100)}")
    for number in scope.messages[:SHOWN]:
        say(f"  t{number} {one_line(home.conversations.message(f't{number}').content, 100)}")
    say("This cannot be undone. Type purge to do it:")
    if sys.stdin.readline().strip().lower() != "purge":
        raise Refused("Nothing was purged.", "With --yes it does not ask.")
