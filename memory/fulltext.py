"""Full text: questions and search boxes as terms that the database finds, over messages and memories.

By words (stemmed, accents folded) for languages that put spaces between them, by trigrams for those that do not and
for parts of words. How, the dialect knows; user text never reaches it as syntax.
"""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from memory.database import Database
from memory.dialects import dialect_of
from memory.dialects.base import MOST_ROWS, Term, TextScore
from memory.schema import ConversationRow, MessageRow
from memory.store.rows import to_conversation, to_message
from memory.types import OwnerType, Snippet

__all__ = ["MOST_ROWS", "TextScore", "find_trigrams", "find_words", "search_messages", "unspaced_of", "words_of"]

MAX_TERMS = 48
"""A pasted page is not a query; its first words decide."""
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


def words_of(query: str) -> list[str]:
    """The words of a query that carry meaning, in order, each once; all words if none of them does."""
    every = list(dict.fromkeys(w.lower().replace("’", "'") for w in _WORD.findall(query)))
    telling = [w for w in every if w not in STOP_WORDS]
    return (telling or every)[:MAX_TERMS]


def unspaced_of(query: str) -> list[str]:
    """The stretches of a query in scripts without spaces."""
    return _UNSPACED.findall(query)[:MAX_TERMS]


_NEWEST: Mapping[OwnerType, TextClause] = {
    "message": text("SELECT coalesce(max(number), 0) FROM message"),
    "memory": text("SELECT coalesce(max(number), 0) FROM memory"),
}


def find_words(session: Session, owner: OwnerType, query: str, k: int) -> list[TextScore]:
    """The rows with any of the query's words, best BM25 first. A question is searched by `memory.ranking.gather`, which
    bounds the work that common words make."""
    words = words_of(query)
    if newest_number(session, owner) > MOST_ROWS:
        telling, _ = telling_terms(session, owner, [(word,) for word in words])
        words = [word for (word,) in telling]
    return dialect_of(session).any_word(session, owner, words, k) if words else []


def newest_number(session: Session, owner: OwnerType) -> int:
    """The number of the newest row: how many there are, at the most."""
    return int(session.scalar(_NEWEST[owner]) or 0)


def telling_terms(session: Session, owner: OwnerType, terms: Sequence[Term]) -> tuple[list[Term], list[Sequence[int]]]:
    """The rarest terms, as many as MOST_ROWS rows have; and for each of all terms its rows, newest first, as far as one
    more than MOST_ROWS. In a home of few rows every term counts."""
    dialect = dialect_of(session)
    listed = [dialect.having(session, owner, term, MOST_ROWS + 1) for term in terms]
    few = newest_number(session, owner) <= MOST_ROWS
    telling: list[Term] = []
    work = 0
    for i in sorted((i for i, found in enumerate(listed) if found), key=lambda i: len(listed[i])):
        work += len(listed[i])
        if work > MOST_ROWS and not few:
            break
        telling.append(terms[i])
    return telling, listed


def find_trigrams(session: Session, owner: OwnerType, query: str, k: int) -> list[TextScore]:
    """The rows that share three-character pieces with the query's unspaced stretches, or with its longer words."""
    stretches = unspaced_of(query) or [w for w in words_of(query) if len(w) >= 4]
    pieces = list(dict.fromkeys(s[i : i + 3] for s in stretches for i in range(max(1, len(s) - 2)) if len(s) >= 3))
    if pieces:
        return dialect_of(session).any_piece(session, owner, pieces[:MAX_TERMS], k)
    short = [s for s in stretches if s]  # too short for a trigram
    return dialect_of(session).containing(session, owner, short, k) if short else []


def search_messages(database: Database, query: str, limit: int = 50) -> tuple[Snippet, ...]:
    """The messages that hold every word of a search box, best first; the last word may be unfinished."""
    words = [w.lower() for w in _WORD.findall(query)][:MAX_TERMS]
    with database.read() as session:
        found: list[TextScore] = []
        if unspaced_of(query):
            found = find_trigrams(session, "message", query, limit)
        elif words:
            found = dialect_of(session).every_word(session, words, limit)
            parts = [word for word in words if len(word) >= 3]
            if not found and parts:
                found = dialect_of(session).every_piece(session, parts, limit)
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
