"""The dream journal: what memories suggest together, each ending in a question. Invented until the user keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content

from memory.errors import NotFound
from memory.nights import Dream
from memory.text import counted, one_line
from memory.types import ChangeSet, Memory
from memory.weights import Adapter, AdapterItem
from tui.screens.browse import BrowseScreen, Row, act
from tui.screens.place import Draft, Goal, Reference
from tui.screens.prose import describe_act, muted, plain, quoted
from tui.screens.times import day

if TYPE_CHECKING:
    from assistant.runtime import Runtime

SIGNS = {"new": "? ", "kept": "+ ", "dismissed": "x "}
MOST_DREAMS = 1_000
MOST_NIGHTS = 20


@dataclass(frozen=True)
class Rehearsal:
    """What a night of weights asked itself about one memory."""

    adapter: Adapter
    memory: str
    items: tuple[AdapterItem, ...]


@dataclass(frozen=True)
class Found:
    """The journal, with the memories that it speaks of."""

    dreams: tuple[Dream, ...]
    memories: Mapping[str, Memory]
    rehearsals: tuple[Rehearsal, ...]


class DreamsScreen(BrowseScreen["Dream | Rehearsal", Goal | None]):
    """Dismissed with where to go, or None."""

    TITLE = "Dreams"

    BINDINGS = [
        Binding("k", "keep", "Keep", id="dreams.keep", tooltip="Make it a memory of yours"),
        Binding("d", "dismiss_dream", "Dismiss", id="dreams.dismiss", tooltip="It is not so; never dreamt again"),
        Binding("r", "answer", "Answer", id="dreams.answer", tooltip="Answer its question in the chat"),
        Binding("u", "undo", "Undo", id="dreams.undo", tooltip="Take back what you said to the last one"),
        Binding("s", "source", "Sources", id="dreams.source", tooltip="Show a memory that it comes from"),
    ]

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__(runtime)
        self._memories: Mapping[str, Memory] = {}
        self._last: tuple[Dream, Dream] | None = None
        """The last one that was dismissed here, before and after."""

    def read(self) -> Found:
        from memory.store.adapters import AdapterStore
        from memory.store.nights import NightStore
        from sleep.journal import is_kept

        runtime = self._runtime
        dreams = []
        for dream in NightStore(runtime.database).dreams(MOST_DREAMS):
            gone = dream.status == "kept" and not is_kept(runtime.memories, dream)
            dreams.append(replace(dream, status="new", kept_as=None) if gone else dream)
        store = AdapterStore(runtime.database)
        rehearsals = [r for adapter in store.list()[:MOST_NIGHTS] for r in _rehearsals(adapter, store.items(adapter))]
        ids = {i for d in dreams for i in (*d.memories, *([d.kept_as] if d.kept_as else []))}
        ids |= {r.memory for r in rehearsals}
        return Found(tuple(dreams), {i: m for i in ids if (m := _memory(runtime, i))}, tuple(rehearsals))

    def rows(self, found: Found) -> Sequence[Row["Dream | Rehearsal"]]:
        self._memories = found.memories
        waiting = sum(dream.status == "new" for dream in found.dreams)
        self.head("Dreams", counted(len(found.dreams), "dream"), f"{waiting} to be answered" if waiting else "")
        self.say_empty("" if found.dreams or found.rehearsals else "No dreams yet.  f4 and then s runs a night.")
        rows: list[Row[Dream | Rehearsal]] = []
        now, zone = self.writer.now, self.writer.zone
        for dream in found.dreams:
            style = {"new": "bold", "kept": "$text-success", "dismissed": "$foreground-muted strike"}[dream.status]
            line = Content(SIGNS[dream.status]) + muted(f"{day(dream.at, now, zone):<12}")
            rows.append(
                Row(key=dream.short_id, line=line + plain(one_line(dream.text, 200)).stylize(style), item=dream)
            )
        if found.rehearsals:
            rows.append(Row(key="h:r", line=muted("\nRehearsed by nights of weights")))
        for number, rehearsal in enumerate(found.rehearsals):
            line = muted(f"  {rehearsal.adapter.short_id:<4}{counted(len(rehearsal.items), 'question'):<14}")
            text = found.memories[rehearsal.memory].text if rehearsal.memory in found.memories else "a purged memory"
            rows.append(Row(key=f"r{number}", line=line + plain(one_line(text, 200)), item=rehearsal))
        return rows

    def page(self, item: "Dream | Rehearsal") -> Content:
        if isinstance(item, Rehearsal):
            return self._rehearsal(item)
        status = {"new": "waits for you", "kept": "kept as a memory", "dismissed": "dismissed"}[item.status]
        lines = [
            Content.styled(item.short_id, "bold $primary")
            + muted(f"  dreamt {day(item.at, self.writer.now, self.writer.zone)}, {status}"),
            plain(item.text).stylize("bold"),
            Content("? ") + plain(item.question),
            Content(""),
        ]
        if item.status != "kept":
            lines.append(muted("Invented: no answer takes it for a fact unless you keep it."))
        kept = self._memories.get(item.kept_as or "")
        if kept is not None:
            lines.append(muted(f"kept as {kept.short_id}"))
        lines += [Content(""), Content.styled("From", "bold $text-primary"), *self._sources(item)]
        return Content("\n").join(lines)

    def _sources(self, dream: Dream) -> list[Content]:
        lines = []
        for memory_id in dream.memories:
            memory = self._memories.get(memory_id)
            if memory is None:
                lines.append(muted("a memory that is no longer there"))
            else:
                lines.append(Content.styled(f"{memory.short_id} ", "$primary") + plain(memory.text))
        return lines

    def _rehearsal(self, item: Rehearsal) -> Content:
        memory = self._memories.get(item.memory)
        head = f"{memory.short_id} {memory.text}" if memory else "a purged memory"
        lines = [plain(head).stylize("bold"), muted(f"rehearsed for {item.adapter.short_id}"), Content("")]
        for one in item.items:
            lines += [muted(f"{one.kind:<9}") + plain(one.question), muted("         ") + plain(one.answer)]
        return Content("\n").join(lines)

    # -- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the dream under the cursor."""
        if action in ("keep", "dismiss_dream", "answer", "source"):
            dream = self._dream
            if dream is None:
                return False
            return dream.status != {"keep": "kept", "dismiss_dream": "dismissed"}.get(action, "")
        return True

    @property
    def _dream(self) -> Dream | None:
        chosen = self.chosen if self.is_mounted else None
        return chosen if isinstance(chosen, Dream) else None

    def action_keep(self) -> None:
        """Make the dream a memory."""
        from sleep.journal import keep

        dream, runtime = self._dream, self._runtime
        if dream is not None:
            act(
                self,
                lambda: keep(runtime.database, runtime.clock, _stored(runtime, dream)),
                lambda memory: f"kept as {memory.short_id} {quoted(memory.text)} · u undo",
            )

    def action_dismiss_dream(self) -> None:
        """Say no to the dream."""
        from sleep.journal import dismiss

        dream, runtime = self._dream, self._runtime
        if dream is None:
            return
        before = dream

        def work() -> Dream:
            stored = _stored(runtime, before)
            gone = dismiss(runtime.database, stored)
            self._last = (stored, gone)
            return gone

        act(self, work, lambda gone: f"dismissed {gone.short_id}: it is not dreamt again · u undo")

    def action_undo(self) -> None:
        """Take back the last dismissal here, or else the last change of a memory (a dream that was kept)."""
        from memory.store.nights import NightStore

        runtime, last = self._runtime, self._last
        if last is None:
            act(self, runtime.memories.undo, _undone)
            return
        self._last = None
        before, after = last
        act(
            self,
            lambda: NightStore(runtime.database).put(after, before),
            lambda done: f"{before.short_id} waits for you again" if done else f"{before.short_id} was changed since",
        )

    def action_answer(self) -> None:
        """Close, with the question in the input of the chat."""
        if self._dream is not None:
            self.dismiss(Draft(f"You asked: {one_line(self._dream.question, 300)} "))

    def action_source(self) -> None:
        """Close, and show the first memory that it comes from."""
        dream = self._dream
        memory = next((self._memories[i] for i in dream.memories if i in self._memories), None) if dream else None
        if memory is not None:
            self.dismiss(Reference(memory.short_id))


def _undone(act: ChangeSet) -> str:
    return f"undone: {describe_act(act)}"


def _stored(runtime: "Runtime", dream: Dream) -> Dream:
    """The dream as its row has it: one whose memory was taken back is shown as new."""
    from memory.store.nights import NightStore

    return NightStore(runtime.database).dream(dream.short_id)


def _memory(runtime: "Runtime", memory_id: str) -> Memory | None:
    try:
        return runtime.memories.get(memory_id)
    except NotFound:
        return None


def _rehearsals(adapter: Adapter, items: Sequence[AdapterItem]) -> list[Rehearsal]:
    from assistant.telling.adapters import by_memory

    return [Rehearsal(adapter, memory, tuple(of)) for memory, of in by_memory(items).items()]
