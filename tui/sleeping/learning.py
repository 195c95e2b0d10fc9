"""A night of weights from within the program: what would be learned, consent, training, the verdict."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sleep.lock import NightLock

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from memory.preferences import Preference
    from memory.weights import Adapter
    from sleep.weights.items import Item


@dataclass(frozen=True, slots=True)
class Offered:
    """One thing that would be trained on, as it is shown before it is agreed to."""

    kind: str
    question: str
    answer: str
    instead: str = ""
    """Of a preference the answer that was not preferred."""
    sources: tuple[str, ...] = ()
    """Short ids of the memories, or of the preference and what it was drawn from."""


Tell = Callable[[dict[str, Any]], None]
Agree = Callable[[Sequence[Offered]], bool]


def learn(runtime: "Runtime", tell: Tell, agree: Agree) -> str:
    """Teach the small model what it does not know yet, then what was preferred, and say what the gate said.

    Raises ReverieError.
    """
    from assistant.weights import preferences_of, weights_night

    night = weights_night(runtime)
    enough = len(preferences_of(runtime, night)) >= runtime.settings.weights.least_pairs
    if not night.chosen().memories and not night.stale() and not enough:
        return "There is nothing new to learn: memories are learned a day after they were last changed."
    asks = not runtime.settings.weights.consent
    with NightLock(runtime.paths.data, runtime.database).held():
        made = [*night.run(tell, lambda items, memories: agree(_items(runtime, items)) if asks else True)]
        if enough:
            aligned = night.align(tell, lambda found: agree([_pair(one) for one in found]) if asks else True)
            made += [aligned] if aligned else []
    return "; ".join(map(_said, made)) or "Nothing was learned."


def _items(runtime: "Runtime", items: "Iterable[Item]") -> list[Offered]:
    every = list(items)
    names = runtime.memories.short_ids({fact for item in every for fact in item.facts})
    return [
        Offered(str(i.kind), i.question, i.answer, sources=tuple(names[f] for f in i.facts if f in names))
        for i in every
    ]


def _pair(pair: "Preference") -> Offered:
    return Offered("prefer", pair.question, pair.chosen, pair.rejected, (pair.short_id, *pair.sources))


def _said(adapter: "Adapter") -> str:
    from assistant.telling.adapters import state

    reasons = adapter.metrics.get("verdict", {}).get("reasons", ())
    return f"{adapter.short_id}: {state(adapter)}" + (f" ({reasons[0]})" if reasons else "")
