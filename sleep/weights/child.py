"""The process in which a night of weights trains: started, followed, ended."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from memory.processes import running
from memory.weights import TASK
from sleep.weights.alignment import Alignment
from sleep.weights.course import ADAPTER, WORK, Outcome, Task
from sleep.weights.errors import WeightsError
from sleep.weights.items import Item
from sleep.weights.worker import read_outcome, write_task

Tell = Callable[[dict[str, Any]], None]
"""Told of ``progress`` with done, of, loss."""


def trained(
    folder: Path, task: Task | Alignment, tell: Tell, agreed: Callable[[Sequence[Item]], bool] = lambda items: True
) -> Outcome:
    """Run a task in a process of its own. The adapter is then in ``folder``.

    Raises WeightsError where it failed, was not agreed to, or was stopped.
    """
    _ready(folder, task)
    with _child(folder) as child:
        _follow(child, tell, agreed)
    return read_outcome(folder)


def _ready(folder: Path, task: Task | Alignment) -> None:
    """The work folder with this task: what a killed night left is gone on with only if it is the very same."""
    from pydantic import TypeAdapter

    wanted = TypeAdapter(Task | Alignment).dump_json(task)
    left = folder / TASK
    if not left.is_file() or left.read_bytes() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(folder / ADAPTER, ignore_errors=True)
    write_task(folder, task)
    folder.chmod(0o700)


@contextmanager
def _child(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """The process that trains; ended with the block, whatever happens in it."""
    process = subprocess.Popen(
        running("sleep.weights.worker", str(folder)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=(folder / "log").open("w"), text=True,
    )  # fmt: skip
    try:
        yield process
    except KeyboardInterrupt:
        process.terminate()
        process.wait(60)
        raise
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _follow(child: "subprocess.Popen[str]", tell: Tell, agreed: Callable[[Sequence[Item]], bool]) -> None:
    """Hand on what the child tells, answer what it asks. Raises WeightsError where it failed."""
    assert child.stdout is not None and child.stdin is not None
    for line in child.stdout:
        with suppress(ValueError):
            event = json.loads(line)
            if event["event"] == "items":
                items = [Item.from_json(row) for row in event["items"]]
                child.stdin.write("go\n" if agreed(items) else "no\n")
                child.stdin.flush()
            elif event["event"] == "failed":
                raise WeightsError(event["message"], event["hint"])
            elif event["event"] == "done":
                return
            else:
                tell(event)
    raise WeightsError("The training ended without a word.", f"Its log is in {WORK}.")
