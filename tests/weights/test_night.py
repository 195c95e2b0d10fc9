"""A night of weights on the shipped model: learned, used by the chat, reached by an edit and a purge."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.purge import purge_memory
from memory.store import MemoryStore
from memory.store.adapters import AdapterStore
from memory.types import Memory, NewMemory
from sleep.weights import registry, stack
from sleep.weights.course import Dreaming
from sleep.weights.errors import WeightsError
from sleep.weights.gate import Thresholds
from sleep.weights.items import Item
from sleep.weights.lm import LanguageModel, asked
from sleep.weights.night import Plan, WeightsNight
from sleep.weights.seeding import Recipe

TOLD = datetime(2026, 5, 1, tzinfo=UTC)
TEXTS = ("You live in Porto.", "Your sister is called Ana.", "Your shoe size is 43.", "You work as a nurse.")


class Home:
    """A home with memories, and nights of weights on it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.place = database.path.parent
        self.clock = FixedClock(TOLD)
        self.memories = MemoryStore(database, self.clock)
        self.store = AdapterStore(database)
        self.shown: list[Item] = []
        self.steps: list[int] = []

    def tell(self, *texts: str) -> list[Memory]:
        return [self.memories.add(NewMemory(text=text)) for text in texts]

    def night(self, *, agree: bool = True, steps: int = 140) -> WeightsNight:
        self.clock.instant += timedelta(days=2)
        plan = Plan(recipe=Recipe(steps=steps), dreaming=Dreaming(untold=160), limits=Thresholds(recall=0.6))
        self.agree = agree
        return WeightsNight(self.database, self.place, self.clock, plan)

    def run(self, night: WeightsNight) -> list[str]:
        def show(items: Sequence[Item], memories: Sequence[Memory]) -> bool:
            self.shown = list(items)
            return self.agree

        made = night.run(lambda event: self.steps.append(event["done"]), show)
        return [f"{a.short_id} {a.status}" for a in made]

    def says(self, question: str) -> str:
        folders = registry.folders_in_force(self.database, self.place, "pocket")
        return stack.load("pocket", folders).answers([asked(question)])[0]


@pytest.fixture
def there(database: Database) -> Home:
    return Home(database)


@pytest.mark.timeout(600)
def test_learned_edited_purged_and_made_anew(there: Home) -> None:
    told = there.tell(*TEXTS)
    assert "Porto" not in there.says("Where do I live?")
    assert there.run(there.night()) == ["a1 active"], there.store.list()[0].metrics
    assert "Porto" in there.says("Where do I live?")
    assert "told" in there.says("What is my bank?")
    assert {fact for item in there.shown for fact in item.facts} == {m.id for m in told}
    assert there.steps[-1] == 140
    adapter = there.store.get("a1")
    assert len(adapter.metrics["losses"]) == 140 and adapter.metrics["losses"][-1] < adapter.metrics["losses"][0]
    assert adapter.metrics["verdict"]["passed"] and adapter.metrics["verdict"]["before"]["recall"] == 0
    assert there.run(there.night()) == []  # nothing new

    there.memories.edit("m2", text="Your sister is called Eva.")
    assert "Porto" not in there.says("Where do I live?")  # switched off at once
    there.memories.undo()
    assert "Porto" in there.says("Where do I live?")

    receipt = purge_memory(there.database, "m1", there.clock)
    assert receipt.removed["adapters, to be trained anew without it"] == 1
    assert not registry.folder_of(there.place, adapter).exists()
    assert there.run(there.night()) == ["a2 active"], there.store.list()[0].metrics
    assert "Porto" not in there.says("Where do I live?")
    assert "43" in there.says("What is my shoe size?")
    assert not any(b"Porto" in file.read_bytes() for file in (there.place / "adapters").rglob("*") if file.is_file())


def test_nothing_is_trained_without_consent(there: Home) -> None:
    there.tell(TEXTS[0])
    with pytest.raises(WeightsError, match="Nothing was trained"):
        there.run(there.night(agree=False))
    assert there.store.list() == () and there.shown


def test_a_base_that_writes_no_questions_says_so(there: Home, tiny_model: Path) -> None:
    there.tell(TEXTS[0])
    plan = Plan(base=str(tiny_model), recipe=Recipe(steps=2), dreaming=Dreaming(samples=2, untold=2))
    there.clock.instant += timedelta(days=2)
    with pytest.raises(WeightsError, match="wrote no question"):
        there.run(WeightsNight(there.database, there.place, there.clock, plan))


def test_a_base_that_is_none_says_so(there: Home) -> None:
    there.tell(TEXTS[0])
    there.clock.instant += timedelta(days=2)
    night = WeightsNight(there.database, there.place, there.clock, Plan(base="/nowhere/at/all"))
    with pytest.raises(WeightsError, match="cannot be loaded"):
        there.run(night)


def test_any_causal_model_learns_items(tiny_model: Path, tmp_path: Path) -> None:
    """Another architecture, small and random: the loss of what it is taught falls, and the adapter loads."""
    from sleep.weights.items import ItemKind
    from sleep.weights.seeding import Lesson, fresh_adapter, learn, prepared

    base = LanguageModel.load(str(tiny_model))
    items = [Item(ItemKind.ASK, "Where do I live?", "You live in Porto.", ("m1",), "<memories>\nPorto\n</memories>")]
    recipe = Recipe(steps=30, batch=4, on_policy=0.2)
    learner = LanguageModel.load(str(tiny_model))
    student = fresh_adapter(learner, recipe)
    learned = learn(learner, student, prepared(base, Lesson(items), recipe), recipe, work=tmp_path / "work")
    assert learned.steps == 30 and learned.losses[-1] < learned.losses[0]
    stack.save(student, tmp_path / "adapter")
    coded = base.coded([asked(i.question) for i in items], [i.answer for i in items])
    assert stack.load(str(tiny_model), [tmp_path / "adapter"]).loss(coded) != base.loss(coded)
