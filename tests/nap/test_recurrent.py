"""The paper's mechanism, small: tasks are what they say, states are all that stays, and passes cost only at reading."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sleep.nap.recurrent.campaign import ARMS, Campaign, Scale, Trial, compare, time_arms
from sleep.nap.recurrent.hybrid import Hybrid, Shape
from sleep.nap.recurrent.plots import draw
from sleep.nap.recurrent.report import markdown
from sleep.nap.recurrent.tasks import Links, Rule110, rule110
from sleep.nap.recurrent.timing import Timing, timed
from sleep.nap.recurrent.training import Course, exact, train

SMALL = Rule110(bits=5, strings=2, hardest=3)


@given(st.lists(st.integers(0, 1), min_size=3, max_size=12))
def test_a_step_of_rule_110_is_its_table(cells: list[int]) -> None:
    table = {
        (1, 1, 1): 0,
        (1, 1, 0): 1,
        (1, 0, 1): 1,
        (1, 0, 0): 0,
        (0, 1, 1): 1,
        (0, 1, 0): 1,
        (0, 0, 1): 1,
        (0, 0, 0): 0,
    }
    size = len(cells)
    wanted = [table[cells[at - 1], cells[at], cells[(at + 1) % size]] for at in range(size)]
    assert rule110(torch.tensor([cells]))[0].tolist() == wanted


@settings(max_examples=20)
@given(st.integers(1, Links().hardest), st.integers(0, 1000))
def test_links_are_followed_as_far_as_asked(hard: int, seed: int) -> None:
    task = Links()
    batch = task.batch(8, hard, torch.Generator().manual_seed(seed))
    for row in range(8):
        pairs = torch.cat([chunk[row] for chunk in batch.chunks]).tolist()
        after = dict(zip(pairs[::2], pairs[1::2], strict=True))
        assert len(after) == task.nodes and set(after.values()) == set(after)
        for at in range(task.asked):
            node = int(batch.question[row, 2 * at])
            for _ in range(hard):
                node = after[node]
            assert int(batch.answers[row, 2 * at + 1]) == node
            assert int(batch.question[row, 2 * at + 1]) == task.nodes + hard


def test_the_answer_of_rule_110_is_what_running_it_gives() -> None:
    batch = SMALL.batch(16, 3, torch.Generator().manual_seed(1))
    for at, chunk in enumerate(batch.chunks):
        assert set(chunk[:, 0].tolist()) == {2 + 3}
        state = chunk[:, 1:]
        for _ in range(3):
            state = rule110(state)
        assert torch.equal(batch.answers[:, at], state[:, 0])


def model(**shape: object) -> Hybrid:
    torch.manual_seed(3)
    return Hybrid(Shape(width=16, layers=2, heads=2, **shape), SMALL.vocabulary, SMALL.longest)  # type: ignore[arg-type]


def test_only_states_reach_the_answer_and_each_pass_changes_them() -> None:
    batch = SMALL.batch(4, 2, torch.Generator().manual_seed(2))
    other = SMALL.batch(4, 2, torch.Generator().manual_seed(9))
    once, twice, dropped = model(), model(passes=2), model(keeps=False)
    assert not torch.equal(once(batch.chunks, batch.question), once(other.chunks, batch.question))
    assert torch.equal(dropped(batch.chunks, batch.question), dropped(other.chunks, batch.question))
    assert not torch.allclose(once(batch.chunks, batch.question), twice(batch.chunks, batch.question))
    states = once.sleep(batch.chunks)
    first = states.get_recurrent_state(1)
    assert first is not None and states.get_recurrent_state(0) is None, "attention keeps nothing"
    assert torch.equal(once.answer(batch.question, once.sleep(batch.chunks)), once(batch.chunks, batch.question))


def test_the_gradient_reaches_the_first_chunk_through_all_passes() -> None:
    hybrid = model(passes=3)
    batch = SMALL.batch(4, 2, torch.Generator().manual_seed(2))
    only_first = torch.zeros_like(batch.chunks[0])
    hybrid((batch.chunks[0], only_first), batch.question).sum().backward()
    grad = hybrid.body.embed_tokens.weight.grad
    assert grad is not None and float(grad[1].abs().sum()) > 0, "1 is a token of the first chunk alone"


def test_a_short_training_learns_one_step_and_is_the_same_again() -> None:
    task = Rule110(bits=3, strings=1, hardest=1)
    course = Course(steps=150, batch=64)
    learnt = train(Shape(width=32, layers=2, heads=2), task, course, 1)
    assert learnt.marks[-1].exact[0] > 0.95 > learnt.marks[0].exact[0] or learnt.marks[0].exact[0] > 0.95
    again = train(Shape(width=32, layers=2, heads=2), task, Course(steps=8, batch=64), 1)
    more = train(Shape(width=32, layers=2, heads=2), task, Course(steps=8, batch=64), 1)
    assert again.marks == more.marks
    blind = model(keeps=False)
    assert exact(blind, SMALL, 1)[2] < 0.6


def trial(arm: str, task: str, exact: tuple[float, ...]) -> Trial:
    return Trial(
        arm=arm, task=task, seed=1, parameters=1000, chance=0.25, steps=(1, 2), curve=((0.2,) * len(exact), exact),
        losses=(0.7, 0.1), seconds=1.0,
    )  # fmt: skip


def test_the_table_has_a_row_an_arm_and_a_column_for_each_number_of_steps(tmp_path: Path) -> None:
    trials = [trial("N = 1", "links", (1.0,) * 6), trial("N = 4", "links", (0.5,) * 6)]
    times = {"N = 1": Timing(2.0, 1.0, 8.0), "N = 4": Timing(8.0, 1.0, 32.0)}
    lines = markdown(trials, {"links": times}).splitlines()
    assert lines[0].startswith("links") and "0.250" in lines[0]
    assert [line.split("|")[1].strip() for line in lines[4:]] == ["N = 1", "N = 4"]
    assert lines[4].count(" 1.00 |") == 6 and lines[5].count(" 0.50 |") == 6
    assert lines[5].endswith("| 32.0 ms (4.00x) | 8.0 ms (4.00x) | 1.0 ms (1.00x) |")
    pytest.importorskip("matplotlib")
    assert [file.name for file in draw(trials, tmp_path)] == ["naps-links.svg", "naps-links.png"]


def test_what_drops_nothing_has_nothing_to_read_before_it_answers() -> None:
    shapes = {"plain": Shape(width=16, layers=2, heads=2), "in view": Shape(width=16, layers=2, heads=2, evicts=False)}
    taken = timed(shapes, SMALL)
    assert set(taken) == set(shapes) and min(taken["plain"].read, taken["plain"].answer, taken["plain"].learn) > 0
    assert taken["in view"].read < taken["plain"].read


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_arm_runs_and_is_not_run_again(tmp_path: Path) -> None:
    told: list[str] = []
    campaign = Campaign(tmp_path, scale=Scale(width=16, steps=8, batch=16))
    trials = compare(campaign, told.append)
    assert len(trials) == len(told) == 2 * len(ARMS)
    assert compare(campaign) == trials
    assert [(task, *found) for task, found in time_arms(campaign).items()] == [(t, *ARMS) for t in campaign.tasks]
