"""The child process that makes a cartridge: ``python -m sleep.nap.cartridge.worker FOLDER``.

Reads ``task.json`` in the folder, and leaves there what each pass asked (``lesson-1.json`` ...) and the cartridge after
each pass (folders ``0``, ``1`` ...): killed at any point, the same command goes on after the last of them. Ends with
whoever started it. Its last line on standard output is a JSON object, ``done`` or ``failed``.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import torch
from pydantic import TypeAdapter, ValidationError

from memory.errors import ReverieError
from sleep.nap.cartridge.files import load, save
from sleep.nap.cartridge.making import Cartridge, passes
from sleep.nap.cartridge.study import studied
from sleep.nap.cartridge.task import TASK, Task, read_task
from sleep.weights import stack
from sleep.weights.errors import WeightsError
from sleep.weights.items import Item
from sleep.weights.lm import LanguageModel
from sleep.weights.quiet import quietly
from sleep.weights.resources import weights_size
from sleep.weights.seeding import Lesson
from sleep.weights.worker import SMALL, plainly, tell

BEHIND = 5
"""How much nicer than its starter it is: whoever answers comes first."""
LESSON = TypeAdapter(Lesson[Item])


def main(arguments: Sequence[str]) -> int:
    """Do the task of a folder."""
    Thread(target=_end_with_starter, daemon=True).start()
    os.nice(BEHIND)
    os.umask(0o077)
    folder = Path(arguments[0])
    try:
        with quietly():
            work(read_task(folder), folder)
    except ReverieError as error:
        tell("failed", message=error.message, hint=error.hint)
        return 1
    except (MemoryError, RuntimeError, OSError, ValueError) as error:
        tell("failed", message=plainly(error), hint="Naps as notes need no model.")
        return 1
    tell("done")
    return 0


def _end_with_starter() -> None:
    """The starter holds the other end of standard input: it is closed when it ends, however it ends."""
    while os.read(0, 1024):
        pass
    os._exit(1)


def work(task: Task, folder: Path) -> None:
    """All passes that are not done yet. Raises WeightsError."""
    if weights_size(task.base) < SMALL:
        torch.set_num_threads(1)
    model = stack.load(task.base, task.adapters, task.device)

    def lesson_of(number: int) -> Lesson[Item]:
        return _lesson(model, task, number, folder)

    for made in passes(model, task.part, task.how, lesson_of, so_far(task, folder)):
        _wanted(folder)
        save(made, folder / str(made.passes), task.base, adapters=task.adapters)


def so_far(task: Task, folder: Path) -> Cartridge | None:
    """What the last finished pass of an earlier run left; None where there is nothing that can be used."""
    for number in range(task.how.passes, -1, -1):
        try:
            return load(folder / str(number), task.base, task.adapters)
        except WeightsError:
            continue
    return None


def _lesson(model: LanguageModel, task: Task, number: int, folder: Path) -> Lesson[Item]:
    """What a pass asks: dreamt once, and kept until the cartridge is made, for dreaming takes the longest."""
    file = folder / f"lesson-{number}.json"
    try:
        return LESSON.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        lesson = studied(model, task.part, task.how.study, task.how.seed * 1000 + number)
    _wanted(folder)
    part = file.with_suffix(".part")
    part.write_bytes(LESSON.dump_json(lesson))
    part.replace(file)
    return lesson


def _wanted(folder: Path) -> None:
    """Raises WeightsError where the task is gone: something of it was purged, and must not be written again."""
    if not (folder / TASK).is_file():
        raise WeightsError("What the cartridge was to stand for is gone.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
