"""Tags: words of the user's own to sort memories by, as one text with a space between them."""

import re
import unicodedata

from memory.errors import InvalidInput

MOST = 20
LONGEST = 40
"""Characters of a tag."""


def tags_of(text: str) -> tuple[str, ...]:
    """The tags in what is typed ("#work, travel"), in lower case, each once, sorted. Raises InvalidInput."""
    pieces = (piece.lstrip("#") for piece in re.split(r"[\s,]+", text))
    found = sorted({folded(piece) for piece in pieces if piece})
    for tag in found:
        if len(tag) > LONGEST or not _is_tag(tag):
            hint = "A tag is one word, with - or / inside, such as trips/2026."
            raise InvalidInput(f"{tag[:LONGEST]!r} is no tag.", hint)
    if len(found) > MOST:
        raise InvalidInput(f"{len(found)} tags are too many; a memory holds {MOST}.")
    return tuple(found)


def joined_tags(*texts: str) -> str:
    """The tags of all of these, as they are stored."""
    return " ".join(tags_of(" ".join(texts)))


def folded(piece: str) -> str:
    """A tag as it is compared."""
    return unicodedata.normalize("NFC", piece.casefold())


def _is_tag(tag: str) -> bool:
    """Letters, digits, and the marks that belong to letters; - and / only behind the first."""
    return tag[0].isalnum() and all(c.isalnum() or c in "_-/" or unicodedata.category(c)[0] == "M" for c in tag)
