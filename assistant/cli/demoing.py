"""The work of `reverie demo`: the story, line by line as it happens."""

import time
from pathlib import Path

from assistant.cli.adapter_rows import state
from assistant.cli.output import say, show
from assistant.demo import Answer, Day, Demo, Purge, Story, throw_away_home
from memory.weights import Adapter
from sleep.weights.metrics import retention


def tell_story(story: Story) -> int:
    """Three days, three nights, a purge."""
    from sleep.weights.bench.report import heat_lines
    from sleep.weights.quiet import quietly

    started = time.monotonic()
    show(
        f"A made-up user tells {story.facts} things a day for {story.nights} days. After each day a model of a\n"
        "million parameters learns them in its sleep. It is asked in words it was not trained on,\n"
        "with nothing in its prompt."
    )
    rows: list[tuple[float, ...]] = []
    with throw_away_home() as home, quietly():
        for event in Demo(story, say).days(Path(home)):
            if isinstance(event, Day):
                rows.append(event.row)
                _day(event)
                continue
            show("\nRecall of what was told on each day, in hundredths:")
            show("\n".join(heat_lines(rows)))
            kept = retention(rows)
            show(f"recall after the last night {kept.accuracy:.2f}, forgotten since it was best {kept.forgetting:.2f}")
            _purge(event)
    seconds = time.monotonic() - started
    show(f"\n{seconds:.0f} s, offline; the home is gone. `reverie sleep --weights` does it with yours.")
    return 0


def _day(day: Day) -> None:
    show(f"\nDay {day.number}. Told:")
    for text in day.told:
        show(f"  {text}")
    show("Before the night:")
    _answers(day.before)
    show(f"Night {day.number}: {_gate(day.adapter)}")
    show("After it:")
    _answers((*day.after, day.never_told))


def _gate(adapter: Adapter) -> str:
    verdict = adapter.metrics["verdict"]
    before, after = verdict["before"], verdict["after"]
    line = (
        f"{adapter.metrics['steps']} steps, {adapter.metrics['seconds']:.0f} s; the gate finds recall "
        f"{before['recall']:.0%} -> {after['recall']:.0%}, answered though never told {after['false_memories']:.0%}, "
        f"general prompts as before {after['anchors']:.0%}; {state(adapter)}"
    )
    return "\n  ".join([line, *(f"rejected: {reason}" for reason in verdict["reasons"])])


def _answers(answers: tuple[Answer, ...]) -> None:
    for answer in answers:
        show(f"  {'+' if answer.right else '-'} {answer.question}  {answer.said}")


def _purge(purge: Purge) -> None:
    show(f"\nPurge: {purge.told}")
    for what, count in purge.receipt.removed.items():
        show(f"  removed, {what}: {count:,}")
    for when, answer in (("before", purge.before), ("at once", purge.at_once), ("after a night", purge.after)):
        show(f"  {when}: {answer.question}  {answer.said}")
    for adapter in purge.adapters:
        show(f"  {len(adapter.facts)} other memories learned anew: {_gate(adapter)}")
    show(f"  recall of the others {purge.others_before:.2f} -> {purge.others_after:.2f}")
