"""The review of a night in plain prompts: what would change, and what of it may."""

import sys
from collections.abc import Callable, Sequence

from assistant.cli.output import say
from assistant.cli.sleep_rows import change_lines, width, wrapped
from assistant.telling.nights import Names
from memory.errors import Refused
from memory.nights import Change
from memory.text import counted
from sleep.review import decline, following, ticked, units

LISTED = 40
"""How many safe changes are listed before the rest is only counted; doubtful ones always are."""
_FOLLOWS = {
    "summary": ("summary", "summaries"),
    "line": ("line of your page", "lines of your page"),
    "dream": ("dream", "dreams"),
}
DECLINED = "you declined it"
NOTHING_DONE = "Nothing was changed; the next night asks again."

Unit = tuple[int, ...]


class Reviewer:
    """Asks on standard error, reads standard input."""

    def __init__(
        self, names: Callable[[Sequence[Change]], Names], read: Callable[[], str] = sys.stdin.readline
    ) -> None:
        self._make_names = names
        self._read = read

    def review(self, changes: Sequence[Change]) -> Sequence[Change]:
        """The changes with those declined marked. Raises Refused to leave everything as it is."""
        found = units(changes)
        if not found:
            return changes
        on = {unit for unit in found if ticked(changes, unit)}
        self._list(changes, found, on)
        while True:
            answer = self._prompt("Apply [t]he ticked, [a]ll, [n]one, or go through them [o]ne by one? [t] ") or "t"
            if answer in ("t", "a"):
                return _without(changes, found, on if answer == "t" else set(found))
            if answer == "n":
                raise Refused(NOTHING_DONE)
            if answer == "o":
                return _without(changes, found, self._one_by_one(changes, found, on))

    def _prompt(self, text: str) -> str:
        """The first letter of the answer; the end of the input is a no to everything."""
        print("\n".join(wrapped(text, "", width())), end=" ", file=sys.stderr, flush=True)
        line = self._read()
        if not line:
            raise Refused(NOTHING_DONE)
        return line.strip().lower()[:1]

    def _list(self, changes: Sequence[Change], found: Sequence[Unit], on: set[Unit]) -> None:
        say(f"{counted(len(found), 'change')}, {len(on)} of them safe (ticked):")
        safe = [unit for unit in found if unit in on]
        for unit in found:
            if unit in on and unit not in safe[:LISTED]:
                continue
            for position in unit:
                first = ("[x] " if unit in on else "[ ] ") if position == unit[0] else "    "
                change = changes[position]
                for line in wrapped(f"{change.kind}: {change.payload.text}", first, width()):
                    say(line)
        if len(safe) > LISTED:
            say(f"... and {len(safe) - LISTED} safe ones more.")
        if follows := following(changes):
            parts = (f"{number} {_FOLLOWS[what][number > 1]}" for what, number in follows.items())
            for line in wrapped(f"From them follow {', '.join(parts)}.", "", width()):
                say(line)

    def _one_by_one(self, changes: Sequence[Change], found: Sequence[Unit], on: set[Unit]) -> set[Unit]:
        names = self._make_names(changes)
        chosen: set[Unit] = set()
        for number, unit in enumerate(found, start=1):
            say(f"\n{number} of {len(found)}")
            for position in unit:
                for line in change_lines(changes[position], names, width()):
                    say(line)
            default = "y" if unit in on else "n"
            answer = ""
            while answer not in ("y", "n", "r", "q"):
                answer = self._prompt(f"[y]es, [n]o, [r]est as ticked, [q]uit? [{default}] ") or default
            if answer == "q":
                raise Refused(NOTHING_DONE)
            if answer == "r":
                return chosen | (on & set(found[number - 1 :]))
            if answer == "y":
                chosen.add(unit)
        return chosen


def _without(changes: Sequence[Change], found: Sequence[Unit], chosen: set[Unit]) -> tuple[Change, ...]:
    left = {position for unit in found if unit not in chosen for position in unit}
    return decline(changes, left, DECLINED)
