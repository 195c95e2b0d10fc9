"""`reverie sleep --weights`: what would be learned, consent, progress, and what the gate said."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from assistant.cli.adapter_rows import adapter_row, verdict_lines
from assistant.cli.output import counted, say, show, show_json
from assistant.cli.sleeping import Wishes, placed
from assistant.paths import find_paths
from assistant.settings import load_settings
from memory.text import one_line
from sleep.lock import NightLock

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from memory.types import Memory
    from sleep.weights.items import Item
    from sleep.weights.night import Tell


def learn_now(wishes: Wishes) -> int:
    """Teach the small model. 3: there was nothing to learn, or it did not pass the gate. Raises WeightsError."""
    from assistant.runtime import Runtime
    from assistant.weights import weights_night

    paths = find_paths()
    if not paths.database.exists():
        return _nothing(wishes)
    with (
        placed(paths, copy=wishes.dry or wishes.estimate) as place,
        closing(Runtime.open(paths=place, settings=load_settings(paths))) as runtime,
    ):
        night = weights_night(runtime)
        chosen, stale = night.chosen(), night.stale()
        _tell_chosen(runtime, wishes, len(chosen.memories), chosen.left_out, [a.short_id for a in stale])
        if not chosen.memories and not stale:
            return _nothing(wishes)
        if wishes.dry or wishes.estimate:
            for memory in chosen.memories if wishes.dry else ():
                show(f"{memory.short_id}  {one_line(memory.text)}")
            return 0
        with NightLock(paths.data).held(), _watching(wishes) as tell:
            made = night.run(tell, lambda items, memories: _agreed(items, memories, runtime, wishes))
    for adapter in made:
        if wishes.as_json:
            show_json({"event": "adapter", **adapter_row(adapter)})
        else:
            for line in verdict_lines(adapter):
                show(line)
    return 0 if all(a.status == "active" for a in made) else 3


def _nothing(wishes: Wishes) -> int:
    if wishes.as_json:
        return 0
    say("There is nothing new to learn.")
    return 3


def _tell_chosen(runtime: "Runtime", wishes: Wishes, count: int, left_out: dict[str, int], stale: list[str]) -> None:
    base = runtime.settings.weights.base
    if wishes.as_json:
        show_json({"event": "learn", "base": base, "memories": count, "left_out": left_out, "anew": stale})
        return
    if stale:
        say(f"{', '.join(stale)} learned something that has changed since: made anew.")
    if count:
        say(f"{counted(count, 'memory').replace('memorys', 'memories')} to be learned by {base}.")
    for reason, number in left_out.items():
        say(f"  not learned, {reason}: {number:,}")


def _agreed(items: "Sequence[Item]", memories: "Sequence[Memory]", runtime: "Runtime", wishes: Wishes) -> bool:
    """Show every question with its memory, and ask; not asked where the setting says so."""
    names = {m.id: m.short_id for m in memories}
    if wishes.as_json:
        show_json(
            {"event": "items", "items": [
                {"kind": i.kind, "question": i.question, "answer": i.answer,
                 "memories": [names[f] for f in i.facts if f in names]} for i in items
            ]}
        )  # fmt: skip
    else:
        say(f"{counted(len(items), 'question')} to rehearse, written by {runtime.settings.weights.base} itself:")
        for item in items:
            of = ", ".join(names[f] for f in item.facts if f in names)
            say(f"  [{of}] {one_line(item.question, 90)} {one_line(item.answer, 90)}")
    if runtime.settings.weights.consent or wishes.yes:
        return True
    sys.stderr.write("Train on these? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


@contextmanager
def _watching(wishes: Wishes) -> "Iterator[Tell]":
    if wishes.as_json:
        yield lambda event: show_json(event)
        return
    if not sys.stderr.isatty():
        yield lambda event: None
        return
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        *Progress.get_default_columns()[:3], TextColumn("loss {task.fields[loss]:.3f}"), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    task: list[Any] = []

    def tell(event: dict[str, Any]) -> None:
        if not task:
            bar.start()
            task.append(bar.add_task("learning", total=event["of"], loss=event["loss"]))
        bar.update(task[0], completed=event["done"], total=event["of"], loss=event["loss"])

    try:
        yield tell
    finally:
        bar.stop()
