"""What the screens share: the frame around them, the line that errors appear in, and work away from the screen.

The store answers in milliseconds, but it may have to wait for another program that is writing; so every call of it
runs in a thread, and its result comes back to the screen if that is still there.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker

from memory.errors import ReverieError
from memory.text import display
from tui.screens.footer import Keys
from tui.screens.marks import spelled
from tui.screens.prose import muted

Result = TypeVar("Result")
ScreenResult = TypeVar("ScreenResult")

PATIENCE = 0.4
"""Seconds after which a screen says that something takes long."""

log = logging.getLogger(__name__)


class ErrorLine(Static):
    """One line on what went wrong and what to do about it; takes no room while there is nothing to say."""

    DEFAULT_CSS = """
    ErrorLine {
        display: none;
        height: auto;
        max-height: 4;
        padding: 0 2;
        color: $text-error;
        &.-shown { display: block; }
        &.-waits { color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def show(self, error: ReverieError) -> None:
        """Show an error until the next act succeeds."""
        words = Content.styled(display(error.message), "bold")
        hint = Content(" " + display(error.hint)) if error.hint else Content("")
        self.update(Content("! ") + words + hint)
        self.remove_class("-waits")
        self.add_class("-shown")

    def clear(self) -> None:
        """There is nothing wrong any more."""
        self.remove_class("-shown", "-waits")
        self.update("")

    def wait(self) -> None:
        """Something takes long: another program may be writing. An error stays where it is."""
        if not self.has_class("-shown"):
            self.update(Content(spelled("one moment …", self)))
            self.add_class("-shown", "-waits")

    def waited(self) -> None:
        """It is there."""
        if self.has_class("-waits"):
            self.clear()


class FrameScreen(Screen[ScreenResult]):
    """A full screen: one heading line, the body, the error line, and the keys."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]

    DEFAULT_CSS = """
    FrameScreen {
        background: $background;
        #heading { height: 1; margin: 1 2 1 2; text-wrap: nowrap; text-overflow: ellipsis; }
        &.-short #heading { margin: 0 1; }
        .muted { color: $text-muted; &:ansi { text-style: dim; } }
        Footer { background: $background; }
        Input.filter {
            border: none; height: 1; padding: 0 1; margin: 0 2; background: $surface;
            &:focus { border: none; background: $panel; }
            &:ansi { text-style: underline; }
        }
        &.-short Input.filter { margin: 0 1; }
        &.-short ErrorLine { padding: 0 1; }
        OptionList > .option-list--option-highlighted {
            background: $primary 15%; color: $foreground; text-style: none;
        }
        OptionList:focus > .option-list--option-highlighted {
            background: $primary 35%; color: $foreground; text-style: bold;
        }
        &:ansi OptionList > .option-list--option-highlighted { background: $background; text-style: underline; }
        &:ansi OptionList:focus > .option-list--option-highlighted { background: $primary; text-style: bold; }
        .empty { color: $text-muted; padding: 1 4; height: auto; display: none; }
        .empty.-shown { display: block; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(Content.styled(self.TITLE or "", "bold $text-primary"), id="heading", markup=False)
        yield from self.compose_body()
        yield ErrorLine()
        yield Keys()

    def compose_body(self) -> ComposeResult:
        """What is between the heading and the error line."""
        raise NotImplementedError

    def head(self, title: str, *remarks: str) -> None:
        """Set the heading: a title, and what is worth knowing beside it."""
        line = Content.styled(title, "bold $text-primary")
        said = [remark for remark in remarks if remark]
        if said:
            line = line + muted(spelled("   " + " · ".join(said), self))
        self.query_one("#heading", Static).update(line)

    def say_empty(self, text: str) -> None:
        """Show the sentence for an empty list, or hide it for "" ."""
        line = self.query_one(".empty", Static)
        line.update(Content(spelled(display(text), self)))
        line.set_class(bool(text), "-shown")


def in_thread(
    screen: Screen[Any],
    act: Callable[[], Result],
    then: Callable[[Result], None],
    *,
    group: str = "store",
    latest: bool = False,
    failed: Callable[[], None] = lambda: None,
) -> None:
    """Run `act` in a thread and hand its result to `then` on the screen's own loop.

    With `latest` an earlier act of the same group that has not come back yet is forgotten. An error goes to the
    screen's ErrorLine; `then` is not called, but `failed` is.
    """

    async def work() -> None:
        line, over = screen.query_one(ErrorLine), False

        def impatient() -> None:
            if not over:  # a timer that has fired can no longer be stopped
                line.wait()

        patience = screen.set_timer(PATIENCE, impatient)
        try:
            result = await asyncio.to_thread(act)
        except ReverieError as error:
            line.show(error)
            failed()
            return
        except Exception as fault:  # the outer edge of a background act: a fault must neither end nor hide
            log.exception("a screen's background work failed")
            line.show(ReverieError(f"This did not work ({type(fault).__name__}).", "The log file has the details."))
            failed()
            return
        finally:
            over = True
            patience.stop()
            line.waited()
        if screen.is_attached:
            line.clear()
            then(result)

    _: Worker[None] = screen.run_worker(work, group=group, exclusive=latest, exit_on_error=False)
