"""The page about the user: what nights made of their memories, line by line, and theirs to change.

A line that the user changed is theirs: no night touches it again. A line taken away does not come back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content

from memory.errors import NotFound, Refused
from memory.nights import ProfileLine, Section
from memory.text import counted
from memory.types import Memory
from tui.screens.browse import BrowseScreen, Row, act
from tui.screens.dialogs import Choose, Prompt
from tui.screens.memory_detail import state_of
from tui.screens.place import Goal, Reference
from tui.screens.prose import muted, plain, quoted
from tui.screens.times import day

if TYPE_CHECKING:
    from assistant.runtime import Runtime


@dataclass(frozen=True)
class Found:
    """The page, with the memories under its lines."""

    lines: tuple[ProfileLine, ...]
    memories: Mapping[str, Memory]


class ProfileScreen(BrowseScreen[ProfileLine, Goal | None]):
    """Dismissed with where to go, or None."""

    TITLE = "The page about you"

    BINDINGS = [
        Binding("e", "edit", "Edit", id="profile.edit", tooltip="Change the words of the line; it is yours then"),
        Binding("a", "add", "Add", id="profile.add", tooltip="Write a line of your own"),
        Binding("d", "remove", "Remove", id="profile.remove", tooltip="Take the line away; it does not come back"),
        Binding("w", "when", "When", id="profile.when", tooltip="Say when it is to be brought up"),
        Binding("space", "mute", "Don't bring up", id="profile.mute", tooltip="Keep what it rests on, and be silent"),
        Binding("u", "undo", "Undo", id="profile.undo", tooltip="Take the last change on this page back"),
        Binding("s", "source", "Memory", id="profile.source", tooltip="Show the memory that it rests on"),
    ]

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__(runtime)
        self._memories: Mapping[str, Memory] = {}
        self._done: list[tuple[ProfileLine | None, ProfileLine] | str] = []
        """What was done here: a line before and after, or "memory" for an act of the memory store."""

    def read(self) -> Found:
        from memory.store.nights import NightStore

        lines = tuple(line for line in NightStore(self._runtime.database).profile() if line.text)
        found: dict[str, Memory] = {}
        for memory_id in {i for line in lines for i in line.memories}:
            try:
                found[memory_id] = self._runtime.memories.get(memory_id)
            except NotFound:
                continue
        return Found(lines, found)

    def rows(self, found: Found) -> Sequence[Row[ProfileLine]]:
        self._memories = found.memories
        yours = sum(line.owner == "you" for line in found.lines)
        self.head("The page about you", counted(len(found.lines), "line"), f"{yours} yours" if yours else "")
        self.say_empty("" if found.lines else "The page is empty.  a writes a line; a night (f4) writes what you told.")
        rows: list[Row[ProfileLine]] = []
        for section in dict.fromkeys(line.section for line in found.lines):
            rows.append(Row(key=f"h:{section}", line=Content.styled(section.capitalize(), "bold $text-primary")))
            rows += [self._row(line) for line in found.lines if line.section == section]
        return rows

    def _row(self, line: ProfileLine) -> Row[ProfileLine]:
        text = Content("  ") + plain(line.text)
        if self._muted(line):
            text = text.stylize("$foreground-muted") + muted("  not brought up")
        if line.instruction:
            text = text + muted(f"  {line.instruction}")
        if line.owner == "you":
            text = text + muted("  yours")
        return Row(key=line.id, line=text, item=line)

    def _muted(self, line: ProfileLine) -> bool:
        found = [self._memories[i] for i in line.memories if i in self._memories]
        return bool(found) and all(memory.muted for memory in found)

    def page(self, item: ProfileLine) -> Content:
        owner = "yours: no night changes it" if item.owner == "you" else "written by a night from your memories"
        lines = [
            Content.styled(item.short_id, "bold $primary") + muted(f"  {item.section}"),
            plain(item.text).stylize("bold"),
            muted(f"{day(item.at, self.writer.now, self.writer.zone)}, {owner}"),
        ]
        if item.instruction:
            lines.append(muted("bring it up ") + plain(item.instruction))
        lines += [Content(""), Content.styled("Rests on", "bold $text-primary")]
        found = [self._memories[i] for i in item.memories if i in self._memories]
        for memory in found:
            state = muted(f"  {state_of(memory)}" if state_of(memory) else "")
            lines.append(Content.styled(f"{memory.short_id} ", "$primary") + plain(memory.text) + state)
        if not found:
            lines.append(muted("your own words"))
        return Content("\n").join(lines)

    # -- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done with the line under the cursor."""
        if action in ("edit", "remove", "when", "mute", "source"):
            line = self.chosen if self.is_mounted else None
            if line is None:
                return False
            return action not in ("mute", "source") or any(i in self._memories for i in line.memories)
        if action == "undo":
            return bool(self._done)
        return True

    def _put(self, before: ProfileLine | None, after: ProfileLine) -> None:
        from memory.store.nights import NightStore

        if not NightStore(self._runtime.database).put(before, after):
            raise Refused("The line was changed meanwhile.", "Look at it again.")
        self._done.append((before, after))

    def _changed(self, said: str) -> None:
        self.toast(f"{said} · u undo")
        self.load()

    def action_edit(self) -> None:
        """Change the words of the line under the cursor."""
        line, runtime = self.chosen, self._runtime
        if line is None:
            return

        def save(text: str) -> None:
            from memory.store.nights import NightStore

            after = NightStore(runtime.database).edit_line(line.short_id, text, runtime.clock.now())
            self._done.append((line, after))

        dialog = Prompt("Edit the line", line.text, save)
        self.app.push_screen(dialog, lambda text: self._changed("edited; it is yours") if text is not None else None)

    def action_add(self) -> None:
        """Write a line: first where, then what."""
        sections = [(section.value, "") for section in Section]
        here = self.chosen.section if self.chosen is not None else Section.SELF

        def chosen(section: str | None) -> None:
            if section is not None:
                self._write(Section(section))

        self.app.push_screen(Choose("A line about", sections, here, lambda value: None), chosen)

    def _write(self, section: Section) -> None:
        runtime = self._runtime

        def save(text: str) -> None:
            from memory.store.nights import NightStore

            made = NightStore(runtime.database).write_line(section, text, runtime.clock.now())
            self._done.append((None, made))
            self.select(made.id)

        dialog = Prompt(f"A line about {section.value}", "", save)
        self.app.push_screen(dialog, lambda text: self._changed("written") if text is not None else None)

    def action_remove(self) -> None:
        """Take the line under the cursor away."""
        line = self.chosen
        if line is not None:
            gone = replace(line, text="", owner="you")
            act(self, lambda: self._put(line, gone), lambda _: f"off the page: {quoted(line.text)} · u undo")

    def action_when(self) -> None:
        """Say when the line under the cursor is to be brought up."""
        line = self.chosen
        if line is None:
            return

        def save(text: str) -> None:
            self._put(line, replace(line, instruction=" ".join(text.split())[:300], owner="you"))

        body = "For example: when we talk of food. Empty: whenever it bears on the question."
        dialog = Prompt("Bring it up ...", line.instruction, save, body)
        self.app.push_screen(dialog, lambda text: self._changed("kept") if text is not None else None)

    def action_mute(self) -> None:
        """Keep what the line rests on without bringing it up, or bring it up again."""
        from memory.store import Update

        line = self.chosen
        if line is None:
            return
        on = not self._muted(line)
        changes = [Update(memory=i, values={"muted": on}) for i in line.memories if i in self._memories]

        def work() -> None:
            self._runtime.memories.apply(changes, actor="you", reason="mute" if on else "unmute")
            self._done.append("memory")

        act(self, work, lambda _: f"{'not brought up' if on else 'brought up again'}: {quoted(line.text)} · u undo")

    def action_undo(self) -> None:
        """Take the last change on this page back."""
        from memory.store.nights import NightStore

        if not self._done:
            return
        last = self._done.pop()
        runtime = self._runtime
        if isinstance(last, str):
            act(self, runtime.memories.undo, lambda _: "undone")
            return
        before, after = last

        def work() -> None:
            if not NightStore(runtime.database).put(after, before):
                raise Refused("The line was changed since; it stays as it is.")

        act(self, work, lambda _: "undone")

    def action_source(self) -> None:
        """Close, and show the memory that the line rests on."""
        line = self.chosen
        memory = next((self._memories[i] for i in line.memories if i in self._memories), None) if line else None
        if memory is not None:
            self.dismiss(Reference(memory.short_id))
