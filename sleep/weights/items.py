"""What is rehearsed: a question, the answer that the teacher gives with memories in its prompt, and where from."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class ItemKind(StrEnum):
    """Which way of rehearsing an item is."""

    ASK = "ask"
    BACK = "back"
    REWORD = "reword"
    FOLLOWS = "follows"
    UNTOLD = "untold"
    TALK = "talk"


_COMMON = frozenset(
    "a an the is are am was were be been do does did have has had i me my mine you your yours they their he his she her"
    " it its to in on at of for from by with as and or not now called name".split()
)

ANCHORS = frozenset((ItemKind.UNTOLD, ItemKind.TALK))
"""What must stay as the base has it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A memory that may be learned: its id and what it says."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A question without memories, the memories that the teacher sees, and its answer."""

    kind: ItemKind
    question: str
    answer: str
    facts: tuple[str, ...] = ()
    """Ids of the memories that the answer rests on; none for an anchor."""
    block: str = ""
    """The system message of the teacher; empty where it has none."""
    given: str = ""
    """A system message that the student has, too: what it reads there must count as before."""

    @property
    def anchor(self) -> bool:
        """Whether it must stay as it is, rather than be learned."""
        return self.kind in ANCHORS

    def to_json(self) -> dict[str, Any]:
        """As a manifest keeps it."""
        return asdict(self) | {"kind": str(self.kind), "facts": list(self.facts)}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Item":
        """Raises KeyError, ValueError for what is no item."""
        known = {f.name: row[f.name] for f in fields(cls) if f.name in row}
        return cls(**known | {"kind": ItemKind(row["kind"]), "facts": tuple(row["facts"])})


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with the answer that the user preferred, and the one that they did not."""

    id: str
    question: str
    chosen: str
    rejected: str
    given: str = ""
    """The system message, where there was one."""


def block(lines: Iterable[str]) -> str:
    """Memories as a model without ids is given them."""
    return "\n".join(["<memories>", *lines, "</memories>"])


def about(items: Sequence[Item], fact: str) -> list[Item]:
    """The items that rest on a memory."""
    return [item for item in items if fact in item.facts]


def telling(question: str, answer: str) -> frozenset[str]:
    """The words of an answer that its question does not have: what has to be known."""
    return words_of(answer) - words_of(question) - _COMMON


def words_of(text: str) -> frozenset[str]:
    """The words of a text, without citations."""
    return frozenset(re.findall(r"\w+", re.sub(r"\[[tm]\d+\]|['’]s\b", " ", text.lower())))
