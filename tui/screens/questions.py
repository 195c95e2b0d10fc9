"""What a night of weights would learn, every question shown before anything is trained."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content

from memory.text import counted
from tui.screens.browse import BrowseScreen, Row
from tui.screens.prose import muted, plain
from tui.sleeping.learning import Offered

if TYPE_CHECKING:
    from assistant.runtime import Runtime


class QuestionsScreen(BrowseScreen[Offered, bool]):
    """Dismissed with whether to train on these."""

    BINDINGS = [
        Binding("y", "agree", "Train on these", id="questions.agree"),
        Binding("n", "refuse", "Do not train", id="questions.refuse"),
    ]

    def __init__(self, runtime: "Runtime", items: Sequence[Offered]) -> None:
        super().__init__(runtime)
        self._items = tuple(items)

    def read(self) -> Sequence[Offered]:
        return self._items

    def rows(self, found: Sequence[Offered]) -> Sequence[Row[Offered]]:
        base = self._runtime.settings.weights.base
        if any(item.instead for item in found):
            self.head("To be preferred", counted(len(found), "pair") + " of answers", "y trains")
        else:
            self.head("To be rehearsed", counted(len(found), "question"), f"written by {base} itself", "y trains")
        return [
            Row(key=f"q{i}", line=muted(f"{item.kind:<9}") + plain(item.question or item.answer), item=item)
            for i, item in enumerate(found)
        ]

    def page(self, item: Offered) -> Content:
        lines = [plain(item.question).stylize("bold"), plain(item.answer)]
        if item.instead:
            lines += [Content(""), muted("rather than"), plain(item.instead)]
        return Content("\n").join([*lines, Content(""), muted(f"from {', '.join(item.sources)}")])

    def action_agree(self) -> None:
        """Train on these."""
        self.dismiss(True)

    def action_refuse(self) -> None:
        """Train on nothing."""
        self.dismiss(False)

    def leave(self) -> None:
        self.dismiss(False)
