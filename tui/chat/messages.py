"""What stands in the history, as values (entries) and as the widgets that show them.

An entry outlives its widget: the history shows a window of the conversation and makes widgets from entries as they
come into it. An answer that is being written therefore grows in its entry, and its widget, if there is one, follows.
"""

from dataclasses import dataclass
from typing import ClassVar

from markdown_it import MarkdownIt
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message as TextualMessage
from textual.widgets import Markdown, Static
from textual.widgets.markdown import MarkdownStream

from assistant.events import Failed, Usage
from memory.text import display
from memory.types import Message, RecallRecord
from tui.chat.citations import CitationLinker, link_citations
from tui.chat.foot import FOLD_CHARS, fold, tokens_and_time
from tui.commands import bindings
from tui.screens.marks import spelled

RIGHT = 3
"""The button of a right click."""


class MessageAct(TextualMessage):
    """The user wants something done with one entry: copy_source, retry, why, undo, edit, branch, before, after,
    menu, export."""

    def __init__(self, entry: "Entry", act: str) -> None:
        super().__init__()
        self.entry = entry
        self.act = act


class CitationClicked(TextualMessage):
    """A mark in an answer was followed: `m3` or `t12`."""

    def __init__(self, entry: "Entry", reference: str) -> None:
        super().__init__()
        self.entry = entry
        self.reference = reference


@dataclass(eq=False, kw_only=True)
class Entry:
    """One thing in the history. `widget` is there while it is in the window."""

    widget: "Block | None" = None
    stamp: str = ""
    """Its time, where times are shown."""
    versions: tuple[Message, ...] = ()
    """The stored message and its siblings, oldest first; empty where it has none."""

    def place(self) -> str:
        """`‹ 2/3 ›`: which of its versions it is; empty where there is one."""
        message = getattr(self, "message", None)
        ids = [version.id for version in self.versions]
        return f"‹ {ids.index(message.id) + 1}/{len(ids)} ›" if message is not None and message.id in ids else ""

    @property
    def source(self) -> str:
        """What copying it gives: the text as it is stored."""
        return ""

    def make(self) -> "Block":
        raise NotImplementedError


@dataclass(eq=False, kw_only=True)
class Said(Entry):
    """What the user said; `message` once it is stored."""

    text: str
    message: Message | None = None

    @property
    def source(self) -> str:
        return self.text

    def make(self) -> "Block":
        return UserBlock(self)


@dataclass(eq=False, kw_only=True)
class Answer(Entry):
    """An answer, growing while `live`."""

    text: str = ""
    message: Message | None = None
    question: Message | None = None
    recall: tuple[RecallRecord, ...] = ()
    known: frozenset[str] = frozenset()
    usage: Usage | None = None
    live: bool = False
    stage: str = ""
    """What is going on before the first word: "looking in memory", "thinking"."""
    thought: str = ""
    """What the model thought aloud. It is not stored: it is there until the chat is opened anew."""
    unfolded: bool | None = None
    """Whether the user wants this thought shown; None: as all are."""

    @property
    def source(self) -> str:
        return self.text

    def make(self) -> "Block":
        return Reply(self)


@dataclass(eq=False, kw_only=True)
class Remark(Entry):
    """One line of the program's own: a notice, or a change of memory that can be undone."""

    text: str
    change: int | None = None
    """Number of the act to undo."""
    memory: str | None = None
    """Short id of the memory that was written, to edit it."""

    @property
    def source(self) -> str:
        return self.text

    def make(self) -> "Block":
        return RemarkBlock(self)


@dataclass(eq=False, kw_only=True)
class Trouble(Entry):
    """Why there is no full answer: what happened, what was kept, what to do."""

    failure: Failed
    kept: str
    question: Message | None = None

    @property
    def source(self) -> str:
        return f"{self.failure.message} {self.kept} {self.failure.hint}".strip()

    def make(self) -> "Block":
        return TroubleBlock(self)


class Block(Vertical, can_focus=True):
    """A widget of the history: focusable, with the message keys."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("message")]
    ACTS: ClassVar[frozenset[str]] = frozenset({"copy_source"})

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the acts that mean something here take their key."""
        if action == "sibling":
            return bool(self.entry.place())
        if action == "export":
            return getattr(self.entry, "message", None) is not None
        return action not in {"copy_source", "retry", "why", "undo", "edit", "branch", "think"} or action in self.ACTS

    def action_edit(self) -> None:
        self.post_message(MessageAct(self.entry, "edit"))

    def action_branch(self) -> None:
        self.post_message(MessageAct(self.entry, "branch"))

    def action_sibling(self, step: int) -> None:
        self.post_message(MessageAct(self.entry, "before" if step < 0 else "after"))

    def refresh_place(self) -> None:
        """Its versions are known now, or other ones."""
        for line in self.query("#place").results(Static):
            line.update(spelled(self.entry.place(), self))
            line.display = bool(self.entry.place())

    def on_click(self, event: events.Click) -> None:
        """A right click opens the menu."""
        if event.button == RIGHT:
            event.stop()
            self.focus()
            self.call_after_refresh(self.action_menu)

    def action_menu(self) -> None:
        self.post_message(MessageAct(self.entry, "menu"))

    def action_export(self) -> None:
        self.post_message(MessageAct(self.entry, "export"))

    def action_copy_source(self) -> None:
        self.post_message(MessageAct(self.entry, "copy_source"))

    def action_retry(self) -> None:
        self.post_message(MessageAct(self.entry, "retry"))

    def action_why(self) -> None:
        self.post_message(MessageAct(self.entry, "why"))

    def action_undo(self) -> None:
        self.post_message(MessageAct(self.entry, "undo"))


class UserBlock(Block):
    """The user's words, exactly as typed."""

    ACTS = frozenset({"copy_source", "retry", "edit", "branch"})

    def compose(self) -> ComposeResult:
        entry = self.entry
        assert isinstance(entry, Said)
        if entry.stamp:
            yield Static(spelled(f"You · {entry.stamp}", self), classes="meta", markup=False)
        yield Static(Content(fold(display(entry.text))), classes="words")
        yield Static("", classes="meta", id="place", markup=False)

    def on_mount(self) -> None:
        self.refresh_place()


class Reply(Block):
    """An answer as Markdown, and below it what it was made from and what it cost."""

    ACTS = frozenset({"copy_source", "retry", "why", "branch", "think"})

    def __init__(self, entry: Answer) -> None:
        super().__init__(entry)
        self.answer = entry
        self._linker = CitationLinker(entry.known)
        self._seen = 0
        self._stream: MarkdownStream | None = None

    def compose(self) -> ComposeResult:
        if self.answer.stamp:
            yield Static(spelled(f"Reverie · {self.answer.stamp}", self), classes="meta", markup=False)
        body = "" if self.answer.live else link_citations(fold(display(self.answer.text)), self.answer.known)
        yield Markdown(body, open_links=False, parser_factory=plain_html)
        yield Static("", classes="meta", id="foot", markup=False)

    async def on_mount(self) -> None:
        self.show_foot()
        self.show_thought()
        if self.answer.live:
            self._linker = CitationLinker(self.answer.known)
            self._stream = Markdown.get_stream(self.query_one(Markdown))
            await self.grow()

    async def on_unmount(self) -> None:
        if self._stream is not None:
            await self._stream.stop()

    async def grow(self) -> None:
        """Show what the entry has more than this widget."""
        if self._stream is None:
            return
        new = self.answer.text[self._seen : FOLD_CHARS]
        self._seen += len(new)
        await self._stream.write(self._linker.feed(display(new)))
        self.show_foot()

    async def finish(self) -> None:
        """The answer is complete: render it once as a whole, which heals what was cut by the stream."""
        if self._stream is not None:
            await self._stream.stop()
            self._stream = None
        if self.is_attached:
            await self.query_one(Markdown).update(link_citations(fold(display(self.answer.text)), self.answer.known))
            self.show_foot()

    def refresh_place(self) -> None:
        """Its versions are named at its foot."""
        self.show_foot()

    def show_thought(self) -> None:
        """What the model thought aloud, or a line that it did."""
        thought = self.answer.thought.strip()
        folded = not (self.thinks if self.answer.unfolded is None else self.answer.unfolded)
        if not thought or not self.query(Markdown):  # before it is composed: then this is called again
            return
        if not self.query("#thought"):
            self.mount(Static("", classes="meta", id="thought", markup=False), before=0 if not self.answer.stamp else 1)
        closed = f"▸ thought {len(thought.split()):,} words · t shows them"
        words = spelled(closed, self) if folded else spelled("▾ ", self) + fold(display(thought))
        self.query_one("#thought", Static).update(words)

    @property
    def thinks(self) -> bool:
        """Whether thoughts are shown unless one is folded."""
        return bool(getattr(self.screen, "thinking", False))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A thought can be shown where there is one."""
        return bool(self.answer.thought) if action == "think" else super().check_action(action, parameters)

    def action_think(self) -> None:
        """Fold or unfold this thought."""
        self.answer.unfolded = not (self.thinks if self.answer.unfolded is None else self.answer.unfolded)
        self.show_thought()

    def show_foot(self) -> None:
        for foot in self.query("#foot").results(Static):  # none before it is composed, and none once the program ends
            foot.update(spelled(self._foot(), self))
            foot.display = bool(self._foot())

    def _foot(self) -> str:
        """`m3 · 1.2 s · 412→96 tok`, or what is going on."""
        entry = self.answer
        if entry.live and not entry.text:
            return f"{entry.stage or 'one moment'} …"
        if entry.live:
            return "esc stops"
        parts = [spelled(entry.place(), self), " ".join(r.hit_id for r in entry.recall if r.state == "cited")]
        if entry.message and entry.message.status == "stopped":
            parts.insert(0, "stopped · r answers again")
        if entry.message and entry.message.status == "failed":
            parts.insert(0, "incomplete · r answers again")
        parts += tokens_and_time(entry)
        return " · ".join(p for p in parts if p)

    async def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        kind, _, reference = event.href.partition(":")
        if kind in ("memory", "message") and reference in self.answer.known:
            self.post_message(CitationClicked(self.answer, reference))
        else:
            # An address in an answer is the model's word: it is shown and copied, and never opened unseen.
            self.post_message(MessageAct(Remark(text=event.href), "copy_address"))


class RemarkBlock(Block):
    """One line of the program's own."""

    def __init__(self, entry: Remark) -> None:
        super().__init__(entry)
        self.remark = entry

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "undo":
            return self.remark.change is not None
        if action == "edit":
            return self.remark.memory is not None
        return super().check_action(action, parameters)

    def compose(self) -> ComposeResult:
        yield Static(self._line(), classes="words")

    def _line(self) -> Content:
        line = Content(spelled(display(self.remark.text), self))
        if self.remark.change is None:
            return line
        dot = Content(spelled(" · ", self))
        edit = dot + Content.from_markup("[@click=edit]e edit[/]") if self.remark.memory else Content("")
        return line + edit + dot + Content.from_markup("[@click=undo]u undo[/]")

    def refresh_line(self) -> None:
        """The entry has changed: the act was undone."""
        self.query_one(Static).update(self._line())


class TroubleBlock(Block):
    """What happened, what was kept, what to do."""

    ACTS = frozenset({"copy_source", "retry"})

    def compose(self) -> ComposeResult:
        entry = self.entry
        assert isinstance(entry, Trouble)
        parts = [Content.styled(display(entry.failure.message), "bold $text-error"), Content(display(entry.kept))]
        if entry.failure.hint:
            parts.append(Content(display(entry.failure.hint)))
        if entry.question is not None:
            parts.append(Content.styled("r answers again", "$foreground-muted"))
        yield Static(Content(" ").join(parts), classes="words")


def plain_html() -> MarkdownIt:
    """HTML in an answer is shown as it was written: it must not vanish."""
    return MarkdownIt("gfm-like", {"html": False})
