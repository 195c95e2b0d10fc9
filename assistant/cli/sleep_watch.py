"""Following a night: a progress bar on a terminal, lines elsewhere, or one JSON object an event."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from assistant.cli.output import say, show, show_json
from sleep.events import Began, Ended, Event, Examined, Note, Planned, Progress, StageBegan

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

Answer = TypeVar("Answer")

NAMES: dict[type, str] = {
    Began: "run",
    StageBegan: "stage",
    Progress: "progress",
    Planned: "change",
    Examined: "exam",
    Note: "message",
    Ended: "report",
}
"""What each event is called in JSON."""


class Watcher(Protocol):
    """Is told what happens in a night."""

    def tell(self, event: Event) -> None: ...

    def embedding(self, done: int, total: int) -> None: ...

    def apart(self, ask: Callable[[], Answer]) -> Answer:
        """Let the user be asked, with nothing moving on the screen meanwhile."""
        ...


@contextmanager
def watching(*, as_json: bool) -> Iterator[Watcher]:
    """The watcher for where the output goes."""
    if as_json:
        yield JsonWatcher()
    elif not sys.stderr.isatty():
        yield LineWatcher()
    else:
        watcher = BarWatcher()
        try:
            yield watcher
        finally:
            watcher.close()


def event_row(event: Event) -> dict[str, Any]:
    """An event for `--json`."""
    return {"event": NAMES[type(event)], **asdict(event)}


class JsonWatcher:
    """One object a line, on standard output."""

    def tell(self, event: Event) -> None:
        show_json(event_row(event))

    def embedding(self, done: int, total: int) -> None:
        show_json(event_row(Progress(stage="embed", done=done, total=total)))

    def apart(self, ask: Callable[[], Answer]) -> Answer:
        return ask()


class LineWatcher:
    """What happens as lines of narration, the outcome as data."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []
        self._dry = False

    def tell(self, event: Event) -> None:
        match event:
            case Began():
                self._dry = event.dry
            case StageBegan(stage=stage):
                self.stage(stage)
            case Progress(stage=stage, done=done, total=total):
                self.progress(stage, done, total)
            case Examined(when="before"):
                self.stage("exam")
            case Planned():
                self._planned.append(event)
            case Note(text=text):
                say(text)
            case Ended():
                self._end(event)

    def embedding(self, done: int, total: int) -> None:
        self.progress("embed", done, total)

    def apart(self, ask: Callable[[], Answer]) -> Answer:
        return ask()

    def stage(self, name: str) -> None:
        """A stage begins."""

    def progress(self, stage: str, done: int, total: int) -> None:
        """A stage is that far."""

    def _end(self, event: Ended) -> None:
        from assistant.cli.sleep_rows import outcome, planned_lines

        if self._dry:
            for planned in self._planned:
                for line in planned_lines(planned):
                    show(line)
        for line in outcome(event):
            show(line)


class BarWatcher(LineWatcher):
    """A bar at the foot of the terminal."""

    def __init__(self) -> None:
        super().__init__()
        self._bar: Bar | None = None
        self._task: Any = None

    def stage(self, name: str) -> None:
        self.progress(name, 0, 0)

    def progress(self, stage: str, done: int, total: int) -> None:
        bar = self._shown()
        bar.update(self._task, description=stage, completed=done, total=total or None)

    def apart(self, ask: Callable[[], Answer]) -> Answer:
        self.close()
        return ask()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _shown(self) -> "Bar":
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("")
            self._bar.start()
        return self._bar

    def _end(self, event: Ended) -> None:
        self.close()
        super()._end(event)
