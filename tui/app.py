"""The program on the screen: one runtime, the chat in front, and what all screens share."""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import constants, events
from textual.actions import ActionParseResult
from textual.app import App
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.theme import Theme
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from assistant.logfile import logging_to
from memory.errors import ReverieError
from tui.chat.screen import ChatScreen
from tui.commands import bindings, find_command, keymap_troubles
from tui.desk import Desk
from tui.keyfile import KEYS_FILE, read_keys
from tui.palette import CommandProvider
from tui.screens.marks import ASCII_CLASS, spelled
from tui.sleeping.terminal import TerminalProgress, understands
from tui.warming import Warming

if TYPE_CHECKING:
    from assistant.frontends import FrontendOptions
    from assistant.runtime import Runtime

HANG_UP_SECONDS = 3.0
"""How long leaving may take once the terminal is gone; what was sent is stored already."""

log = logging.getLogger(__name__)


class ReverieApp(App[int]):
    """Shows the chat at once; everything slow begins after the first paint."""

    TITLE = "Reverie"
    CSS_PATH = Path(__file__).parent / "reverie.tcss"
    COMMANDS = {CommandProvider}
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("app")]

    def __init__(self, runtime: "Runtime", *, temporary: bool = False, conversation: str | None = None) -> None:
        super().__init__()
        self.runtime = runtime
        self.desk = Desk(runtime, temporary=temporary)
        self.chat = ChatScreen(runtime, self.desk, conversation=conversation)
        self.warming = Warming(self)
        self.moved_keys, self.key_troubles = read_keys(runtime.paths.config / KEYS_FILE)
        self.theme_tried = False
        """Whether the theme is only looked at."""

    # -- start and end

    def on_mount(self) -> None:
        self.apply_settings()
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        self.begin_capture_print(self)
        self._listen_to_signals()
        self.push_screen(self.chat)
        self.call_after_refresh(self._after_first_paint)

    def apply_settings(self) -> None:
        """Look and answer to keys as the settings have it now."""
        screen = self.runtime.settings.screen
        if screen.theme in self.available_themes:
            self.theme = screen.theme
            self.theme_tried = False
        self.set_class(screen.ascii, ASCII_CLASS)
        self.animation_level = constants.TEXTUAL_ANIMATIONS if screen.animations else "none"
        self.set_keymap({**screen.keys, **self.moved_keys})
        self._show_progress(screen.animations)
        self.chat.apply_settings()
        self.warming.show()

    def _show_progress(self, moves: bool) -> None:
        """Tell a terminal that understands it how far a night is; not where nothing is to move."""
        if self.chat.away.progress is not None:
            self.chat.away.progress.clear()
        driver = self._driver
        wanted = moves and driver is not None and not self.is_headless and understands(os.environ)
        self.chat.away.progress = TerminalProgress(driver.write) if wanted and driver is not None else None

    def on_chat_screen_settings_changed(self) -> None:
        self.apply_settings()

    def _keep_theme(self, theme: Theme) -> None:
        """A theme that the user chose is the theme of the next start."""
        if theme.name != self.runtime.settings.screen.theme and not self.theme_tried:
            self.run_worker(asyncio.to_thread(self.desk.keep_theme, theme.name), exit_on_error=False)

    def _after_first_paint(self) -> None:
        for trouble in (*self.key_troubles, *keymap_troubles({**self.runtime.settings.screen.keys, **self.moved_keys})):
            self.notify(f"Your keys: {trouble}", severity="warning", markup=False)
        self.run_worker(self.warming.run(), group="warm", exit_on_error=False)
        self.run_worker(self._welcome(), group="welcome", exit_on_error=False)

    async def _welcome(self) -> None:
        """On the very first start, once: what was found on this machine, to choose from."""
        if not await asyncio.to_thread(self.desk.first_start):
            return
        from tui.screens.first_run import FirstRunScreen

        await self.push_screen_wait(FirstRunScreen(self.runtime, first=True))
        await asyncio.to_thread(self.desk.welcomed)
        self.chat.show_model()

    def _listen_to_signals(self) -> None:
        """A closed terminal or a polite kill keeps the draft."""
        if sys.platform == "win32":
            return
        loop = asyncio.get_running_loop()
        for name, act in ((signal.SIGTERM, self._leave), (signal.SIGHUP, self._hang_up)):
            try:
                loop.add_signal_handler(name, act)
            except (NotImplementedError, RuntimeError, ValueError):  # not in the main thread: nothing to listen to
                return

    def _leave(self) -> None:
        self.run_worker(self.chat.leaving.leave(whatever=True), exit_on_error=False)

    def _hang_up(self) -> None:
        """The terminal is gone. Textual would wait for ever to write to it, with the index and its lock in hand."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                os.dup2(nowhere, stream.fileno())
        last_resort = threading.Timer(HANG_UP_SECONDS, os._exit, (128 + signal.SIGHUP,))
        last_resort.daemon = True
        last_resort.start()
        self._leave()

    # -- commands

    def action_command(self, name: str) -> None:
        """Run a command of the registry. Other screens take only help and the way out."""
        command = find_command(name)
        if command is None:
            return
        if self.screen is self.chat:
            self.chat.run_command(command)
        elif name == "quit":
            self.run_worker(self._quit(), exit_on_error=False)
        elif name == "help":
            from tui.screens.help import HelpScreen

            self.push_screen(HelpScreen())

    def action_leader(self) -> None:
        """Any command by a letter."""
        self.chat.work(self._choose_command(), group="leader")

    async def _choose_command(self) -> None:
        """The list of commands with their letters; what is chosen runs as from the palette."""
        from tui.screens.leader import LeaderScreen

        name = await self.push_screen_wait(LeaderScreen())
        if name and (command := find_command(name)) is not None:
            if command.fills:
                self.chat.composer.take(command.name)
            else:
                self.chat.run_command(command)

    def action_jump(self) -> None:
        """Letters over what can take the keys."""
        from tui.screens.jump import JumpScreen, targets

        def go(widget: Widget | None) -> None:
            if widget is not None and widget.is_attached:
                widget.focus()

        self.push_screen(JumpScreen(targets(self.screen)), go)

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """A key may come before a screen has its widgets, or after they are gone: it means nothing then."""
        if isinstance(default_namespace, Screen) and not (
            default_namespace.is_mounted and default_namespace.is_running and default_namespace.is_attached
        ):
            return False
        return await super().run_action(action, default_namespace, namespaces)

    async def _quit(self) -> None:
        """Leave from another screen; what is said about it is said in the chat."""
        await self.chat.leaving.leave()
        while self.is_running and self.screen is not self.chat:
            self.pop_screen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys of the chat are no keys elsewhere: other screens use some of them for their own."""
        if action == "command" and self.is_running and self.screen is not self.chat:
            return parameters in (("quit",), ("help",))
        if action == "leader" and self.is_running:
            return self.screen is self.chat
        if action == "jump" and self.is_running:
            return not isinstance(self.screen, ModalScreen)
        return True

    def action_help_quit(self) -> None:
        """ctrl+c on a screen that has nothing to interrupt."""
        self.notify("ctrl+q quits, esc goes back", markup=False)

    def get_key_display(self, binding: Binding) -> str:
        return spelled(super().get_key_display(binding), self)

    def notify(self, message: str, **options: Any) -> None:
        super().notify(spelled(message, self), **options)

    # -- what goes wrong, and what libraries say

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The one place where a background task's failure ends up: the log, and a line that says so."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            error = event.worker.error
            if isinstance(error, ReverieError):
                self.notify(str(error), severity="error", markup=False)
                return
            log.error("a background task failed", exc_info=error)
            kind = type(error).__name__
            self.notify(f"Something went wrong ({kind}). What you wrote is kept; /debug shows the log.", markup=False)

    def on_print(self, event: events.Print) -> None:
        """What a library prints is for the log, not for the screen."""
        if event.text.strip():
            log.debug("printed: %s", event.text.strip())

    def _fatal_error(self) -> None:
        """A defect that nothing caught. Textual would print every local variable: here those are the user's words."""
        log.critical("the program ended by a defect", exc_info=self._exception)
        kind = type(self._exception).__name__
        self.panic(f"Reverie ended by a defect ({kind}). Everything sent is kept. The log: {self.runtime.paths.log}")


def run(options: "FrontendOptions") -> int:
    """Open the home, show the chat, and close the home again. Returns the exit code."""
    from assistant.runtime import Runtime

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    runtime = Runtime.open()
    try:
        with logging_to(runtime.paths.log):
            if options.conversation is not None:
                runtime.conversations.get(options.conversation)
            app = ReverieApp(runtime, temporary=options.temporary, conversation=options.conversation)
            code = app.run(mouse=runtime.settings.screen.mouse)
            return code if code is not None else app.return_code or 0
    finally:
        runtime.close()
