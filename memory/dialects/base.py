"""What the memory layer asks of a database beyond what SQLAlchemy says alike for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from memory.types import OwnerType

MOST_ROWS = 2_000
"""A word that more rows have says little, and ranking them all takes long: it is left out beside rarer words."""
TEXT_OF: dict[OwnerType, str] = {"message": "content", "memory": "text"}
"""The column that full text reads first."""


@dataclass(frozen=True, slots=True)
class TextScore:
    """A row that full text found: its number and BM25 (larger is better)."""

    number: int
    score: float


Term = tuple[str, ...]
"""A word in the forms that count as the same: "buy", "bought". Never read as syntax."""


class Dialect(Protocol):
    """One kind of database. Every method works inside the caller's transaction."""

    @property
    def name(self) -> str:
        """SQLAlchemy's name for it."""

    # -- full text

    def having(self, session: Session, owner: OwnerType, term: Term, most: int) -> Sequence[int]:
        """The newest rows whose text has a form of the term, at most `most`, newest first."""

    def ranked(self, session: Session, owner: OwnerType, terms: Sequence[Term], k: int) -> list[TextScore]:
        """The `k` best rows whose text has any of the terms, best BM25 first."""

    def all_of(self, session: Session, owner: OwnerType, terms: Sequence[Term], k: int) -> Sequence[int]:
        """The `k` newest rows whose text has all of the terms, newest first."""

    def any_word(self, session: Session, owner: OwnerType, words: Sequence[str], k: int) -> list[TextScore]:
        """The `k` best rows with any of the words, in their text or as their author."""

    def every_word(self, session: Session, words: Sequence[str], k: int) -> list[TextScore]:
        """The `k` best messages with all of the words, the last of which may be unfinished.

        Of more than MOST_ROWS the newest come first: ranking all of them takes long, and hardly tells them apart.
        """

    def any_piece(self, session: Session, owner: OwnerType, pieces: Sequence[str], k: int) -> list[TextScore]:
        """The `k` best rows with any of the pieces, of three characters each, anywhere in their text."""

    def every_piece(self, session: Session, pieces: Sequence[str], k: int) -> list[TextScore]:
        """The `k` best messages that have all of the pieces, of three characters or more."""

    def containing(self, session: Session, owner: OwnerType, pieces: Sequence[str], k: int) -> list[TextScore]:
        """The `k` newest rows that have any of the pieces, of any length, compared as they are."""

    def forget_words(self, session: Session) -> None:
        """Make full text let go of what was deleted from it."""

    # -- numbers

    def next_number(self, session: Session, table: str) -> int:
        """The number that the next row gets; holds until the end of a transaction that writes."""

    def raise_number(self, session: Session, table: str, last: int) -> None:
        """Make the next number larger than `last`."""

    def last_numbers(self, session: Session) -> dict[str, int]:
        """The last number that each table gave."""

    # -- statements

    def insert(self, table: Any) -> Any:
        """An INSERT that understands `on_conflict_do_nothing()`."""

    def defer_references(self, session: Session) -> None:
        """Look at references between rows when the transaction ends, not before."""

    # -- health

    def problems(self, session: Session) -> list[str]:
        """What is wrong with the stored rows and their references; empty if nothing."""

    def text_problems(self, session: Session) -> list[str]:
        """Full-text tables that do not agree with what they index; empty if all do."""
