"""Chroma's graph, made in a process of its own.

Chroma holds Python's lock while it links vectors, seconds for some thousands: in the process of a chat its screen would
stand still for as long. The child is sent blocks of vectors through a pipe, and says a line for each that it took. It
ends with the pipe, so with whoever began it.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any

from memory.errors import IndexUnavailable
from memory.processes import running
from memory.vectors.chroma import ChromaIndex
from memory.vectors.soundness import note_closed

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

NICER = 5
"""How much the child leaves the processor to others."""


class Builder:
    """A folder that is being filled; one that is left before `finish` is removed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        self.finished = False
        """Whether the folder holds all that was sent."""

    def __enter__(self) -> "Builder":
        command = running("memory.vectors.building", str(self._folder))
        pipe = subprocess.PIPE
        try:
            self._child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        except OSError as error:
            raise IndexUnavailable(f"Chroma cannot be started ({error.strerror})") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        child, self._child = self._child, None
        assert child is not None and child.stdin is not None and child.stdout is not None
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):  # what was not written has nobody to read it
                pipe.close()
        if not self.finished:
            shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, passages: list[int], vectors: "Matrix") -> None:
        """Take some vectors in. Raises IndexUnavailable."""
        self._order({"passages": passages, "bytes": vectors.nbytes}, vectors.astype("<f4").tobytes())

    def finish(self, mark: str) -> None:
        """All of them are in: mark the collection, and let go of the folder. Raises IndexUnavailable."""
        self._order({"mark": mark})
        self.finished = True

    def _order(self, order: dict[str, Any], data: bytes = b"") -> None:
        assert self._child is not None and self._child.stdin is not None and self._child.stdout is not None
        try:
            self._child.stdin.write(json.dumps(order).encode() + b"\n" + data)
            self._child.stdin.flush()
            said = json.loads(self._child.stdout.readline())  # of a child that ended: nothing, which is no JSON
        except (OSError, ValueError) as error:
            raise IndexUnavailable("Chroma cannot be used (the process that fills it ended)") from error
        if "error" in said:
            raise IndexUnavailable(said["error"])


def _serve(folder: Path, orders: IO[bytes], told: IO[str]) -> None:
    """Do what is ordered until all is in or nobody orders any more."""
    import numpy as np

    index = ChromaIndex.in_folder(folder)
    index.create()
    while line := orders.readline():
        order = json.loads(line)
        if "mark" in order:
            index.finish(order["mark"])
            index.close()
            note_closed(folder)
        else:
            data = orders.read(order["bytes"])
            if len(data) < order["bytes"]:
                return
            numbers = order["passages"]
            index.fill(numbers, np.frombuffer(data, "<f4").reshape(len(numbers), -1))
        told.write("{}\n")
        told.flush()


def _main(folder: Path) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's, which ends this
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICER)
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    try:
        _serve(folder, sys.stdin.buffer, told)
    except IndexUnavailable as error:
        told.write(json.dumps({"error": error.message}) + "\n")
        told.flush()


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
