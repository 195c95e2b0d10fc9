"""What a cartridge is made of, as the process that makes it is told. Imported only where a model is run."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from sleep.nap.cartridge.making import Making
from sleep.nap.cartridge.study import Part

TASK = "task.json"


@dataclass(frozen=True, slots=True)
class Task:
    """A part of a conversation, and the model that is to read the cartridge instead of it."""

    base: str
    adapters: tuple[Path, ...]
    """Folded into the base, the lowest first."""
    base_hash: str
    """Of both, as ``sleep.weights.stack.stack_hash`` gives it."""
    part: Part
    how: Making
    device: str = "cpu"

    def written(self) -> bytes:
        """As it is kept in the folder that is worked in."""
        return TypeAdapter(Task).dump_json(self)


def read_task(folder: Path) -> Task:
    """The task of a folder. Raises OSError and ValueError."""
    return TypeAdapter(Task).validate_json((folder / TASK).read_bytes())
