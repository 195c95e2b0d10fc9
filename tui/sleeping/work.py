"""A night under way, seen from the screens: it runs in a thread of its own and outlives the screen that began it.

The thread writes into `Work`, and screens look at it several times a second: no message can reach a screen that is
gone, and a screen that is opened later shows the same.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from memory.errors import Refused, ReverieError
from memory.nights import Change, Run
from memory.text import one_line
from sleep.events import Began, Ended, Event, Examined, Note, Planned, Progress, StageBegan
from tui.warming import in_daemon

if TYPE_CHECKING:
    from assistant.runtime import Runtime

State = Literal["idle", "working", "reviewing", "applying", "done", "failed"]
MOST_LOG = 400
LEAST_FOR_ETA = 5
"""Items done before an end is guessed."""
CANCELLED = "The night was stopped: nothing was changed, and the next one goes on from there."
LOOKED = "This is what a night would change. Nothing was written."


class Cancelled(ReverieError):
    """The user stopped the night."""


@dataclass
class Stage:
    """One stage as its bar shows it."""

    name: str
    done: int = 0
    total: int = 0
    began: float = 0.0
    ended: float = 0.0

    @property
    def seconds(self) -> float:
        return (self.ended or time.monotonic()) - self.began

    @property
    def left(self) -> float | None:
        """Seconds until it ends, once enough of it is done to tell."""
        if self.ended or self.done < LEAST_FOR_ETA or self.total <= self.done:
            return None
        return self.seconds / self.done * (self.total - self.done)


@dataclass
class Look:
    """What a night has come to so far."""

    state: State = "idle"
    what: Literal["night", "preview", "weights"] = "night"
    run: str = ""
    stages: list[Stage] = field(default_factory=list)
    log: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_LOG))
    losses: list[float] = field(default_factory=list)
    plan: tuple[Change, ...] = ()
    items: tuple[Any, ...] = ()
    """What is to be rehearsed by a night of weights, while it is asked about."""
    outcome: str = ""
    failed: bool = False
    started: float = 0.0
    version: int = 0
    """Grows with every change, so that a screen knows when to look again."""


class Work:
    """At most one night at a time."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self.look = Look()
        self._cancelled = threading.Event()
        self._answered = threading.Event()
        self._answer: Any = None

    @property
    def busy(self) -> bool:
        return self.look.state in ("working", "reviewing", "applying")

    # -- beginning

    async def night(self, *, asks: bool = True) -> None:
        """Sleep; the plan waits for `decide` where it `asks`."""
        from assistant.nights import sleep_beside
        from sleep.review import safe_only

        def act() -> str:
            run = sleep_beside(self._runtime, self._tell, self._review if asks else safe_only)
            self._after(run)
            return _said(run)

        await self._go("night", act)

    async def preview(self) -> None:
        """Find on a copy what a night would change."""
        from assistant.nights import preview_night

        def act() -> str:
            plan = preview_night(self._runtime, self._tell)
            self._change(plan=plan)
            return LOOKED if plan else "A night would change nothing."

        await self._go("preview", act)

    async def weights(self) -> None:
        """Teach the small model what it does not know yet; the questions wait for `decide`."""
        from tui.sleeping.learning import learn

        await self._go("weights", lambda: learn(self._runtime, self._told, self._agree))

    async def _go(self, what: Literal["night", "preview", "weights"], act: Callable[[], str]) -> None:
        if self.busy:
            raise Refused("A night is under way already.", "Its screen shows how far it is.")
        self._cancelled.clear()
        self.look = Look(state="working", what=what, started=time.monotonic(), version=self.look.version + 1)
        try:
            outcome = await in_daemon(act)
        except ReverieError as error:
            stopped = self._cancelled.is_set()
            self._end(CANCELLED if stopped else str(error), failed=not stopped)
        except BaseException as defect:
            self._end(f"This did not work ({type(defect).__name__}). Nothing was changed.", failed=True)
            raise
        else:
            self._end(outcome)

    def _end(self, outcome: str, *, failed: bool = False) -> None:
        for stage in self.look.stages:
            stage.ended = stage.ended or time.monotonic()
        self.log(outcome)
        self._change(state="failed" if failed else "done", outcome=outcome, failed=failed, items=())

    # -- while it runs

    def cancel(self) -> None:
        """Stop before anything is applied. A plan that waits is left as it is."""
        self._cancelled.set()
        self._answered.set()

    def decide(self, answer: Any) -> None:
        """What the user made of the plan (the changes), or of the questions (yes or no); None leaves all as it is."""
        self._answer = answer
        self._answered.set()

    def _ask(self) -> None:
        """Begin to wait for an answer; a night that was stopped meanwhile has had it."""
        self._answered.clear()
        if self._cancelled.is_set():
            raise Cancelled("You stopped the night.")

    def _wait(self) -> Any:
        self._answered.wait()
        if self._cancelled.is_set():
            raise Cancelled("You stopped the night.")
        return self._answer

    def _review(self, changes: Sequence[Change]) -> Sequence[Change]:
        from sleep.review import units

        if not units(changes):
            return changes
        self._ask()
        self._change(plan=tuple(changes), state="reviewing")
        answer = self._wait()
        if answer is None:
            raise Refused("Nothing was changed; the next night asks again.")
        self._change(state="applying", plan=tuple(answer))
        return tuple(answer)

    def _agree(self, items: Sequence[Any]) -> bool:
        self._ask()
        self._change(items=tuple(items), state="reviewing")
        answer = bool(self._wait())
        self._change(state="working", items=())
        return answer

    def _after(self, run: Run | None) -> None:
        """Keep what the user reworded, and read again next night what was put off."""
        from assistant.nights import keep_review

        if run is not None and run.status == "applied":
            keep_review(self._runtime, run, self.look.plan)

    # -- what is told

    def _tell(self, event: Event) -> None:
        if self._cancelled.is_set() and not isinstance(event, Ended):
            raise Cancelled("You stopped the night.")
        match event:
            case Began(run=run, messages=messages, resumed=resumed):
                self.look.run = run
                self.log(f"{'goes on' if resumed else 'begins'}: {messages:,} new messages")
            case StageBegan(stage=stage):
                self._stage(stage)
                self.log(f"{stage} …")
            case Progress(stage=stage, done=done, total=total):
                here = self._stage(stage)
                here.done, here.total = done, total
            case Planned(kind=kind, text=text, before=before):
                was = f" (was: {one_line(before, 60)})" if before and before != text else ""
                self.log(f"  {kind}: {one_line(text, 120)}{was}")
            case Examined(when=when):
                self._stage("exam")
                self.log(f"exam, {when}")
            case Note(text=text):
                self.log(text)
        self._change()

    def _told(self, event: dict[str, Any]) -> None:
        """A step of training."""
        if self._cancelled.is_set():
            raise Cancelled("You stopped the training.")
        stage = self._stage("learn")
        stage.done, stage.total = int(event["done"]), int(event["of"])
        if event.get("loss") is not None:
            self.look.losses.append(float(event["loss"]))
        self._change()

    def _stage(self, name: str) -> Stage:
        stages = self.look.stages
        found = next((stage for stage in stages if stage.name == name), None)
        if found is None:
            now = time.monotonic()
            for earlier in stages:
                earlier.ended = earlier.ended or now
            found = Stage(name=name, began=now)
            stages.append(found)
        return found

    def log(self, line: str) -> None:
        """One line below the bars."""
        self.look.log.append(line)
        self._change()

    def _change(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self.look, name, value)
        self.look.version += 1


def _said(run: Run | None) -> str:
    if run is None:
        return "Nothing is new since the last night."
    from assistant.telling.nights import did

    return f"{run.short_id}: {did(run.report)}"
