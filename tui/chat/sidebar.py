"""Beside the chat, where there is room: the latest chats, and what the last answer was made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from memory.text import one_line
from memory.types import Conversation, RecallRecord
from tui.screens.lists import SafeList
from tui.screens.marks import marks, spelled, wants_ascii

MOST_SESSIONS = 60
MOST_HITS = 24


class Sidebar(Vertical):
    """Chats on top, this turn below."""

    @dataclass
    class ChatChosen(Message):
        conversation_id: str

    @dataclass
    class HitChosen(Message):
        reference: str

    def compose(self) -> ComposeResult:
        yield Static("Chats", classes="title")
        yield SafeList(id="chats", markup=False)
        yield Static("In this turn", classes="title")
        yield SafeList(id="hits", markup=False)

    def show_chats(self, conversations: Sequence[Conversation], current: str | None) -> None:
        """List the latest chats; the open one has a mark."""
        rows = []
        for conversation in conversations[:MOST_SESSIONS]:
            here = conversation.id == current
            title = Content(one_line(conversation.title or conversation.short_id, 60))
            line = Content(spelled("▸ ", self) if here else "  ") + title
            rows.append(Option(line.stylize("bold") if here else line, id=conversation.id))
        if not rows:
            rows.append(Option(Content.styled("  none yet", "$foreground-muted"), disabled=True))
        _fill(self.query_one("#chats", OptionList), rows)

    def show_hits(self, recall: Sequence[RecallRecord], texts: Mapping[str, str]) -> None:
        """List what the turn found: cited, given, only found."""
        rows = []
        signs = marks(wants_ascii(self))
        for record in recall[:MOST_HITS]:
            mark = Content.styled(
                signs.of(record.state), "$text-accent" if record.state == "cited" else "$foreground-muted"
            )
            score = Content.styled(f" {record.score:.2f}", "$foreground-muted")
            text = one_line(texts.get(record.hit_id, ""), 80)
            line = Content(" ").join([mark, Content.styled(record.hit_id, "bold"), Content(record.state) + score])
            below = Content.styled(f"  {text}", "$foreground-muted")
            rows.append(Option(line + Content("\n") + below if text else line, id=record.hit_id))
        if not rows:
            rows.append(Option(Content.styled("  nothing recalled", "$foreground-muted"), disabled=True))
        _fill(self.query_one("#hits", OptionList), rows)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is None:
            return
        chats = event.option_list.id == "chats"
        self.post_message(self.ChatChosen(event.option_id) if chats else self.HitChosen(event.option_id))


def _fill(rows: OptionList, options: Sequence[Option]) -> None:
    """Replace the rows, keeping the highlight on the same one."""
    highlighted = rows.highlighted
    rows.clear_options()
    rows.add_options(options)
    if highlighted is not None and highlighted < len(options) and rows.has_focus:
        rows.highlighted = highlighted
