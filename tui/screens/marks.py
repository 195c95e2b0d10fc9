"""The program's own signs, with an ASCII set for terminals and readers that want it. Never a colour alone."""

from dataclasses import dataclass

from memory.types import RecallState


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


def marks(ascii_only: bool) -> Marks:
    """The set that the settings ask for."""
    return PLAIN if ascii_only else FULL
