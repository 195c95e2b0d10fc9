"""What the user preferred, as the program speaks of it."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from memory.text import fingerprint


class PreferenceKind(StrEnum):
    """How it became known."""

    RETRIED = "retried"
    """The question was answered again, and the talk went on from that answer."""
    ASKED = "asked"
    """The answer was asked for in another manner ("shorter, please"), and given."""
    NAMED = "named"
    """The user does not want to be called that: the same answer without the name."""
    DREAMT = "dreamt"
    """A dream was kept, and one of the same night was dismissed."""


@dataclass(frozen=True, kw_only=True)
class NewPreference:
    """Where the two texts of a preference are, by the ids of messages or dreams."""

    kind: PreferenceKind
    question: str = ""
    chosen: str
    rejected: str
    wish: str = ""


@dataclass(frozen=True, kw_only=True)
class Preference:
    """A question with the answer that the user preferred and the one that they did not."""

    id: str
    number: int
    kind: PreferenceKind
    question: str
    given: str
    """Memories in the prompt, one a line; of dreams only."""
    chosen: str
    rejected: str
    sources: tuple[str, ...]
    """Short ids of the messages or dreams it was drawn from."""
    dismissed: bool
    at: datetime

    @property
    def short_id(self) -> str:
        """As people type it: `v3`."""
        return f"v{self.number}"

    @property
    def fingerprint(self) -> str:
        """Of all that would be learned from it."""
        return fingerprint("\n".join((self.question, self.given, self.chosen, self.rejected)))


_NOT_CALLED = re.compile(
    r"\b(?:do\s?n['’o]t|do not|stop|never|quit)\s+call(?:ing)?\s+me\s+(?P<name>[\w'’ -]{1,40}?)"
    r"(?:\s+(?:again|any ?more|please|ever|ok(?:ay)?))*\s*(?:[.,;!?]|$)",
    re.IGNORECASE,
)
_POINTING = frozenset(("that", "this", "it", "so", "like that", "names"))
_ADDRESSED = re.compile(r"^(?:hi|hello|hey|dear|good \w+|thanks|sure|of course|ok)\b,?\s+(?P<a>[A-Z][\w'’-]+)\s*[,.!?]"
                        r"|,\s*(?P<b>[A-Z][\w'’-]+)\s*[.!?](?:\s|$)", re.IGNORECASE)  # fmt: skip


def is_about_name(wish: str) -> bool:
    """Whether somebody does not want to be called something."""
    return _NOT_CALLED.search(wish) is not None


def without_name(answer: str, wish: str) -> str:
    """An answer without the name that the user does not want; empty where it has none."""
    found = _NOT_CALLED.search(wish)
    if found is None:
        return ""
    name = found["name"].strip()
    if name.casefold() in _POINTING:
        spoken = _ADDRESSED.search(answer)
        name = (spoken["a"] or spoken["b"]) if spoken else ""
    if not name:
        return ""
    bare = re.sub(rf"(?:,\s*|\s+)?\b{re.escape(name)}\b(?=\s*[,.!?]|\s*$)", "", answer, flags=re.IGNORECASE).strip()
    bare = re.sub(r"^[,\s]+", "", bare)
    return bare[:1].upper() + bare[1:] if bare and bare != answer.strip() else ""
