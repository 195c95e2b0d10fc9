"""PostgreSQL: tsvector and pg_trgm, sequences, one writer at a time by an advisory lock.

`SETUP` makes what has no counterpart in the tables' own definitions. A home's text is stemmed as in SQLite (English
snowball, no stop words, accents folded), the author with a weight of its own. PostgreSQL has no BM25: it is told from
which rows have which term and how long they are, counting a term once.
"""

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from memory.dialects.base import MOST_ROWS, TEXT_OF, Term, TextScore
from memory.types import OwnerType

K1, B = 1.2, 0.75
"""BM25's, as FTS5 has them."""
MOST_CHARS = 250_000
"""A tsvector takes a megabyte; what lies beyond in a message is found by its vectors."""
WRITE_LOCK = 0x5265_7665
"""The advisory lock of whoever writes."""

# The dictionary keeps stop words: a search box looks for them, too.
SETUP = (
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE TEXT SEARCH DICTIONARY reverie_stem (TEMPLATE = snowball, LANGUAGE = english)",
    "CREATE TEXT SEARCH CONFIGURATION reverie (COPY = simple)",
    "ALTER TEXT SEARCH CONFIGURATION reverie ALTER MAPPING FOR asciiword, asciihword, hword_asciipart, word, hword,"
    " hword_part WITH unaccent, reverie_stem",
    f"ALTER TABLE message ADD COLUMN words tsvector GENERATED ALWAYS AS ("
    f"setweight(to_tsvector('reverie', left(content, {MOST_CHARS})), 'A') ||"
    " setweight(to_tsvector('reverie', author), 'B')) STORED",
    f"ALTER TABLE memory ADD COLUMN words tsvector GENERATED ALWAYS AS ("
    f"setweight(to_tsvector('reverie', left(text, {MOST_CHARS})), 'A')) STORED",
    "CREATE INDEX message_words ON message USING gin (words)",
    "CREATE INDEX memory_words ON memory USING gin (words)",
    "CREATE INDEX message_trigrams ON message USING gin (content gin_trgm_ops)",
    "CREATE INDEX memory_trigrams ON memory USING gin (text gin_trgm_ops)",
    "ALTER TABLE memory ALTER CONSTRAINT memory_superseded_by_fkey DEFERRABLE INITIALLY IMMEDIATE",
    "ALTER TABLE message ALTER CONSTRAINT message_parent_id_fkey DEFERRABLE INITIALLY IMMEDIATE",
    # As AUTOINCREMENT has it: a number that was written by hand is not given again.
    """CREATE FUNCTION reverie_numbered() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE sequence regclass := pg_get_serial_sequence(TG_TABLE_NAME, 'number')::regclass;
       BEGIN
         IF NEW.number > coalesce(pg_sequence_last_value(sequence), 0) THEN
           PERFORM setval(sequence, NEW.number);
         END IF;
         RETURN NEW;
       END $$""",
)
NUMBERED_TRIGGER = (
    "CREATE TRIGGER {table}_numbered BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION reverie_numbered()"
)


class PostgresDialect:
    """See `memory.dialects.base.Dialect`."""

    name = "postgresql"

    # -- full text

    def having(self, session: Session, owner: OwnerType, term: Term, most: int) -> Sequence[int]:
        return self.all_of(session, owner, [term], most)

    def all_of(self, session: Session, owner: OwnerType, terms: Sequence[Term], k: int) -> Sequence[int]:
        query = text(
            f"SELECT number FROM {owner} WHERE words @@ to_tsquery('reverie', :query) ORDER BY number DESC LIMIT :k"
        )
        wanted = " & ".join(f"({_any(term, 'A')})" for term in terms)
        return session.scalars(query, {"query": wanted, "k": k}).all()

    def ranked(self, session: Session, owner: OwnerType, terms: Sequence[Term], k: int) -> list[TextScore]:
        return self._ranked(session, owner, terms, k, "A")

    def any_word(self, session: Session, owner: OwnerType, words: Sequence[str], k: int) -> list[TextScore]:
        return self._ranked(session, owner, [(word,) for word in words], k, "")

    def _ranked(
        self, session: Session, owner: OwnerType, terms: Sequence[Term], k: int, weight: str
    ) -> list[TextScore]:
        """BM25 over the newest rows that each term has, as far as MOST_ROWS."""
        found = text(
            f"SELECT number, length(words) FROM {owner} WHERE words @@ to_tsquery('reverie', :query)"
            " ORDER BY number DESC LIMIT :most"
        )
        count = session.scalar(text(f"SELECT coalesce(max(number), 0) FROM {owner}")) or 1
        lengths: dict[int, int] = {}
        shares: dict[int, float] = {}
        for term in terms:
            rows = session.execute(found, {"query": _any(term, weight), "most": MOST_ROWS}).all()
            idf = math.log(1 + max(0.0, count - len(rows) + 0.5) / (len(rows) + 0.5))
            for number, length in rows:
                lengths[number] = length
                shares[number] = shares.get(number, 0.0) + idf
        mean = sum(lengths.values()) / max(1, len(lengths)) or 1.0
        scores = {
            number: share * (K1 + 1) / (1 + K1 * (1 - B + B * lengths[number] / mean))
            for number, share in shares.items()
        }
        best = sorted(scores, key=lambda number: (-scores[number], number))[:k]
        return [TextScore(number, scores[number]) for number in best]

    def every_word(self, session: Session, words: Sequence[str], k: int) -> list[TextScore]:
        terms = [*map(_quoted, words[:-1]), _quoted(words[-1]) + ":*"]
        query = text(
            "SELECT number, ts_rank(words, to_tsquery('reverie', :query)) FROM message"
            " WHERE words @@ to_tsquery('reverie', :query) ORDER BY number DESC LIMIT :most"
        )
        found = session.execute(query, {"query": " & ".join(terms), "most": MOST_ROWS + 1}).all()
        best = found if len(found) > MOST_ROWS else sorted(found, key=lambda row: -row[1])
        return [TextScore(number, score) for number, score in best[:k]]

    def any_piece(self, session: Session, owner: OwnerType, pieces: Sequence[str], k: int) -> list[TextScore]:
        return self._like(session, owner, pieces, k, "ILIKE", "OR")

    def every_piece(self, session: Session, pieces: Sequence[str], k: int) -> list[TextScore]:
        return self._like(session, "message", pieces, k, "ILIKE", "AND")

    def containing(self, session: Session, owner: OwnerType, pieces: Sequence[str], k: int) -> list[TextScore]:
        found = self._like(session, owner, pieces, k, "LIKE", "OR", order="number DESC")
        return [TextScore(one.number, 1.0) for one in found]

    def _like(
        self, session: Session, owner: OwnerType, pieces: Sequence[str], k: int, operator: str, join: str,
        order: str = "score DESC, number DESC",
    ) -> list[TextScore]:  # fmt: skip
        """Rows with the pieces, by how many of them they have."""
        column = TEXT_OF[owner]
        tests = [f"{column} {operator} :p{i}" for i in range(len(pieces))]
        score = " + ".join(f"({test})::int" for test in tests)
        query = text(
            f"SELECT number, {score} AS score FROM {owner} WHERE {f' {join} '.join(tests)} ORDER BY {order} LIMIT :k"
        )
        values = {f"p{i}": f"%{_unlike(piece)}%" for i, piece in enumerate(pieces)}
        return [TextScore(n, float(s)) for n, s in session.execute(query, values | {"k": k})]

    def forget_words(self, session: Session) -> None:
        """The rows carry their words; what is left of them in the indexes, `VACUUM` takes."""

    # -- numbers

    def next_number(self, session: Session, table: str) -> int:
        last = session.scalar(
            text("SELECT pg_sequence_last_value(CAST(:name AS regclass))"), {"name": _sequence(table)}
        )
        return (last or 0) + 1

    def raise_number(self, session: Session, table: str, last: int) -> None:
        if self.next_number(session, table) <= last:
            values = {"name": _sequence(table), "last": last}
            session.execute(text("SELECT setval(CAST(:name AS regclass), :last)"), values)

    def last_numbers(self, session: Session) -> dict[str, int]:
        query = text(
            "SELECT sequencename, last_value FROM pg_sequences"
            " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
        )
        return {name.removesuffix("_number_seq"): last for name, last in session.execute(query)}

    # -- statements

    def insert(self, table: Any) -> Any:
        return postgresql.insert(table)

    def defer_references(self, session: Session) -> None:
        session.execute(text("SET CONSTRAINTS ALL DEFERRED"))

    # -- health

    def problems(self, session: Session) -> list[str]:
        """The server keeps its pages and references sound itself; what it marks as invalid is told."""
        query = text("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        return [f"the index {name} is not valid" for name in session.scalars(query)]

    def text_problems(self, session: Session) -> list[str]:
        """None: the words of a row are computed with it, and the indexes are the server's."""
        return []


POSTGRES = PostgresDialect()


def _sequence(table: str) -> str:
    return f"{table}_number_seq"


def _any(term: Term, weight: str) -> str:
    return " | ".join(_quoted(form) + (f":{weight}" if weight else "") for form in term)


def _quoted(word: str) -> str:
    """A word that `to_tsquery` reads as a word, whatever is in it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _unlike(piece: str) -> str:
    return piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
