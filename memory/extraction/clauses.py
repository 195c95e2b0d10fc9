"""A message as the clauses that its author stands behind, each with its place in the text.

What is quoted, pasted, asked or only supposed is not a statement: code, block quotes, words in quotation marks,
questions, and sentences that begin with *if* or *imagine* are left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_STATEMENT_CHARS = 6_000
"""A longer message is a document, and documents are not statements about oneself."""

_PASTED = r"```[\s\S]*?(?:```|\Z)|`[^`\n]*`|^[ \t]*>.*$|^[ \t]*\|.*\|[ \t]*$|https?://\S+"
_PASTE = re.compile(_PASTED, re.MULTILINE)
_PASTE_OR_QUOTE = re.compile(_PASTED + r"|“[^”]*”|«[^»]*»|\"[^\"\n]*\"", re.MULTILINE)
_SENTENCE = re.compile(r"[^.!?…\n;]+(?:\.(?=\d|\w)[^.!?…\n;]*)*[.!?…]*")
_SPLIT = re.compile(
    r"(?:,\s*|\s+)(?:and|but|so|though|although)\s+(?=(?:I|I['’](?:m|ve|ll|d)|we|my|our|he|she|they)\b)"
    r"|,\s+(?=(?:I|I['’](?:m|ve|ll)|my)\b)|\s+[-–—]\s+|:\s+(?=I\b)",
)
_VERBS = r"(?:work|live|have|own|drive|love|like|hate|prefer|play|study|speak|am|got)"
_SHARED_SUBJECT = re.compile(rf"\s+and\s+(?={_VERBS}\b)|,\s+(?={_VERBS}\b)")
_SUPPOSED = re.compile(
    r"^\W*(?:if|when|whenever|unless|imagine|suppose|supposing|let['’]?s say|pretend|what if|in case|once i|as if|maybe"
    r"|perhaps|i wish|i hope|i dreamt|i dreamed|in my dream|say i|would|could|should|according to|in the (?:book|film|story|game))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """`content[start:end]`, without the conjunction it began with. `subject` is prepended where a clause shares it."""

    text: str
    start: int
    end: int
    shared: bool = False
    """Whether the subject is the one of the clause before ("I live in Lyon *and work at Acme*")."""


def masked(content: str, *, quotes: bool = True) -> str:
    """`content` with what is pasted (and with `quotes`, quoted) blotted out, at the same length."""
    pattern = _PASTE_OR_QUOTE if quotes else _PASTE
    return pattern.sub(lambda m: "\0" * len(m[0]), content)


def clauses(content: str) -> Iterator[Clause]:
    """The clauses of a message, in order."""
    if len(content) > MAX_STATEMENT_CHARS:
        return
    for sentence in _SENTENCE.finditer(masked(content)):
        text = sentence[0]
        if "?" in text or _SUPPOSED.match(text):
            continue
        yield from _parts(content, sentence.start(), text)


def _parts(content: str, offset: int, sentence: str) -> Iterator[Clause]:
    for start, end in _between(sentence, _SPLIT):
        piece = sentence[start:end]
        if _SUPPOSED.match(piece):
            continue
        first = True
        for a, b in _between(piece, _SHARED_SUBJECT if re.match(r"\W*(?:I|we)\b", piece) else None):
            clause = _trimmed(content, offset + start + a, offset + start + b, shared=not first)
            if clause is not None and "\0" not in piece[a:b]:
                yield clause
            first = False


def _between(text: str, separator: re.Pattern[str] | None) -> Iterator[tuple[int, int]]:
    at = 0
    for match in separator.finditer(text) if separator else ():
        yield at, match.start()
        at = match.end()
    yield at, len(text)


def _trimmed(content: str, start: int, end: int, *, shared: bool) -> Clause | None:
    while start < end and not (content[start].isalnum()):
        start += 1
    while end > start and (content[end - 1].isspace() or content[end - 1] in ".!…,;:-–—"):
        end -= 1
    return Clause(content[start:end], start, end, shared) if start < end else None
