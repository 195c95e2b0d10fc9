"""Citation marks in answers: `[m3]` a memory, `[t120]` a message.

The stored answer keeps them as the model wrote them; only ids that the model was given count as citations.
"""

import re
from collections.abc import Iterable, Sequence

from memory.types import Hit, RecallRecord, RecallState

MARK = re.compile(r"\[([mt]\d{1,12})\]")
_MARKS = re.compile(r"\[((?:[mt]\d{1,12})(?:\s*[,;]\s*[mt]\d{1,12})*)\]")
_FENCE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_ID = re.compile(r"[mt]\d{1,12}")


def cited_ids(answer: str, given: Iterable[str]) -> tuple[str, ...]:
    """The given ids that the answer cites, in order, each once. Marks inside code blocks are code."""
    known = set(given)
    prose = _FENCE.sub("", answer)
    found = (i for marks in _MARKS.findall(prose) for i in _ID.findall(marks))
    return tuple(dict.fromkeys(i for i in found if i in known))


def records(hits: Sequence[Hit], given: Sequence[str], answer: str) -> tuple[RecallRecord, ...]:
    """What became of each hit: cited by the answer, given to its writer, or only found."""
    cited, handed = set(cited_ids(answer, given)), set(given)

    def state(hit: Hit) -> RecallState:
        if hit.id in cited:
            return "cited"
        return "given" if hit.id in handed else "found"

    return tuple(
        RecallRecord(
            rank=rank, state=state(hit), hit_id=hit.id, score=hit.score, channels=hit.channels, reasons=hit.reasons
        )
        for rank, hit in enumerate(hits, start=1)
    )
