"""What a night of weights would rehearse, every question shown before anything is trained."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.content import Content

from tui.screens.browse import BrowseScreen, Row
from tui.screens.prose import count, muted, plain

if TYPE_CHECKING:
    from assistant.runtime import Runtime


class QuestionsScreen(BrowseScreen[Any, bool]):
    """Dismissed with whether to train on these."""

    BINDINGS = [
        Binding("y", "agree", "Train on these", id="questions.agree"),
        Binding("n", "refuse", "Do not train", id="questions.refuse"),
    ]

    def __init__(self, runtime: "Runtime", items: Sequence[Any]) -> None:
        super().__init__(runtime)
        self._items = tuple(items)

    def read(self) -> dict[str, str]:
        return self._runtime.memories.short_ids({fact for item in self._items for fact in item.facts})

    def rows(self, found: dict[str, str]) -> Sequence[Row[Any]]:
        base = self._runtime.settings.weights.base
        self.head("To be rehearsed", count(len(self._items), "question"), f"written by {base} itself", "y trains")
        self._names = found
        return [
            Row(key=f"q{i}", line=muted(f"{item.kind!s:<9}") + plain(item.question), item=item)
            for i, item in enumerate(self._items)
        ]

    def page(self, item: Any) -> Content:
        of = ", ".join(self._names.get(fact, "") for fact in item.facts)
        return Content("\n").join(
            [plain(item.question).stylize("bold"), plain(item.answer), Content(""), muted(f"from {of}")]
        )

    def action_agree(self) -> None:
        """Train on these."""
        self.dismiss(True)

    def action_refuse(self) -> None:
        """Train on nothing."""
        self.dismiss(False)

    def leave(self) -> None:
        self.dismiss(False)
