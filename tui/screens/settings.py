"""All settings, from the schema: what each is for, what it is, whether that is the default, and where it is written."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from memory.text import normalise, one_line
from tui.screens.base import FrameScreen, in_thread
from tui.screens.dialogs import Choose, Prompt
from tui.screens.first_run import FirstRunScreen
from tui.screens.lists import SafeList
from tui.screens.marks import marks
from tui.screens.prose import at_home, muted, plain, quoted
from tui.screens.settings_model import AT_START, Entry, entries, write_setting

if TYPE_CHECKING:
    from assistant.runtime import Runtime

NAME_WIDTH = 24


class Filter(Input):
    """The search field above the list."""

    BINDINGS = [Binding("enter,down", "screen.to_list", "To the list", id="settings.list", key_display="↓")]


class SettingList(SafeList):
    """The settings. Letters are commands here."""

    BINDINGS = [
        Binding("enter,e", "screen.edit", "Change", id="settings.edit"),
        Binding("d", "screen.reset", "Default", id="settings.default"),
        Binding("slash", "screen.filter", "Search", id="settings.search", key_display="/"),
    ]


class SettingsScreen(FrameScreen[tuple[str, ...]]):
    """Dismissed with the names of the settings that were changed."""

    TITLE = "Settings"

    BINDINGS = [Binding("escape", "back", "Back", id="settings.back")]
    AUTO_FOCUS = "SettingList"

    DEFAULT_CSS = """
    SettingsScreen {
        #body { height: 1fr; margin: 1 1 0 1; }
        SettingList {
            width: 1fr; height: 1fr; border: none; padding: 0; background: $background; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
            &:focus { border: none; background-tint: $foreground 0%; }
        }
        #detail { width: 46; height: 1fr; padding: 0 1 0 2; border-left: solid $panel; scrollbar-size-vertical: 1; }
        #detail Static { height: auto; }
        #path {
            height: 1; padding: 0 2; margin: 1 0 0 0; color: $foreground-muted;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        &.-wide #body { layout: horizontal; }
        &.-narrow #detail { width: 1fr; height: auto; max-height: 40%; border: none; border-top: solid $panel; }
        &.-narrow.-short {
            #body { margin: 0; }
            #path { padding: 0 1; margin: 0; }
        }
        &.-bare { SettingList, #detail { display: none; } }
    }
    """

    def __init__(self, runtime: "Runtime") -> None:
        super().__init__()
        self._runtime = runtime
        self._changed: list[str] = []

    def compose_body(self) -> ComposeResult:
        yield Filter(placeholder="find a setting", classes="filter")
        yield Static(classes="empty", markup=False)
        with Container(id="body"):
            yield SettingList(markup=False)
            with VerticalScroll(id="detail", can_focus=False):
                yield Static()
        yield Static(id="path", markup=False)

    def on_mount(self) -> None:
        """Show everything."""
        self.query_one("#path", Static).update(f"written to {at_home(self._runtime.paths.settings)}")
        self._fill()

    # -- showing

    @on(Input.Changed)
    def _fill(self) -> None:
        words = self.query_one(Input).value.strip()
        every = entries(self._runtime.settings)
        shown = _matching(every, words)
        number = sum(entry.changed for entry in every)
        self.head("Settings", f"{number} changed from the default" if number else "all as they come")
        chooser = self.query_one(SettingList)
        chosen = chooser.highlighted_option.id if chooser.highlighted_option else None
        chooser.set_options(Option(self._line(entry), id=entry.name) for entry in shown)
        names = [entry.name for entry in shown]
        chooser.highlighted = names.index(chosen) if chosen in names else (0 if shown else None)
        self.set_class(not shown, "-bare")
        self.say_empty("" if shown else f"No setting matches {quoted(words)}.  esc clears the search.")
        self._show()

    def _line(self, entry: Entry) -> Content:
        mark = marks(self._runtime.settings.screen.ascii).changed if entry.changed else " "
        value = plain(one_line(entry.value, 80)) if entry.value else muted("empty")
        state = muted("   changed") if entry.changed else Content("")
        source = muted("   from the environment") if entry.overruled else Content("")
        name = Content.styled(f"{entry.name:<{NAME_WIDTH}} ", "bold" if entry.changed else "")
        return Content(f"{mark} ") + name + value + state + source

    @on(OptionList.OptionHighlighted)
    def _show(self) -> None:
        entry = self._chosen
        if entry is not None:
            self.query_one("#detail Static", Static).update(_page(entry))

    @property
    def _chosen(self) -> Entry | None:
        option = self.query_one(SettingList).highlighted_option
        every = {entry.name: entry for entry in entries(self._runtime.settings)}
        return every.get(option.id or "") if option else None

    # -- keys

    def action_filter(self) -> None:
        """From the list into the search field."""
        self.query_one(Input).focus()

    def action_to_list(self) -> None:
        """From the search field into the list."""
        self.query_one(SettingList).focus()

    def action_back(self) -> None:
        """Clear the search, or close."""
        field = self.query_one(Input)
        if field.value:
            field.value = ""
            self.query_one(SettingList).focus()
        else:
            self.dismiss(tuple(dict.fromkeys(self._changed)))

    @on(OptionList.OptionSelected)
    def _clicked(self) -> None:
        self.action_edit()

    def action_edit(self) -> None:
        """Change the setting under the cursor. Who answers has a screen of its own, which says what it means."""
        entry = self._chosen
        if entry is None:
            return
        if entry.name == "model":
            self.app.push_screen(FirstRunScreen(self._runtime), lambda value: self._saved(entry, value))
            return
        if not entry.editable:
            self.app.notify(
                f"{entry.name} is a table: edit it in {at_home(self._runtime.paths.settings)}", markup=False
            )
            return

        def save(value: str) -> None:
            empty = not value.strip() and not entry.default
            write_setting(self._runtime, entry.name, None if empty else value)

        if entry.choices:
            choices = [(choice, "default" if choice == entry.default else "") for choice in entry.choices]
            self._open(entry, Choose(entry.name, choices, entry.value, save, entry.summary))
        else:
            self._open(entry, Prompt(entry.name, entry.value, save, entry.summary))

    def _open(self, entry: Entry, dialog: Choose | Prompt) -> None:
        self.app.push_screen(dialog, lambda value: self._saved(entry, value))

    def action_reset(self) -> None:
        """Write the default."""
        entry = self._chosen
        if entry is not None and entry.changed and entry.editable:
            self._reset(entry)

    def _reset(self, entry: Entry) -> None:
        in_thread(
            self,
            lambda: write_setting(self._runtime, entry.name, None),
            lambda _: self._saved(entry, entry.default),
        )

    def _saved(self, entry: Entry, value: str | None) -> None:
        if value is None:
            return
        self._changed.append(entry.name)
        later = " · used from the next start" if entry.name.startswith(AT_START) else ""
        self.app.notify(f"{entry.name} = {one_line(value, 60) or 'empty'}{later}", markup=False)
        self._fill()


def _page(entry: Entry) -> Content:
    lines = [
        Content.styled(entry.name, "bold $primary"),
        plain(entry.summary),
        Content(""),
        muted(f"default: {entry.default or 'empty'}"),
    ]
    if entry.choices:
        lines.append(muted(f"one of: {', '.join(entry.choices)}"))
    if entry.overruled:
        lines.append(muted(f"{entry.variable} in the environment overrules the file"))
    elif entry.name.startswith(AT_START):
        lines.append(muted("read when the program starts"))
    return Content("\n").join(lines)


def _matching(every: tuple[Entry, ...], words: str) -> list[Entry]:
    wanted = normalise(words).split()
    return [e for e in every if all(word in normalise(f"{e.name} {e.summary} {e.value}") for word in wanted)]
