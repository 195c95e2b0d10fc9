"""What is remembered in figures: how it grew, what answers use, what they never used, what has grown old."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content

from memory.nights import Run
from memory.store import MemoryFilter
from memory.store.insight import Growth, Insight, Use
from memory.text import counted, one_line
from memory.types import Memory, Status
from tui.screens.browse import BrowseScreen, Row, act
from tui.screens.charts import spark
from tui.screens.nights import exam_history
from tui.screens.place import Goal, Reference
from tui.screens.prose import muted, plain, quoted
from tui.screens.times import ago, day

if TYPE_CHECKING:
    from assistant.runtime import Runtime

MOST_LISTED = 15
STALE = timedelta(days=180)
"""Neither said nor cited for so long."""


@dataclass(frozen=True)
class Found:
    """The figures."""

    memories: tuple[Memory, ...]
    uses: Mapping[str, Use]
    growth: tuple[Growth, ...]
    runs: tuple[Run, ...]
    retired: int
    conversations: int


class StatsScreen(BrowseScreen[Memory, Goal | None]):
    """Dismissed with the memory to show, or None."""

    TITLE = "Figures"

    BINDINGS = [
        Binding("s", "source", "Memory", id="stats.source", tooltip="Show the memory among the others"),
        Binding("d", "retire", "Retire", id="stats.retire", tooltip="Put the memory into the trash"),
        Binding("u", "undo", "Undo", id="stats.undo", tooltip="Take the last change of a memory back"),
    ]

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__(runtime)
        self._uses: Mapping[str, Use] = {}

    def read(self) -> Found:
        from memory.store.nights import NightStore

        runtime, insight = self._runtime, Insight(self._runtime.database)
        return Found(
            memories=runtime.memories.list(MemoryFilter(limit=100_000)),
            uses=insight.uses(),
            growth=insight.growth(),
            runs=NightStore(runtime.database).list(500),
            retired=runtime.memories.count(MemoryFilter(statuses=(Status.RETIRED,))),
            conversations=len(runtime.conversations.list(limit=100_000)),
        )

    def rows(self, found: Found) -> Sequence[Row[Memory]]:
        self._uses = found.uses
        number = len(found.memories)
        self.head("Figures", counted(number, "memory", "memories"), counted(found.conversations, "conversation"))
        self.say_empty("" if number else "Nothing is remembered yet, so there is nothing to count.")
        self.say_top(self._figures(found) if number or found.runs else None)
        used = [m for m in found.memories if m.short_id in found.uses]
        used.sort(key=lambda m: (-found.uses[m.short_id].cited, m.number))
        never = [m for m in found.memories if m.short_id not in found.uses]
        stale = [m for m in found.memories if self._is_stale(m)]
        groups = (("Most used", used), ("Stale: not said or used for half a year", stale), ("Never used", never))
        rows: list[Row[Memory]] = []
        for title, memories in groups:
            if memories:
                rows.append(Row(key=f"h:{title}", line=muted(f"{title} ({len(memories):,})")))
            rows += [Row(key=f"{title}:{m.id}", line=self._line(m), item=m) for m in memories[:MOST_LISTED]]
        return rows

    def _is_stale(self, memory: Memory) -> bool:
        use = self._uses.get(memory.short_id)
        last = max(filter(None, (memory.said_at or memory.created_at, use.last if use else None)))
        return not memory.pinned and self.writer.now - last > STALE

    def _line(self, memory: Memory) -> Content:
        use = self._uses.get(memory.short_id)
        times = f"{use.cited:>4}×  " if use else "   —  "
        return muted(f"  {memory.short_id:<6}{times}") + plain(one_line(memory.text, 200))

    def _figures(self, found: Found) -> Content:
        ascii_only = self._runtime.settings.screen.ascii
        used = sum(1 for m in found.memories if m.short_id in found.uses)
        kinds: dict[str, int] = {}
        for memory in found.memories:
            kinds[memory.kind.value] = kinds.get(memory.kind.value, 0) + 1
        by_kind = ", ".join(f"{n:,} {kind}" for kind, n in sorted(kinds.items(), key=lambda pair: -pair[1]))
        lines = [
            plain(by_kind or "none"),
            muted(f"{used:,} cited by an answer, {found.retired:,} in the trash, {len(found.runs):,} nights"),
        ]
        total, sums = 0, []
        for week in found.growth:
            total += week.made - week.gone
            sums.append(float(total))
        if len(sums) > 1 and self.size.height >= 20:
            curve = spark(sums, max(8, min(40, self.size.width - 50)), ascii_only=ascii_only)
            numbers = f"  {sums[0]:.0f} in {found.growth[0].week}, {sums[-1]:.0f} in {found.growth[-1].week}"
            lines.append(muted("held  ") + Content.styled(curve, "$accent") + muted(numbers))
        history = exam_history(found.runs, self.size.width - 60, ascii_only=ascii_only)
        if history is not None and self.size.height >= 20:
            lines.append(history)
        return Content("\n").join(lines)

    def page(self, item: Memory) -> Content:
        writer, use = self.writer, self._uses.get(item.short_id)
        used = (
            f"cited {counted(use.cited, 'time')}, last {ago(use.last, writer.now, writer.zone)}"
            if use
            else "never cited"
        )
        said = day(item.said_at or item.created_at, writer.now, writer.zone)
        lines = [writer.title(item), plain(item.text).stylize("bold"), muted(f"said {said}, {used}"), Content("")]
        return Content("\n").join([*lines, muted("s shows it among the others, d puts it into the trash")])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done."""
        if action in ("source", "retire"):
            return self.is_mounted and self.chosen is not None
        return True

    def action_source(self) -> None:
        """Close, and show the memory among the others."""
        if self.chosen is not None:
            self.dismiss(Reference(self.chosen.short_id))

    def action_retire(self) -> None:
        """Put the memory under the cursor into the trash."""
        memory = self.chosen
        if memory is not None:
            act(self, lambda: self._runtime.memories.retire(memory.id), lambda m: f"retired {quoted(m.text)} · u undo")

    def action_undo(self) -> None:
        """Take the last change of a memory back."""
        act(self, self._runtime.memories.undo, lambda _: "undone")
