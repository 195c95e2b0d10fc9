"""Citation marks of a streamed answer as links of the view; what is stored keeps them as they were written."""

import re
from collections.abc import Iterable

_MARKS = re.compile(r" ?\[([mt]\d{1,12}(?:\s*[,;]\s*[mt]\d{1,12})*)\](?!\()")
_ID = re.compile(r"[mt]\d{1,12}")
_UNFINISHED_MARK = re.compile(r" ?(?:\[(?:[mt][\dmt ,;]{0,80}\]?)?)?\Z")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_MAYBE_FENCE = re.compile(r"[ \t>]*(?:`{0,2}\Z|~{0,2}\Z|`{3}|~{3})")
_CODE_SPAN = re.compile(r"(`+)(?!`)(?:[^\n]*?[^`\n])\1(?!`)")


class CitationLinker:
    """Rewrites `[m3]` as `[m3](memory:m3)` and `[t12]` as `[t12](message:t12)`, and drops ids that were not given.

    Fed in pieces of any size it gives the same text. Marks inside code are code and stay as they are.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._held = ""
        self._at_start = True
        """Whether `_held` begins at the start of a line."""
        self._fence = ""
        """The backticks or tildes that opened the code block we are in."""

    def feed(self, piece: str) -> str:
        """The text so far, up to where the next piece may still change its meaning."""
        self._held += piece
        out = []
        while (end := self._held.find("\n")) >= 0:
            line, self._held = self._held[: end + 1], self._held[end + 1 :]
            out.append(self._line(line))
            self._at_start = True
        cut = self._safe()
        if cut:
            out.append(self._held[:cut] if self._fence else self._link_prose(self._held[:cut]))
            self._held = self._held[cut:]
            self._at_start = False
        return "".join(out)

    def finish(self) -> str:
        """The rest."""
        rest, self._held = self._held, ""
        return self._line(rest)

    def _line(self, line: str) -> str:
        """A line, or what had been held back of it."""
        fence = _FENCE.match(line) if self._at_start else None
        if fence and not self._fence:
            self._fence = fence[1]
            return line
        if fence and fence[1].startswith(self._fence) and not line[fence.end() :].strip():
            self._fence = ""
            return line
        return line if self._fence else self._link_prose(line)

    def _safe(self) -> int:
        """How much of the unfinished line is certain."""
        if self._at_start and _MAYBE_FENCE.match(self._held):
            return 0
        if self._fence:
            return len(self._held)
        unfinished = _UNFINISHED_MARK.search(self._held)
        closed = _CODE_SPAN.sub(lambda span: "x" * len(span[0]), self._held)
        opened = closed.find("`")
        mark = unfinished.start() if unfinished else len(self._held)
        # A span that seems closed at the very end may go on: "``" may become a longer fence of the span.
        tail = len(closed.rstrip("x")) if self._held.endswith("`") else len(closed)
        return min(mark, tail, opened if opened >= 0 else len(closed))

    def _link_prose(self, text: str) -> str:
        out, place = [], 0
        for span in _CODE_SPAN.finditer(text):
            out += [_MARKS.sub(self._link, text[place : span.start()]), span[0]]
            place = span.end()
        out.append(_MARKS.sub(self._link, text[place:]))
        return "".join(out)

    def _link(self, match: re.Match[str]) -> str:
        kept = [i for i in _ID.findall(match[1]) if i in self._known]
        links = " ".join(f"[{i}]({'memory' if i[0] == 'm' else 'message'}:{i})" for i in kept)
        return " " + links if links and match[0].startswith(" ") else links


def link_citations(text: str, known: Iterable[str]) -> str:
    """A whole answer at once."""
    linker = CitationLinker(known)
    return linker.feed(text) + linker.finish()
