"""Exports that lie about in a folder, such as the one for downloads: recognised by their content, read no further."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from memory.errors import ImportFailed
from memory.transfer.report import DESCRIPTIONS
from memory.transfer.sniff import sniff
from memory.transfer.source import READ_ERRORS, Part, open_source

SUFFIXES = frozenset({".zip", ".json", ".af"})
"""Text files are left alone: any of them is Markdown."""
MOST_LOOKED_AT = 60
MOST_PARTS = 20
"""Files within a zip whose beginning is read."""
_TELLING = ("conversation", "memor")


@dataclass(frozen=True, kw_only=True)
class LyingExport:
    """A file that could be imported."""

    path: Path
    format: str
    size: int
    modified: datetime

    @property
    def description(self) -> str:
        """What it is, for a person."""
        return DESCRIPTIONS.get(self.format, self.format)


def exports_in(folder: Path, *, most: int = 5, seconds: float = 1.0) -> tuple[LyingExport, ...]:
    """The exports directly in `folder`, the newest first, as far as there is time. Never raises, changes nothing."""
    deadline = time.monotonic() + seconds
    found: list[LyingExport] = []
    for path, size, modified in _newest(folder):
        if len(found) == most or time.monotonic() > deadline:
            break
        format = _format(path)
        if format is not None:
            at = datetime.fromtimestamp(modified, UTC)
            found.append(LyingExport(path=path, format=format, size=size, modified=at))
    return tuple(found)


def _newest(folder: Path) -> list[tuple[Path, int, float]]:
    return sorted(_files(folder), key=lambda row: (-row[2], row[0].name))[:MOST_LOOKED_AT]


def _files(folder: Path) -> Iterator[tuple[Path, int, float]]:
    try:
        for path in folder.iterdir():
            if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file():
                status = path.stat()
                yield path, status.st_size, status.st_mtime
    except OSError:  # there is no such folder, or it may not be read
        return


def _format(path: Path) -> str | None:
    """What a file is an export of."""
    try:
        with open_source(path) as source:
            if source.is_vault:
                return "obsidian"
            parts = source.parts if source.single else _telling(source.parts)
            kinds = [kind for part in parts if (kind := sniff(part, single=source.single)) is not None]
    except (ImportFailed, *READ_ERRORS, ValueError):
        return None
    chats = ("chatgpt", "claude")
    return next((kind for kind in sorted(kinds, key=lambda kind: kind not in chats) if kind in _OFFERED), None)


def _telling(parts: tuple[Part, ...]) -> list[Part]:
    """The JSON files of a zip, those first whose name promises most."""
    able = [part for part in parts if part.suffix in (".json", ".af")]
    return sorted(able, key=lambda part: not any(word in part.name.lower() for word in _TELLING))[:MOST_PARTS]


_OFFERED = frozenset(DESCRIPTIONS) - {"jsonl", "markdown", "list", "reverie"}
