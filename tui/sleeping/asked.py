"""What is asked of nights, dreams, the page and the weights in one typed line, with and without a screen."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from memory.errors import InvalidInput, Refused
from memory.nights import Run, Section
from memory.store.adapters import AdapterStore
from memory.store.nights import NightStore

if TYPE_CHECKING:
    from assistant.runtime import Runtime

SLEEP_ACTS = ("", "preview", "now", "stop", "status", "undo")


def asked_sleep(argument: str) -> tuple[str, str]:
    """`undo n7`: ("undo", "n7"). Raises InvalidInput for what is no act."""
    act, _, night = argument.strip().partition(" ")
    if act not in SLEEP_ACTS:
        raise InvalidInput(
            f"/sleep does not know {act!r}.",
            "/sleep opens the nights, /sleep preview only looks, /sleep now asks nothing, /sleep undo takes one back.",
        )
    return act, night.strip()


def act_on_night(runtime: "Runtime", argument: str) -> tuple[Run, str]:
    """`n7`: that night (the last, if empty); `n7 undo 3` also takes its third change back, and says so."""
    name, _, rest = argument.strip().partition(" ")
    store = NightStore(runtime.database)
    if name and name != "undo":
        run = store.get(name)
    else:
        rest = argument.strip()
        last = next(iter(store.list(limit=1)), None)
        if last is None:
            raise Refused("There was no night yet.", "/sleep begins one.")
        run = last
    verb, _, which = rest.strip().partition(" ")
    if not verb:
        return run, ""
    changes = store.changes(run)
    if verb != "undo" or not which.strip().isdecimal() or not 1 <= int(which) <= len(changes):
        raise InvalidInput(f"{rest!r} names no change.", f"Write /night {run.short_id} undo 1 to {len(changes)}.")
    from assistant.nights import undo_change

    done = undo_change(runtime, run, [int(which) - 1])
    return run, f"taken back: {changes[int(which) - 1].payload.text} ({done.restored} in all)"


def act_on_dream(runtime: "Runtime", argument: str) -> str:
    """`keep d3` or `dismiss d3`, and the line that says so."""
    from sleep.journal import dismiss, keep

    act, _, name = argument.strip().partition(" ")
    if act not in ("keep", "dismiss") or not name.strip():
        raise InvalidInput(f"/dreams does not know {argument!r}.", "Write /dreams keep d3 or /dreams dismiss d3.")
    dream = NightStore(runtime.database).dream(name)
    if act == "keep":
        memory = keep(runtime.database, runtime.clock, dream)
        return f"{dream.short_id} is kept as {memory.short_id}: {memory.text}"
    dismiss(runtime.database, dream)
    return f"{dream.short_id} is dismissed; it is not dreamt again."


def change_profile(runtime: "Runtime", argument: str) -> str:
    """`add people: text`, `edit p3 text`, `remove p3`, `when p3 text`, and the line that says so."""
    from dataclasses import replace

    store, now = NightStore(runtime.database), runtime.clock.now()
    act, _, rest = argument.strip().partition(" ")
    name, _, text = rest.strip().partition(" ")
    if act == "add" and ":" in rest:
        title, _, text = rest.partition(":")
        made = store.write_line(_section(title), text, now)
        return f"{made.short_id} {made.text}"
    if act == "edit" and text:
        line = store.edit_line(name, text, now)
        return f"{line.short_id} {line.text}"
    if act == "remove" and name:
        return f"off the page: {store.remove_line(name).text}"
    if act == "when" and name:
        before = store.line(name)
        store.put(before, replace(before, instruction=text.strip(), owner="you"))
        return f"{before.short_id} is brought up {text.strip() or 'whenever it bears on the question'}"
    raise InvalidInput(
        f"/profile does not know {argument!r}.",
        "Write /profile add people: TEXT, /profile edit p3 TEXT, /profile remove p3, or /profile when p3 TEXT.",
    )


def _section(title: str) -> Section:
    wanted = title.strip().lower()
    found = [section for section in Section if wanted and section.startswith(wanted)]
    if len(found) != 1:
        raise InvalidInput(f"{title!r} is no part of the page.", f"Parts: {', '.join(Section)}.")
    return found[0]


def act_on_weights(runtime: "Runtime", argument: str) -> str:
    """`on a1` or `off a1` (`off` alone: all), and the line that says so."""
    from sleep.weights import registry

    store = AdapterStore(runtime.database)
    act, _, name = argument.strip().partition(" ")
    acts: dict[str, Callable[[], object]] = {
        "on": lambda: registry.activate(store, runtime.paths.data, store.get(name)),
        "off": lambda: registry.deactivate(store, store.get(name) if name else None),
    }
    if act not in acts or (act == "on" and not name):
        raise InvalidInput(f"/weights does not know {argument!r}.", "Write /weights on a1 or /weights off a1.")
    acts[act]()
    return f"{name or 'all adapters'}: {'in use' if act == 'on' else 'switched off'}"
