"""The ledger: every call of a language model, what it was for, and what left this machine with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content

from memory.errors import NotFound
from memory.store.insight import Insight, Spent
from memory.text import counted, one_line
from memory.types import ModelCall
from tui.screens.browse import BrowseScreen, Row
from tui.screens.place import Goal, Reference
from tui.screens.prose import muted, plain
from tui.screens.times import ago, minute

if TYPE_CHECKING:
    from assistant.runtime import Runtime

MOST_CALLS = 2_000
UNKNOWN = "—"


@dataclass(frozen=True)
class Found:
    """The latest calls, what was sent with them, and the sums."""

    calls: tuple[ModelCall, ...]
    spent: tuple[Spent, ...]
    texts: Mapping[str, str]


class LedgerScreen(BrowseScreen[ModelCall, Goal | None]):
    """Dismissed with the memory to show, or None."""

    TITLE = "Ledger"

    BINDINGS = [
        Binding("r", "only_remote", "Only what left", id="ledger.remote", tooltip="Only calls that left this machine"),
        Binding("s", "source", "Memory", id="ledger.source", tooltip="Show the first memory that was sent"),
    ]

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__(runtime)
        self._remote = False
        self._texts: Mapping[str, str] = {}

    def read(self) -> Found:
        runtime = self._runtime
        calls = tuple(c for c in runtime.ledger.list(MOST_CALLS) if c.remote or not self._remote)
        sent = {name for call in calls for name in call.sent}
        return Found(calls, Insight(runtime.database).spent(), {n: _text(runtime, n) for n in sorted(sent)[:2_000]})

    def rows(self, found: Found) -> Sequence[Row[ModelCall]]:
        self._texts = found.texts
        calls = sum(s.calls for s in found.spent)
        left = sum(s.calls for s in found.spent if s.remote)
        self.head(
            "Ledger", counted(calls, "call"), f"{left:,} left this machine" if left else "nothing left this machine"
        )
        none = "No call left this machine.  r shows all." if self._remote else "No language model was called yet."
        self.say_empty("" if found.calls else none)
        self.say_top(
            Content("\n").join(map(self._sum, found.spent[: 3 if self.size.height < 20 else 8])) if calls else None
        )
        return [Row(key=f"l{call.number}", line=self._line(call), item=call) for call in found.calls]

    def _sum(self, spent: Spent) -> Content:
        where = Content.styled("left   ", "$text-warning") if spent.remote else muted("stayed ")
        if self.size.width < 90:
            short = f"{one_line(spent.model, 22):<24}{one_line(spent.purpose, 10):<12}"
            return where + plain(short) + muted(counted(spent.calls, "call"))
        tokens = f"{spent.prompt_tokens:,} in, {spent.completion_tokens:,} out"
        failed = f", {spent.failed} failed or stopped" if spent.failed else ""
        words = f"{counted(spent.calls, 'call'):<12} {tokens}, {spent.milliseconds / 1000:,.1f} s{failed}"
        return where + plain(f"{one_line(spent.model, 28):<30}{one_line(spent.purpose, 16):<18}") + muted(words)

    def _line(self, call: ModelCall) -> Content:
        when = ago(call.at, self.writer.now, self.writer.zone)
        where = Content.styled("left   ", "$text-warning") if call.remote else muted("stayed ")
        ok = Content("") if call.status == "ok" else Content.styled(f"  {call.status}", "$text-error")
        sent = muted(f"  with {' '.join(call.sent)}" if call.sent else "  with no memory")
        return (
            where
            + muted(f"{when:<13}")
            + plain(f"{one_line(call.purpose, 12):<14}{one_line(call.model, 28)}")
            + sent
            + ok
        )

    def page(self, item: ModelCall) -> Content:
        def tokens(number: int | None) -> str:
            return UNKNOWN if number is None else f"{number:,}"

        where = "left this machine" if item.remote else "stayed on this machine"
        lines = [
            Content.styled(one_line(item.model, 60), "bold $primary"),
            muted(f"{minute(item.at, self.writer.now, self.writer.zone)}, {item.purpose}, {item.status}"),
            Content.styled(where, "bold $text-warning" if item.remote else ""),
            muted(f"{tokens(item.prompt_tokens)} tokens in, {tokens(item.completion_tokens)} out"),
            muted(f"{item.milliseconds / 1000:.1f} s" + (f", in {item.conversation}" if item.conversation else "")),
            Content(""),
            Content.styled("Sent beside the conversation", "bold $text-primary"),
        ]
        lines += [
            Content.styled(f"{name} ", "$primary") + plain(one_line(self._texts.get(name, ""), 300))
            for name in item.sent
        ]
        if not item.sent:
            lines.append(muted("nothing that is remembered"))
        return Content("\n").join(lines)

    def action_only_remote(self) -> None:
        """Show only what left this machine, or all."""
        self._remote = not self._remote
        self.load()

    def action_source(self) -> None:
        """Close, and show the first memory that was sent."""
        sent = self.chosen.sent if self.chosen is not None else ()
        if sent:
            self.dismiss(Reference(sent[0]))


def _text(runtime: "Runtime", name: str) -> str:
    try:
        if name.startswith("m"):
            return runtime.memories.get(name).text
        return runtime.conversations.message(name).content
    except NotFound:
        return "no longer there"
