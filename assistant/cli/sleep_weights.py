"""`reverie sleep --weights`: what would be learned, consent, progress, and what the gate said."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from assistant.cli.adapter_rows import adapter_row
from assistant.cli.output import say, show, show_json
from assistant.cli.preferences import preference_row
from assistant.cli.sleeping import Wishes, placed
from assistant.databases import database_url
from assistant.paths import find_paths
from assistant.settings_file import load_settings
from assistant.telling.adapters import verdict_lines
from memory.text import counted, one_line
from sleep.lock import NightLock

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from memory.preferences import Preference
    from memory.types import Memory
    from memory.weights import Adapter
    from sleep.weights.child import Tell
    from sleep.weights.items import Item
    from sleep.weights.night import WeightsNight


def learn_now(wishes: Wishes) -> int:
    """Teach the small model. 3: there was nothing to learn, or it did not pass the gate. Raises WeightsError."""
    from assistant.runtime import Runtime
    from assistant.weights import place_of_training, preferences_of, weights_night

    paths = find_paths()
    if not (paths.database.exists() or database_url(paths)):
        return _nothing(wishes)
    with (
        placed(paths, copy=wishes.dry or wishes.estimate) as place,
        closing(Runtime.open(paths=place, settings=load_settings(paths))) as runtime,
    ):
        night = weights_night(runtime)
        pairs = preferences_of(runtime, night)
        chosen, stale = night.chosen(), night.stale()
        _tell_chosen(runtime, wishes, len(chosen.memories), chosen.left_out, [a.short_id for a in stale])
        if (chosen.memories or stale) and not wishes.as_json:
            say(f"Trained on {place_of_training(runtime.settings)}.")
        enough = _tell_preferences(runtime, wishes, len(pairs))
        if not chosen.memories and not stale and not enough:
            return _nothing(wishes)
        if wishes.dry or wishes.estimate:
            for memory in chosen.memories if wishes.dry else ():
                show(f"{memory.short_id}  {one_line(memory.text)}")
            for pair in pairs if wishes.dry and enough else ():
                show(_pair_line(pair))
            return 0
        made = _learn(runtime, night, wishes)
    return 0 if all(a.status == "active" for a in made) else 3


def _learn(runtime: "Runtime", night: "WeightsNight", wishes: Wishes) -> "list[Adapter]":
    """First memories, then preferences on top of them; each adapter is told of as soon as it is made."""
    made: list[Adapter] = []
    with NightLock(runtime.paths.data, runtime.database).held():
        with _watching(wishes) as tell:
            made += night.run(tell, lambda items, memories: _agreed(items, memories, runtime, wishes))
        _tell_made(made, wishes)
        if runtime.settings.weights.preferences:
            with _watching(wishes) as tell:
                aligned = night.align(tell, lambda pairs: _agreed_pairs(pairs, runtime, wishes))
            made += (found := [aligned] if aligned else [])
            _tell_made(found, wishes)
    return made


def _tell_made(made: "Sequence[Adapter]", wishes: Wishes) -> None:
    for adapter in made:
        if wishes.as_json:
            show_json({"event": "adapter", **adapter_row(adapter)})
        else:
            for line in verdict_lines(adapter):
                show(line)


def _tell_preferences(runtime: "Runtime", wishes: Wishes, count: int) -> bool:
    """Say how many preferences are to be learned, or that they are too few; True: they are enough."""
    least = runtime.settings.weights.least_pairs
    if wishes.as_json:
        if count:
            show_json({"event": "preferences", "new": count, "least": least})
    elif count >= least:
        say(f"{count} preferences between answers to be learned.")
    elif count:
        say(f"{counted(count, 'preference')} between answers: too few to learn from, {least} are needed.")
    return count >= least


def _pair_line(pair: "Preference") -> str:
    return f"{pair.short_id}  {one_line(pair.chosen, 60)}  rather than  {one_line(pair.rejected, 60)}"


def _agreed_pairs(pairs: "Sequence[Preference]", runtime: "Runtime", wishes: Wishes) -> bool:
    if wishes.as_json:
        show_json({"event": "pairs", "pairs": [preference_row(pair) for pair in pairs]})
    else:
        say(f"{len(pairs)} pairs of answers, the one that you preferred first:")
        for pair in pairs:
            say(f"  {_pair_line(pair)}")
    return _asked("Train on these?", runtime, wishes)


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
        say(f"{counted(count, 'memory', 'memories')} to be learned by {base}.")
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
    return _asked("Train on these?", runtime, wishes)


def _asked(question: str, runtime: "Runtime", wishes: Wishes) -> bool:
    if runtime.settings.weights.consent or wishes.yes:
        return True
    sys.stderr.write(f"{question} [y/N] ")
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
