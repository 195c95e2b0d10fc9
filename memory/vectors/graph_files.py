"""The files of Chroma's graph: what stands where, as far as we must know it.

The graph is created with room for vectors to come, and written whole: what was in memory there goes to disk. Such a
rest can hold anything this process has handled, also what has just been purged. It is made zeros, which the graph never
reads. What is shorter than its header says was cut, and finds less than it should.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

HEADER = struct.Struct("<i6Q")
"""hnswlib's own: version, offset of level 0, most elements, elements, bytes of an element, two offsets in it."""
VERSION = 1
LENGTH = 4
"""Bytes that `length.bin` has for an element."""


def wipe_unused(folder: Path) -> int:
    """Make zeros of what no vector has in every graph of the folder. Returns the bytes that were others."""
    return sum(_zeros_from(path, used) for path, used, room in _used(folder) if _size(path) == room > used)


def cut_short(folder: Path) -> bool:
    """Whether a graph has more vectors than its files have bytes for."""
    return any(_size(path) < used for path, used, _ in _used(folder))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _used(folder: Path) -> Iterator[tuple[Path, int, int]]:
    """Of each file with so many bytes for each vector: those in use, and those of a file that is written whole."""
    for path in folder.glob("*/header.bin"):
        header = path.read_bytes()[: HEADER.size]
        if len(header) == HEADER.size and header.startswith(VERSION.to_bytes(4, "little")):
            _, _, most, elements, size, *_ = HEADER.unpack(header)
            yield path.with_name("data_level0.bin"), elements * size, most * size
            yield path.with_name("length.bin"), elements * LENGTH, most * LENGTH


def _zeros_from(path: Path, start: int) -> int:
    with path.open("r+b") as file:
        file.seek(start)
        rest = file.read()
        others = len(rest) - rest.count(0)
        if others:
            file.seek(start)
            file.write(bytes(len(rest)))
        return others
