"""What nights of weights asked themselves, in words a person reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.cli.output import instant, say, show, show_json
from assistant.cli.sleep_rows import width, wrapped
from assistant.cli.store import opened
from assistant.telling.adapters import by_memory, state
from memory.store.adapters import AdapterStore
from memory.text import counted
from memory.weights import Adapter, AdapterItem

MOST = 3
"""Questions shown of each memory; `adapter show` has them all."""
PROBE = "probe"


def print_rehearsals(limit: int, *, as_json: bool) -> int:
    """`reverie sleep journal rehearsed`, the newest night first."""
    with opened() as home:
        store = AdapterStore(home.database)
        nights = [(adapter, store.items(adapter)) for adapter in store.list()[:limit]]
        nights = [(adapter, items) for adapter, items in nights if items]
        names = home.memories.short_ids({m for _, items in nights for item in items for m in item.memories})
    if as_json:
        show_json([_row(adapter, items, names) for adapter, items in nights])
    elif not nights:
        say("Nothing was rehearsed yet. `reverie sleep --weights` does.")
    for adapter, items in [] if as_json else nights:
        show(f"{adapter.short_id}, {adapter.created_at:%Y-%m-%d}, {state(adapter)}")
        for line in _lines(items, names):
            for row in wrapped(line, "  ", width()):
                show(row)
    return 0


def _lines(items: Sequence[AdapterItem], names: Mapping[str, str]) -> Iterator[str]:
    for memory, of in by_memory(items).items():
        rehearsed = [item for item in of if item.kind != PROBE]
        aside = len(of) - len(rehearsed)
        shown = " ".join(f"“{item.question}”" for item in rehearsed[:MOST])
        more = f" and {counted(len(rehearsed) - MOST, 'more question')}" if len(rehearsed) > MOST else ""
        answer = next((item.answer for item in of), "")
        yield f"{names.get(memory, 'a purged memory')}: asked itself {shown}{more}, and answered “{answer}”"
        if aside:
            yield f"  {counted(aside, 'question')} put aside for the gate"


def _row(adapter: Adapter, items: Sequence[AdapterItem], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": adapter.short_id,
        "at": instant(adapter.created_at),
        "items": [
            {
                "kind": item.kind,
                "question": item.question,
                "answer": item.answer,
                "memories": [names[m] for m in item.memories if m in names],
            }
            for item in items
        ],
    }
