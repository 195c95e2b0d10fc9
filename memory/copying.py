"""All rows of a home from one database into another, of whatever kind: backups of a server, and moving in and out."""

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

import memory.schema_naps
import memory.schema_nights
import memory.schema_weights  # noqa: F401  (a table that is not known is not copied)
from memory.dialects import dialect_of
from memory.errors import Refused
from memory.schema import Base, ConversationRow, MemoryRow

BLOCK = 1_000


def copy_rows(source: Session, target: Session) -> int:
    """Copy every row of `source` into the empty `target`, in their transactions. Returns how many rows there were.

    Raises Refused where the target has conversations or memories of its own.
    """
    for row in (ConversationRow, MemoryRow):
        if target.scalar(select(func.count()).select_from(row)):
            raise Refused("The home to copy into is not empty.", "Give it an empty one.")
    dialect_of(target).defer_references(target)
    copied = sum(_copy(source, target, table) for table in Base.metadata.sorted_tables)
    for table, last in dialect_of(source).last_numbers(source).items():
        if table in Base.metadata.tables:
            dialect_of(target).raise_number(target, table, last)
    return copied


def _copy(source: Session, target: Session, table: Table) -> int:
    count = 0
    rows = source.connection().execution_options(yield_per=BLOCK).execute(select(table))
    for block in rows.mappings().partitions(BLOCK):
        target.connection().execute(insert(table), [dict(row) for row in block])
        count += len(block)
    return count
