"""A message as the clauses that its author stands behind, each with its place in the text.

What is quoted, pasted, asked or only supposed is not a statement: code, block quotes, words in quotation marks, text
handed over to be worked on ("translate this: ..."), questions, and sentences that begin with *if* or *imagine* are
left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

MAX_STATEMENT_CHARS = 6_000
"""A longer message is a document, and documents are not statements about oneself."""
MAX_LINES = 40
MAX_CLAUSES = 400
"""More are not prose: each costs a few milliseconds to read."""
WIDE_GAP = re.compile(r"\s{60}")
"""A table or a picture made of letters. Patterns would search such a gap again and again."""

_FENCED = re.compile(r"(`{3,}|~{3,})[\s\S]*?(?:\1|\Z)")
_CODE = (
    r"`[^`\n]*`|^[ \t]*>.*$|^[ \t]*\|.*\|[ \t]*$|https?://\S+|^(?: {4}|\t)\S.*$"
    r"|^(?:From|To|Subject|Sent|Date|Cc): .*$|^[\w .'-]{1,30}: .*\n(?=[\w .'-]{1,30}: )"
)
_PASTE_BEGINS = re.compile(r"^~{3,}$", re.MULTILINE)
_CODE_BLOCK = re.compile(_CODE, re.MULTILINE)
_QUOTES = r"“[^”]*”|«[^»]*»|„[^“”]*[“”]|\"[^\"\n]*\"|(?<!\w)['‘](?=\w)(?:[^'’\n]|['’](?=\w))+['’](?!\w)"
_CODE_OR_QUOTE = re.compile(f"{_CODE}|{_QUOTES}", re.MULTILINE)
_HANDED_OVER = re.compile(
    r"^\W*(?:please\s+|can you\s+|could you\s+|would you\s+|help me\s+)*(?:translate|summari[sz]e|proofread|rewrite|rephrase"
    r"|paraphrase|correct|improve|edit|fix|review|polish|shorten|classify|analy[sz]e|check|continue|complete|reply to|respond to"
    r"|(?:here(?:['’]s| is| are)|this is)\s+(?=[^\n:]*\b(?:text|e-?mail|article|letter|message|story|poem|code|draft|essay|review"
    r"|paragraph|post|transcript|conversation|chat|bio|biography|quote|passage|log|document|chapter|song)))\b(?=[^\n]{0,120}:\s)[^\n:]*:(?=\s)"
    r"|\b(?:write|compose|draft|create|make up|tell|continue)\b[^\n:.]{0,60}\b(?:story|tale|poem|song|letter|e-?mail|speech|scene|joke|dialogue|bio|essay)\b[^\n:.]{0,60}:(?=\s)"
    r"|\b(?:wrote|writes|said|says|reads|goes|asked|told (?:me|us)|according to \w+|lyrics?(?: are| go)?|excerpt|prompt|dialogue|transcript)\s*[:,](?=\s)",
    re.IGNORECASE,
)
_HEADERS = re.compile(r"^(?:(?:From|To|Subject|Sent|Date|Cc): .*\n){2,}", re.MULTILINE)
"""The head of a pasted e-mail; what follows is its text."""
_PLAYED = re.compile(
    r"\brole-?play\w*|\bin character\b|\bonce upon a time\b|\blet['’]?s (?:play|pretend|imagine)\b|(?<!no )\bkidding\b"
    r"|\b(?:only|just) joking\b|\bjk\b|\blol,? (?:not really|no)\b|\bnot really,? lol\b|\b(?:you be|you['’]re|you are) the \w+,? and i(?:['’]m| am)\b",
    re.IGNORECASE,
)
"""Games and jokes: nothing in such a message is meant."""
_SPEAKER = re.compile(
    r"^[ \t]*(?!(?:PS|P\.S\.|Update|Note|Fact|Important|FYI|News|Me|Hi|Hello|Hey|Also|Reverie|Oh|So|Ok|Okay|Well|Yes|No)\b)[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)?: .*$",
    re.MULTILINE,
)
"""A line of a script or a transcript: whoever says it, it is not the author."""
_SENTENCE = re.compile(r"[^.!?…\n;]+(?:\.(?=\w)[^.!?…\n;]*)*[.!?…]*")
_ABBREVIATION = re.compile(
    r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|No|vs|etc|approx|e\.g|i\.e|a\.m|p\.m|U\.S|U\.K|Inc|Ltd|Co)\.(?=\s+\S)"
)
_I = r"(?:i|i['’](?:m|ve|ll|d)|im|ive)"
_SPLIT = re.compile(
    rf"(?:,\s*|\s+)(?:and|but|so|though|although|whereas|while|yet|plus)\s+(?=(?:{_I}|we|we['’]\w+|my|our|he|she|they|he['’]s|she['’]s)\b)"
    rf"|,\s+(?=(?:{_I}|we|my|our|she|he)\b)|\s+[-–—]+\s+|:\s+(?={_I}\b)|\s+(?=(?:because|since|as)\s+{_I}\b)|\)?\s*\((?=[^\W\d])",
    re.IGNORECASE,
)
_VERB = (
    r"(?:work|live|have|own|drive|love|like|hate|prefer|play|study|speak|am|got|enjoy|teach|run|collect|moved|joined|started|was|use"
    r"|works|lives|has|owns|drives|loves|likes|hates|prefers|plays|studies|speaks|is|enjoys|teaches|runs|don['’]t|doesn['’]t)"
)
_SHARED_SUBJECT = re.compile(
    rf"(?:,\s+|\s+)(?:and|but)\s+(?:also\s+|now\s+)?(?={_VERB}\b)|,\s+(?={_VERB}\b)", re.IGNORECASE
)
_OPEN_VERB = re.compile(
    r"\b(?:to|will|would|could|might|can|cannot|can['’]t|should|may|must|['’]d|['’]ll|that|who|which|if|when|where)\b[^,]*$",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"^\W*(?:if|when|whenever|unless|imagine|suppose|supposing|let['’]?s (?:say|pretend|imagine)|pretend|what if|in case|once i|as if"
    r"|maybe|perhaps|i wish|i hope|i dreamt|i dreamed|in my dream|say i|would|could|should|according to|assuming|act as|you are"
    r"|as though|even if|hypothetically|in theory|in another life|in (?:the|my|a|this|our|his|her) (?:book|film|story|game|novel|movie|dream|play|script|poem|song)"
    r"|for (?:this|the|our) (?:game|role|story|scene|sketch|example)|until|by the time)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """`content[start:end]`, without the conjunction it began with."""

    text: str
    start: int
    end: int
    shared: bool = False
    """Whether its subject is the one of the clause before ("I live in Lyon *and work at Acme*")."""


def pasted(text: str, beside: str = "") -> str:
    """Text from elsewhere as it stands in a message: between marks that neither it nor what is `beside` it can end, so
    that nothing in it counts as said by whoever pasted it. Readers of Markdown know the marks, too."""
    longest = max(map(len, re.findall(r"~+", f"{text}\n{beside}")), default=0)
    fence = "~" * max(3, longest + 1)
    return f"{fence}\n{text.strip(chr(10))}\n{fence}"


def holds_pasted(content: str) -> bool:
    """Whether a message has text between the marks of `pasted`."""
    return _PASTE_BEGINS.search(content) is not None


def masked(content: str, *, quotes: bool = True) -> str:
    """`content` with what is pasted (and with `quotes`, quoted) blotted out, at the same length. A document is pasted."""
    if len(content) > MAX_STATEMENT_CHARS:
        return _blotted(content)
    pattern = _CODE_OR_QUOTE if quotes else _CODE_BLOCK
    text = _FENCED.sub(lambda m: _blotted(m[0]), content)  # first: no quotation mark reaches into what is pasted
    text = pattern.sub(lambda m: _blotted(m[0]), text)
    handed = _HEADERS.search(content) or _HANDED_OVER.search(text)
    return text if handed is None else text[: handed.end()] + _blotted(text[handed.end() :])


def _blotted(text: str) -> str:
    return re.sub(r"[^\n]", "\0", text)


def whole_abbreviations(text: str) -> str:
    """`text` with \\1 for the full stops that end no sentence ("Dr. Who"), at the same length."""
    return _ABBREVIATION.sub(lambda m: m[0][:-1] + "\1", text)


def clauses(content: str) -> Iterator[Clause]:
    """The clauses of a message, in order."""
    if len(content) > MAX_STATEMENT_CHARS or content.count("\n") > MAX_LINES:
        return
    text = _SPEAKER.sub(lambda m: "\0" * len(m[0]), masked(content))
    if _PLAYED.search(text):
        return
    yield from islice(_clauses(content, whole_abbreviations(text)), MAX_CLAUSES)


def _clauses(content: str, text: str) -> Iterator[Clause]:
    for sentence in _SENTENCE.finditer(text):
        if "?" in sentence[0] or WIDE_GAP.search(sentence[0]) or _SUPPOSED.match(sentence[0]):
            continue
        yield from _parts(content, sentence.start(), sentence[0])


def _parts(content: str, offset: int, sentence: str) -> Iterator[Clause]:
    for start, end in _between(sentence, _SPLIT, 0):
        piece = sentence[start:end]
        if _SUPPOSED.match(piece):
            continue
        for number, (a, b) in enumerate(_between(piece, _SHARED_SUBJECT, 3)):
            clause = _trimmed(content, offset + start + a, offset + start + b, shared=number > 0)
            if clause is not None and "\0" not in piece[a:b]:
                yield clause


def _between(text: str, separator: re.Pattern[str], words: int) -> Iterator[tuple[int, int]]:
    """The stretches between separators; one is none that leaves fewer than `words` words before it, or a verb open."""
    at = 0
    for match in separator.finditer(text):
        before = text[at : match.start()]
        if words and (len(before.split()) < words or _OPEN_VERB.search(before)):
            continue
        yield at, match.start()
        at = match.end()
    yield at, len(text)


def _trimmed(content: str, start: int, end: int, *, shared: bool) -> Clause | None:
    while start < end and not content[start].isalnum():
        start += 1
    while end > start and (content[end - 1].isspace() or content[end - 1] in ".!…,;:-–—()"):
        end -= 1
    return Clause(content[start:end], start, end, shared) if start < end else None
