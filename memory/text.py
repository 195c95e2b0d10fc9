"""Untrusted text, made safe to store and to show.

Everything that comes from outside (keys, pastes, imports, model output) passes `clean` once on its way in: what it
takes away has no meaning to a reader and a bad one to a terminal. What is only dangerous to look at (what reorders a
line, or is not seen) is kept in the store, since the words are the user's, and neutralised by `display` on its way to a
screen, and to a model.
"""

import hashlib
import re
import unicodedata

MAX_MESSAGE_CHARS = 2_000_000
"""A message longer than this is refused: it is a file, and `reverie import` takes files."""

# CSI, OSC/DCS/PM/APC/SOS strings that end on their line (by BEL or ST), and two-character escapes. A string that never
# ends loses its introducer alone: what follows is then only text, and words must not vanish with it. For that reason,
# too, the one-byte forms (\x9b, \x9d ...) are control characters and no more: wrongly decoded text is full of them.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,16}[@-~]?|\x1b[\]PX^_][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)|\x1b[ -/]{0,16}[0-~]?"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
BIDI = r"\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c"
"""What reorders a line."""
UNSEEN = (
    r"\u00ad\u115f\u1160\u180e\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff"
)
"""What a person does not see and a model reads: fillers, separators, tags."""
_HIDDEN = re.compile(f"[{BIDI}{UNSEEN}]")
_JOINER = r"[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_JOINERS = re.compile(f"({_JOINER}{{2}}){_JOINER}+")
"""Joiners and variation selectors are needed, two in a row at most: a longer row spells something out unseen."""
_LINE_ENDS = str.maketrans({"\u2028": "\n", "\u2029": "\n"})
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Take terminal escapes, control characters (newline and tab stay) and lone surrogates out of `text`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _ESCAPES.sub("", text)
    text = _CONTROLS.sub("", text)
    return _SURROGATES.sub("\ufffd", text)


def display(text: str) -> str:
    """`clean`, and without the characters that reorder what is shown or are not seen at all: what a person sees is what
    a model is given."""
    return _JOINERS.sub(r"\1", _HIDDEN.sub("", clean(text).translate(_LINE_ENDS)))


def one_line(text: str, limit: int = 120) -> str:
    """`text` on one line for a list or a notice, cut with an ellipsis at `limit` characters."""
    line = _SPACE.sub(" ", display(text)).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 message`, `1,200 messages`; `many` where an s does not make it."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


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

    _UNFINISHED = re.compile(r"\x1b(?:\[[0-?]{0,64}[ -/]{0,16}|[\]PX^_][^\x07\x1b\n]{0,4096}\x1b?|[ -/]{0,16})?\Z|\r\Z")
    """What may go on; bounded, since a sequence that never ends must not hold back the whole answer."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """What of `piece`, and of what was held back before, is now known to be plain."""
        text = self._held + piece
        unfinished = self._UNFINISHED.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held = text[cut:]
        return clean(text[:cut])

    def finish(self) -> str:
        """What was still held back."""
        rest, self._held = self._held, ""
        return clean(rest)
