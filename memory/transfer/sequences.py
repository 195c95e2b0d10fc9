"""Numbers as the database gives them: which are taken, and which come next."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.dialects import dialect_of
from memory.passages import next_number
from memory.transfer.records import table_of

T = TypeVar("T")

_CHUNK = 500


class Numbers:
    """Hands out the numbers of one kind of row within one transaction: the wanted one where it is free."""

    def __init__(self, session: Session, kind: str) -> None:
        self._session = session
        self._table = table_of(kind)
        self._next = next_number(session, self._table.name)
        self._taken: set[int] = set()
        self.given_anew = 0

    def look_up(self, wanted: Iterable[int]) -> None:
        """Learn which of the wanted numbers are taken, a few statements for many numbers."""
        for chunk in _chunks(sorted(set(wanted))):
            query = select(self._table.c.number).where(self._table.c.number.in_(chunk))
            self._taken.update(self._session.scalars(query))

    def take(self, wanted: int, *, above: int = 0) -> int:
        """`wanted`, or the next number if that is taken or not larger than `above`."""
        number = wanted
        if wanted in self._taken or wanted <= above:
            number, self.given_anew = max(self._next, above + 1), self.given_anew + 1
        self._taken.add(number)
        self._next = max(self._next, number + 1)
        return number

    def keep(self) -> None:
        """No number that was handed out is handed out again, even if its row was not written."""
        dialect_of(self._session).raise_number(self._session, self._table.name, self._next - 1)


def known_ids(session: Session, kind: str, ids: Iterable[str]) -> dict[str, int]:
    """Those of `ids` (ULIDs) that are in the home, with their numbers."""
    found: dict[str, int] = {}
    table = table_of(kind)
    for chunk in _chunks(sorted(set(ids))):
        query = select(table.c.id, table.c.number).where(table.c.id.in_(chunk))
        found |= {id_: number for id_, number in session.execute(query)}
    return found


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[i : i + _CHUNK] for i in range(0, len(values), _CHUNK))
