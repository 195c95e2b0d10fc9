"""Adapters: what nights taught the small model, what it gained and cost, and which of it is in use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content

from memory.text import counted, one_line
from memory.weights import Adapter, AdapterItem, AdapterStatus
from tui.screens.browse import BrowseScreen, Row, act
from tui.screens.charts import bar, curve, heat
from tui.screens.dialogs import Confirm, Prompt
from tui.screens.memory_detail import percent
from tui.screens.place import Goal, Run
from tui.screens.prose import at_home, muted, plain
from tui.screens.times import day

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from tui.sleeping.work import Work

MOST_NIGHTS = 10
"""Rows of the matrix; later nights matter most."""
MOST_ITEMS = 60
LOOKS_PER_SECOND = 4


@dataclass(frozen=True)
class Found:
    """The adapters with what they rehearsed, newest first."""

    adapters: tuple[Adapter, ...]
    items: Mapping[str, tuple[AdapterItem, ...]]
    names: Mapping[str, str]


class WeightsScreen(BrowseScreen[Adapter, Goal | None]):
    """Switches adapters on and off; training is begun from the Sleep screen, and here with `w`."""

    TITLE = "Weights"

    BINDINGS = [
        Binding("space", "switch", "On/off", id="weights.toggle", tooltip="Switch the adapter on, or off"),
        Binding("w", "learn", "Learn", id="weights.learn", tooltip="Teach the small model what is new"),
        Binding("x", "export", "Export", id="weights.export", tooltip="Write the adapter for another program"),
        Binding("D", "remove", "Remove", id="weights.remove", tooltip="Remove the adapter and its files"),
    ]

    def __init__(self, runtime: "Runtime", work: "Work | None" = None) -> None:
        super().__init__(runtime)
        self._work = work
        self._found = Found((), {}, {})
        self._seen = -1
        self._was_busy = False

    def on_mount(self) -> None:
        """Read what there is, and look at a training several times a second."""
        super().on_mount()
        if self._work is not None:
            self.set_interval(1 / LOOKS_PER_SECOND, self._look)

    def read(self) -> Found:
        from memory.store.adapters import AdapterStore

        store = AdapterStore(self._runtime.database)
        adapters = store.list()
        ids = {fact.memory_id for adapter in adapters for fact in adapter.facts}
        items = {adapter.id: store.items(adapter)[:MOST_ITEMS] for adapter in adapters}
        return Found(adapters, items, self._runtime.memories.short_ids(ids))

    def rows(self, found: Found) -> Sequence[Row[Adapter]]:
        self._found = found
        base = self._runtime.settings.weights.base
        on = sum(adapter.status is AdapterStatus.ACTIVE for adapter in found.adapters)
        self.head("Weights", counted(len(found.adapters), "adapter"), f"{on} in use" if on else "", f"base {base}")
        empty = (
            f"Nothing is learned into weights.  w teaches {base} what you told (memories a day old, questions first)."
        )
        self.say_empty("" if found.adapters else empty)
        self._say_training()
        return [Row(key=adapter.id, line=self._line(adapter), item=adapter) for adapter in found.adapters]

    def _training(self) -> Content | None:
        """The loss of the training under way, or of the last one since the program was started."""
        look = self._work.look if self._work is not None else None
        if look is None or look.what != "weights" or not look.losses:
            return None
        stage = look.stages[-1] if look.stages else None
        busy = self._work is not None and self._work.busy and stage is not None
        which = f"learning, step {stage.done:,} of {stage.total:,}" if busy and stage else "loss of the last training"
        return muted(f"{which}  ") + curve(look.losses, self.size.width - 60, ascii_only=self._ascii)

    @property
    def _ascii(self) -> bool:
        return self._runtime.settings.screen.ascii

    def _say_training(self) -> None:
        parts = [part for part in (self._training(), self._matrix(self._found.adapters)) if part is not None]
        self.say_top(Content("\n").join(parts) if parts else None)

    def _look(self) -> None:
        """Follow a training; what it made is there once it has ended."""
        if self._work is None or self._work.look.version == self._seen:
            return
        was, self._was_busy = self._was_busy, self._work.busy
        self._seen = self._work.look.version
        self._say_training()
        if was and not self._was_busy:
            self.load()

    def _matrix(self, adapters: Sequence[Adapter]) -> Content | None:
        nights = [a for a in reversed(adapters) if "manner" not in a.manifest and a.metrics.get("verdict")]
        nights = nights[-MOST_NIGHTS:]
        if len(nights) < 2 or self.size.height < 20:
            return None
        picture = heat(recalls(nights), [a.short_id for a in nights], ascii_only=self._ascii)
        return (
            muted("recall without retrieval, of what each night taught (columns) after each night (rows)\n") + picture
        )

    def _line(self, adapter: Adapter) -> Content:
        from assistant.telling.adapters import is_alignment, recall_of, state

        signs = {AdapterStatus.ACTIVE: "[x] ", AdapterStatus.IDLE: "[ ] "}
        word = "right" if is_alignment(adapter) else "recalled"
        learned = counted(len(adapter.facts), *(("preference",) if is_alignment(adapter) else ("memory", "memories")))
        line = Content(signs.get(adapter.status, "  - ")) + Content.styled(f"{adapter.short_id:<4}", "bold")
        line = line + muted(f"{day(adapter.created_at, self.writer.now, self.writer.zone):<12}")
        style = "$text-success" if adapter.status is AdapterStatus.ACTIVE else "$foreground-muted"
        shares = f"{recall_of(adapter)} {word}, " if adapter.metrics.get("verdict", {}).get("after") else ""
        return line + Content.styled(f"{state(adapter):<10} ", style) + Content(f"{shares}{learned}")

    def page(self, item: Adapter) -> Content:
        from assistant.telling.adapters import is_alignment, verdict_lines

        ascii_only = self._ascii
        lines = [plain(line) for line in verdict_lines(item)]
        verdict = item.metrics.get("verdict", {})
        after, before = verdict.get("after", {}), verdict.get("before", {})
        if after and not is_alignment(item):
            for name, share in (("before", before.get("recall", 0.0)), ("after", after.get("recall", 0.0))):
                lines.append(muted(f"{name:<7}") + bar(share, 20, ascii_only=ascii_only) + muted(f" {percent(share)}"))
        if losses := item.metrics.get("losses"):
            width = self.query_one("#detail").size.width - 26  # what stands around the curve
            lines.append(muted("loss   ") + curve(losses, width, ascii_only=ascii_only))
        lines += [Content(""), Content.styled("Learned", "bold $text-primary"), *self._facts(item)]
        items = self._found.items.get(item.id, ())
        if items:
            lines += [Content(""), Content.styled("Rehearsed", "bold $text-primary")]
            lines += [muted(f"{i.kind:<9}") + plain(one_line(f"{i.question} {i.answer}", 160)) for i in items]
        manifest = item.manifest
        span = " to ".join(str(manifest[k])[:10] for k in ("said_from", "said_until") if manifest.get(k))
        lines += [Content(""), muted(f"base {Path(item.base).name}, said {span or 'at unknown times'}")]
        return Content("\n").join(lines)

    def _facts(self, adapter: Adapter) -> list[Content]:
        lines = []
        for fact in adapter.facts:
            name = self._found.names.get(fact.memory_id, "a purged memory")
            changed = "  changed since" if fact.memory_id in adapter.dirty else ""
            streak = f"  recalled {counted(fact.streak, 'night')} in a row" if fact.streak else "  not recalled"
            lines.append(plain(name) + muted(streak + changed))
        return lines

    # -- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the adapter under the cursor."""
        if action in ("switch", "export", "remove"):
            adapter = self.chosen if self.is_mounted else None
            if adapter is None:
                return False
            return action != "switch" or adapter.status in (AdapterStatus.ACTIVE, AdapterStatus.IDLE)
        return True

    def action_switch(self) -> None:
        """Switch the adapter under the cursor on, with what it rests on, or off, with what rests on it."""
        from memory.store.adapters import AdapterStore
        from sleep.weights import registry

        adapter, runtime = self.chosen, self._runtime
        if adapter is None:
            return
        store = AdapterStore(runtime.database)
        off = adapter.status is AdapterStatus.ACTIVE

        def work() -> tuple[Adapter, ...]:
            if off:
                return registry.deactivate(store, adapter)
            return registry.activate(store, runtime.paths.data, adapter)

        def said(changed: tuple[Adapter, ...]) -> str:
            names = ", ".join(sorted(a.short_id for a in changed))
            return f"{names}: {'switched off' if off else 'in use'}"

        act(self, work, said)

    def action_export(self) -> None:
        """Write the adapter under the cursor into a folder."""
        from memory.store.adapters import AdapterStore
        from sleep.weights.export import export

        adapter, runtime = self.chosen, self._runtime
        if adapter is None:
            return
        written: list[str] = []

        def save(folder: str) -> None:
            below = [a for a in reversed(AdapterStore(runtime.database).list()) if a.id in adapter.below]
            written.extend(map(str, export(adapter, below, runtime.paths.data, Path(folder).expanduser())))

        suggested = at_home(Path.cwd() / f"reverie-{adapter.short_id}")
        dialog = Prompt(f"Export {adapter.short_id} into the folder", suggested, save)
        self.app.push_screen(dialog, lambda folder: self.toast(written[0]) if folder is not None and written else None)

    def action_remove(self) -> None:
        """Remove the adapter under the cursor, after a yes."""
        from memory.store.adapters import AdapterStore
        from sleep.weights import registry

        adapter, runtime = self.chosen, self._runtime
        if adapter is None:
            return
        store = AdapterStore(runtime.database)
        body = "Its files are deleted. What it learned stays in your memories, and can be learned again."
        self.app.push_screen(
            Confirm(f"Remove {adapter.short_id}?", body),
            lambda sure: (
                act(
                    self,
                    lambda: registry.remove(store, runtime.paths.data, adapter),
                    lambda _: f"{adapter.short_id} is removed",
                )
                if sure
                else None
            ),
        )

    def action_learn(self) -> None:
        """Close, and begin: the Sleep screen shows the training."""
        self.dismiss(Run("learn"))


def recalls(nights: Sequence[Adapter]) -> list[list[float | None]]:
    """R[i][j]: the recall, after night i, of what night j taught; None where it was not measured."""
    names = [adapter.short_id for adapter in nights]
    rows: list[list[float | None]] = []
    for i, adapter in enumerate(nights):
        after = adapter.metrics["verdict"].get("after", {})
        earlier = after.get("earlier", {})
        row: list[float | None] = [earlier.get(name) for name in names]
        row[i] = after.get("recall")
        rows.append(row)
    return rows
