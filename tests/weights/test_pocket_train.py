"""Training from scratch: a short run learns something, and what it saves loads."""

from pathlib import Path

from sleep.weights.pocket.evaluate import Pocket
from sleep.weights.pocket.train import WIDTHS, Plan, Progress, cut, loaded, quick, train


def test_a_short_run_learns_and_saves(tmp_path: Path) -> None:
    done = train(quick(tmp_path, threads=1))
    assert done.tokens >= 60_000
    assert done.last_loss < 0.6 * done.first_loss
    assert (tmp_path / "model.safetensors").stat().st_size < 2_000_000
    said = Pocket(tmp_path).answer([[{"role": "user", "content": "Hello"}]])
    assert len(said) == 1


def test_only_whole_turns_are_kept() -> None:
    turn = [3, 9, 9, 9, 1, 4, 9, 9, 1]
    labels = [-100] * 6 + [9, 9, 1]
    width, (ids, marks) = cut(turn * 40, labels * 40)
    assert width == WIDTHS[0]
    assert len(ids) == len(marks) == WIDTHS[0] // 9 * 9


def test_the_rate_goes_down_at_the_end(tmp_path: Path) -> None:
    done = Progress(Plan(tmp_path, tokens=1000))
    done.steps = 100
    rates = []
    for done.tokens in (100, 400, 600, 800, 999):
        rates.append(round(done.rate(), 1))
    assert rates == [1.0, 1.0, 1.0, 0.5, 0.0]


def test_processes_write_the_same_text(tmp_path: Path) -> None:
    tokenizer = Pocket().tokenizer
    here, beside = (Plan(tmp_path, tokens=1000, batch=500, simple=True, workers=number) for number in (0, 1))
    one, other = (next(loaded(tokenizer, plan, Progress(plan))) for plan in (here, beside))
    assert one.ids.tolist() == other.ids.tolist() and one.wanted.tolist() == other.wanted.tolist()
    assert one.ids.flatten()[one.places + 1].tolist() == one.wanted.tolist(), "the next token is foretold"
