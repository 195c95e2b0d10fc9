"""Writes docs/schema.md from the tables themselves: `python -m memory.reference`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Column, Table, UniqueConstraint, text
from sqlalchemy.dialects import sqlite

from memory import schema_naps, schema_nights, schema_weights
from memory.database import HEAD_REVISION, Database
from memory.schema import Base

DOCS = Path(__file__).parent.parent / "docs"
TABLES = (schema_naps, schema_nights, schema_weights)
"""Modules whose tables are those of `Base`, too, once they are loaded."""
_NOTE = "<!-- Made by `python -m memory.reference` from memory/schema*.py: change it there. -->"


def schema_page() -> str:
    """docs/schema.md."""
    lines = [
        "# The database",
        "",
        _NOTE,
        "",
        f"`reverie.db` is a SQLite file at revision `{HEAD_REVISION}` of `memory/migrations/`. What each table is for",
        "says [the design](design.md#the-data). Instants are text in UTC that sorts: `2026-05-03T18:30:00.000000Z`.",
        "Read it with any SQLite program; write it through `reverie` alone, which keeps vectors and full text in step.",
    ]
    mapped = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    for table in Base.metadata.tables.values():
        lines += _table(table, (mapped[table].__doc__ or "").strip())
    return "\n".join([*lines, *_full_text()]) + "\n"


def _table(table: Table, about: str) -> Iterator[str]:
    yield from ("", f"## `{table.name}`", "")
    if about:
        yield from (" ".join(about.split()), "")
    yield from ("| column | type | |", "|---|---|---|")
    yield from (f"| `{column.name}` | {_type(column)} | {_traits(column)} |" for column in table.columns)
    unique = [c for c in table.constraints if isinstance(c, UniqueConstraint) and len(c.columns) > 1]
    sets = sorted(", ".join(f"`{column.name}`" for column in one.columns) for one in unique)
    if sets:
        yield from ("", f"Unique together: {'; '.join(sets)}.")


def _type(column: Column[object]) -> str:
    return "text, an instant" if type(column.type).__name__ == "Instant" else _sql(column)


def _sql(column: Column[object]) -> str:
    return column.type.compile(dialect=sqlite.dialect()).lower()


def _traits(column: Column[object]) -> str:
    traits = ["key"] if column.primary_key else []
    traits += [f"of `{key.target_fullname}`" for key in column.foreign_keys]
    traits += ["unique"] if column.unique else []
    traits += ["may be empty"] if column.nullable else []
    return ", ".join(traits)


def _full_text() -> Iterator[str]:
    """The tables that only the migrations know, as a new database has them."""
    scratch = Database.scratch()
    with scratch.read() as session:
        found = session.execute(
            text("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%' ORDER BY name")
        ).scalars()
        names = ", ".join(f"`{name}`" for name in found)
    scratch.close()
    yield from ("", "## Full text", "", f"{names}: FTS5 tables that triggers keep in step with the rows they index.")


PAGES = {"schema.md": schema_page}


def main() -> int:
    """Write the page."""
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
