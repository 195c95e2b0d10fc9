"""How long until something happens: `python -m benchmarks.startup [--runs N]`.

Whole processes, run alternately so that a busy moment of the machine hits all of them; medians and ratios. The first
paint counts from the start of its process to the moment after the first refresh, which the program itself prints.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import machine, median, table
from memory.clock import SystemClock
from memory.database import Database
from memory.store import MemoryStore
from memory.types import NewMemory

MEMORIES = 1_000

COMMANDS: dict[str, tuple[list[str], str, float]] = {
    "python -c 'import typer, sqlalchemy.orm'": (["-c", "import typer, sqlalchemy.orm"], "", 0),
    "reverie --help": (["-m", "assistant", "--help"], "python -c 'import typer, sqlalchemy.orm'", 2.0),
    "reverie memory list (1,000 memories)": (
        ["-m", "assistant", "memory", "list"],
        "python -c 'import typer, sqlalchemy.orm'",
        2.0,
    ),
    "python -c 'import textual.app, sqlalchemy.orm'": (["-c", "import textual.app, sqlalchemy.orm"], "", 0),
    "first paint of the chat": (
        ["-m", "benchmarks.first_paint"],
        "python -c 'import textual.app, sqlalchemy.orm'",
        2.5,
    ),
}


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """Wall time of one run of this Python, or the time to the moment that it prints."""
    started = time.time()
    done = subprocess.run([sys.executable, *arguments], env=environment, check=True, capture_output=True, text=True)
    ended = float(done.stdout) if arguments[-1].endswith("first_paint") else time.time()
    return ended - started


def fill(home: Path) -> None:
    """A home with memories and a settings file, so that no first-run screen comes up."""
    store = MemoryStore(Database.open(home / "reverie.db"), SystemClock())
    for number in range(MEMORIES):
        store.add(NewMemory(text=f"You told me thing number {number} about yourself."))
    (home / "settings.toml").write_text('model = "none"\n')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill(home)
        environment = {**os.environ, "REVERIE_HOME": folder}
        times: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for run in range(runs + 1):
            for name, (arguments, _, _) in COMMANDS.items():
                taken = seconds(arguments, environment)
                if run:  # the first round fills the file cache
                    times[name].append(taken)
    medians = {name: median(values) for name, values in times.items()}
    rows = [
        [
            name,
            f"{medians[name] * 1000:.0f} ms",
            f"{medians[name] / medians[baseline]:.2f}x" if baseline else "baseline",
            f"{limit}x" if baseline else "",
        ]
        for name, (_, baseline, limit) in COMMANDS.items()
    ]
    print(f"{machine()}; median of {runs} runs\n")
    print(table(["command", "wall time", "ratio", "at most"], rows))


if __name__ == "__main__":
    main()
