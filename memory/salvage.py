"""Rows out of a damaged SQLite file, as many as can be read.

SQLite itself reads them: first each table from both ends as far as it goes; then, for tables that broke, every page of
the file that has the form of rows, one by one, by giving each page a table of its own in a copy. A row is taken for a
table's where every value is of the type that the table wants. Freed pages hold nothing (`secure_delete`).

The format: https://www.sqlite.org/fileformat2.html; `sqlite3 .recover` goes the same two ways.
"""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.types import JSON, Boolean, Float, Integer, LargeBinary

from memory import schema_naps, schema_nights, schema_weights  # noqa: F401 - their tables count, too
from memory.schema import Base, Instant

LEAF = 0x0D
"""The first byte of a page of rows."""
AT_ONCE = 500
"""Pages that get a table at once."""
WIDEST = 40
"""Columns of a table that fits every row."""
PAGE = 4096
ALIKE = {"outbox", "sleep_waiting"}
"""Tables whose rows look like each other's; what is missing of them is made again, or read again."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_BROKEN = re.compile("[\ud800-\udfff]")

Row = tuple[Any, ...]


@dataclass
class Salvaged:
    """What came out of a file."""

    rows: dict[str, int] = field(default_factory=dict)
    """Rows by table."""
    broken: set[str] = field(default_factory=set)
    """The tables that could not be read to their end, or hold rows that are none."""


def salvage(path: Path, target: sqlite3.Connection, folder: Path) -> Salvaged:
    """Put every row that can be read of the database at `path` into `target`, which has the tables of today.

    What is in `target` already stays. The file is only read; `folder` takes working copies. Raises OSError.
    """
    wreck = _copy(path, folder / "wreck.db")
    found = Salvaged()
    tables = list(Base.metadata.tables.values())
    with closing(_opened(wreck)) as source:
        for table in tables:
            found.rows[table.name] = 0
            if not _take_table(source, table, target, found):
                found.broken.add(table.name)
    loose = [table for table in tables if table.name in found.broken - ALIKE]
    if loose:
        for row in _loose_rows(wreck, folder / "leaves.db"):
            for table in loose:
                _take_loose(row, table, target, found)
    return found


def put(target: sqlite3.Connection, table: Table, values: dict[str, Any]) -> int:
    """Insert a row where its key is free. Returns 1 if it was."""
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
    statement = f"INSERT OR IGNORE INTO {table.name} ({names}) VALUES ({marks})"
    return target.execute(statement, tuple(values.values())).rowcount


def fits(table: Table, values: dict[str, Any]) -> bool:
    """Whether every value is of the type that its column has."""
    return all(_fits(column, values.get(column.name)) for column in table.columns)


# -- the file as it is


def _copy(path: Path, wreck: Path) -> Path:
    """A copy with its write-ahead log folded in, and a first page that SQLite opens."""
    for suffix in ("", "-wal"):
        if path.with_name(path.name + suffix).exists():
            shutil.copyfile(path.with_name(path.name + suffix), wreck.with_name(wreck.name + suffix))
    if not _folded(wreck):
        _give_first_page(wreck)
        _folded(wreck)
    return wreck


def _folded(wreck: Path) -> bool:
    with suppress(sqlite3.DatabaseError), closing(_opened(wreck)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return True
    return False


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    connection.execute("PRAGMA writable_schema=ON")  # a file shorter than it should be is opened, too
    return connection


def _page_size(path: Path) -> int:
    with path.open("rb") as file:
        size = int.from_bytes(file.read(18)[16:18], "big")
    size = 65536 if size == 1 else size
    return size if size in (2**n for n in range(9, 17)) else PAGE


def _give_first_page(path: Path) -> None:
    """Put the first page of an empty database over that of `path`, which keeps all others."""
    size = _page_size(path)
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.execute(f"PRAGMA page_size={size}")
        empty.execute("CREATE TABLE empty (x)")
        empty.execute("DROP TABLE empty")
        page = bytearray(empty.serialize()[:size])
    page[28:32] = max(1, -(-path.stat().st_size // size)).to_bytes(4, "big")
    page[92:96] = page[24:28]  # the size counts where these two agree
    page[32:40] = bytes(8)  # no free pages
    with path.open("r+b") as file:
        file.write(page)
        file.seek(0, 2)
        file.truncate(-(-file.tell() // size) * size)


# -- tables, from both ends


def _take_table(source: sqlite3.Connection, table: Table, target: sqlite3.Connection, found: Salvaged) -> bool:
    """Whether all of it was read, and every row is one."""
    try:
        there = {str(row[1]) for row in source.execute(f"PRAGMA table_info({table.name})")}
    except sqlite3.DatabaseError:
        return False
    names = [column.name for column in table.columns if column.name in there]
    if not names:
        return _tells_revision(source)  # a table of a later revision is not missing
    whole = _hangs_together(source, table)
    for order in ("ASC", "DESC"):
        walk = _Walk(source, table.name, names, order)
        for row in walk:
            values = dict(zip(names, row[1:], strict=True))
            if fits(table, values):
                found.rows[table.name] += put(target, table, values)
            else:
                whole = False
        if walk.ended:
            return whole
        whole = False
    return whole


def _hangs_together(source: sqlite3.Connection, table: Table) -> bool:
    """Whether SQLite finds every byte of its pages in use: a page may also say that it holds less than it does."""
    with suppress(sqlite3.DatabaseError):
        return bool(source.execute(f"PRAGMA quick_check('{table.name}')").fetchone() == ("ok",))
    return False


def _tells_revision(source: sqlite3.Connection) -> bool:
    with suppress(sqlite3.DatabaseError):
        return source.execute("SELECT version_num FROM alembic_version").fetchone() is not None
    return False


class _Walk:
    """The rows of a table in one direction, each with its rowid first, up to where they cannot be read."""

    def __init__(self, source: sqlite3.Connection, table: str, columns: Iterable[str], order: str) -> None:
        self._source = source
        listed = ", ".join(f'"{name}"' for name in columns)
        beyond = ">" if order == "ASC" else "<"
        self._query = (
            f'SELECT rowid, {listed} FROM "{table}" NOT INDEXED'
            f" WHERE ?1 IS NULL OR rowid {beyond} ?1 ORDER BY rowid {order} LIMIT ?2"
        )
        self.ended = False

    def __iter__(self) -> Iterator[Row]:
        last: int | None = None
        limit = -1  # all; the driver drops the row before a broken one, so from there on one at a time
        while True:
            at = last
            try:
                for row in self._source.execute(self._query, (last, limit)):
                    last = row[0]
                    yield row
            except sqlite3.DatabaseError:
                if limit == 1:
                    return
                limit = 1
                continue
            if limit == -1 or last == at:
                self.ended = True
                return


# -- pages, one by one


def _loose_rows(wreck: Path, copy: Path) -> Iterator[tuple[int, Row]]:
    """Rowid and values of every row on a page of rows, whatever table it belongs to."""
    shutil.copyfile(wreck, copy)
    size = _page_size(copy)
    _give_first_page(copy)
    columns = [f"c{n}" for n in range(WIDEST)]
    for pages in _in_lots(_leaves(copy, size)):
        with closing(_opened(copy)) as source:
            source.execute("PRAGMA journal_mode=OFF")
            source.execute("PRAGMA synchronous=OFF")
            source.execute("DELETE FROM sqlite_master")
            source.executemany(
                "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', ?1, ?1, ?2, ?3)",
                [(f"p{n}", n, f"CREATE TABLE p{n} ({', '.join(columns)})") for n in pages],
            )
        with closing(_opened(copy)) as source:
            for n in pages:
                for order in ("ASC", "DESC"):
                    walk = _Walk(source, f"p{n}", columns, order)
                    yield from ((row[0], row[1:]) for row in walk)
                    if walk.ended:
                        break


def _leaves(path: Path, size: int) -> Iterator[int]:
    with path.open("rb") as file:
        for number in range(2, path.stat().st_size // size + 1):
            file.seek((number - 1) * size)
            if file.read(1) == bytes([LEAF]):
                yield number


def _in_lots(numbers: Iterator[int]) -> Iterator[list[int]]:
    lot: list[int] = []
    for number in numbers:
        lot.append(number)
        if len(lot) == AT_ONCE:
            yield lot
            lot = []
    if lot:
        yield lot


def _take_loose(row: tuple[int, Row], table: Table, target: sqlite3.Connection, found: Salvaged) -> None:
    rowid, given = row
    # In the order in which migrations made them; what a later one added is at the end.
    order = [name for _, name, *_ in target.execute(f"PRAGMA table_info({table.name})")]
    if any(value is not None for value in given[len(order) :]):
        return
    values = dict(zip(order, given, strict=False))
    alias = _rowid_name(table)
    if alias is not None:
        if values[alias] is not None:
            return
        values[alias] = rowid
    if fits(table, values):
        given_ones = {name: value for name, value in values.items() if value is not None}
        found.rows[table.name] += put(target, table, given_ones)


def _rowid_name(table: Table) -> str | None:
    keys = list(table.primary_key.columns)
    return keys[0].name if len(keys) == 1 and isinstance(keys[0].type, Integer) else None


# -- values


def _fits(column: "Column[Any]", value: Any) -> bool:
    if value is None:
        return bool(column.nullable) or column.server_default is not None
    kind = column.type
    if isinstance(kind, LargeBinary):
        return isinstance(value, bytes)
    if isinstance(kind, Boolean):
        return value in (0, 1)
    if isinstance(kind, Integer):
        return isinstance(value, int)
    if isinstance(kind, Float):
        return isinstance(value, (int, float))
    return isinstance(value, str) and not _BROKEN.search(value) and _says(column, value)


def _says(column: "Column[Any]", value: str) -> bool:
    if isinstance(column.type, Instant):
        return _INSTANT.fullmatch(value) is not None
    if isinstance(column.type, JSON):
        with suppress(ValueError):
            return isinstance(json.loads(value), (dict, list))
        return False
    length = getattr(column.type, "length", None)
    return length is None or len(value) == length
