"""What other programs wrote into the memory: kept, marked with who wrote it, never counted as said by the user.

A note is a memory with the weakest trust of what is not invented (`Trust.INFERRED`) and a tag that names its writer.
Stronger ones are never overruled by it, no weights learn it, and wherever it is told, it is told as that program's.
"""

import re

from memory.tags import LONGEST
from memory.types import NewMemory, Trust

FROM = "from/"
"""Begins the tag that names the writer."""
CONFIDENCE = 0.5
"""How sure a note is: what another program says may be out of date, or wrong."""
_NOT_IN_A_TAG = re.compile(r"[^a-z0-9]+")


def writer_tag(name: str) -> str:
    """The tag for a program that calls itself `name`; what cannot be in a tag becomes a dash."""
    plain = _NOT_IN_A_TAG.sub("-", name[:200].lower()).strip("-")
    return FROM + (plain[: LONGEST - len(FROM)].rstrip("-") or "another-program")


def writer_of(memory: NewMemory) -> str:
    """The program that wrote it; empty for what the user said, or made their own since."""
    if memory.trust is not Trust.INFERRED:
        return ""
    return next((tag.removeprefix(FROM) for tag in memory.tags.split() if tag.startswith(FROM)), "")
