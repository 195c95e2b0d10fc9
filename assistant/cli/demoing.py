"""The work of `reverie demo`: the story, line by line as it happens."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from assistant.cli.memory_rows import print_receipt
from assistant.cli.output import rows, show
from assistant.cli.sleep_rows import change_lines, width
from assistant.demo import script
from assistant.demo.closed_book import Answer, ClosedBook, Effort, Learned
from assistant.demo.week import Reply, Slept, Week, throw_away_week
from assistant.telling.adapters import state
from assistant.telling.nights import Names, did, exam_lines
from memory.nights import Change, ChangeKind, Dream
from memory.weights import Adapter

DERIVED = (ChangeKind.SUMMARIZE, ChangeKind.PROFILE)
"""Changes that are counted, and not shown one by one."""


class Clock:
    """What each part of the story took: by the clock, and of the processor with the processes that trained."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, float, float]] = []

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        began, spent = time.monotonic(), _processor()
        yield
        self.parts.append((name, time.monotonic() - began, _processor() - spent))

    def show(self) -> None:
        total = ("all of it", sum(p[1] for p in self.parts), sum(p[2] for p in self.parts))
        told = [(name, f"{clock:.0f} s", f"{spent:.0f} s") for name, clock, spent in (*self.parts, total)]
        rows(("", "clock", "processor"), told)


def tell_story(effort: Effort | None) -> int:
    """A week, its nights, a purge and an undo; without an effort nothing is learned into weights."""
    show(
        "A made-up user's week, in a home that is thrown away at the end. No network, no language model, no key.\n"
        "What the user says and asks is written down beforehand; everything else is computed now."
    )
    clock = Clock()
    with throw_away_week() as week:
        with clock.part("the week and its nights"):
            _week(week)
        book = None
        if effort is not None:
            with clock.part("nights of weights"):
                book = _weights(week, effort)
        with clock.part("purge"):
            _purge(week, book)
        with clock.part("undo"):
            _undo(week, book)
    _title("What it took")
    clock.show()
    show("The home is gone. `reverie` starts yours.")
    return 0


def _processor() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _title(text: str) -> None:
    show(f"\n== {text}")


# -- in words


def _week(week: Week) -> None:
    _title("A week of talk")
    for day in range(len(script.WEEK)):
        said = week.say(day)
        for number, text in enumerate(said):
            show(f"{f'{week.clock.now():%a %-d %b}' if number == 0 else '':<10}  {text}")
        last = day == max(script.NIGHTS)
        if day in script.NIGHTS:
            _night(week, week.sleep(script.ASKED if last else ()), whole=last)


def _night(week: Week, slept: Slept, *, whole: bool) -> None:
    run = slept.run
    if not whole:
        show(f"  night {run.short_id}: {did(run.report)}")
        return
    _title(f"Night {run.short_id}, {run.started_at:%A at %H:%M}")
    for line in (did(run.report), *exam_lines(run.report), "Each change has its reason and its source:"):
        show(line)
    for change in slept.changes:
        if change.kind not in DERIVED and change.decision == "applied":
            _change(week, change, slept.changes)
    _title("Asked before the night, and after it")
    for before, after in zip(slept.before, slept.after, strict=True):
        show(f"? {before.question}")
        show(f"  before: {before.said}")
        show("  after:  the same" if before.said == after.said else f"  after:  {after.said}")


def _change(week: Week, change: Change, all_of_them: Sequence[Change]) -> None:
    names = Names(week.runtime.conversations, week.runtime.memories, all_of_them)
    head, *body = change_lines(change, names, width())
    show(f"a dream, of which nothing is taken as true: {head}" if isinstance(change.after, Dream) else head)
    for line in body:
        show(line)


def _purge(week: Week, book: ClosedBook | None) -> None:
    _title(f"Purge: everything about {script.PURGED}, for good")
    closed = book.purged() if book else None
    purged = week.purge()
    print_receipt(purged.receipt)
    _replies(("before", purged.before), ("after", purged.after))
    if book is None or closed is None:
        return
    show("Closed book:")
    show(f"  before:        {closed.question}  {closed.said}")
    show(f"  at once:       {book.purged().said}")
    anew = book.anew()
    show(f"  after a night: {anew.purged.said}")
    for adapter in anew.adapters:
        show(f"{len(adapter.facts)} other memories learned anew: {_gate(adapter)}")
    show(f"recall of the others {anew.others:.2f}")


def _undo(week: Week, book: ClosedBook | None) -> None:
    _title("The last night taken back")
    known = book.others() if book else 0.0
    back = week.take_back()
    show(f"{back.run.short_id} is undone: {back.undone.restored} taken back, {len(back.undone.kept)} changed since.")
    for reply in back.after:
        show(f"? {reply.question}\n  {reply.said}")
    if book is not None:
        show(f"Closed book: what learned of it is off at that moment; recall {known:.2f} -> {book.others():.2f}.")


def _replies(*said: tuple[str, Reply]) -> None:
    for when, reply in said:
        show(f"? {reply.question}  {when}: {reply.said}")


# -- in weights


def _weights(week: Week, effort: Effort) -> ClosedBook:
    from sleep.weights.bench.report import heat_lines
    from sleep.weights.metrics import retention
    from sleep.weights.quiet import quietly

    _title("Into weights")
    show(
        "A model of a million parameters learns these memories in its sleep, some a night. It is asked with\n"
        "nothing in its prompt, in words that it was not trained on."
    )
    with quietly():
        book = ClosedBook(week.runtime, week.clock, effort)
        matrix = []
        for night in book.nights():
            matrix.append(night.row)
            _learned(night)
    show("\nRecall of what each night learned, in hundredths:")
    show("\n".join(heat_lines(matrix)))
    kept = retention(matrix)
    show(f"recall after the last night {kept.accuracy:.2f}, forgotten since it was best {kept.forgetting:.2f}")
    return book


def _learned(night: Learned) -> None:
    show(f"\nNight {night.number} learns:")
    for memory in night.memories:
        show(f"  {memory.short_id} {memory.text}")
    show("Before it:")
    _answers(night.before)
    show(f"After {_gate(night.adapter)}")
    _answers((*night.after, night.never_told))


def _gate(adapter: Adapter) -> str:
    verdict = adapter.metrics["verdict"]
    before, after = verdict["before"], verdict["after"]
    line = (
        f"{adapter.metrics['steps']} steps, {adapter.metrics['seconds']:.0f} s; the gate finds recall "
        f"{before['recall']:.0%} -> {after['recall']:.0%}, answered though never told {after['false_memories']:.0%}, "
        f"general prompts as before {after['anchors']:.0%}; {state(adapter)}"
    )
    return "\n  ".join([line, *(f"rejected: {reason}" for reason in verdict["reasons"])])


def _answers(answers: Sequence[Answer]) -> None:
    for answer in answers:
        show(f"  {'+' if answer.right else '-'} {answer.question}  {answer.said}")
