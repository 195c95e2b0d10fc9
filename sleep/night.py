"""A night: plan stage by stage, examine, review, apply in one transaction, report.

Nothing is written before the plan stands, but for the run's own journal, and with `dry` not even that. After every
stage the journal holds what it planned, so that a night that was killed goes on from there.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from memory.backup import BACKUPS, make_backup
from memory.errors import EmbedderError, Refused
from memory.nights import Change, Run
from memory.store.meta import set_meta
from memory.store.nights import NightStore
from sleep.apply import Outcome, apply
from sleep.events import Began, Ended, Event, Note, Planned, Progress, StageBegan
from sleep.exam.draw import draw
from sleep.exam.gate import Exam, Gate, closure, text_of
from sleep.exam.sit import Examiner
from sleep.home import Budget, Home, Model, Taker
from sleep.registry import STAGES, Stage
from sleep.stages.base import Allowed, Tools
from sleep.stages.extract import read
from sleep.view import Scope, View

Listener = Callable[[Event], None]
Review = Callable[[Sequence[Change]], Sequence[Change]]
"""Given the planned changes, the same with those declined marked. Raises Refused to leave everything as it is."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a night is run."""

    dry: bool = False
    budget: Budget = field(default_factory=Budget)
    review: Review = lambda changes: changes
    sensitive: Allowed = "ask"
    """Whether sensitive statements become memories: unasked, once the review agrees, or not at all."""
    listener: Listener = lambda event: None
    stages: tuple[Stage, ...] = STAGES
    at_stage: Callable[[str, str], None] = lambda run, stage: None
    """Told the run and the stage that begins: the lock's line."""


class Night:
    """One night of one home. Hold a NightLock while it runs, unless it is dry."""

    def __init__(self, home: Home, taker: Taker, model: Model | None = None, options: Options = Options()) -> None:
        self._home = home
        self._taker = taker
        self._model = model
        self._options = options
        self._tell = options.listener
        self._started = time.monotonic()

    def run(self) -> Run | None:
        """Sleep. Returns the run as stored; None for a dry one."""
        home, dry = self._home, self._options.dry
        scope, run = self._scope()
        view = View(home, scope, home.clock.now())
        new = sum(1 for _ in view.new_messages())
        if run is None and not new and not view.due(view.now):
            self._pass_by(scope)
            return None
        resumed = run is not None
        if run is None and not dry:
            run = home.nights.begin(model=self._name, after=scope.after, until=scope.until, at=view.now)
        name = run.short_id if run else ""
        self._tell(Began(run=name, model=self._name, messages=new, resumed=resumed, dry=dry))
        return self._sleep(view, run, new)

    def _sleep(self, view: View, run: Run | None, new: int) -> Run | None:
        examiner = Examiner(self._home, self._taker, draw(self._home, view))
        gate = Gate(examiner, self._options.stages, self._model, self._tell)
        changes, done = self._plan(view, run)
        if run is not None and not done:
            run = self._home.nights.update(self._home.nights.get(run.short_id), status="stopped")
            self._tell(Ended(run=run.short_id, status=run.status, report={"messages": new, "stage": run.stage}))
            return run
        changes, exam = gate.examine(view, changes)
        if run is None:
            report = self._report(new, changes, exam)
            self._tell(Ended(run="", status="planned", report=report))
            return None
        changes = self._reviewed(run, changes)
        self._back_up()
        run = self._apply(run, view, changes, exam, new)
        self._embed()
        self._tell(Ended(run=run.short_id, status=run.status, report=run.report))
        return run

    def _back_up(self) -> None:
        """A copy of the home as it was before; a night whose copy is not sound ends here. Raises StorageError."""
        database = self._home.database
        make_backup(database.path, database.path.parent / BACKUPS, "night", self._home.clock, database.backup)

    def _embed(self) -> None:
        """Make what changed findable by meaning; it stays queued where that cannot be."""
        try:
            self._home.vectors.work()
        except EmbedderError as error:
            self._tell(Note(text=f"By words only: {error.message}"))

    def _reviewed(self, run: Run, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        """The plan without what was declined and what rests on that; refused, the night ends and nothing was read."""
        if not any(c.decision == "planned" for c in changes):
            return changes
        try:
            return closure(tuple(self._options.review(changes)))
        except Refused:
            self._home.nights.update(run, status="refused", ended_at=self._home.clock.now())
            raise

    def _pass_by(self, scope: Scope) -> None:
        """Nothing is new: only what others said, if anything."""
        if not self._options.dry and scope.until > scope.after:
            self._home.nights.move_cursor(scope.until)
        self._tell(Ended(run="", status="nothing", report={"messages": 0}))

    # -- where it begins

    @property
    def _name(self) -> str:
        return self._model.name if self._model else "none"

    def _scope(self) -> tuple[Scope, Run | None]:
        """What is new; and the night that was interrupted, which goes on with what was new to it."""
        nights = self._home.nights
        waiting = tuple(nights.waiting())
        run = None if self._options.dry else nights.unfinished()
        if run is not None:
            return Scope(after=run.after_message, until=run.until_message, waiting=waiting), run
        return Scope(after=nights.cursor(), until=nights.newest_message(), waiting=waiting), None

    # -- the plan

    def _plan(self, view: View, run: Run | None) -> tuple[tuple[Change, ...], bool]:
        """The changes of all stages, and whether all were done within the budget.

        Those that an interrupted night recorded are taken from its journal.
        """
        if run is not None:
            view.add(self._home.nights.changes(run))
            view.unread |= {int(number): why for number, why in run.report.get("unread", {}).items()}
        names = [stage.name for stage in self._options.stages]
        first = names.index(run.stage) + 1 if run is not None and run.stage in names else 0
        tools = Tools(
            read=read,
            model=self._model,
            remember=lambda key, value: None if self._options.dry else set_meta(self._home.database, key, value),
            progress=self._progress,
            sensitive=self._options.sensitive,
            spent=self._spent,
        )
        for position, stage in enumerate(self._options.stages[first:]):
            if position and self._spent():  # a night does one stage at least: the smallest budget gets on, too
                self._tell(Note(text=f"The budget is spent: {stage.name} and what follows wait for the next night."))
                return tuple(view.changes), False
            self._options.at_stage(run.short_id if run else "", stage.name)
            self._tell(StageBegan(stage=stage.name))
            planned = list(stage.plan(view, tools))
            view.add(planned)
            for change in planned:
                self._tell(_planned(change))
            if run is not None:
                run = self._home.nights.record(run, stage.name, planned, unread=view.unread)
        return tuple(view.changes), True

    def _progress(self, stage: str, done: int, total: int) -> None:
        self._tell(Progress(stage=stage, done=done, total=total))

    def _spent(self) -> bool:
        budget = self._options.budget
        over = budget.seconds is not None and time.monotonic() - self._started >= budget.seconds
        return over or (budget.tokens is not None and self._model is not None and self._model.tokens >= budget.tokens)

    # -- making it real

    def _apply(self, run: Run, view: View, changes: Sequence[Change], exam: Exam, new: int) -> Run:
        """Changes, decisions, report and cursor in one transaction: a kill leaves all of it or nothing."""
        with self._home.database.together() as whole:
            nights = NightStore(whole)
            nights.must_go_on(run)
            outcome = apply(whole, self._home.clock, run.short_id, changes)
            nights.decide(run, outcome.decisions)
            nights.keep_exam(run, exam.results())
            nights.move_cursor(max(nights.cursor(), view.scope.until))
            report = self._report(new, _decided(changes, outcome), exam)
            report["waited"] = {str(number): attempts for number, attempts in nights.waiting().items()}
            report["unread"] = {str(number): why for number, why in view.unread.items()}
            nights.wait_for(view.unread, done=set(view.scope.waiting) - set(view.unread))
            return nights.update(run, status="applied", ended_at=self._home.clock.now(), report=report)

    def _report(self, messages: int, changes: Sequence[Change], exam: Exam) -> dict[str, Any]:
        counts: dict[str, dict[str, int]] = {}
        for change in changes:
            row = counts.setdefault(change.stage, {})
            name = change.kind if change.decision in ("planned", "applied") else change.decision
            row[str(name)] = row.get(str(name), 0) + 1
        return {
            "messages": messages,
            "changes": counts,
            "exam": {"before": exam.before.classes(), "after": exam.after.classes()},
            "answers": exam.answers,
            "dropped": list(exam.notes),
            "calls": self._model.calls if self._model else 0,
            "tokens": self._model.tokens if self._model else 0,
            "seconds": round(time.monotonic() - self._started, 1),
        }


def _planned(change: Change) -> Planned:
    return Planned(
        stage=change.stage,
        kind=str(change.kind),
        target=change.target,
        text=text_of(change),
        before=change.before.text if change.before is not None else "",
        reason=change.reason,
        confidence=change.confidence,
        safe=change.safe,
    )


def _decided(changes: Sequence[Change], outcome: Outcome) -> list[Change]:
    decided = {position: (decision, note) for position, decision, note in outcome.decisions}
    return [replace(c, decision=decided[i][0], note=decided[i][1]) for i, c in enumerate(changes)]
