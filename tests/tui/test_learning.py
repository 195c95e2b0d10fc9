"""A night of weights from within the program: what was preferred is offered after what was told."""

from collections.abc import Sequence
from pathlib import Path

from assistant.paths import Paths
from assistant.runtime import Runtime
from assistant.settings import Settings
from memory.clock import FixedClock
from memory.store.adapters import AdapterStore
from memory.vectors.hashing import HashEmbedder
from tests.weights.test_alignment import TOLD, shorter_please
from tui.sleeping.learning import Offered, learn


def opened(home: Path) -> Runtime:
    return Runtime.open(
        paths=Paths(data=home, config=home, cache=home / "cache"),
        settings=Settings.model_validate({"index": {"backend": "exact"}}),
        clock=FixedClock(TOLD),
        load_embedder=lambda: HashEmbedder(64),
    )


def test_preferences_are_shown_before_they_are_learned(home: Path) -> None:
    runtime = opened(home)
    seen: list[Offered] = []

    def refuse(offered: Sequence[Offered]) -> bool:
        seen.extend(offered)
        return False

    assert "nothing new" in learn(runtime, lambda event: None, refuse)
    shorter_please(runtime.database, 12)
    assert learn(runtime, lambda event: None, refuse) == "Nothing was learned."
    assert len(seen) == 12 and AdapterStore(runtime.database).list() == ()
    for one in seen:
        assert one.kind == "prefer" and one.sources[0].startswith("v")
        assert one.instead.startswith("You told me that") and len(one.answer) < len(one.instead)
    runtime.close()


def test_too_few_preferences_are_not_offered(home: Path) -> None:
    runtime = opened(home)
    shorter_please(runtime.database, 11)
    assert "nothing new" in learn(runtime, lambda event: None, lambda offered: 1 / 0 > 0)
    runtime.close()
