"""The hostile inputs, one a line in `corpus/KIND.jsonl`: an id, the kind, the channel that it comes by, the text, and
what it tries. A huge one is a text and how many times it is said. Lines are ASCII: nothing in them harms who reads
them."""

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"
CHANNELS = frozenset("message paste import title author file_name model memory plan".split())
_LINES = frozenset("\n\t")


@dataclass(frozen=True)
class Hostile:
    """One input."""

    id: str
    kind: str
    channel: str
    text: str
    tries: str


def _read(line: str) -> Hostile:
    row = json.loads(line)
    text = row["text"] * row.get("times", 1) + ("x" if "times" in row else "")
    return Hostile(row["id"], row["kind"], row["channel"], text, row["tries"])


CORPUS = tuple(_read(line) for file in sorted(FOLDER.glob("*.jsonl")) for line in file.read_text().splitlines())
PROSE = tuple(one for one in CORPUS if one.kind not in ("plans", "files"))
"""What may be said, pasted, imported, or written by a model."""
SMALL = tuple(one for one in PROSE if one.kind != "huge")


def by(channel: str) -> tuple[Hostile, ...]:
    """Those that come by one channel."""
    return tuple(one for one in CORPUS if one.channel == channel)


def raw(shown: str) -> list[str]:
    """What in a text that is shown would be obeyed by a terminal, or not be seen by whoever reads it."""
    return [f"U+{ord(c):04X}" for c in shown if _is_raw(c)]


def _is_raw(c: str) -> bool:
    """By the categories of Unicode, not by the program's own lists."""
    if c in _LINES or c in "\u200c\u200d":  # joiners have a use
        return False
    return unicodedata.category(c) in ("Cc", "Cs", "Cf", "Zl", "Zp") and c not in _SEEN


_SEEN = frozenset(
    chr(n)
    for n in (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, *range(0x13430, 0x13440))
)
"""Signs of Arabic, Syriac, Kaithi and Egyptian that are seen, though Unicode counts them as formats."""
