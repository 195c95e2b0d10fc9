"""SQLite: FTS5, AUTOINCREMENT, PRAGMAs.

Full text is two tables for messages and two for memories, which follow by triggers (the first migration): words
(stemmed, accents folded), and trigrams for languages without spaces and for parts of words.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from memory.dialects.base import MOST_ROWS, TEXT_OF, Term, TextScore
from memory.types import OwnerType

FULL_TEXT = ("message_words", "message_trigrams", "memory_words", "memory_trigrams")


class SqliteDialect:
    """See `memory.dialects.base.Dialect`."""

    name = "sqlite"

    # -- full text

    def having(self, session: Session, owner: OwnerType, term: Term, most: int) -> Sequence[int]:
        return self.all_of(session, owner, [term], most)

    def all_of(self, session: Session, owner: OwnerType, terms: Sequence[Term], k: int) -> Sequence[int]:
        table = f"{owner}_words"
        # One string of numbers: reading thousands of rows one by one would take longer than finding them.
        listed = _rows(
            session,
            f"SELECT group_concat(n) FROM (SELECT rowid AS n FROM {table} WHERE {table} MATCH ?"
            " ORDER BY rowid DESC LIMIT ?)",
            " AND ".join(_in_text(owner, term) for term in terms), k,
        )[0][0]  # fmt: skip
        return [int(number) for number in listed.split(",")] if listed else []

    def ranked(self, session: Session, owner: OwnerType, terms: Sequence[Term], k: int) -> list[TextScore]:
        return _match(session, f"{owner}_words", " OR ".join(_in_text(owner, term) for term in terms), k)

    def any_word(self, session: Session, owner: OwnerType, words: Sequence[str], k: int) -> list[TextScore]:
        return _match(session, f"{owner}_words", " OR ".join(map(_quoted, words)), k)

    def every_word(self, session: Session, words: Sequence[str], k: int) -> list[TextScore]:
        query = " AND ".join([*map(_quoted, words[:-1]), _quoted(words[-1]) + "*"])
        newest = "SELECT rowid FROM message_words WHERE message_words MATCH ? ORDER BY rowid DESC LIMIT ?"
        found = _rows(session, newest, query, MOST_ROWS + 1)
        if len(found) > MOST_ROWS:
            return [TextScore(number, 0.0) for (number,) in found[:k]]
        return _match(session, "message_words", query, k)

    def any_piece(self, session: Session, owner: OwnerType, pieces: Sequence[str], k: int) -> list[TextScore]:
        return _match(session, f"{owner}_trigrams", " OR ".join(map(_quoted, pieces)), k)

    def every_piece(self, session: Session, pieces: Sequence[str], k: int) -> list[TextScore]:
        # A quoted string in a trigram table is a substring.
        return _match(session, "message_trigrams", " AND ".join(map(_quoted, pieces)), k)

    def containing(self, session: Session, owner: OwnerType, pieces: Sequence[str], k: int) -> list[TextScore]:
        where = " OR ".join(f"instr({TEXT_OF[owner]}, ?) > 0" for _ in pieces)
        found = _rows(session, f"SELECT number FROM {owner} WHERE {where} ORDER BY number DESC LIMIT ?", *pieces, k)
        return [TextScore(number, 1.0) for (number,) in found]

    def forget_words(self, session: Session) -> None:
        for table in FULL_TEXT:
            session.execute(text(f"INSERT INTO {table}({table}) VALUES ('optimize')"))

    # -- numbers

    def next_number(self, session: Session, table: str) -> int:
        last = session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :table"), {"table": table})
        return (last or 0) + 1

    def raise_number(self, session: Session, table: str, last: int) -> None:
        if self.next_number(session, table) > last:
            return
        values = {"table": table, "last": last}
        raised = text("UPDATE sqlite_sequence SET seq = :last WHERE name = :table RETURNING 1")
        if session.execute(raised, values).first() is None:
            session.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"), values)

    def last_numbers(self, session: Session) -> dict[str, int]:
        return {name: last for name, last in session.execute(text("SELECT name, seq FROM sqlite_sequence"))}

    # -- statements

    def insert(self, table: Any) -> Any:
        return sqlite.insert(table)

    def defer_references(self, session: Session) -> None:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))

    # -- health

    def problems(self, session: Session) -> list[str]:
        found = [str(row[0]) for row in session.execute(text("PRAGMA integrity_check(10)"))]
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
        problems = [problem for problem in found if problem != "ok"]
        return problems + [f"{row[0]} row {row[1]} points at a {row[2]} that is gone" for row in broken[:10]]

    def text_problems(self, session: Session) -> list[str]:
        problems = []
        for table in FULL_TEXT:
            try:
                with session.begin_nested():
                    session.execute(text(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)"))
            except DatabaseError:
                problems.append(f"{table} does not agree with its rows")
        return problems


SQLITE = SqliteDialect()


def _rows(session: Session, statement: str, *values: Any) -> list[Any]:
    """Through the driver: a turn reads a thousand small rows, and mapping them would take longer than finding them."""
    return list(session.connection().exec_driver_sql(statement, values).fetchall())


def _match(session: Session, table: str, query: str, k: int) -> list[TextScore]:
    ranking = f"SELECT rowid, -bm25({table}) FROM {table} WHERE {table} MATCH ? ORDER BY rank LIMIT ?"
    return [TextScore(number, score) for number, score in _rows(session, ranking, query, k)]


def _in_text(owner: OwnerType, term: Term) -> str:
    return f"({{{TEXT_OF[owner]}}} : ({' OR '.join(map(_quoted, term))}))"


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
