"""A night of weights from within the program: what would be learned, consent, training, the verdict."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sleep.lock import NightLock

if TYPE_CHECKING:
    from assistant.runtime import Runtime


def learn(runtime: "Runtime", tell: Callable[[dict[str, Any]], None], agree: Callable[[Sequence[Any]], bool]) -> str:
    """Teach the small model what it does not know yet, and say what the gate said. Raises ReverieError."""
    from assistant.cli.adapter_rows import state
    from assistant.weights import weights_night

    night = weights_night(runtime)
    if not night.chosen().memories and not night.stale():
        return "There is nothing new to learn: memories are learned a day after they were last changed."
    asks = not runtime.settings.weights.consent
    with NightLock(runtime.paths.data).held():
        made = night.run(tell, lambda items, memories: agree(items) if asks else True)
    said = []
    for adapter in made:
        reasons = adapter.metrics.get("verdict", {}).get("reasons", ())
        said.append(f"{adapter.short_id}: {state(adapter)}" + (f" ({reasons[0]})" if reasons else ""))
    return "; ".join(said) or "Nothing was learned."
