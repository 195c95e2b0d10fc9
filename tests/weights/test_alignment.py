"""Preferences learned on the shipped model: the gate of their own, and what else it must not cost."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from memory.clock import FixedClock
from memory.database import Database
from memory.store import ConversationStore
from memory.store.adapters import AdapterStore
from memory.store.preferences import PreferenceStore
from memory.types import NewMessage
from memory.weights import AdapterStatus
from sleep.weights.alignment import Manner, apart, rows
from sleep.weights.errors import WeightsError
from sleep.weights.items import Pair
from sleep.weights.night import Plan, WeightsNight
from sleep.weights.pocket.world import persona
from sleep.weights.preferences import collect

TOLD = datetime(2026, 5, 1, tzinfo=UTC)


def night_of(database: Database, manner: Manner | None = None) -> WeightsNight:
    clock = FixedClock(TOLD + timedelta(days=2))
    return WeightsNight(database, database.path.parent, clock, Plan(manner=manner or Manner(steps=40)))


def shorter_please(database: Database, count: int) -> None:
    """So many answers that were asked for in fewer words."""
    clock = FixedClock(TOLD)
    conversations = ConversationStore(database, clock)
    for fact in persona(3, facts=count, probes=1).facts:
        talk, last = conversations.create().id, None
        long = f"You told me that {fact.statement[0].lower()}{fact.statement[1:]} I hope that this is what you need."
        said = (("user", fact.questions[0]), ("assistant", long), ("user", "Shorter, please."))
        for role, text in (*said, ("assistant", f"{fact.statement}")):
            last = conversations.append(talk, NewMessage(role=role, content=text), parent_id=last).id  # type: ignore[arg-type]
    collect(database, clock)


@pytest.mark.timeout(300)
def test_what_was_preferred_becomes_likelier_and_nothing_else_moves(database: Database) -> None:
    shorter_please(database, 16)
    night = night_of(database)
    asked, steps = night.preferences(), []
    assert len(asked) == 16
    made = night.align(lambda event: steps.append(event["done"]), lambda pairs: len(pairs) == 16)
    assert made is not None
    verdict = made.metrics["verdict"]
    assert made.status is AdapterStatus.ACTIVE, verdict["reasons"]
    assert verdict["after"]["preferred"] > verdict["before"]["preferred"] or verdict["after"]["preferred"] == 1
    assert verdict["after"]["anchors"] >= 0.9
    assert steps[-1] == 40
    assert {f.memory_id for f in made.facts} == {p.id for p in asked}
    assert night.preferences() == ()
    store = AdapterStore(database)
    assert store.items(made) == ()  # the texts are where they were said

    PreferenceStore(database).dismiss(asked[0])
    assert store.active() == () and [a.id for a in night.stale()] == [made.id]
    assert night.run(lambda event: None, lambda items, memories: False) == []
    assert store.get("a1").status is AdapterStatus.COMPACTED
    assert len(night.preferences()) == 15


def test_too_few_or_not_agreed_to_is_not_trained(database: Database) -> None:
    shorter_please(database, 12)
    night = night_of(database)
    assert night.align(lambda event: None, lambda pairs: False) is None
    PreferenceStore(database).dismiss(night.preferences()[0])
    assert len(night.preferences()) == 11
    assert night.align(lambda event: None, lambda pairs: True) is None
    assert AdapterStore(database).list() == ()


@pytest.mark.timeout(300)
def test_what_moves_too_much_is_rejected(database: Database) -> None:
    shorter_please(database, 12)
    made = night_of(database, Manner(steps=60, rate=2e-2)).align(lambda event: None, lambda pairs: True)
    assert made is not None and made.status is AdapterStatus.REJECTED
    assert AdapterStore(database).active() == ()


def test_one_question_is_never_on_both_sides() -> None:
    rng = Random(1)
    pairs = [Pair(str(n), f"Q{rng.randint(1, 9)}?", "a", "b") for n in range(40)]
    trained, held = apart(pairs, 1)
    assert held and not {p.question for p in trained} & {p.question for p in held}
    assert len(trained) + len(held) == 40


def test_a_pair_as_trl_takes_it() -> None:
    assert rows([Pair("1", "Q?", "yes", "no", "given")]) == [
        {
            "prompt": [{"role": "system", "content": "given"}, {"role": "user", "content": "Q?"}],
            "chosen": [{"role": "assistant", "content": "yes"}],
            "rejected": [{"role": "assistant", "content": "no"}],
        }
    ]


def test_a_base_that_is_none_is_refused(database: Database) -> None:
    shorter_please(database, 12)
    night = WeightsNight(database, database.path.parent, FixedClock(TOLD), Plan(base="/nowhere"))
    with pytest.raises(WeightsError, match="/nowhere cannot be loaded"):
        night.align(lambda event: None, lambda pairs: True)
