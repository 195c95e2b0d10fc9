"""The child process that trains: ``python -m sleep.weights.worker FOLDER``.

Reads ``task.json`` in the folder; writes one JSON object a line to standard output (``items``, ``progress``, ``done``,
``failed``), and ``outcome.json`` at the end. After ``items`` it waits for a line on standard input: anything but ``go``
ends it. An interrupt or a termination stops it at the next step, with a checkpoint, and the same command goes on.
"""

import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from memory.errors import ReverieError
from memory.weights import TASK
from sleep.weights.alignment import Alignment
from sleep.weights.course import Outcome, Task
from sleep.weights.quiet import quietly

OUTCOME = "outcome.json"
STOPPED = 130
SMALL = 200_000_000
"""Bytes of weights below which a second thread costs more than it brings, most of all beside other work."""


def write_task(folder: Path, task: Task | Alignment) -> None:
    """Put a task where the child finds it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TASK).write_bytes(TypeAdapter(Task | Alignment).dump_json(task))


def read_outcome(folder: Path) -> Outcome:
    """What the child came to."""
    return TypeAdapter(Outcome).validate_json((folder / OUTCOME).read_bytes())


def tell(event: str, **values: Any) -> None:
    print(json.dumps({"event": event, **values}), flush=True)


def main() -> int:
    """Run the task of a folder."""
    with quietly():
        return _work(Path(sys.argv[1]))


def _work(folder: Path) -> int:
    stopped: list[int] = []
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda number, frame: stopped.append(number))
    try:
        task: Task | Alignment = TypeAdapter(Task | Alignment).validate_json((folder / TASK).read_bytes())
        outcome = _run(task, folder, stopped)
    except ReverieError as error:
        tell("failed", message=error.message, hint=error.hint)
        return STOPPED if stopped else 1
    except (MemoryError, RuntimeError) as error:
        tell("failed", message=plainly(error), hint="Set weights.batch lower, or choose a smaller weights.base.")
        return 1
    (folder / OUTCOME).write_bytes(TypeAdapter(Outcome).dump_json(outcome))
    tell("done")
    return 0


def _run(task: Task | Alignment, folder: Path, stopped: list[int]) -> Outcome:
    import torch

    from sleep.weights import alignment, course
    from sleep.weights.resources import weights_size

    if weights_size(task.base) < SMALL:
        torch.set_num_threads(1)

    def agreed(items: Any) -> bool:
        tell("items", items=[asdict(item) for item in items])
        return sys.stdin.readline().strip() == "go"

    def progress(done: int, of: int, loss: float) -> None:
        tell("progress", done=done, of=of, loss=round(loss, 4))

    def stop() -> bool:
        return bool(stopped)

    if isinstance(task, Alignment):
        return alignment.run(task, folder, progress=progress, stop=stop)
    return course.run(task, folder, agreed=agreed, progress=progress, stop=stop)


NO_ROOM = ("memory", "alloc", "could not create a primitive")
"""What torch, CUDA and oneDNN say where memory ran out."""


def plainly(error: BaseException) -> str:
    """What torch raised, in a line."""
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    short = isinstance(error, MemoryError) or any(sign in first.lower() for sign in NO_ROOM)
    return f"There is not enough memory to train: {first}" if short else first


if __name__ == "__main__":
    sys.exit(main())
