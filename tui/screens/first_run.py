"""Who answers: what was found on this machine, what each choice means, where everything lives, what can be brought in.

Shown at the first start, and whenever another model is to be chosen.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from assistant.surroundings import LEAVES, STAYS, find_exports, find_models
from memory.text import display
from tui.screens.base import FrameScreen, in_thread
from tui.screens.dialogs import Confirm, Prompt
from tui.screens.lists import SafeList
from tui.screens.lying_exports import LookForExports, LyingExports
from tui.screens.prose import at_home, muted, plain
from tui.screens.settings_model import write_setting

if TYPE_CHECKING:
    from assistant.models import Found
    from assistant.runtime import Runtime
    from assistant.settings import Settings
    from memory.transfer.lying import LyingExport

NONE = "none"
OTHER = "other"

FORMS = "ollama:NAME, openai:NAME, anthropic:NAME, local:PATH_OR_HUB_ID"
Look = Callable[["Settings"], "tuple[Found, ...]"]


class Models(SafeList):
    """Who could answer."""

    BINDINGS = [Binding("enter", "select", "Choose", id="model.choose")]


class FirstRunScreen(FrameScreen[str | None]):
    """Dismissed with the model that was chosen, already written and in use, or None.

    The `first` time it welcomes; None then means that the user goes on without a model.
    """

    BINDINGS = [
        Binding("escape", "skip", "Go on without", id="model.without"),
        Binding("escape", "back", "Back", id="model.back"),
        Binding("r", "look", "Look again", id="model.look"),
        Binding("i", "bring_in", "Import", id="model.import"),
    ]
    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    FirstRunScreen {
        #page { height: 1fr; padding: 0 2; scrollbar-size-vertical: 1; }
        #page Static { height: auto; max-width: 90; }
        #page OptionList {
            height: auto; max-height: 40%; max-width: 90; border: none; padding: 0; margin: 0 0 1 0;
            background: $background; text-wrap: nowrap; text-overflow: ellipsis;
            &:focus { border: none; background-tint: $foreground 0%; }
        }
        #where { text-wrap: nowrap; text-overflow: ellipsis; }
        #intro, #found { margin: 0 0 1 0; }
        #meaning { margin: 0 0 1 0; padding: 0 1; border-left: thick $primary; }
        #meaning.-remote { border-left: thick $warning; }
        &.-short {
            #page { padding: 0 1; }
            #intro { display: none; }
            #intro, #found, #meaning, OptionList { margin: 0; }
        }
    }
    """

    def __init__(
        self,
        runtime: "Runtime",
        *,
        first: bool = False,
        look: Look = find_models,
        exports: LookForExports = find_exports,
    ) -> None:
        super().__init__()
        self._runtime = runtime
        self._first = first
        self._look = look
        self._exports = exports
        self._found: dict[str, Found] = {}

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="page", can_focus=False):
            yield Static(id="intro", markup=False)
            yield Static(id="found", markup=False)
            yield Models(markup=False)
            yield Static(id="meaning", markup=False)
            yield LyingExports(self._runtime)
            yield Static(id="where", markup=False)

    def on_mount(self) -> None:
        """Say where things are, and look for models."""
        if self._first:
            self.head("Welcome to Reverie")
        else:
            self.head("Who answers", f"now {self._runtime.settings.model}")
        intro = (
            "Reverie remembers what you tell it, and answers from that with the source beside it. It needs no language "
            "model; with one it can talk about anything. Who should answer?"
        )
        self.query_one("#intro", Static).update(Content(intro))
        self.query_one("#intro").display = self._first
        self.query_one("#where", Static).update(self._where())
        self.query_one(OptionList).focus(scroll_visible=False)
        self._offer(())
        self.action_look()
        if self._first:
            in_thread(self, self._exports, self._lying, group="exports")

    def _where(self) -> Content:
        paths = self._runtime.paths
        lines = [
            Content.styled("Where it lives", "bold $text-primary"),
            muted("what you say  ") + plain(at_home(paths.data)),
            muted("settings      ") + plain(at_home(paths.settings)),
            muted("Delete them and all is gone. REVERIE_HOME moves them."),
        ]
        return Content("\n").join(lines)

    # -- what there is

    def action_look(self) -> None:
        """Look for models, again."""
        self.query_one("#found", Static).update(muted("Looking for models on this machine …"))
        settings = self._runtime.settings
        in_thread(self, lambda: self._look(settings), self._looked, group="look", latest=True)

    def _looked(self, found: "tuple[Found, ...]") -> None:
        if found:
            here = sum(not one.remote for one in found)
            away = len(found) - here
            said = f"Found {here} on this machine" + (f", {away} elsewhere." if away else ".")
        else:
            said = (
                "No model server on this machine, and no key in the environment. Start Ollama or set OPENAI_API_KEY or "
                "ANTHROPIC_API_KEY, then press r; or go on without."
            )
        self.query_one("#found", Static).update(muted(said))
        self._offer(found)

    def _lying(self, found: "tuple[LyingExport, ...]") -> None:
        self.query_one(LyingExports).offer(found)
        self.refresh_bindings()

    def action_bring_in(self) -> None:
        """Bring in an export that lies among the downloads."""
        self.query_one(LyingExports).ask()

    def _offer(self, found: "tuple[Found, ...]") -> None:
        chooser = self.query_one(OptionList)
        chosen = chooser.highlighted_option.id if chooser.highlighted_option else None
        self._found = {f"{index}": one for index, one in enumerate(found)}
        options = [Option(Content("no model") + muted("   answers from memory alone"), id=NONE)]
        options += [Option(_line(one), id=key) for key, one in self._found.items()]
        options.append(Option(Content("another") + muted("   type its name"), id=OTHER))
        chooser.set_options(options)
        ids = [option.id for option in options]
        chooser.highlighted = ids.index(chosen) if chosen in ids else 0

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        found = self._found.get(event.option.id or "")
        remote = found is not None and found.remote
        if event.option.id == OTHER:
            meaning = f"{FORMS}. What leaves this machine is said before it is used."
        else:
            meaning = LEAVES.format(who=display(found.label)) if found and remote else STAYS
        line = self.query_one("#meaning", Static)
        line.update(("! " if remote else "") + meaning)
        line.set_class(remote, "-remote")

    # -- choosing

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        found = self._found.get(event.option.id or "")
        if found is None:
            self._type("", None) if event.option.id == OTHER else self._take(NONE)
        elif found.spec.endswith(":"):
            self._type(found.spec, found)
        else:
            self._ask(found.spec, found)

    def _type(self, start: str, found: "Found | None") -> None:
        from assistant.models import parse_model

        hint = f"Its name as the provider writes it. {display(found.label)}" if found else f"One of {FORMS}"
        title = "Which model?"
        prompt = Prompt(title, start, parse_model, hint)
        self.app.push_screen(prompt, lambda typed: self._ask(typed.strip(), found) if typed is not None else None)

    def _ask(self, spec: str, found: "Found | None") -> None:
        """Say what a remote choice means, once more and with a yes, before it is made."""
        from assistant.models import is_remote, parse_model

        remote = found.remote if found else is_remote(parse_model(spec), self._runtime.settings)
        if not remote:
            self._take(spec, found)
            return
        who = display(found.label) if found else spec
        dialog = Confirm(f"Let {spec} answer?", LEAVES.format(who=who))
        self.app.push_screen(dialog, lambda sure: self._take(spec, found) if sure else None)

    def _take(self, spec: str, found: "Found | None" = None) -> None:
        runtime = self._runtime

        def save() -> str:
            if found is not None and found.base_url and found.base_url != runtime.settings.openai.base_url:
                write_setting(runtime, "openai.base_url", found.base_url)
            write_setting(runtime, "model", spec)
            return spec

        in_thread(self, save, self._chose)

    def _chose(self, spec: str) -> None:
        self.dismiss(spec)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The same key leaves the welcome and goes back elsewhere; each says so in its own words."""
        if action == "bring_in":
            return self.is_mounted and self.query_one(LyingExports).offers
        return {"skip": self._first, "back": not self._first}.get(action, True)

    def action_skip(self) -> None:
        """Go on without a model."""
        self.dismiss(None)

    def action_back(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)


def _line(found: "Found") -> Content:
    where = "text leaves this machine" if found.remote else "stays on this machine"
    return plain(found.label) + muted(f"   {where}")
