"""Sleep: what a night would take, the night with its stages, its review, its report; and the nights before it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.binding import Binding
from textual.content import Content

from memory.errors import Refused
from memory.nights import Run
from memory.text import counted
from tui.screens.base import ErrorLine
from tui.screens.browse import BrowseScreen, Row, act
from tui.screens.charts import bar, clock, curve
from tui.screens.dialogs import Confirm
from tui.screens.night import NightScreen
from tui.screens.nights import exam_history, night_line, night_page
from tui.screens.place import Goal
from tui.screens.prose import muted, plain
from tui.screens.questions import QuestionsScreen
from tui.screens.review import ReviewScreen

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from assistant.telling.estimate import Estimate
    from memory.news import News
    from sleep.lock import Sleeper
    from tui.sleeping.work import Work

LOOKS_PER_SECOND = 5
ATTACHED = 2.0
"""Seconds between looks at a night of another process."""
MOST_NIGHTS = 500
BAR = 24


@dataclass(frozen=True)
class Found:
    """What the screen shows while nothing runs."""

    runs: tuple[Run, ...]
    news: "News | None"
    estimate: "Estimate | None"
    model: str
    remote: bool
    sleeper: "Sleeper | None"


class SleepScreen(BrowseScreen[Run, Goal | None]):
    """The nights, and the one under way. Leaving it does not stop a night."""

    TITLE = "Sleep"

    BINDINGS = [
        Binding("s", "start", "Sleep", id="sleep.start", tooltip="Begin a night; its plan is shown before it counts"),
        Binding("p", "preview", "Preview", id="sleep.preview", tooltip="Only look at what a night would change"),
        Binding("x", "stop", "Stop", id="sleep.stop", tooltip="Stop the night; nothing is changed"),
        Binding("o", "open", "Review", id="sleep.review", tooltip="Open the plan that waits"),
        Binding("U", "undo", "Undo night", id="sleep.undo", tooltip="Take the night under the cursor back"),
        Binding("w", "weights", "Into weights", id="sleep.weights", tooltip="Teach the small model what is new"),
    ]

    DEFAULT_CSS = """
    SleepScreen {
        &.-busy #body { display: none; }
        &.-busy #top { height: 1fr; }
    }
    """

    def __init__(self, runtime: "Runtime", work: "Work", begin: str = "") -> None:
        super().__init__(runtime)
        self._work = work
        self._begin = begin
        self._seen = -1
        self._asked = -1
        self._found: Found | None = None
        self._opened = time.monotonic()

    def on_mount(self) -> None:
        self.load()
        self.set_interval(1 / LOOKS_PER_SECOND, self._look)
        if self._begin == "preview":
            self.action_preview()
        elif self._begin == "weights":
            self.action_weights()

    # -- what there is

    def read(self) -> Found:
        from assistant.databases import find_news
        from assistant.models.address import is_remote
        from assistant.nights import model_of
        from assistant.telling.estimate import estimate
        from memory.store.nights import NightStore
        from sleep.lock import NightLock

        runtime = self._runtime
        new = find_news(runtime.paths, runtime.clock.now())
        spec = model_of(runtime.settings)
        return Found(
            runs=NightStore(runtime.database).list(MOST_NIGHTS),
            news=new,
            estimate=estimate(new, with_model=spec is not None) if new else None,
            model=str(spec) if spec else "",
            remote=is_remote(spec, runtime.settings) if spec else False,
            sleeper=None if self._work.busy else NightLock(runtime.paths.data).sleeper(),
        )

    def rows(self, found: Found) -> Sequence[Row[Run]]:
        self._found = found
        self._seen = -1
        self._look()
        if not self._work.busy:
            new = found.news
            self.say_empty("" if found.runs or new is None else _first(new.any))
        return [Row(key=run.short_id, line=night_line(run, self.writer), item=run) for run in found.runs]

    def page(self, item: Run) -> Content:
        return night_page(item, self.writer)

    # -- the night under way

    def _look(self) -> None:
        """Show how far the night is, if anything about it has changed."""
        look = self._work.look
        busy = self._work.busy
        if self._found is not None and self._found.sleeper is not None and time.monotonic() - self._opened > ATTACHED:
            self._opened = time.monotonic()  # another process sleeps: its stage is read from its file
            self.load()
        if look.version == self._seen and not busy:
            return
        ended = self.has_class("-busy") and not busy
        self.set_class(busy, "-busy")
        self._seen = look.version
        if busy:
            self.say_empty("")
            self._say_busy()
        else:
            self._say_idle()
        self.refresh_bindings()
        if look.state == "reviewing" and self._asked != look.version and self.is_current:
            self._asked = look.version
            self.action_open()
        if ended:
            self._ended()

    def _say_busy(self) -> None:
        look = self._work.look
        doing = {"night": "Asleep", "preview": "Looking", "weights": "Learning"}[look.what]
        waits = (
            "the plan waits for you: o opens it" if look.state == "reviewing" else "x stops it, esc leaves it running"
        )
        self.head(doing, look.run, clock(time.monotonic() - look.started), waits)
        lines = [self._stage_line(stage.name) for stage in look.stages]
        if look.losses:
            lines.append(self._losses(look.losses))
        room = max(2, self.size.height - len(lines) - 7)
        tail = list(look.log)[-room:]
        self.say_top(Content("\n").join([*lines, Content(""), *(muted(line) for line in tail)]))

    def _stage_line(self, name: str) -> Content:
        stage = next(s for s in self._work.look.stages if s.name == name)
        ascii_only = self._runtime.settings.screen.ascii
        share = 1.0 if stage.ended else stage.done / stage.total if stage.total else 0.0
        left = f", about {clock(stage.left)} more" if stage.left is not None else ""
        number = f"{stage.done}/{stage.total}" if stage.total else "done" if stage.ended else "…"
        width = BAR if self.size.width >= 80 else 12
        return (
            Content(f"{name:<10} ")
            + bar(share, width, ascii_only=ascii_only)
            + muted(f" {number:<9} {clock(stage.seconds)}{left}")
        )

    def _losses(self, losses: list[float]) -> Content:
        ascii_only = self._runtime.settings.screen.ascii
        return Content(f"{'loss':<10} ") + curve(losses, self.size.width - 40, ascii_only=ascii_only)

    def _say_idle(self) -> None:
        found, look = self._found, self._work.look
        if found is None:
            self.head("Sleep")
            return
        self.head("Sleep", counted(len(found.runs), "night"), self._news_words(found))
        lines = [_takes(found)]
        history = exam_history(found.runs, self.size.width - 60, ascii_only=self._runtime.settings.screen.ascii)
        if history is not None and self.size.height >= 20:
            lines.append(history)
        if found.sleeper is not None:
            stage = found.sleeper.stage or "its beginning"
            lines.insert(0, Content.styled(f"Another process ({found.sleeper.pid}) sleeps: {stage}", "$text-warning"))
        if look.outcome:
            style = "$text-error" if look.failed else "$text-success"
            lines.insert(0, Content.styled("! " if look.failed else "", style) + plain(look.outcome))
        self.say_top(Content("\n").join(lines))

    def _news_words(self, found: Found) -> str:
        if found.news is None:
            return ""
        return (
            f"{counted(found.news.messages, 'new message')} since the last"
            if found.runs
            else counted(found.news.messages, "new message")
        )

    def _ended(self) -> None:
        look = self._work.look
        self.select(look.run)
        self.load()
        if look.what == "preview" and look.plan and look.state == "done":
            self.app.push_screen(ReviewScreen(self._runtime, look.plan, look_only=True))

    def on_resize(self, _event: events.Resize) -> None:
        self._seen = -1

    # -- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done now."""
        busy = self._work.busy
        if action in ("start", "preview", "weights"):
            return not busy
        if action == "stop":
            return busy and self._work.look.state != "applying"
        if action == "open":
            return self._work.look.state == "reviewing"
        if action == "undo":
            return not busy and self.is_mounted and self.chosen is not None and self.chosen.status == "applied"
        return True

    def action_start(self) -> None:
        """Begin a night."""
        self._run(self._work.night())

    def action_preview(self) -> None:
        """Only look."""
        self._run(self._work.preview())

    def action_weights(self) -> None:
        """Teach the small model, with every question shown first."""
        self._run(self._work.weights())

    def _run(self, night: object) -> None:
        self.query_one(ErrorLine).clear()
        self.app.run_worker(night, group="night", exit_on_error=False)  # type: ignore[arg-type]

    def action_stop(self) -> None:
        """Ask once, and stop."""
        body = "Nothing of it has been applied. The next night goes on from where this one was."
        self.app.push_screen(Confirm("Stop the night?", body), lambda sure: self._work.cancel() if sure else None)

    def action_open(self) -> None:
        """The plan, or the questions, that wait for an answer."""
        look = self._work.look
        if look.items:
            self.app.push_screen(QuestionsScreen(self._runtime, look.items), self._work.decide)
        elif look.state == "reviewing":
            self.app.push_screen(ReviewScreen(self._runtime, look.plan), self._work.decide)

    def action_undo(self) -> None:
        """Take the night under the cursor back, after a yes."""
        run = self.chosen
        if run is not None:
            ask_undo(self, self._runtime, run)

    def action_read(self) -> None:
        """The changes of the night under the cursor, one by one."""
        if self.chosen is not None:
            self.app.push_screen(NightScreen(self._runtime, self.chosen), self._night_closed)

    def _night_closed(self, goal: Goal | None) -> None:
        if goal is not None:
            self.dismiss(goal)
        else:
            self.load()


def ask_undo(screen: BrowseScreen[Run, Goal | None], runtime: "Runtime", run: Run) -> None:
    """Ask, and take a night back."""
    from tui.sleeping.beside import take_back

    if run.status != "applied":
        screen.query_one(ErrorLine).show(Refused(f"{run.short_id} changed nothing that could be taken back."))
        return
    body = "Memories, summaries, your page and dreams return to what they were. What you changed since stays."
    screen.app.push_screen(
        Confirm(f"Take {run.short_id} back?", body),
        lambda sure: act(screen, lambda: take_back(runtime, run.short_id), lambda said: said) if sure else None,
    )


def _takes(found: Found) -> Content:
    """The estimate, in words."""
    estimate = found.estimate
    if estimate is None or found.news is None:
        return muted("This home is of an earlier version; the next night brings it up to date.")
    if not found.news.any:
        return muted("Nothing is new: a night would have nothing to do.")
    who = (
        f"about {counted(estimate.calls, 'call')} of {found.model}, {estimate.tokens:,} tokens"
        if estimate.calls
        else "no model is asked"
    )
    line = f"A night reads {counted(estimate.messages, 'message')}: {who}, about {estimate.minutes:g} min."
    if found.remote:
        line += " The model is not on this machine: what you said is sent to it."
    going_on = f" {found.news.unfinished} was interrupted and goes on first." if found.news.unfinished else ""
    return plain(line + going_on)


def _first(anything: bool) -> str:
    if anything:
        return "No night yet.  s sleeps: it shows what it would change before anything counts.  p only looks."
    return "Too little to sleep on yet.  Say something in the chat, or import your past with `reverie import`."
