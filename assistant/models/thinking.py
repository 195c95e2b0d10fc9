"""Text that arrives in pieces of any size, told apart by marks that may be cut across them."""

from dataclasses import dataclass
from typing import Literal

OPEN, CLOSE = "<think>", "</think>"


def held_back(text: str, marks: tuple[str, ...]) -> int:
    """How many characters at the end of `text` may be the beginning of one of `marks`."""
    longest = max((len(mark) for mark in marks), default=1) - 1
    for size in range(min(longest, len(text)), 0, -1):
        if any(mark.startswith(text[-size:]) for mark in marks):
            return size
    return 0


@dataclass(frozen=True)
class Part:
    """A piece of what the model wrote: for the user, or thought aloud."""

    kind: Literal["text", "think"]
    text: str


class ThinkSplitter:
    """Takes `<think>...</think>` out of an answer.

    Only where the answer begins with it, as reasoning models write it: an answer that speaks of the tag keeps it.
    However the text is cut, the parts joined by kind are the same.
    """

    def __init__(self) -> None:
        self._state: Literal["start", "think", "gap", "text"] = "start"
        self._rest = ""

    def feed(self, text: str) -> list[Part]:
        """The parts that are certain now."""
        self._rest += text
        parts: list[Part] = []
        while (part := self._step()) is not None:
            if part.text:
                parts.append(part)
        return parts

    def close(self) -> list[Part]:
        """What was held back, when no more comes."""
        rest, self._rest = self._rest, ""
        if self._state == "gap" or not rest:
            return []
        return [Part("think" if self._state == "think" else "text", rest)]

    def _step(self) -> Part | None:
        """One step of the automaton; None when it needs more text."""
        if not self._rest:
            return None
        match self._state:
            case "start":
                return self._start()
            case "think":
                return self._think()
            case "gap":  # the blank lines between the thoughts and the answer belong to neither
                self._rest = self._rest.lstrip()
                if not self._rest:
                    return None
                self._state = "text"
        part, self._rest = Part("text", self._rest), ""
        return part

    def _start(self) -> Part | None:
        begun = self._rest.lstrip()
        if begun.startswith(OPEN):
            self._rest, self._state = begun[len(OPEN) :], "think"
            return Part("think", "")
        if OPEN.startswith(begun):
            return None
        self._state = "text"
        return Part("text", "")

    def _think(self) -> Part | None:
        thought, mark, after = self._rest.partition(CLOSE)
        if mark:
            self._rest, self._state = after, "gap"
            return Part("think", thought)
        keep = held_back(self._rest, (CLOSE,))
        cut = len(self._rest) - keep
        if cut == 0:
            return None
        part, self._rest = Part("think", self._rest[:cut]), self._rest[cut:]
        return part


class StopFilter:
    """Ends a text before the first of `marks`."""

    def __init__(self, marks: tuple[str, ...]) -> None:
        self._marks = tuple(mark for mark in marks if mark)
        self._rest = ""
        self.stopped = False

    def feed(self, text: str) -> str:
        """What is certain to stand before any mark; empty once a mark was found."""
        if self.stopped:
            return ""
        self._rest += text
        found = [at for at in (self._rest.find(mark) for mark in self._marks) if at >= 0]
        if found:
            self.stopped = True
            keep, self._rest = self._rest[: min(found)], ""
            return keep
        cut = len(self._rest) - held_back(self._rest, self._marks)
        out, self._rest = self._rest[:cut], self._rest[cut:]
        return out

    def close(self) -> str:
        """What was held back, when no more comes."""
        rest, self._rest = self._rest, ""
        return rest
