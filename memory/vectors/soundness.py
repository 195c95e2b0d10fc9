"""Whether Chroma's folder may be opened. A file of it that was cut short can end the process that reads it.

A folder that was closed keeps the sizes of its files. Where they have changed since, it is thrown away, for it can be
made again. One that was not closed goes if a graph in it is shorter than its header says; else a process of its own
opens it first, searches and writes, and it goes if that one ends badly.
"""

import json
import logging
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from memory.processes import running
from memory.vectors.graph_files import cut_short

CLOSED = "closed.json"
PROBE_SECONDS = 120

log = logging.getLogger(__name__)


def make_sure(folder: Path) -> None:
    """Throw the folder away if opening it does harm. Seconds, where it was not closed; nothing otherwise."""
    sizes, closed_with = _sizes(folder), _closed_with(folder)
    (folder / CLOSED).unlink(missing_ok=True)
    if not sizes or closed_with == sizes:
        return
    if closed_with is not None or cut_short(folder) or not _opens(folder):
        log.warning("the vector index in %s is damaged, and is made anew", folder)
        shutil.rmtree(folder, ignore_errors=True)


def note_closed(folder: Path) -> None:
    """Chroma has let go of the folder: keep the sizes of its files."""
    with suppress(OSError):  # a full disk, or a folder that is gone: the next start then looks closer
        if sizes := _sizes(folder):
            (folder / CLOSED).write_text(json.dumps(sizes), encoding="utf-8")


def _sizes(folder: Path) -> dict[str, int]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != CLOSED)
    return {str(path.relative_to(folder)): path.stat().st_size for path in files}


def _closed_with(folder: Path) -> dict[str, int] | None:
    with suppress(OSError, ValueError):
        return dict(json.loads((folder / CLOSED).read_text(encoding="utf-8")))
    return None


def _opens(folder: Path) -> bool:
    command = running("memory.vectors.soundness", str(folder))
    quiet = subprocess.DEVNULL
    try:
        ended = subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, timeout=PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def _probe(folder: Path) -> None:
    """Do once what a chat does with it."""
    from memory.vectors.chroma import ChromaIndex

    ChromaIndex.in_folder(folder).try_out()


if __name__ == "__main__":
    _probe(Path(sys.argv[1]))
