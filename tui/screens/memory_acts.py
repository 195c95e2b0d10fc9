"""What can be done with memories in the browser: one, or all that are marked, as one act with one undo."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.binding import Binding
from textual.content import Content

from assistant.purging import purge_home
from memory.errors import Refused
from memory.purge_scope import scope_of
from memory.store import Update
from memory.store.adapters import AdapterStore
from memory.tags import joined_tags
from memory.text import counted
from memory.types import ChangeSet, Kind, Memory, NewMemory, Receipt, Status
from tui.screens.base import ErrorLine, FrameScreen, in_thread
from tui.screens.dialogs import Confirm, Notice, Prompt
from tui.screens.memory_form import MemoryForm
from tui.screens.place import Goal
from tui.screens.prose import describe_act, quoted

if TYPE_CHECKING:
    from assistant.runtime import Runtime

ON_ONE = ("edit", "source", "near", "cited")
ON_SOME = ("pin", "mute", "tag", "retire", "restore", "purge", "mark", "merge")


class MemoryActs(FrameScreen[Goal | None]):
    """The acts; `chosen` and `reload` are the browser's."""

    BINDINGS = [
        Binding("a", "add", "Add", id="memory.add", tooltip="Write a memory by hand"),
        Binding("e", "edit", "Edit", id="memory.edit", tooltip="Change the text or the kind"),
        Binding("p", "pin", "Pin", id="memory.pin", tooltip="Pin or unpin: pinned ones come first and never fade"),
        Binding(
            "space",
            "mute",
            "Mute",
            id="memory.on-off",
            tooltip="Mute or unmute: muted ones are kept and not brought up",
        ),
        Binding("d", "retire", "Retire", id="memory.retire", tooltip="Put into the trash"),
        Binding("R", "restore", "Restore", id="memory.restore", tooltip="Take out of the trash"),
        Binding("u", "undo", "Undo", id="memory.undo", tooltip="Undo the last change of any memory"),
        Binding("ctrl+y", "redo", "Redo", id="memory.redo", tooltip="Do again what was undone", show=False),
        Binding("m", "mark", "Mark", id="memory.mark", tooltip="Mark, so that the next act is on all marked ones"),
        Binding("number_sign", "tag", "Tags", id="memory.tag", tooltip="Words to sort it by: tag:work", show=False),
        Binding("M", "merge", "Merge", id="memory.merge", tooltip="Let this one stand for all marked ones", show=False),
        Binding(
            "P", "purge", "Purge", id="memory.purge", tooltip="Remove for good, after typing its number", show=False
        ),
    ]

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__()
        self._runtime = runtime
        self._marked: dict[str, Memory] = {}

    @property
    def _chosen(self) -> Memory | None:
        """The memory under the cursor."""
        raise NotImplementedError

    def _load(self) -> None:
        """Read again."""
        raise NotImplementedError

    @property
    def _targets(self) -> tuple[Memory, ...]:
        """What an act is on: the marked ones, or else the one under the cursor."""
        if self._marked:
            return tuple(self._marked.values())
        return (self._chosen,) if self._chosen is not None else ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the memory under the cursor, or with those that are marked."""
        if action in (*ON_ONE, *ON_SOME):
            if self._chosen is None:
                return False
            if action == "merge":
                return bool(set(self._marked) - {self._chosen.id})
            if action in ("retire", "restore") and not self._marked:
                memory = self._chosen
                return (memory.status is Status.RETIRED) == (action == "restore") or (
                    memory.status is Status.SUPERSEDED
                )
        return True

    # -- one by one

    def action_add(self) -> None:
        """Write a memory by hand."""
        runtime = self._runtime

        def save(text: str, kind: Kind) -> Memory:
            new = NewMemory(text=text, kind=kind, said_at=runtime.clock.now())
            return runtime.memories.add(new, reason="written by hand")

        self.app.push_screen(MemoryForm("Remember", save), self._changed_to("added"))

    def action_edit(self) -> None:
        """Change the text or the kind."""
        memory = self._chosen
        if memory is not None:
            form = edit_form(self._runtime, memory)
            self.app.push_screen(form, self._changed_to("edited"))

    def action_mark(self) -> None:
        """Mark the memory under the cursor, or unmark it."""
        memory = self._chosen
        if memory is not None and self._marked.pop(memory.id, None) is None:
            self._marked[memory.id] = memory
        self._load()

    # -- one or many

    def action_pin(self) -> None:
        """Pin; unpin if all of them are pinned."""
        on = not all(memory.pinned for memory in self._targets)
        self._set("pinned" if on else "unpinned", "pin" if on else "unpin", pinned=on)

    def action_mute(self) -> None:
        """Keep without bringing up; bring up again if all of them are muted."""
        on = not all(memory.muted for memory in self._targets)
        self._set("muted" if on else "unmuted", "mute" if on else "unmute", muted=on)

    def action_tag(self) -> None:
        """Change the tags; of several memories those that all of them have."""
        targets = self._targets
        if not targets:
            return
        common = set.intersection(*(set(m.tags.split()) for m in targets))
        what = targets[0].short_id if len(targets) == 1 else counted(len(targets), "memory", "memories")
        body = "Words with a space between them, such as: work trips/2026"

        made: list[ChangeSet] = []

        def save(text: str) -> None:
            """Refused here, the dialog stays with what was typed."""
            wanted = {m.id: joined_tags(*(set(m.tags.split()) - common), text) for m in targets}
            changes = [Update(memory=m.id, values={"tags": wanted[m.id]}) for m in targets if m.tags != wanted[m.id]]
            if changes:
                made.append(self._runtime.memories.apply(changes, actor="you", reason="tag"))

        prompt = Prompt(f"Tags of {what}", " ".join(sorted(common)), save, body)
        self.app.push_screen(prompt, lambda _: self._acted("tagged", made[0]) if made else None)

    def action_retire(self) -> None:
        """Put into the trash."""
        self._set("retired", "forget", status=Status.RETIRED)

    def action_restore(self) -> None:
        """Take out of the trash, or bring a replaced one back."""
        self._set("restored", "restore", status=Status.ACTIVE, superseded_by=None)

    def action_merge(self) -> None:
        """Let the memory under the cursor stand for the marked ones."""
        stays = self._chosen
        if stays is not None:
            values = {"status": Status.SUPERSEDED, "superseded_by": stays.id}
            self._set("merged", "merge by hand", leave_out=stays.id, **values)

    def _set(self, verb: str, reason: str, *, leave_out: str = "", **values: Any) -> None:
        """Change fields of what is meant, as one act."""
        targets = [m for m in self._targets if m.id != leave_out]
        # What is as it should be already is no part of the act: it must not be in its undo either.
        changing = [m for m in targets if any(getattr(m, name) != value for name, value in values.items())]
        if not changing:
            self.query_one(ErrorLine).show(Refused(f"Already {verb}."))
            return
        changes = [Update(memory=m.id, values=values) for m in changing]
        in_thread(
            self,
            lambda: self._runtime.memories.apply(changes, actor="you", reason=reason),
            partial(self._acted, verb),
        )

    def _acted(self, verb: str, act: ChangeSet) -> None:
        first = act.revisions[0].after
        others = len({revision.memory_id for revision in act.revisions}) - 1
        what = f"{first.short_id} {quoted(first.text)}" if first is not None else ""
        more = f" and {counted(others, 'other')}" if others else ""
        self._marked.clear()
        self._toast(f"{verb} {what}{more} · u undo")
        self._load()

    def _changed_to(self, verb: str) -> Callable[[Memory | None], None]:
        def told(memory: Memory | None) -> None:
            if memory is not None:
                self._toast(f"{verb} {memory.short_id} {quoted(memory.text)} · u undo")
                self._load()

        return told

    def action_undo(self) -> None:
        """Take the last change of any memory back."""
        in_thread(self, self._runtime.memories.undo, self._undone)

    def action_redo(self) -> None:
        """Do again what was undone."""
        in_thread(self, self._runtime.memories.redo, self._redone)

    def _undone(self, act: ChangeSet) -> None:
        self._toast(f"undone: {describe_act(act)} · ctrl+y redo")
        self._load()

    def _redone(self, act: ChangeSet) -> None:
        self._toast(f"redone: {describe_act(act)} · u undo")
        self._load()

    def _toast(self, text: str) -> None:
        self.app.notify(text, markup=False)

    # -- for good

    def action_purge(self) -> None:
        """Remove for good, once the number (or `purge 3` for three) is typed."""
        targets = self._targets
        if targets:
            in_thread(self, lambda: _holders(self._runtime, targets), partial(self._ask_purge, targets))

    def _ask_purge(self, targets: Sequence[Memory], holders: Sequence[str]) -> None:
        if len(targets) == 1:
            title, typed, what = f"Purge {targets[0].short_id} for good?", targets[0].short_id, "its"
            words = quoted(targets[0].text, limit=300)
        else:
            title, typed, what = f"Purge {len(targets)} memories for good?", f"purge {len(targets)}", "their"
            words = "\n".join(f"{m.short_id} {quoted(m.text)}" for m in targets[:8])
        body = (
            f"{words}\n\nThis removes {what} text, {what} history, {what} quotes and {what} vectors. "
            "It cannot be undone. What you said in the conversation stays there."
        )
        if holders:
            body += f" {', '.join(holders)} learned it into weights and will be deleted, to be trained anew without it."
        dialog = Confirm(title, body, typed=typed)
        self.app.push_screen(dialog, lambda sure: self._purge(targets) if sure else None)

    def _purge(self, targets: Sequence[Memory]) -> None:
        runtime = self._runtime

        def purge(memory: Memory) -> Receipt:
            scope = scope_of(runtime.database, [memory.id])
            return purge_home(runtime.paths, runtime.database, scope, runtime.clock, reason="purged in the browser")

        in_thread(self, lambda: [purge(memory) for memory in targets], self._purged)

    def _purged(self, receipts: Sequence[Receipt]) -> None:
        self._marked.clear()
        self._load()
        self._runtime.embed_soon()  # Chroma's files are made anew
        names = ", ".join(receipt.what for receipt in receipts)
        verb = "is" if len(receipts) == 1 else "are"
        text = Content("\n\n").join([receipt_text(receipt) for receipt in receipts])
        self.app.push_screen(Notice(f"{names} {verb} gone", text))


def _holders(runtime: "Runtime", targets: Sequence[Memory]) -> list[str]:
    """Short ids of the adapters that learned any of these."""
    ids = {memory.id for memory in targets}
    adapters = AdapterStore(runtime.database).list()
    return sorted(a.short_id for a in adapters if ids & {fact.memory_id for fact in a.facts})


def edit_form(runtime: "Runtime", memory: Memory) -> MemoryForm:
    """The form that changes a memory, refusing if somebody else changed it meanwhile."""

    def save(text: str, kind: Kind) -> Memory:
        values = {"text": text, "kind": kind}
        act = runtime.memories.apply(
            [Update(memory=memory.id, values=values, base=memory.revision)], actor="you", reason="edit"
        )
        return act.revisions[0].after or replace(memory, text=text, kind=kind)

    return MemoryForm(f"Edit {memory.short_id}", save, memory.text, memory.kind)


def receipt_text(receipt: Receipt) -> Content:
    """What a purge removed, and where the same words still are."""
    nouns = {what: "memory" if what == "memories" else what.removesuffix("s") for what in receipt.removed}
    removed = [counted(number, nouns[what], what) for what, number in receipt.removed.items() if number]
    text = "Removed: " + ", ".join(removed) + "."
    if receipt.also_said_in:
        text += f"\n\nIt is still said in {', '.join(receipt.also_said_in)}; `reverie purge` takes these, too."
    if receipt.left_in:
        text += f"\n\n{counted(len(receipt.left_in), 'file')} may still hold it:\n" + "\n".join(receipt.left_in[:8])
        text += "\n`reverie purge --backups` rewrites backups; delete the others, or keep them on purpose."
    prints = " ".join(one[:16] for one in receipt.fingerprints)
    return Content(f"{text}\n\nFingerprint {prints} keeps it from being learnt again.")
