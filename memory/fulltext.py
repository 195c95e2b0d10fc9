"""Full text: questions and search boxes as FTS5 queries, over messages and memories.

Two tables for each: words (stemmed, accents folded) for languages that put spaces between them, trigrams for those
that do not and for parts of words. User text never reaches FTS5 as syntax: every term is quoted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from memory.database import Database
from memory.schema import ConversationRow, MessageRow
from memory.store.rows import to_conversation, to_message
from memory.types import OwnerType, Snippet

MAX_TERMS = 48
"""A pasted page is not a query; its first words decide."""
MOST_ROWS = 2_000
"""A word that more rows have says little, and ranking them all takes long: it is left out beside rarer words."""
SNIPPET_CHARS = 160

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?", re.UNICODE)
# Scripts written without spaces: Thai, Lao, Khmer, Myanmar, CJK, Kana (Hangul has spaces, but glued particles).
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)

STOP_WORDS = frozenset(
    """a an and are as at be been being but by can could did do does doing for from had has have having he her hers him
    his how i i'd i'll i'm i've if in into is it it's its just may me might mine my myself of on or our ours out own
    shall she should so some than that that's the their them then there these they this those to too until up very was
    we were what what's when where which while who whom whose why will with would you your yours yourself about tell
    told say said know please ever any""".split()
)
"""Words that questions are made of; they tell nothing about what is asked for."""


@dataclass(frozen=True, slots=True)
class TextScore:
    """A row that a full-text table found: its number and BM25 (larger is better)."""

    number: int
    score: float


def words_of(query: str) -> list[str]:
    """The words of a query that carry meaning, in order, each once; all words if none of them does."""
    every = list(dict.fromkeys(w.lower().replace("’", "'") for w in _WORD.findall(query)))
    telling = [w for w in every if w not in STOP_WORDS]
    return (telling or every)[:MAX_TERMS]


def unspaced_of(query: str) -> list[str]:
    """The stretches of a query in scripts without spaces."""
    return _UNSPACED.findall(query)[:MAX_TERMS]


def find_words(session: Session, owner: OwnerType, query: str, k: int) -> list[TextScore]:
    """The rows with any of the query's words, best BM25 first. A question is searched by `memory.ranking.gather`, which
    bounds the work that common words make."""
    terms = [_quoted(word) for word in words_of(query)]
    return _match(session, f"{owner}_words", " OR ".join(terms), k) if terms else []


def find_trigrams(session: Session, owner: OwnerType, query: str, k: int) -> list[TextScore]:
    """The rows that share three-character pieces with the query's unspaced stretches, or with its longer words."""
    stretches = unspaced_of(query) or [w for w in words_of(query) if len(w) >= 4]
    pieces = list(dict.fromkeys(s[i : i + 3] for s in stretches for i in range(max(1, len(s) - 2)) if len(s) >= 3))
    if pieces:
        return _match(session, f"{owner}_trigrams", " OR ".join(_quoted(p) for p in pieces[:MAX_TERMS]), k)
    return _contains(session, owner, [s for s in stretches if s], k)


def _contains(session: Session, owner: OwnerType, pieces: Sequence[str], k: int) -> list[TextScore]:
    """Pieces too short for a trigram, by plain comparison."""
    if not pieces:
        return []
    column = "content" if owner == "message" else "text"
    where = " OR ".join(f"instr({column}, :p{i}) > 0" for i in range(len(pieces)))
    statement = text(f"SELECT number FROM {owner} WHERE {where} ORDER BY number DESC LIMIT :k")
    values = {f"p{i}": piece for i, piece in enumerate(pieces)} | {"k": k}
    return [TextScore(number, 1.0) for number in session.scalars(statement, values)]


def _match(session: Session, table: str, query: str, k: int) -> list[TextScore]:
    statement = text(
        f"SELECT rowid, -bm25({table}) AS score FROM {table} WHERE {table} MATCH :query ORDER BY rank LIMIT :k"
    )
    return [TextScore(n, s) for n, s in session.execute(statement, {"query": query, "k": k})]


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def search_messages(database: Database, query: str, limit: int = 50) -> tuple[Snippet, ...]:
    """The messages that hold every word of a search box, best first; the last word may be unfinished."""
    words = [w.lower() for w in _WORD.findall(query)][:MAX_TERMS]
    with database.read() as session:
        found: list[TextScore] = []
        if unspaced_of(query):
            found = find_trigrams(session, "message", query, limit)
        elif words:
            terms = [*map(_quoted, words[:-1]), _quoted(words[-1]) + "*"]
            found = _match(session, "message_words", " AND ".join(terms), limit)
            # A quoted string in a trigram table is a substring.
            parts = [_quoted(word) for word in words if len(word) >= 3]
            if not found and parts:
                found = _match(session, "message_trigrams", " AND ".join(parts), limit)
        rows = session.execute(
            select(MessageRow, ConversationRow)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .where(MessageRow.number.in_([f.number for f in found]))
        )
        order = {f.number: place for place, f in enumerate(found)}
        pairs = sorted(rows, key=lambda pair: order[pair[0].number])
        needles = words or unspaced_of(query)
        return tuple(_snippet(message, conversation, needles) for message, conversation in pairs)


def _snippet(message: MessageRow, conversation: ConversationRow, needles: Sequence[str]) -> Snippet:
    content = message.content
    marks = [m.span() for needle in needles for m in re.finditer(re.escape(needle), content, re.IGNORECASE)]
    first = min((start for start, _ in marks), default=0)
    low = max(0, first - SNIPPET_CHARS // 3)
    high = min(len(content), low + SNIPPET_CHARS)
    inside = sorted((a - low, b - low) for a, b in set(marks) if a >= low and b <= high)
    return Snippet(
        message=to_message(message),
        conversation=to_conversation(conversation),
        text=content[low:high].replace("\n", " ").replace("\t", " "),
        marks=tuple(inside),
    )
