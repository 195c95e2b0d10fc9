"""The process in which a cartridge is made: started, watched, ended at once when it is in the way."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from memory.processes import running
from sleep.nap.cartridge.task import TASK, Task
from sleep.weights.errors import WeightsError

LOOKS_EVERY = 0.05
"""Seconds between two looks at whether it may go on."""


def trained(folder: Path, task: Task, go_on: Callable[[], bool]) -> Path | None:
    """Make a cartridge in a process of its own; the folder that it is in. Goes on with what an earlier run of the very
    same task left in ``folder``.

    None where ``go_on`` said no, or the task was taken away. Raises WeightsError where it failed.
    """
    _ready(folder, task)
    with _child(folder) as process:
        while process.poll() is None:
            if not (go_on() and (folder / TASK).is_file()):
                return None
            time.sleep(LOOKS_EVERY)
        assert process.stdout is not None
        said = process.stdout.read()
    if not (folder / TASK).is_file():
        return None
    _judge(said)
    return folder / str(task.how.passes)


def _ready(folder: Path, task: Task) -> None:
    """The folder with this task: what a killed process left is gone on with only if it is the very same."""
    wanted, left = task.written(), folder / TASK
    if left.is_file() and left.read_bytes() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    for each in (folder.parent.parent, folder.parent, folder):
        each.mkdir(exist_ok=True, mode=0o700)
    left.touch(mode=0o600)
    left.write_bytes(wanted)


@contextmanager
def _child(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """The process; killed with the block, for what it did is kept after every pass. In a session of its own, so that
    ctrl+c in a terminal is not for it."""
    file = folder / "log"
    file.touch(mode=0o600)
    with file.open("w") as log:
        process = subprocess.Popen(
            running("sleep.nap.cartridge.worker", str(folder)), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True,
        )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            process.kill()


def _judge(said: str) -> None:
    """Raises WeightsError where the last words of the child are not that it is done."""
    try:
        event = json.loads(said.strip().splitlines()[-1])
    except (ValueError, IndexError):
        raise WeightsError("The training ended without a word.") from None
    if event["event"] != "done":
        raise WeightsError(event["message"], event["hint"])
