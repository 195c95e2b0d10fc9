"""The review of a night: every change that it proposes, to be accepted, reworded, put off or rejected, and applied.

Nothing is written before `A`. Rows that are safe are ticked; doubtful ones are not. What follows from memories
(summaries, lines of the page, dreams) is shown below them and follows what was decided about those.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import on
from textual.binding import Binding
from textual.content import Content
from textual.events import Click

from memory.errors import InvalidInput
from memory.nights import Change, ChangeKind
from memory.text import counted
from memory.types import Memory
from tui.screens.base import in_thread
from tui.screens.browse import BrowseScreen, Row
from tui.screens.changes import GROUPS, Sources, change_page, headline, read_sources
from tui.screens.dialogs import Prompt
from tui.screens.prose import muted

if TYPE_CHECKING:
    from assistant.runtime import Runtime

REJECTED = "you declined it"


@dataclass(eq=False)
class Proposal:
    """Changes that are decided on together, and what was decided."""

    positions: tuple[int, ...]
    changes: tuple[Change, ...]
    decision: str
    """accept, reject, or later."""

    @property
    def reworded(self) -> bool:
        from assistant.nights import REWORDED

        return any(change.note == REWORDED for change in self.changes)


class ReviewScreen(BrowseScreen[Proposal, "tuple[Change, ...] | None"]):
    """Dismissed with the changes as they were decided on, or None to leave everything as it is.

    With `look_only` it shows what a preview found: there is nothing to decide then.
    """

    TITLE = "Review of the night"

    BINDINGS = [
        Binding("space", "tick", "Accept/reject", id="review.toggle", tooltip="Accept or reject this change"),
        Binding("A", "apply", "Apply", id="review.apply", tooltip="Make what is accepted real"),
        Binding("e", "edit", "Reword", id="review.edit", tooltip="Accept it in other words"),
        Binding("l", "later", "Later", id="review.later", tooltip="Put it off: the next night asks again"),
        Binding("a", "all", "All", id="review.all", tooltip="Accept all"),
        Binding("n", "none", "None", id="review.none", tooltip="Reject all"),
    ]

    def __init__(self, runtime: "Runtime", plan: Sequence[Change], *, look_only: bool = False) -> None:
        super().__init__(runtime)
        self._plan = tuple(plan)
        self._look_only = look_only
        self._sources: Sources | None = None
        self._proposals = _proposals(plan)
        self._follow = [
            Proposal((i,), (c,), "accept")
            for i, c in enumerate(plan)
            if c.decision == "planned" and c.target != "memory"
        ]
        self._dropped = [Proposal((i,), (c,), "reject") for i, c in enumerate(plan) if c.decision == "dropped"]

    # -- showing

    def read(self) -> Sources:
        return read_sources(self._runtime, self._plan)

    def rows(self, found: Sources) -> Sequence[Row[Proposal]]:
        self._sources = found
        rows: list[Row[Proposal]] = []
        groups: dict[ChangeKind, list[Proposal]] = {}
        for proposal in self._proposals:
            groups.setdefault(proposal.changes[-1].kind, []).append(proposal)
        for kind, proposals in groups.items():
            rows.append(_heading(GROUPS[kind], len(proposals)))
            rows += [self._row(p, self._tick(p)) for p in proposals]
        if self._follow:
            rows.append(_heading("What follows from them", len(self._follow)))
            rows += [self._row(p, muted("    ")) for p in self._follow]
        if self._dropped:
            rows.append(_heading("Dropped by the exam: answers would have become worse", len(self._dropped)))
            rows += [self._row(p, muted("    ")) for p in self._dropped]
        self._say()
        return rows

    def _row(self, proposal: Proposal, tick: Content) -> Row[Proposal]:
        assert self._sources is not None
        line = tick + headline(proposal.changes[-1], self._sources.names, self.marks)
        if not proposal.changes[-1].safe:
            line = line + Content.styled("  doubtful", "$text-warning")
        if proposal.reworded:
            line = line + muted("  reworded")
        return Row(key=f"r{proposal.positions[0]}", line=line, item=proposal)

    def _tick(self, proposal: Proposal) -> Content:
        if self._look_only:
            return Content("  ")
        style = {"accept": "$text-success bold", "reject": "$foreground-muted", "later": "$text-warning"}
        sign = {"accept": "[x] ", "reject": "[ ] ", "later": "[>] "}
        return Content.styled(sign[proposal.decision], style[proposal.decision])

    def _say(self) -> None:
        number = {name: sum(p.decision == name for p in self._proposals) for name in ("accept", "reject", "later")}
        if self._look_only:
            remark = "only a look: nothing is written, esc closes"
            self.head("What a night would change", counted(len(self._proposals), "change"), remark)
            return
        said = [f"{number['accept']} accepted", f"{number['reject']} rejected"]
        if number["later"]:
            said.append(f"{number['later']} put off")
        self.head("Review of the night", "A applies, esc leaves all as it is", *said)

    def page(self, item: Proposal) -> Content:
        assert self._sources is not None
        return change_page(item.changes, self._sources, self.writer)

    # -- deciding

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be decided."""
        if action in ("tick", "edit", "later", "all", "none", "apply") and self._look_only:
            return False
        if action in ("tick", "later", "edit"):
            chosen = self.chosen if self.is_mounted else None
            if chosen is None or chosen not in self._proposals:
                return False
            return {"edit": _wording(chosen) is not None, "later": _is_new(chosen)}.get(action, True)
        return True

    def _redraw(self) -> None:
        if self._sources is not None:
            self.show(self._sources)

    def action_tick(self) -> None:
        """Accept the change under the cursor, or reject it."""
        if self.chosen is not None:
            self.chosen.decision = "reject" if self.chosen.decision == "accept" else "accept"
            self._redraw()

    def action_later(self) -> None:
        """Put a new memory off: its message is read again, and the next night asks again."""
        if self.chosen is not None:
            self.chosen.decision = "accept" if self.chosen.decision == "later" else "later"
            self._redraw()

    def action_all(self) -> None:
        """Accept all, doubtful ones too."""
        self._decide_all("accept")

    def action_none(self) -> None:
        """Reject all."""
        self._decide_all("reject")

    def _decide_all(self, decision: str) -> None:
        for proposal in self._proposals:
            proposal.decision = decision
        self._redraw()

    @on(Click, "#detail")
    def _page_clicked(self) -> None:
        self.action_read()

    def action_edit(self) -> None:
        """Accept the change in other words: they are the user's own."""
        proposal = self.chosen
        place = _wording(proposal) if proposal is not None else None
        if proposal is None or place is None:
            return
        before = proposal.changes[place].payload.text

        def save(text: str) -> None:
            proposal.changes = _reworded(proposal.changes, place, text)
            proposal.decision = "accept"

        dialog = Prompt("In other words", before, save, "These words will be the memory; its quote stays.")
        self.app.push_screen(dialog, lambda text: self._redraw() if text is not None else None)

    def action_apply(self) -> None:
        """Make what is accepted real."""
        in_thread(self, self._decided, self._hand_back)

    def _hand_back(self, decided: tuple[Change, ...]) -> None:
        self.dismiss(decided)

    def _decided(self) -> tuple[Change, ...]:
        from assistant.nights import DEFERRED

        plan = list(self._plan)
        notes = {"reject": REJECTED, "later": DEFERRED}
        for proposal in self._proposals:
            for position, change in zip(proposal.positions, proposal.changes, strict=True):
                if proposal.decision != "accept":
                    change = replace(self._plan[position], decision="declined", note=notes[proposal.decision])
                plan[position] = change
        return tuple(plan)


def _heading(title: str, number: int) -> Row[Proposal]:
    return Row(key=f"h:{title}", line=muted(f"{title} ({number})"))


def _proposals(plan: Sequence[Change]) -> list[Proposal]:
    from sleep.review import ticked, units

    return [
        Proposal(unit, tuple(plan[i] for i in unit), "accept" if ticked(plan, unit) else "reject")
        for unit in units(plan)
    ]


def _is_new(proposal: Proposal) -> bool:
    """Whether it brings a memory: what says so is read again where that is put off. Other changes follow from memories
    that are there, and no night would find them again."""
    return any(isinstance(c.payload, Memory) and c.before is None for c in proposal.changes)


def _wording(proposal: Proposal) -> int | None:
    """The change of a proposal that brings a new text, which may be worded otherwise."""
    for place, change in enumerate(proposal.changes):
        before, after = change.before, change.after
        if isinstance(after, Memory) and (before is None or before.text != after.text):
            return place
    return None


def _reworded(changes: tuple[Change, ...], place: int, text: str) -> tuple[Change, ...]:
    from assistant.nights import REWORDED

    words = " ".join(text.split())
    if not words:
        raise InvalidInput("A memory needs some text.")
    change = changes[place]
    assert isinstance(change.after, Memory)
    after = replace(change.after, text=words)
    return (*changes[:place], replace(change, after=after, note=REWORDED), *changes[place + 1 :])
