"""What of a hit is worth its tokens: of a long message the stretch that bears on the question, not all of the page."""

from dataclasses import replace

from memory.types import Hit

WHOLE = 1_200
"""Texts up to so many characters are given as they are."""
MARK = "…"


def shortened(hit: Hit) -> Hit:
    """The hit with its best passage for a text, where the text is long; what is left out is marked.

    The span is then that of the whole new text. A hit that only words found has no passage: its beginning is given.
    """
    if len(hit.text) <= WHOLE:
        return hit
    start, end = hit.span or (0, WHOLE)
    end = min(end, start + WHOLE)
    before, after = MARK if start else "", MARK if end < len(hit.text) else ""
    text = f"{before}{hit.text[start:end].strip()}{after}"
    return replace(hit, text=text, span=(0, len(text)))
