"""Untrusted text, made safe to store and to show.

Everything that comes from outside (keys, pastes, imports, model output) passes `clean` once on its way in: what it
takes away has no meaning to a reader and a bad one to a terminal. What is only dangerous to look at (bidirectional
overrides) is kept in the store, since the words are the user's, and neutralised by `display` on its way to a screen.
"""

import hashlib
import re
import unicodedata

MAX_MESSAGE_CHARS = 2_000_000
"""A message longer than this is refused: it is a file, and `reverie import` takes files."""

# CSI, OSC/DCS/PM/APC/SOS strings (ended by BEL or ST, or by the end of the text), and two-character escapes.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|(?=\x1b)|$)"
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_BIDI_CONTROLS = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Take terminal escapes, control characters (newline and tab stay) and lone surrogates out of `text`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _ESCAPES.sub("", text)
    text = _CONTROLS.sub("", text)
    return _SURROGATES.sub("\ufffd", text)


def display(text: str) -> str:
    """`clean`, and without the characters that reorder what is shown."""
    return _BIDI_CONTROLS.sub("", clean(text))


def one_line(text: str, limit: int = 120) -> str:
    """`text` on one line for a list or a notice, cut with an ellipsis at `limit` characters."""
    line = _SPACE.sub(" ", display(text)).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def normalise(text: str) -> str:
    """A form in which trivially different spellings are equal: folded case and width, single spaces, no end stop."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _SPACE.sub(" ", folded).strip().rstrip(".!…。！").strip()


def fingerprint(text: str) -> str:
    """SHA-256 of the normalised text: names a purged statement without keeping it."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()


def text_hash(text: str) -> str:
    """SHA-256 of exactly this text: the key of its vector."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class StreamCleaner:
    """`clean` for text that arrives in pieces: an escape sequence cut in two by the pieces is still taken out."""

    _UNFINISHED = re.compile(
        r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\x9c]*\x1b?|[ -/]*)?$"
        r"|\x9b[0-?]*[ -/]*$|[\x90\x98\x9d-\x9f][^\x07\x1b\x9c]*$"
    )
    _MOST_HELD = 4_096

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """What of `piece`, and of what was held back before, is now known to be plain."""
        text = self._held + piece
        unfinished = self._UNFINISHED.search(text)
        # A sequence that never ends is not waited for: it would hold back the whole answer.
        cut = unfinished.start() if unfinished and len(text) - unfinished.start() <= self._MOST_HELD else len(text)
        self._held = text[cut:]
        return clean(text[:cut])

    def finish(self) -> str:
        """What was still held back."""
        rest, self._held = self._held, ""
        return clean(rest)
