"""Text from outside as styled content: differences between two versions, matches in a snippet, names in a toast.

Everything passes `display` first, and nothing is ever read as markup.
"""

import difflib
from collections.abc import Iterable
from pathlib import Path

from textual.content import Content

from memory.text import counted, display, one_line
from memory.types import ChangeSet, Memory, Status
from tui.screens.marks import FULL, Marks

MUTED = "$foreground-muted"
"""For remarks. `$text-muted` is relative to a background, which a span of text does not know."""


def plain(text: str) -> Content:
    """Text from outside, safe to show and without any style."""
    return Content(display(text))


def muted(text: str) -> Content:
    """A remark beside what matters."""
    return Content.styled(text, MUTED)


def quoted(text: str, marks: Marks = FULL, limit: int = 60) -> str:
    """Text from outside on one line, in quotation marks."""
    return f"{marks.quote[0]}{one_line(text, limit)}{marks.quote[1]}"


def at_home(path: Path) -> str:
    """A path as people write it: `~/...` where it is below the user's home."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def word_diff(before: str, after: str, marks: Marks = FULL) -> Content:
    """What became of the words: those that went are struck and carry a minus, those that came a plus."""
    old, new = display(before).split(" "), display(after).split(" ")
    parts: list[Content] = []
    for op, i1, i2, j1, j2 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if op == "equal":
            parts.append(Content(" ".join(old[i1:i2])))
            continue
        if i1 != i2:
            parts.append(Content.styled(marks.removed + " ".join(old[i1:i2]), "$text-error strike"))
        if j1 != j2:
            parts.append(Content.styled(marks.added + " ".join(new[j1:j2]), "$text-success bold"))
    return Content(" ").join(parts)


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Content:
    """`text` on one line with its matches bold and underlined."""
    content, place = Content(""), 0
    for start, end in sorted(spans):
        if start < place:
            continue
        content = content + _flat(text[place:start]) + _flat(text[start:end]).stylize("bold underline $text-accent")
        place = end
    return content + _flat(text[place:])


def _flat(text: str) -> Content:
    return Content(display(text).replace("\n", " ").replace("\t", " "))


def describe_act(act: ChangeSet, marks: Marks = FULL) -> str:
    """What an act did, for a toast. For an undo it names the act that was taken back."""
    first = act.revisions[0]
    before, after = (first.after, first.before) if act.kind == "undo" else (first.before, first.after)
    others = {revision.memory_id for revision in act.revisions} - {first.memory_id}
    memory = after or before
    if memory is None:
        return act.reason or "nothing"
    more = f" and {counted(len(others), 'other')}" if others else ""
    return f"{_verb(before, after)} {memory.short_id} {quoted(memory.text, marks)}{more}"


def _verb(before: Memory | None, after: Memory | None) -> str:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    if before.status is not after.status:
        return {Status.ACTIVE: "restored", Status.RETIRED: "retired", Status.SUPERSEDED: "replaced"}.get(
            after.status, "set aside"
        )
    if before.text != after.text:
        return "edited"
    if before.pinned != after.pinned:
        return "pinned" if after.pinned else "unpinned"
    if before.muted != after.muted:
        return "muted" if after.muted else "unmuted"
    if before.tags != after.tags:
        return "tagged"
    return "edited"
