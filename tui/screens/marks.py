"""The program's own signs, with an ASCII set for terminals and readers that want it. Never a colour alone."""

from dataclasses import dataclass

from textual.dom import DOMNode

from memory.types import RecallState

ASCII_CLASS = "-ascii"
"""The class of the app while the settings want nothing but ASCII."""


@dataclass(frozen=True, kw_only=True)
class Marks:
    """One set of signs."""

    cited: str
    given: str
    found: str
    added: str
    removed: str
    changed: str
    dot: str
    quote: tuple[str, str]

    def of(self, state: RecallState) -> str:
        """The sign for what became of a hit."""
        return {"cited": self.cited, "given": self.given, "found": self.found}[state]


PLAIN = Marks(cited="*", given="o", found=".", added="+", removed="-", changed="*", dot="-", quote=('"', '"'))
FULL = Marks(cited="●", given="○", found="·", added="+", removed="−", changed="●", dot="·", quote=("“", "”"))


_SPELLED = str.maketrans(
    {
        "·": "-", "…": "...", "→": "->", "↑": "^", "↓": "v", "▸": ">", "▾": "v", "›": ">", "‹": "<", "✓": "+", "×": "x",
        "−": "-", "—": "-", "━": "#", "─": "-",
        "“": '"', "”": '"', "●": "*", "○": "o", "⏎": "enter",
    }
)  # fmt: skip


def wants_ascii(node: DOMNode) -> bool:
    """Whether the app that a widget is in is to keep to ASCII."""
    return node.app.has_class(ASCII_CLASS)


def spelled(text: str, node: DOMNode) -> str:
    """A line of the program's own, in the signs that the app of a widget may use."""
    return text.translate(_SPELLED) if wants_ascii(node) else text


def marks(ascii_only: bool) -> Marks:
    """The set that the settings ask for."""
    return PLAIN if ascii_only else FULL
