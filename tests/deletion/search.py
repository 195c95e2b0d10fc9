"""Looking for words in every byte of a folder, however they may be written there."""

import gzip
import io
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def found_in(folder: Path, *words: str) -> list[str]:
    """Where any of these words stands: files, what is packed in them, values and names of their tables."""
    return [
        f"{path.relative_to(folder)}: {word} ({how})"
        for path in sorted(folder.rglob("*"))
        for how, data in _layers(path)
        for word in words
        if holds(data, word)
    ]


def holds(data: bytes, word: str) -> bool:
    """Whether bytes hold a word in any case: plain, as UTF-16, or with its letters escaped as in JSON."""
    forms = {form.encode(encoding) for form in (word, word.lower()) for encoding in ENCODINGS}
    forms.add(json.dumps(word.lower())[1:-1].encode())
    forms.add("".join(f"\\u{ord(letter):04x}" for letter in word.lower()).encode())
    small = data.lower()
    return any(form.lower() in small for form in forms)


def saying(database: Path, *words: str) -> set[str]:
    """The tables of which a value says one of the words."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        return {name for name, value in _values(connection) if any(holds(value, word) for word in words)}


def _layers(path: Path) -> Iterator[tuple[str, bytes]]:
    yield "name", path.name.encode()
    if not path.is_file():
        return
    data = path.read_bytes()
    yield "bytes", data
    yield from _unpacked(data)
    if data.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            yield from _values(connection)


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What zip (npz, whl, pt), gzip and zlib files hold."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield f"zip entry {name}", name.encode() + packed.read(name)
    with suppress(OSError, EOFError, zlib.error):
        yield "gzip", gzip.decompress(data)
    with suppress(zlib.error):
        yield "zlib", zlib.decompress(data)


def _values(connection: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    """Every value of every table, those of the full-text indexes among them."""
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in names:
        with suppress(sqlite3.OperationalError):  # a virtual table of a module that is not loaded
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                for value in row:
                    yield name, value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def none_left(folder: Path, words: Sequence[str]) -> None:
    """Fails by name where a word is left."""
    left = found_in(folder, *words)
    assert not left, left
