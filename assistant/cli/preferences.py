"""The work of `reverie preference`."""

from typing import Any

from assistant.cli.output import instant, rows, say, show, show_json
from assistant.cli.store import opened
from memory.preferences import Preference
from memory.store.preferences import PreferenceStore
from memory.text import one_line
from sleep.weights.preferences import collect


def print_list(*, as_json: bool) -> int:
    """All preferences, after a look through what was said."""
    with opened() as home:
        collect(home.database, home.clock)
        found = PreferenceStore(home.database).list()
    if as_json:
        show_json([preference_row(p) for p in found])
    elif found:
        rows(
            ("id", "how", "asked", "preferred", "to", "state"),
            [
                (p.short_id, str(p.kind), one_line(p.question, 24), one_line(p.chosen, 32), one_line(p.rejected, 32),
                 "dismissed" if p.dismissed else "")
                for p in found
            ],
        )  # fmt: skip
    else:
        say('No preferences yet. They come of answers asked for again, or in another manner ("shorter, please").')
    return 0


def print_preference(which: str, *, as_json: bool) -> int:
    """One in full."""
    with opened() as home:
        found = PreferenceStore(home.database).get(which)
    if as_json:
        show_json(preference_row(found))
        return 0
    state = ", dismissed" if found.dismissed else ""
    show(f"{found.short_id}: {found.kind}{state}, {instant(found.at)}, from {', '.join(found.sources)}")
    for name, text in (("asked", found.question), ("preferred", found.chosen), ("to", found.rejected)):
        show(f"\n{name}:\n{text}")
    return 0


def dismiss_preference(which: str, *, dismissed: bool) -> int:
    """Take it out of what is learned, or back in."""
    with opened() as home:
        store = PreferenceStore(home.database)
        found = store.get(which)
        store.dismiss(found, dismissed=dismissed)
    show(f"{found.short_id} is {'dismissed; it is not learned' if dismissed else 'kept; it may be learned'}.")
    return 0


def preference_row(preference: Preference) -> dict[str, Any]:
    """A preference for `--json`."""
    return {
        "id": preference.short_id,
        "kind": str(preference.kind),
        "question": preference.question,
        "chosen": preference.chosen,
        "rejected": preference.rejected,
        "sources": list(preference.sources),
        "dismissed": preference.dismissed,
        "at": instant(preference.at),
    }
