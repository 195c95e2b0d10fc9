"""Wishes in so many words: "remember that ...", "forget ...", "call me ...", "don't bring up ...". They act at once.

Only what is plainly an order to the assistant matches: at the beginning of a sentence of the message, outside quotes
and code. "Do you remember ...", "I can't remember ...", "don't forget to breathe" are not orders.
"""

import re
from dataclasses import dataclass

from memory.extraction.clauses import MAX_STATEMENT_CHARS, WIDE_GAP, masked, whole_abbreviations
from memory.extraction.voice import second_person
from memory.types import Kind

_POLITE = r"(?:(?:hey|ok|okay|and|also|oh|so|now|btw|by the way|reverie|hi|yes|right|well)[,:!.]?\s+)*(?:please|pls|kindly|can you|could you|would you|will you|you can|you may|i want you to|i(?:['’]d| would) like you to)?[,:]?\s*(?:please\s+)?"
_END = r"(?P<what>[^\n]+?)\s*[.!]*\s*$"

_REMEMBER = re.compile(
    rf"^{_POLITE}(?:(?:always\s+)?remember(?:\s+this)?\s*(?::|\s(?:that|this:?)\b)"
    rf"|(?:make a note|take note|note|keep in mind|bear in mind|memori[sz]e)\s*(?::|,?\s(?:that|of this:?|this:?)\b)"
    rf"|remember(?=\s+(?:my|our|i|i['’]m|i['’]ve|we|the)\b)"
    rf"|(?:don['’]?t|do not|never) forget\s*(?::|\s(?:that\b|(?=(?:my|i|i['’]m|i['’]ve)\b))))\s*{_END}",
    re.IGNORECASE,
)
_NOT_REMEMBER = re.compile(r"^\W*(?:when|how|the time|those|the day|the first time|to)\b", re.IGNORECASE)
_FORGET = re.compile(
    rf"^{_POLITE}(?:forget|delete|erase)\s+(?:(?:that|what|everything|anything)\s+(?:i\s+(?:said|told you)\s+(?:about\s+)?)?"
    rf"|about\s+|the memory\s+(?:that|about)?\s*|memory\s+)?{_END}",
    re.IGNORECASE,
)
_NOT_FORGET = re.compile(
    r"^\W*(?:it|that|this|about it|me|you|them|him|her|the (?:rest|past)|my (?:keys|phone|wallet|head)|i (?:asked|said anything))\W*$",
    re.IGNORECASE,
)
_CALL_ME = re.compile(
    rf"^(?i:{_POLITE}(?:just\s+)?(?:call|address) me)\s+(?P<name>[A-Z][\w'’.\1-]*(?:\s+[A-Z][\w'’.\1-]*){{0,2}})"
    r"(?i:\s+(?:from now on|please|instead|going forward|now))*\s*[.!]*\s*$"
)
_DONT_BRING_UP = re.compile(
    rf"^{_POLITE}(?:(?:don['’]?t|do not|never|stop)\s+(?:ever\s+)?(?:bring(?:ing)?\s+up|mention(?:ing)?|talk(?:ing)?\s+about"
    rf"|remind(?:ing)?\s+me\s+(?:of|about))|let['’]?s not talk about)\s+(?P<what>[^\n]+?)"
    r"(?:\s+(?:again|any\s?more|ever again|please|to me|with me))*\s*[.!]*\s*$",
    re.IGNORECASE,
)
_WOULD_NOT_TALK = re.compile(
    r"^\W*(?:I (?:do not|don['’]?t) (?:want|like) to (?:talk|speak|hear) about|I['’]?d rather not (?:talk|speak|hear) about)\s+(?P<what>[^\n,;]+?)"
    r"[,;]?\s+(?:so |and )?(?:please )?(?:don['’]?t|do not|never|stop) (?:ever )?(?:bring(?:ing)?|mention(?:ing)?|rais(?:e|ing))"
    r" (?:it|this|that|him|her|them)(?: up)?(?:\s+(?:again|any\s?more|ever again|please))*\s*[.!]*\s*$",
    re.IGNORECASE,
)
_LINE = re.compile(r"[^.!?\n]+(?:[.](?=\S)[^.!?\n]*)*[.!?]*")


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep `content[start:end]`. `text` is it in the second person."""

    text: str
    start: int
    end: int
    kind: Kind = Kind.FACT


@dataclass(frozen=True, slots=True)
class Forget:
    """Retire what `what` names: a short id or some words."""

    what: str


@dataclass(frozen=True, slots=True)
class CallMe:
    """Use this name. `content[start:end]` said so."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DontBringUp:
    """Do not mention this."""

    what: str


Command = Remember | Forget | CallMe | DontBringUp


def parse_command(content: str) -> Command | None:
    """The first wish in a message, or None."""
    if len(content) > MAX_STATEMENT_CHARS:
        return None
    text = whole_abbreviations(masked(content, quotes=False))
    for line in _LINE.finditer(text):
        offset = line.start() + len(line[0]) - len(line[0].lstrip())
        sentence = line[0].strip()
        if WIDE_GAP.search(sentence) or ("?" in sentence and not _asks_politely(sentence)):
            continue
        command = _in_sentence(sentence.rstrip("?"), offset)
        if command is not None:
            return command
    return None


def _asks_politely(sentence: str) -> bool:
    return bool(
        re.match(r"\W*(?:can|could|would|will) you (?:please )?(?:remember|forget|call|stop|note)\b", sentence, re.I)
    )


def _in_sentence(sentence: str, offset: int) -> Command | None:
    if match := _CALL_ME.match(sentence):
        return CallMe(_plain(match["name"]).rstrip("."), offset, offset + len(sentence.rstrip()))
    if match := _WOULD_NOT_TALK.match(sentence):
        return DontBringUp(_plain(match["what"]).strip())
    if (match := _DONT_BRING_UP.match(sentence)) and not _NOT_FORGET.match(match["what"]):
        return DontBringUp(_plain(match["what"]).strip())
    if (match := _REMEMBER.match(sentence)) and not _NOT_REMEMBER.match(match["what"]):
        start = offset + match.start("what")
        return Remember(second_person(_plain(match["what"])), start, start + len(match["what"]), _kind(match["what"]))
    if (match := _FORGET.match(sentence)) and not _NOT_FORGET.match(match["what"]):
        return Forget(_plain(match["what"]).strip())
    return None


def _plain(text: str) -> str:
    return text.replace("\1", ".")


def _kind(what: str) -> Kind:
    if re.match(r"\W*(?:always|never|to|please|don['’]?t|use|answer|reply)\b", what, re.I):
        return Kind.INSTRUCTION
    if re.search(r"\bi (?:really |always )?(?:like|love|prefer|hate|dislike|enjoy|can['’]?t stand)\b", what, re.I):
        return Kind.PREFERENCE
    return Kind.FACT
