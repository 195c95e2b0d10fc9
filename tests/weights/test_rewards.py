"""Dreams that teach something, on the shipped model; and the order in which winners are learned."""

from collections import Counter

import pytest

from sleep.weights.dreams import dream
from sleep.weights.items import Fact, Item, ItemKind
from sleep.weights.lm import LanguageModel
from sleep.weights.rewards import Tried, Trying, rewarded, rows, tried, winners
from sleep.weights.seeding import Lesson, Recipe, fresh_adapter, parts, schedule

FACTS = [Fact("m1", "You live in Porto."), Fact("m2", "Your sister is called Ana.")]


def item(question: str, answer: str = "You live in Porto.", fact: str = "m1") -> Item:
    return Item(ItemKind.ASK, question, answer, (fact,), "<memories>\nYou live in Porto.\n</memories>")


@pytest.fixture(scope="module")
def base() -> LanguageModel:
    return LanguageModel.load("pocket")


@pytest.fixture
def student() -> LanguageModel:
    learner = LanguageModel.load("pocket")
    return LanguageModel(fresh_adapter(learner, Recipe()), learner.tokenizer)


def test_what_teaches_earns_and_what_teaches_something_else_does_not(student: LanguageModel) -> None:
    held = {"m1": [item("Which place do I call home?"), item("In which city do I live?"), item("Where is my home?")]}
    teaches, does_not = item("Where do I live?"), item("What do bees make?", "Bees make honey.")
    before = [p.detach().clone() for p in student.model.parameters()]
    found = tried(student, [teaches, does_not], held, Trying(steps=16))
    assert [t.earned for t in found] == [True, False]
    assert all((p == was).all() for p, was in zip(student.model.parameters(), before, strict=True))
    assert all(t.loss > 0 for t in found)


def test_what_has_nothing_held_out_earns_nothing(student: LanguageModel) -> None:
    assert [t.earned for t in tried(student, [item("Where do I live?")], {}, Trying())] == [False]


def test_winners_are_in_order_the_hardest_last() -> None:
    every = [Tried(item("a"), True, 3.0), Tried(item("b"), False, 9.0), Tried(item("c"), True, 1.0)]
    assert [i.question for i in winners(every)] == ["c", "a"]


def test_the_dreamer_is_shown_what_it_should_have_written(base: LanguageModel) -> None:
    row = rows([item("Where do I live?")], FACTS, base)[0]
    assert row["completion"][0]["content"] == "Q: Where do I live?\nA: You live in Porto."
    assert "You live in Porto." in row["prompt"][0]["content"] and "Ana" not in row["prompt"][0]["content"]


@pytest.mark.timeout(300)
def test_every_memory_keeps_something_to_rehearse(base: LanguageModel, student: LanguageModel) -> None:
    dreams = list(dream(base, FACTS, [], each=10, enough=6, seed=1).items)
    kept = [i for n, i in enumerate(dreams) if n % 2]
    how = Trying(steps=6, tuning=Recipe(steps=4, batch=16))
    found = rewarded("pocket", student, base, dreams, kept, FACTS, [], each=4, enough=4, seed=1, how=how)
    assert {i.facts[0] for i in found} == {i.facts[0] for i in kept}
    assert len({i.question for i in found}) == len(found)


def test_ordered_items_come_as_often_as_each_other_and_the_last_ones_late() -> None:
    recipe = Recipe(steps=50, batch=10, rehearsal=0.0, anchors=0.0)
    items = list(range(20))
    drawn = schedule(Lesson(items, ordered=True), recipe)
    assert len(drawn) == 500 and set(Counter(drawn).values()) == {25}
    first, last = drawn[:100], drawn[-100:]
    assert sum(first) / 100 < 7 and sum(last) / 100 > 12
    assert schedule(Lesson(items, ordered=True), recipe) == drawn


def test_every_batch_has_its_shares() -> None:
    lesson = Lesson(list("abc"), list("def"), list("ghi"), list("mno"), list("jkl"))
    recipe = Recipe(steps=5, batch=20, rehearsal=0.3, anchors=0.2, general=0.05, reading=0.1)
    drawn = schedule(lesson, recipe)
    assert [count for _, count in parts(lesson, recipe)] == [7, 6, 4, 1, 2]
    for start in range(0, len(drawn), recipe.batch):
        batch = drawn[start : start + recipe.batch]
        assert [sum(item in part for item in batch) for part in ("abc", "def", "ghi", "mno", "jkl")] == [7, 6, 4, 1, 2]
    assert [count for _, count in parts(Lesson(list("abc")), recipe)] == [20, 0, 0, 0, 0]


def test_each_memory_is_rehearsed_as_often_as_the_others_however_many_items_it_has() -> None:
    items = [item(f"{fact} {at}?", fact=fact) for fact, many in (("a", 12), ("b", 3)) for at in range(many)]
    recipe = Recipe(steps=12, batch=10, rehearsal=0.4, anchors=0.0, general=0.0, reading=0.0)
    drawn = schedule(Lesson(items, items, evenly=True), recipe)
    assert Counter(one.facts for one in drawn) == {("a",): 60, ("b",): 60}
    assert set(Counter(drawn[at] for at in range(120)).values()) >= {5, 20}
    first = [one for one in items if one.facts == ("a",)]
    assert set(Counter(schedule(Lesson(first, evenly=True), recipe)).values()) == {10}
    assert Counter(one.facts for one in schedule(Lesson(items, items), recipe))[("a",)] == 96
