"""Where an import reads from: a file, a folder or a zip, as named parts that are streamed and never unpacked.

Names inside a zip are only ever shown and sorted, never used as paths.
"""

import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from memory.errors import ImportFailed
from memory.text import one_line

MAX_UNPACKED = 64 * 1024**3
MAX_RATIO = 200
"""Text packs 3 to 20 times, very repetitive text 50 times; what unpacks to more than this is a zip bomb."""
RATIO_FREE = 64 * 1024**2
"""Below this many bytes no ratio is too large: nothing can be exhausted by them."""

VAULT_MARK = ".obsidian"

READ_ERRORS = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError)
"""What a damaged, encrypted or vanished file raises while it is read."""


@dataclass(frozen=True)
class Part:
    """One file of a source. `open` gives its bytes anew each time."""

    name: str
    size: int
    modified: datetime | None
    open: Callable[[], IO[bytes]]

    @property
    def base_name(self) -> str:
        return self.name.rsplit("/", 1)[-1]

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.base_name).suffix.lower()


@dataclass(frozen=True)
class Source:
    """A path that is imported, with its parts sorted by name, and what could not even be listed."""

    path: Path
    single: bool
    parts: tuple[Part, ...]
    unreadable: tuple[str, ...] = ()
    is_vault: bool = False
    """Whether Obsidian keeps its settings in it."""


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """The parts of `path`. Raises ImportFailed if there are none or it is not safe to read them."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise ImportFailed(f"There is no {path}.", "Check the name.") from error
    except (OSError, ValueError) as error:
        raise ImportFailed(f"{path!s} cannot be read: {_reason(error)}.", "Check its owner and rights.") from error
    if stat.S_ISDIR(mode):
        yield _folder(path)
    elif not stat.S_ISREG(mode):
        raise ImportFailed(f"{path} is neither a file nor a folder.", "Save it as a file first.")
    elif _is_zip(path):
        with _zip(path) as source:
            yield source
    else:
        yield _file(path)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _file(path: Path) -> Source:
    part = _part(path, path.name)
    if part.size == 0:
        raise ImportFailed(f"{path} is empty.", "Export it again, or check that the download finished.")
    return Source(path, True, (part,))


def _part(path: Path, name: str) -> Part:
    status = path.stat()
    modified = datetime.fromtimestamp(status.st_mtime, UTC)
    return Part(name, status.st_size, modified, lambda: path.open("rb"))


def _folder(path: Path) -> Source:
    unreadable: list[str] = []
    parts: list[Part] = []

    def note(error: OSError) -> None:
        unreadable.append(str(error.filename or path))

    for folder, folders, names in os.walk(path, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(folder) / name
            if name.startswith(".") or not file.is_file():
                continue
            parts.append(_part(file, file.relative_to(path).as_posix()))
    if not parts and unreadable:
        raise ImportFailed(f"{path} cannot be read.", "Check its owner and rights.")
    if not parts:
        raise ImportFailed(f"{path} has no files in it.", "Give the folder of the export itself.")
    inside = tuple(sorted(parts, key=lambda part: part.name))
    return Source(path, False, inside, tuple(unreadable), is_vault=(path / VAULT_MARK).is_dir())


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise ImportFailed(f"{path} cannot be read: {_reason(error)}.", "Check its owner and rights.") from error
    return head in (b"PK\x03\x04", b"PK\x05\x06")


@contextmanager
def _zip(path: Path) -> Iterator[Source]:
    try:
        archive = zipfile.ZipFile(path)
    except (*READ_ERRORS, ValueError, NotImplementedError) as error:
        raise ImportFailed(
            f"{path} is a damaged or incomplete zip ({one_line(str(error), 80)}).", "Download the export again."
        ) from error
    with archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        _refuse_bomb(path, members)
        if not members:
            raise ImportFailed(f"{path} is an empty zip.", "Download the export again.")
        is_vault = any(f"/{VAULT_MARK}/" in f"/{info.filename}" for info in members)
        if is_vault:
            members = [info for info in members if "/." not in f"/{info.filename}"]
        parts = [_member(archive, info) for info in members]
        yield Source(path, False, tuple(sorted(parts, key=lambda part: part.name)), is_vault=is_vault)


def _refuse_bomb(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """`zipfile` never gives more bytes of a member than its header says, so the headers bound what is read."""
    packed = path.stat().st_size
    unpacked = sum(info.file_size for info in members)
    if unpacked > MAX_UNPACKED or unpacked > max(RATIO_FREE, packed * MAX_RATIO):
        raise ImportFailed(
            f"{path} has {packed:,} bytes that unpack to {unpacked:,}: it looks like a zip bomb, and was not read.",
            "If you trust it, unpack it and import the folder.",
        )


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Part:
    try:
        modified = datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        modified = None
    return Part(one_line(info.filename, 300), info.file_size, modified, lambda: _open_member(archive, info))


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(info)
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in a way zipfile does not know
        raise zipfile.BadZipFile(str(error)) from error
