"""`reverie purge`: what would go is said first; then it goes, and a receipt is printed."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from assistant.cli.memory_rows import print_receipt
from assistant.cli.output import say, show_json
from assistant.cli.store import Home, opened
from memory.errors import InvalidInput, Refused
from memory.extraction.dates import find_when
from memory.purge import purge
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
    yes: bool
    as_json: bool


def purge_all(wanted: Wanted) -> int:
    """Purge what was named. Raises InvalidInput, NotFound, Refused."""
    with opened() as home:
        scope = _scope(home, wanted)
        if scope.empty:
            raise Refused(f"There is nothing to purge: {scope.called}.")
        if not wanted.yes:
            _ask(home, scope)
        receipt = purge(home.database, scope, home.clock, reason="purged on the command line")
        backups = sorted(home.paths.backups.glob("*.db"))
    if wanted.as_json:
        show_json(asdict(receipt))
    else:
        print_receipt(receipt)
    if backups:
        say(f"{len(backups)} backups in {home.paths.backups} still hold it; delete them, or keep them on purpose.")
    return 0


def _scope(home: Home, wanted: Wanted) -> Scope:
    ways = [bool(wanted.which), wanted.about is not None, wanted.since is not None or wanted.until is not None]
    if sum(ways) != 1:
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
