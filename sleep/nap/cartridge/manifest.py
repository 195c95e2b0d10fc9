"""What a cartridge stands for, as it is written beside it; and the cartridges of a home. No model is needed here.

A nap's cartridge stands for the messages since the nap before; a conversation has those of all its naps attached, one
after the other. When a message is purged, the cartridges that stand for it go at once, and are made anew without it.
"""

import shutil
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from memory.purge_weights import remove_cartridges
from memory.weights import CARTRIDGES, IN_WORK, STANDS_FOR
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


@dataclass(frozen=True, slots=True)
class Held:
    """A cartridge of a nap, in its folder."""

    nap: int
    folder: Path
    manifest: Manifest


def in_force(home: Path, naps: Sequence[int], base_hash: str) -> tuple[Held, ...]:
    """The cartridges of a conversation's naps, the earliest first, that were made with this model.

    What a nap without one, or with a damaged one, left out is told by its notes.
    """
    found = []
    for nap in naps:
        with suppress(WeightsError):
            folder = folder_of(home, nap)
            found.append(Held(nap, folder, manifest_of(folder)))
    return tuple(held for held in found if held.manifest.base_hash == base_hash and _whole(held.folder))


def _whole(folder: Path) -> bool:
    """Whether keys and values are there as they were written, by their header: cheap enough for every turn."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(folder / "adapter_model.safetensors", framework="numpy") as file:
            return "prompt_embeddings" in file.keys() and (folder / "adapter_config.json").is_file()  # noqa: SIM118
    except (OSError, SafetensorError):
        return False


def work_of(home: Path, nap: int) -> Path:
    """Where the cartridge of a nap is made."""
    return home / CARTRIDGES / IN_WORK / str(nap)


def put(made: Path, home: Path, nap: int) -> None:
    """Move a cartridge from where it was made to where it is used, and clear away what it was made with."""
    folder = folder_of(home, nap)
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)
    shutil.rmtree(work_of(home, nap), ignore_errors=True)


def folders_of(home: Path) -> list[Path]:
    """Where all cartridges of a home are."""
    return sorted(f for f in (home / CARTRIDGES).glob("*") if f.is_dir() and f.name != IN_WORK)


def stray(home: Path, naps: Collection[int]) -> list[Path]:
    """Folders of cartridges, and of what was to become one, whose naps are gone."""
    known = {str(nap) for nap in naps}
    folders = [*folders_of(home), *sorted((home / CARTRIDGES / IN_WORK).glob("*"))]
    return [folder for folder in folders if folder.name not in known]


def remove_stray(home: Path, naps: Collection[int]) -> None:
    """Remove these folders: a nap goes with its last message, and a process may be killed before it tidies up."""
    for folder in stray(home, naps):
        shutil.rmtree(folder, ignore_errors=True)


def holding(folders: Sequence[Path], ids: frozenset[str]) -> list[Path]:
    """Those of the folders whose cartridges stand for any of these messages or memories, or were trained next to it."""
    manifests = [(folder, manifest_of(folder)) for folder in folders]
    return [folder for folder, one in manifests if ids.intersection((*one.facts, *one.beside))]


def drop(home: Path, ids: frozenset[str]) -> list[int]:
    """Remove every cartridge that stands for any of these; the numbers of their naps, which may be taken again."""
    return remove_cartridges(home, ids)
