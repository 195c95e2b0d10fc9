"""The large fuzzing of everything that reads what others wrote: `python -m benchmarks.fuzz [--minutes M] [--cases N]
[--target NAME] [--seed S] [--homes H]`.

Every target in turn for a second of processor time, until the time or the number of cases is reached. A text that a
target fails on is written out. Exit code 1 if there was one. `--homes` first lives H homes at random
(tests/fuzz/test_machines.py), each of up to 50 acts; a sequence that breaks one is told, made as short as it goes.
"""

import argparse
import sys
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator

from benchmarks.report import machine, table
from tests.fuzz.targets import TARGETS, cases

TURN_SECONDS = 1.0
SLOW_SECONDS = 2.0
"""A single text that takes longer is told, too: somebody could send it."""


def main() -> int:
    options = _options()
    if options.homes:
        _live(options.homes)
    names = options.target or [*TARGETS]
    made: dict[str, Iterator[str]] = {name: cases(name, options.seed) for name in names}
    done, spent, found = Counter[str](), defaultdict[str, float](float), dict[tuple[str, str], str]()
    end = time.monotonic() + 60 * options.minutes
    while time.monotonic() < end and done.total() < options.cases:
        for name in names:
            _turn(name, made[name], done, spent, found)
    print(machine())
    rows = [[name, f"{done[name]:,}", f"{done[name] / max(spent[name], 1e-9):,.0f}"] for name in names]
    print(table(["target", "cases", "a second of processor time"], [*rows, ["all", f"{done.total():,}", ""]]))
    for (name, what), said in found.items():
        print(f"{name}: {what}\n  {said!r}")
    return 1 if found else 0


def _live(homes: int) -> None:
    """Raises AssertionError for a sequence of acts that leaves a home unsound."""
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    from tests.fuzz.test_machines import HomeMachine

    began = time.process_time()
    how = settings(
        max_examples=homes,
        stateful_step_count=50,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(HomeMachine, settings=how)
    print(f"{homes:,} homes lived through, {time.process_time() - began:,.0f} s of processor time", flush=True)


def _turn(
    name: str, made: Iterator[str], done: "Counter[str]", spent: dict[str, float], found: dict[tuple[str, str], str]
) -> None:
    began = now = time.process_time()
    while now - began < TURN_SECONDS:
        said, before = next(made), now
        try:
            TARGETS[name](said)
        except Exception as error:  # whatever it is, it is the finding
            found.setdefault((name, _where(error)), said)
        now = time.process_time()
        done[name] += 1
        if now - before > SLOW_SECONDS:
            found.setdefault((name, "slow"), said)
    spent[name] += now - began


def _where(error: BaseException) -> str:
    """What it is and where it was raised: one finding, however many texts make it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {last.filename}:{last.lineno}: {error}"[:300].split(" character ")[0]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--cases", type=int, default=10_000_000)
    parser.add_argument("--target", action="append", choices=[*TARGETS])
    parser.add_argument("--homes", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
