"""The work of `reverie adapter`."""

from pathlib import Path

from assistant.cli.adapter_rows import adapter_row
from assistant.cli.output import rows, say, show, show_json
from assistant.cli.store import opened
from assistant.telling.adapters import is_alignment, recall_of, state, verdict_lines
from memory.store.adapters import AdapterStore
from memory.store.preferences import PreferenceStore
from memory.text import one_line
from sleep.weights import registry


def print_list(*, as_json: bool) -> int:
    """All adapters."""
    with opened() as home:
        found = AdapterStore(home.database).list()
    if as_json:
        show_json([adapter_row(a) for a in found])
    elif found:
        rows(
            ("id", "made", "state", "base", "learned", "recall", "seconds"),
            [
                (a.short_id, f"{a.created_at:%Y-%m-%d}", state(a), Path(a.base).name,
                 f"{len(a.facts)} {'preferences' if is_alignment(a) else 'memories'}", recall_of(a),
                 f"{a.metrics['seconds']:g}")
                for a in found
            ],
        )  # fmt: skip
    else:
        say("No adapters yet. `reverie sleep --weights` makes one.")
    return 0


def print_adapter(which: str, *, as_json: bool) -> int:
    """One adapter in full."""
    with opened() as home:
        store = AdapterStore(home.database)
        adapter = store.get(which)
        items = store.items(adapter)
        names = home.memories.short_ids({f.memory_id for f in adapter.facts})
        names = {**names, **{p.id: p.short_id for p in PreferenceStore(home.database).list()}}
    if as_json:
        questions = [
            {
                "kind": i.kind,
                "question": i.question,
                "answer": i.answer,
                "memories": [names.get(m, m) for m in i.memories],
            }
            for i in items
        ]
        show_json(adapter_row(adapter) | {"items": questions})
        return 0
    for line in verdict_lines(adapter):
        show(line)
    for fact in adapter.facts:
        gone = " (changed since)" if fact.memory_id in adapter.dirty else ""
        times = f", recalled {fact.streak} nights in a row" if fact.streak else ", not recalled yet"
        purged = "a preference that is gone" if is_alignment(adapter) else "a purged memory"
        show(f"  {names.get(fact.memory_id, purged)}{gone}{'' if is_alignment(adapter) else times}")
    for item in items:
        of = ", ".join(names.get(m, m) for m in item.memories)
        show(f"  {item.kind:6} [{of}] {one_line(item.question, 100)} {one_line(item.answer, 100)}")
    return 0


def switch_on(which: str) -> int:
    """Activate."""
    with opened() as home:
        store = AdapterStore(home.database)
        on = registry.activate(store, home.paths.data, store.get(which))
    show(f"{', '.join(a.short_id for a in on)}: active.")
    return 0


def switch_off(which: str) -> int:
    """Deactivate."""
    with opened() as home:
        store = AdapterStore(home.database)
        off = registry.deactivate(store, store.get(which) if which else None)
    show(f"{', '.join(sorted(a.short_id for a in off))}: switched off.")
    return 0


def write_out(which: str, folder: Path) -> int:
    """Export."""
    from sleep.weights.export import export

    with opened() as home:
        store = AdapterStore(home.database)
        adapter = store.get(which)
        below = [a for a in reversed(store.list()) if a.id in adapter.below]
        written = export(adapter, below, home.paths.data, folder)
    for line in written:
        show(line)
    return 0


def take_away(which: str) -> int:
    """Remove."""
    with opened() as home:
        store = AdapterStore(home.database)
        adapter = store.get(which)
        registry.remove(store, home.paths.data, adapter)
    show(f"{adapter.short_id} is removed.")
    return 0
