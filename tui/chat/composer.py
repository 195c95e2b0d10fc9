"""Where the user writes: one to eight lines, earlier messages with up and down, and `/` completing commands."""

import re
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.option_list import Option

from memory.extraction import holds_pasted, pasted
from memory.text import clean
from tui.commands import Command, bindings, complete, find_command
from tui.screens.lists import SafeList

PASTE_LINES = 20
PASTE_CHARS = 4_000
"""A paste beyond these is folded into a chip: the composer stays small, and quick."""

MOST_TYPED = 400
"""A paste of one line and no more characters is as good as typed: a name, an address, a sentence."""
_CHIP = re.compile(r"\[pasted [\d,]+ (?:lines|characters) #(\d+)\]")


class Completion(SafeList, can_focus=False):
    """The commands that what is typed may become. The composer keeps the focus and moves the highlight."""

    def offer(self, typed: str, width: int) -> None:
        """Show the commands for `/typed`; nothing where there are none."""
        found = complete(typed)
        self.clear_options()
        self.add_options([Option(_row(command, width), id=command.name) for command in found])
        self.highlighted = 0 if found else None
        self.display = bool(found)

    def close(self) -> None:
        self.display = False

    @property
    def chosen(self) -> Command | None:
        """The highlighted command while the list is open."""
        if not self.display or self.highlighted is None:
            return None
        return find_command(self.get_option_at_index(self.highlighted).id or "")


def _row(command: Command, width: int) -> Content:
    usage = Content.styled(f"/{command.name}", "bold $text-primary")
    if command.args:
        usage = usage + Content.styled(f" {command.args}", "$foreground-muted")
    if width < 60:
        return usage
    return usage + " " * max(2, 30 - len(usage)) + Content(command.summary)


class Composer(TextArea):
    """The input. `Sent` carries what was written, with folded pastes unfolded."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("composer")]

    @dataclass
    class Sent(Message):
        text: str

    @dataclass
    class TakeBack(Message):
        """Up was pressed on the first line of an empty composer: what waits may come back."""

    def __init__(self, completion: Completion, *, id: str | None = None) -> None:
        super().__init__(
            id=id, compact=False, highlight_cursor_line=False, placeholder="Say something, or / for commands"
        )
        self.past: list[str] = []
        """What was said before, oldest first."""
        self.waiting = False
        """Whether messages wait in the queue: then up takes one back."""
        self._completion = completion
        self._listed_for = ""
        """What was written when the list of commands was last made."""
        self._place: int | None = None
        self._unsent = ""
        self._pasted: dict[int, str] = {}

    # -- what is in it

    @property
    def full_text(self) -> str:
        """What is written, with folded pastes unfolded."""
        return _CHIP.sub(self._unfolded, self.text)

    def _unfolded(self, chip: re.Match[str]) -> str:
        """What a chip stands for; a text between marks begins and ends a line."""
        text = self._pasted.get(int(chip[1]), chip[0])
        if not holds_pasted(text):
            return text
        before, after = chip.string[: chip.start()][-1:], chip.string[chip.end() :][:1]
        return ("\n" if before not in ("", "\n") else "") + text + ("\n" if after not in ("", "\n") else "")

    def put(self, text: str) -> None:
        """Replace what is written; a long text is folded as a paste would be."""
        self.load_text(self._folded(text))
        self.move_cursor(self.document.end)

    def add(self, text: str) -> None:
        """Put a text that comes back in front of what has been written meanwhile."""
        rest = self.full_text
        self.put(f"{text}\n{rest}" if rest.strip() else text)

    def _folded(self, text: str, of: str | None = None) -> str:
        """The text, or a chip for it, which tells the size of the text that it is made `of`."""
        size_of = text if of is None else of
        lines = size_of.count("\n") + 1
        if lines <= PASTE_LINES and len(size_of) <= PASTE_CHARS:
            return text
        number = len(self._pasted) + 1
        self._pasted[number] = text
        size = f"{lines:,} lines" if lines > PASTE_LINES else f"{len(size_of):,} characters"
        return f"[pasted {size} #{number}]"

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        result = self._replace_via_keyboard(self._from_elsewhere(clean(event.text)), *self.selection)
        if result is not None:
            self.move_cursor(result.end_location)

    def _from_elsewhere(self, text: str) -> str:
        """A paste as it may stand here: of several lines, or long, between marks, so that nothing in it counts as said
        by the user; never the beginning of a command. What is left of the marks, or of the second slash, is theirs."""
        before = self.document.get_text_range((0, 0), min(self.selection))
        if before.lstrip().startswith("/"):  # the argument of a command that was typed
            return self._folded(text)
        if "\n" in text.strip() or len(text) > MOST_TYPED:
            shown = self._folded(pasted(text, beside=self.text), of=text)
            if _CHIP.fullmatch(shown):
                return shown
            return ("\n" if before and not before.endswith("\n") else "") + shown + "\n"
        if not before.strip() and text.lstrip().startswith("/"):
            self.app.notify("What is pasted is a message; with one slash less it is a command.", markup=False)
            return text.replace("/", "//", 1)
        return text

    # -- sending

    # Priority keys run at once, while letters typed before them may still be on their way to this widget. Waiting in
    # the same line as the letters keeps a quick "hello<enter>" whole.

    def action_send(self) -> None:
        self.call_later(self._send)

    def action_newline(self) -> None:
        self.call_later(self.insert, "\n")

    def _send(self) -> None:
        if self._take_completion(send=True):
            return
        text = self.full_text
        self._completion.close()
        self.clear_all()
        self.post_message(self.Sent(text))

    def clear_all(self) -> None:
        """An empty composer that remembers nothing of the paste or the place in the past."""
        self._place, self._unsent = None, ""
        self._pasted.clear()
        self.load_text("")

    def remember(self, text: str) -> None:
        """Add to what up and down walk through."""
        if not self.past or self.past[-1] != text:
            self.past.append(text)

    async def action_editor(self) -> None:
        """Write in the user's own editor; what comes back stands in the input, unsent."""
        from tui.chat.editor import edit_elsewhere

        text = await edit_elsewhere(self.app, self.full_text)
        if text is not None:
            self.put(clean(text))

    # -- moving

    def action_up(self) -> None:
        if self._completion.display:
            self._completion.action_cursor_up()
        elif not self.navigator.is_first_wrapped_line(self.cursor_location):
            self.action_cursor_up()
        elif self.waiting and not self.text:
            self.post_message(self.TakeBack())
        else:
            self._walk(-1)

    def action_down(self) -> None:
        if self._completion.display:
            self._completion.action_cursor_down()
        elif not self.navigator.is_last_wrapped_line(self.cursor_location):
            self.action_cursor_down()
        else:
            self._walk(1)

    def _walk(self, step: int) -> None:
        """To the message said before or after; past the last one is what was being written."""
        if self._place is None:
            if step > 0 or not self.past:
                return
            self._place, self._unsent = len(self.past), self.full_text
        place = self._place + step
        if place < 0 or place > len(self.past):
            return
        self._place = None if place == len(self.past) else place
        self.put(self._unsent if self._place is None else self.past[place])

    # -- completing

    def on_text_area_changed(self) -> None:
        """Open, narrow or close the list of commands as the first word is typed."""
        text = self._listed_for = self.text
        if text.startswith("/") and not text.startswith("//") and not re.search(r"\s|/", text[1:]):
            self._completion.offer(text[1:], self.app.size.width)
        else:
            self._completion.close()

    async def _on_key(self, event: events.Key) -> None:
        if self._completion.display and event.key in ("tab", "escape"):
            event.stop()
            event.prevent_default()
            if event.key == "tab":
                self._take_completion(send=False)
            else:
                self._completion.close()
            return
        await super()._on_key(event)

    def take(self, name: str) -> None:
        """A command was chosen from a list: it waits for its argument."""
        self.load_text(f"/{name} ")
        self.move_cursor(self.document.end)
        self._completion.close()
        self.focus()

    def _take_completion(self, *, send: bool) -> bool:
        """Complete the highlighted command. False where there is none, or where it may be sent as it is."""
        if self.text != self._listed_for:  # typed so fast that the list is still that of fewer letters
            self.on_text_area_changed()
        command = self._completion.chosen
        if command is None:
            return False
        typed = self.text[1:].lower()
        if send and (typed in (command.name, *command.aliases) or not command.args):
            self._completion.close()
            self.load_text(f"/{command.name}")
            return False
        self.take(command.name)
        return True
