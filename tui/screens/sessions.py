"""All conversations: pick one, find words in any of them, rename, archive, export, delete."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from assistant.purging import empty_logs
from memory.forget_talk import delete_conversation
from memory.fulltext import search_messages
from memory.store import Update
from memory.store.insight import Insight
from memory.text import counted, normalise, one_line
from memory.types import Conversation, Memory, Snippet, Status
from tui.exporting import write_chat
from tui.screens.base import FrameScreen, in_thread
from tui.screens.dialogs import Choose, Prompt
from tui.screens.lists import SafeList
from tui.screens.place import Place
from tui.screens.prose import marked, muted, plain, quoted
from tui.screens.times import ago

if TYPE_CHECKING:
    from assistant.runtime import Runtime

MOST_READ = 5_000
"""Conversations whose titles are searched."""
MOST_SHOWN = 300
"""Rows in the list; more are a matter for the filter."""
MOST_HITS = 50
PAUSE = 0.15
"""Seconds without a key before all messages are searched."""


@dataclass(frozen=True)
class Found:
    """What a full-text search brought, and for which words."""

    words: str
    snippets: tuple[Snippet, ...]


class SessionList(SafeList):
    """The rows. Letters are commands here, and only here."""

    BINDINGS = [
        Binding("enter", "screen.open", "Open", id="sessions.open"),
        Binding(
            "slash",
            "screen.filter",
            "Filter",
            id="sessions.filter",
            tooltip="Filter titles, and search all messages",
            key_display="/",
        ),
        Binding("r", "screen.rename", "Rename", id="sessions.rename", tooltip="Give it another title"),
        Binding(
            "a", "screen.archive", "Archive", id="sessions.archive", tooltip="Put into the archive, or take out of it"
        ),
        Binding("x", "screen.export", "Export", id="sessions.export", tooltip="Write it to a file"),
        Binding("d", "screen.delete", "Delete", id="sessions.delete", tooltip="Remove it for good, after a question"),
        Binding(
            "v",
            "screen.other_list",
            "Archived/current",
            id="sessions.archived",
            tooltip="Show the archive, or the current ones",
        ),
    ]

    def action_cursor_up(self) -> None:
        """Above the first row is the filter."""
        first = next((i for i, option in enumerate(self.options) if not option.disabled), None)
        if self.highlighted is None or self.highlighted == first:
            self.screen.query_one(Input).focus()
        else:
            super().action_cursor_up()


class Filter(Input):
    """The filter above the list. Enter and down act on the list."""

    BINDINGS = [
        Binding("enter", "screen.open", "Open", id="sessions.open"),
        Binding("down", "screen.to_list", "To the list", id="sessions.list", key_display="↓"),
    ]


class SessionsScreen(FrameScreen[Place | None]):
    """Dismissed with the place to open, or None."""

    TITLE = "Sessions"

    BINDINGS = [
        Binding("escape", "back", "Back", id="sessions.back"),
    ]
    AUTO_FOCUS = "Input"

    DEFAULT_CSS = """
    SessionsScreen {
        SessionList {
            height: 1fr; border: none; padding: 0 1; margin: 1 1 0 1; background: $background;
            &:focus { border: none; background-tint: $foreground 0%; }
            text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
            & > .option-list--option-disabled { color: $text-muted; text-style: none; }
        }
        &.-short SessionList { margin: 0; }
    }
    """

    def __init__(self, runtime: "Runtime", text: str = "") -> None:
        super().__init__()
        self._runtime = runtime
        self._start = text
        self._archived = False
        self._every: tuple[Conversation, ...] = ()
        self._found = Found("", ())
        self._places: dict[str, Place] = {}

    def compose_body(self) -> ComposeResult:
        yield Filter(self._start, placeholder="filter titles, or find words in any message", classes="filter")
        yield SessionList(markup=False)
        yield Static(classes="empty", markup=False)

    def on_mount(self) -> None:
        """Read the titles; a filter that was passed in counts as typed."""
        self._load()
        if self._start:
            self._search(self._start.strip())

    # -- reading

    def _load(self) -> None:
        archived = self._archived
        in_thread(
            self,
            lambda: self._runtime.conversations.list(archived=archived, limit=MOST_READ),
            self._loaded,
            group="titles",
            latest=True,
        )

    def _loaded(self, every: tuple[Conversation, ...]) -> None:
        self._every = every
        self._fill()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._fill()
        words = event.value.strip()
        self.set_timer(PAUSE, lambda: self._search(words))

    def _search(self, words: str) -> None:
        if words != self._words or words == self._found.words:
            return
        if not words:
            self._searched(Found("", ()))
            return
        database = self._runtime.database
        in_thread(
            self,
            lambda: Found(words, search_messages(database, words, MOST_HITS)),
            self._searched,
            group="search",
            latest=True,
            failed=lambda: self.say_empty(""),
        )

    def _searched(self, found: Found) -> None:
        self._found = found
        self._fill()

    @property
    def _words(self) -> str:
        return self.query_one(Input).value.strip()

    # -- showing

    def _fill(self) -> None:
        words = self._words
        titles = _by_title(self._every, words)
        hits = self._found.snippets if words and self._found.words == words else ()
        shown = titles[:MOST_SHOWN]
        self._places = {f"c{c.number}": Place(c.id) for c in shown}
        self._places |= {f"t{s.message.number}": Place(s.conversation.id, s.message.id) for s in hits}
        rows = [Option(self._title_row(c), id=f"c{c.number}") for c in shown]
        if len(titles) > len(shown):
            rows.append(Option(muted(f"{len(titles) - len(shown):,} more; type to narrow them down"), disabled=True))
        if hits:
            rows.append(Option(muted(f"\nin {counted(len(hits), 'message')}"), disabled=True))
            rows.extend(Option(self._hit_row(s), id=f"t{s.message.number}") for s in hits)
        self._show(rows)
        self._say(words, bool(rows))

    def _show(self, rows: Sequence[Option]) -> None:
        chooser = self.query_one(SessionList)
        chosen = chooser.highlighted_option.id if chooser.highlighted_option else None
        chooser.set_options(rows)
        places = [index for index, row in enumerate(rows) if not row.disabled]
        same = next((index for index in places if rows[index].id == chosen), None)
        chooser.highlighted = same if same is not None else next(iter(places), None)
        chooser.display = bool(rows)

    def _say(self, words: str, any_rows: bool) -> None:
        noun = "conversation"
        self.head("Archived" if self._archived else "Sessions", counted(len(self._every), noun))
        searched = self._found.words == words
        if any_rows:
            self.say_empty("")
        elif words:
            self.say_empty(f"No chat contains {quoted(words)}.  esc clears the filter." if searched else "Searching …")
        elif self._archived:
            self.say_empty("Nothing is archived.  v goes back to the current ones.")
        else:
            self.say_empty("No conversations yet.  Say something in the chat, or import with `reverie import PATH`.")

    def _when(self, conversation: Conversation) -> Content:
        clock = self._runtime.clock
        return muted(f"{ago(conversation.updated_at, clock.now(), clock.zone):<13}")

    def _title_row(self, conversation: Conversation) -> Content:
        title = plain(one_line(conversation.title, 200) or "untitled")
        return self._when(conversation) + title + muted(f"   {counted(conversation.messages, 'message')}")

    def _hit_row(self, snippet: Snippet) -> Content:
        clock = self._runtime.clock
        when = muted(f"{ago(snippet.message.said_at, clock.now(), clock.zone):<13}")
        where = plain(one_line(snippet.conversation.title, 60) or "untitled")
        who = "you" if snippet.message.role == "user" else snippet.message.role
        away = " · archived" if snippet.conversation.archived_at else ""
        words = marked(snippet.text, snippet.marks)
        return when + where + muted(f"   {who}{away}\n{'':13}") + words

    # -- keys

    def _highlighted(self) -> str:
        option = self.query_one(SessionList).highlighted_option
        return (option.id or "") if option else ""

    def _conversation(self) -> Conversation | None:
        """The highlighted conversation; None on a row that is a message."""
        chosen = self._highlighted()
        return next((c for c in self._every if f"c{c.number}" == chosen), None)

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Open what is highlighted."""
        place = self._places.get(self._highlighted())
        if place is not None:
            self.dismiss(place)

    def action_to_list(self) -> None:
        """From the filter into the list."""
        chooser = self.query_one(SessionList)
        if chooser.display:
            chooser.focus()

    def action_filter(self) -> None:
        """From the list into the filter."""
        self.query_one(Input).focus()

    def action_back(self) -> None:
        """Clear the filter, leave the archive, or close: whatever is innermost."""
        field = self.query_one(Input)
        if field.value:
            field.value = ""
            field.focus()
        elif self._archived:
            self.action_other_list()
        else:
            self.dismiss(None)

    def action_other_list(self) -> None:
        """Switch between the current conversations and the archived ones."""
        self._archived = not self._archived
        self._load()

    def action_rename(self) -> None:
        """Give the highlighted conversation another title."""
        chosen = self._conversation()
        if chosen is not None:
            save = self._runtime.conversations.rename
            dialog = Prompt(f"Rename {chosen.short_id}", chosen.title, lambda title: save(chosen.id, title))
            self.app.push_screen(dialog, lambda title: self._load() if title is not None else None)

    def action_archive(self) -> None:
        """Put the highlighted conversation into the archive, or take it out."""
        chosen = self._conversation()
        if chosen is None:
            return
        store = self._runtime.conversations
        act = store.restore if chosen.archived_at else store.archive
        in_thread(self, lambda: act(chosen.id), self._moved)

    def _moved(self, conversation: Conversation) -> None:
        what = "archived" if conversation.archived_at else "restored"
        key = "v shows the archive" if conversation.archived_at else "v shows the current ones"
        self.app.notify(f"{what} {quoted(conversation.title)} · {key}", markup=False)
        self._load()

    def action_export(self) -> None:
        """Write the highlighted conversation to a file."""
        chosen = self._conversation()
        if chosen is None:
            return
        store, said = self._runtime.conversations, []

        def save(name: str) -> None:
            said.append(write_chat(chosen, store.thread(chosen.id), name, Path.cwd(), self._runtime.database))

        body = "Markdown; a name that ends in .jsonl is written as `reverie import` reads it."
        dialog = Prompt(f"Export {chosen.short_id} to", f"reverie-{chosen.short_id}.md", save, body)
        self.app.push_screen(dialog, lambda name: self.app.notify(said[-1], markup=False) if name is not None else None)

    def action_delete(self) -> None:
        """Remove the highlighted conversation for good, and ask what becomes of its memories."""
        chosen = self._conversation()
        if chosen is not None:
            insight = Insight(self._runtime.database)
            in_thread(self, lambda: insight.drawn_from(chosen.id), lambda found: self._ask_delete(chosen, found))

    def _ask_delete(self, chosen: Conversation, memories: Sequence[Memory]) -> None:
        counting = [m for m in memories if m.status is not Status.RETIRED]
        body = f"{counted(chosen.messages, 'message')} and what was made of them go for good; this cannot be undone."
        choices = [("delete", "the conversation")]
        if counting:
            named = ", ".join(f"{m.short_id} {quoted(m.text, limit=40)}" for m in counting[:4])
            more = f" and {len(counting) - 4} more" if len(counting) > 4 else ""
            body += f"\n\n{counted(len(counting), 'memory', 'memories')} came from it: {named}{more}"
            choices = [
                ("keep", "the memories stay, without their quotes"),
                ("trash", "the memories go into the trash, too"),
            ]
        dialog = Choose(
            f"Delete {quoted(chosen.title)}?",
            choices,
            choices[0][0],
            lambda what: self._delete(chosen, counting, what),
            body,
        )
        self.app.push_screen(dialog, lambda what: self._deleted(chosen) if what is not None else None)

    def _delete(self, chosen: Conversation, memories: Sequence[Memory], what: str) -> None:
        """In a thread: the memories first, then the conversation."""
        if what == "trash" and memories:
            changes = [Update(memory=m.id, values={"status": Status.RETIRED}) for m in memories]
            self._runtime.memories.apply(changes, actor="you", reason="its conversation was deleted")
        delete_conversation(self._runtime.database, chosen.id, self._runtime.clock)
        empty_logs(self._runtime.paths)
        self._runtime.embed_soon()  # Chroma's files are made anew

    def _deleted(self, chosen: Conversation) -> None:
        self.app.notify(f"deleted {quoted(chosen.title)}", markup=False)
        self._found = Found("", ())
        self._load()


def _by_title(every: Sequence[Conversation], words: str) -> list[Conversation]:
    """The conversations whose title holds every word, or all for no words."""
    wanted = normalise(words).split()
    return [c for c in every if all(word in normalise(c.title) for word in wanted)]
