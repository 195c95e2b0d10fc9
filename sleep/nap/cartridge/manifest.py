"""What a cartridge stands for, as it is written beside it; and the cartridges of a home. No model is needed here.

A nap's cartridge stands for the messages since the nap before; a conversation has those of all its naps attached, one
after the other. When a message is purged, the cartridges that stand for it go at once, and are made anew without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from memory.purge_weights import remove_cartridges
from memory.weights import CARTRIDGES, STANDS_FOR
from sleep.weights.errors import WeightsError

ANEW = "The next nap makes it anew."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a cartridge stands for, and for which model it was made."""

    base: str
    base_hash: str
    facts: tuple[str, ...]
    """Ids of the messages or memories."""
    tokens: int
    replaces: int
    """Tokens of what it stands for."""
    passes: int
    seconds: float
    beside: tuple[str, ...] = ()
    """Ids of what stood in the window while it was trained."""

    def write(self, folder: Path) -> None:
        """Into the folder of the cartridge."""
        (folder / STANDS_FOR).write_bytes(TypeAdapter(Manifest).dump_json(self, indent=1))


def manifest_of(folder: Path) -> Manifest:
    """What a folder stands for. Raises WeightsError for one that is no cartridge."""
    try:
        return TypeAdapter(Manifest).validate_json((folder / STANDS_FOR).read_bytes())
    except (OSError, ValidationError) as error:
        raise WeightsError(f"There is no cartridge in {folder}.", ANEW) from error


def folder_of(home: Path, nap: int) -> Path:
    """Where the cartridge of a nap is, by the nap's number."""
    return home / CARTRIDGES / str(nap)


def in_force(home: Path, naps: Sequence[int], base_hash: str) -> tuple[Path, ...]:
    """The folders of the cartridges of a conversation's naps, the earliest first, that were made with this model.

    What a nap without one left out is told by its notes.
    """
    found = []
    for nap in naps:
        folder = folder_of(home, nap)
        if (folder / STANDS_FOR).is_file() and manifest_of(folder).base_hash == base_hash:
            found.append(folder)
    return tuple(found)


def holding(folders: Sequence[Path], ids: frozenset[str]) -> list[Path]:
    """Those of the folders whose cartridges stand for any of these messages or memories, or were trained next to it."""
    manifests = [(folder, manifest_of(folder)) for folder in folders]
    return [folder for folder, one in manifests if ids.intersection((*one.facts, *one.beside))]


def drop(home: Path, ids: frozenset[str]) -> list[int]:
    """Remove every cartridge that stands for any of these; the numbers of their naps, which may be taken again."""
    return remove_cartridges(home, ids)
