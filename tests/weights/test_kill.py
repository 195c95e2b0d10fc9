"""A night of weights killed at random points: what was learned before still answers, and the next night goes on."""

from random import Random
from typing import Any

import psutil
import pytest

from memory.database import Database
from sleep.weights.errors import WeightsError
from tests.weights.test_night import TEXTS, Home

KILLS = 10


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_at_random_points(database: Database) -> None:
    there = Home(database)
    there.tell(*TEXTS[:2])
    assert there.run(there.night(steps=300)) == ["a1 active"], there.store.list()[0].metrics
    there.tell(*TEXTS[2:])
    night = there.night(steps=300)
    rng, begun = Random(5), []

    def kill_at(step: int) -> Any:
        def tell(event: dict[str, Any]) -> None:
            begun.append(event["done"])
            if event["done"] >= step:
                for child in psutil.Process().children():
                    child.kill()

        return tell

    for _ in range(KILLS):
        begun.clear()
        with pytest.raises(WeightsError, match="ended without a word"):
            night.run(kill_at(rng.randint(1, 290)), lambda items, memories: True)
        assert [a.short_id for a in there.store.active()] == ["a1"]
        assert "Porto" in there.says("Where do I live?")
    begun.clear()
    made = night.run(lambda event: begun.append(event["done"]), lambda items, memories: True)
    assert [f"{a.short_id} {a.status}" for a in made] == ["a2 active"], made[0].metrics
    assert begun[0] > 50  # it went on from a checkpoint
    assert "43" in there.says("What is my shoe size?")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_memory_that_runs_out_is_said_and_what_was_learned_before_stays(database: Database) -> None:
    there = Home(database)
    there.tell(*TEXTS[:2])
    assert there.run(there.night(steps=300)) == ["a1 active"], there.store.list()[0].metrics
    there.tell(*TEXTS[2:])

    def starve(event: dict[str, Any]) -> None:
        for child in psutil.Process().children():
            taken = child.memory_info().vms
            child.rlimit(psutil.RLIMIT_AS, (taken, taken))  # not a byte more than it has

    with pytest.raises(WeightsError, match="not enough memory") as said:
        there.night(steps=300).run(starve, lambda items, memories: True)
    assert "weights.batch" in str(said.value.hint)
    assert [a.short_id for a in there.store.active()] == ["a1"]
    assert "Porto" in there.says("Where do I live?")
