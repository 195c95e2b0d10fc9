"""A screen with a list and, beside or below it, the page on what the cursor is on. Most screens are one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.screens.base import FrameScreen, in_thread
from tui.screens.lists import SafeList
from tui.screens.marks import Marks, marks
from tui.screens.memory_detail import Writer

if TYPE_CHECKING:
    from assistant.runtime import Runtime

Item = TypeVar("Item")
ScreenResult = TypeVar("ScreenResult")


@dataclass(frozen=True, kw_only=True)
class Row(Generic[Item]):
    """One line of the list; a heading has no item."""

    key: str
    line: Content
    item: Item | None = None


class Rows(SafeList):
    """The list. Letters are commands here."""

    BINDINGS = [Binding("enter", "screen.read", "Read", id="list.read", show=False)]


class BrowseScreen(FrameScreen[ScreenResult], Generic[Item, ScreenResult]):
    """`read` runs in a thread, `rows` and `page` show what it brought."""

    BINDINGS = [Binding("escape", "back", "Back", id="list.back")]
    AUTO_FOCUS = "Rows"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]

    DEFAULT_CSS = """
    BrowseScreen {
        #top { height: auto; padding: 0 2; display: none; }
        #top.-shown { display: block; }
        #body { height: 1fr; margin: 1 1 0 1; }
        Rows {
            border: none; padding: 0 1; background: $background; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
            &:focus { border: none; background-tint: $foreground 0%; }
            & > .option-list--option-disabled { color: $text-muted; text-style: none; }
        }
        #detail { padding: 0 1 0 2; scrollbar-size-vertical: 1; }
        #detail Static { height: auto; }
        &.-wide {
            #body { layout: horizontal; }
            Rows { width: 1fr; height: 1fr; }
            #detail { width: 46; height: 1fr; margin: 0 0 0 1; border-left: solid $panel; }
            #detail:focus { border-left: solid $primary; }
        }
        &.-narrow {
            Rows { width: 1fr; height: auto; max-height: 50%; }
            #detail { width: 1fr; height: 1fr; border-top: solid $panel; padding: 0 1; }
            #detail:focus { border-top: solid $primary; }
        }
        &.-short {
            #body { margin: 0; }
            #top { padding: 0 1; }
            Rows { padding: 0; }
        }
        &.-bare { Rows, #detail { display: none; } }
    }
    """

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__()
        self._runtime = runtime
        self._rows: tuple[Row[Item], ...] = ()
        self._wanted = ""

    def compose_body(self) -> ComposeResult:
        yield Static(id="top", markup=False)
        yield Static(classes="empty", markup=False)
        with Container(id="body"):
            yield Rows(markup=False)
            with VerticalScroll(id="detail"):
                yield Static()

    def on_mount(self) -> None:
        """Read what there is to show."""
        self.load()

    # -- what a screen says

    def read(self) -> Any:
        """Read from the store; runs in a thread."""
        raise NotImplementedError

    def rows(self, found: Any) -> Sequence[Row[Item]]:
        """The lines of the list, and the heading on the way."""
        raise NotImplementedError

    def page(self, item: Item) -> Content:
        """What is said about one of them."""
        raise NotImplementedError

    # -- showing

    @property
    def marks(self) -> Marks:
        return marks(self._runtime.settings.screen.ascii)

    @property
    def writer(self) -> Writer:
        """How moments and memories are written just now."""
        clock = self._runtime.clock
        return Writer(now=clock.now(), zone=clock.zone, marks=self.marks)

    def load(self) -> None:
        """Read again, and show it; the cursor stays where it was."""
        in_thread(self, self.read, self.show, group="list", latest=True)

    def show(self, found: Any) -> None:
        """Show what was read."""
        self._rows = tuple(self.rows(found))
        self.set_class(not self._rows, "-bare")
        chooser = self.query_one(Rows)
        key = self._wanted or (chooser.highlighted_option.id if chooser.highlighted_option else None)
        self._wanted = ""
        before = chooser.highlighted or 0
        chooser.set_options(Option(row.line, id=row.key, disabled=row.item is None) for row in self._rows)
        places = [i for i, row in enumerate(self._rows) if row.item is not None]
        same = next((i for i in places if self._rows[i].key == key), None)
        near = next((i for i in places if i >= before), places[-1] if places else None)
        chooser.highlighted = same if same is not None else near
        self.show_page()

    def say_top(self, content: Content | None) -> None:
        """Some lines above the list; None takes them away."""
        top = self.query_one("#top", Static)
        top.set_class(content is not None, "-shown")
        top.update(content or "")

    def select(self, key: str) -> None:
        """Put the cursor on a row when it is there."""
        self._wanted = key

    @property
    def chosen(self) -> Item | None:
        """What the cursor is on."""
        place = self.query_one(Rows).highlighted
        return self._rows[place].item if place is not None and place < len(self._rows) else None

    @on(OptionList.OptionHighlighted)
    def show_page(self) -> None:
        """Write the page on what the cursor is on."""
        self.refresh_bindings()
        item = self.chosen
        self.query_one("#detail Static", Static).update(self.page(item) if item is not None else "")
        self.query_one("#detail").scroll_home(animate=False)

    # -- keys

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_read()

    def action_read(self) -> None:
        """To the page, to scroll in it."""
        self.query_one("#detail").focus()

    def action_back(self) -> None:
        """From the page to the list, or close."""
        chooser = self.query_one(Rows)
        if self.query_one("#detail").has_focus and chooser.display:
            chooser.focus()
        else:
            self.leave()

    def leave(self) -> None:
        """Close."""
        self.dismiss(None)

    def toast(self, text: str) -> None:
        """Something that passes."""
        self.app.notify(text, markup=False)


def act(screen: BrowseScreen[Any, Any], work: Any, said: Any) -> None:
    """Change something in a thread, say `said(result)`, and read again."""

    def done(result: Any) -> None:
        screen.toast(said(result))
        screen.load()

    in_thread(screen, work, done)
