"""What sleep writes beside memories: the journal of dreams, and the page about the user."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assistant.cli.output import instant, say, show, show_json
from assistant.cli.sleep_rows import width, wrapped
from assistant.cli.store import opened
from memory.errors import InvalidInput
from memory.nights import Dream, ProfileLine, Section
from memory.store import MemoryStore
from memory.store.nights import NightStore
from sleep.journal import dismiss, is_kept, keep


def print_journal(limit: int, *, as_json: bool) -> int:
    """`reverie sleep journal`."""
    with opened() as home:
        dreams = [_as_it_is(home.memories, dream) for dream in NightStore(home.database).dreams(limit)]
        names = home.memories.short_ids(i for dream in dreams for i in _pointed_at(dream))
    if as_json:
        show_json([_dream_row(dream, names) for dream in dreams])
        return 0
    if not dreams:
        say("No dreams yet.")
    for dream in dreams:
        show(f"{dream.short_id}, {dream.at:%Y-%m-%d}, {dream.status}")
        _print(dream.text, dream.memories, names)
        for line in wrapped(dream.question, "  ? ", width()):
            show(line)
    return 0


def _as_it_is(memories: MemoryStore, dream: Dream) -> Dream:
    """A dream whose memory was taken back is a new one again."""
    gone = dream.status == "kept" and not is_kept(memories, dream)
    return replace(dream, status="new", kept_as=None) if gone else dream


def _pointed_at(dream: Dream) -> tuple[str, ...]:
    return (*dream.memories, *([dream.kept_as] if dream.kept_as else []))


def _dream_row(dream: Dream, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": dream.short_id,
        "at": instant(dream.at),
        "status": dream.status,
        "text": dream.text,
        "question": dream.question,
        "memories": [names[i] for i in dream.memories if i in names],
        "kept_as": names.get(dream.kept_as or ""),
    }


def print_profile(*, as_json: bool) -> int:
    """`reverie sleep profile`."""
    with opened() as home:
        lines = [line for line in NightStore(home.database).profile() if line.text]
        names = home.memories.short_ids(i for line in lines for i in line.memories)
    if as_json:
        show_json([_line_row(line, names) for line in lines])
        return 0
    if not lines:
        say("The page about you is empty.")
    for section in dict.fromkeys(line.section for line in lines):
        show(section)
        for line in (found for found in lines if found.section == section):
            yours = ", yours" if line.owner == "you" else ""
            said = f"{line.at:%Y-%m-%d}{yours}{f', {line.instruction}' if line.instruction else ''}"
            _print(f"{line.short_id} {line.text} ({said})", line.memories, names)
    return 0


def write_line(section: str, text: str, when: str) -> int:
    """`reverie sleep profile add`."""
    found = [s for s in Section if s.startswith(section.strip().lower())] if section.strip() else []
    if len(found) != 1:
        raise InvalidInput(f"{section!r} is no part of the page.", f"Parts: {', '.join(Section)}.")
    with opened() as home:
        made = NightStore(home.database).write_line(found[0], text, home.clock.now(), when)
    show(f"{made.short_id} {made.text}")
    return 0


def edit_line(which: str, text: str) -> int:
    """`reverie sleep profile edit`."""
    with opened() as home:
        line = NightStore(home.database).edit_line(which, text, home.clock.now())
    show(f"{line.short_id} {line.text}")
    return 0


def remove_line(which: str) -> int:
    """`reverie sleep profile remove`."""
    with opened() as home:
        line = NightStore(home.database).remove_line(which)
    show(f"{line.short_id} is off the page: {line.text}")
    return 0


def keep_dream(which: str) -> int:
    """`reverie sleep journal keep`."""
    with opened() as home:
        dream = NightStore(home.database).dream(which)
        memory = keep(home.database, home.clock, dream)
    show(f"{memory.short_id} {memory.text}")
    return 0


def dismiss_dream(which: str) -> int:
    """`reverie sleep journal dismiss`."""
    with opened() as home:
        dream = dismiss(home.database, NightStore(home.database).dream(which))
    show(f"{dream.short_id} is dismissed; it is not dreamt again.")
    return 0


def _line_row(line: ProfileLine, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": line.short_id,
        "section": line.section,
        "text": line.text,
        "owner": line.owner,
        "instruction": line.instruction,
        "at": instant(line.at),
        "memories": [names[i] for i in line.memories if i in names],
    }


def _print(text: str, memories: tuple[str, ...], names: Mapping[str, str]) -> None:
    cited = "".join(f" [{names[i]}]" for i in memories if i in names)
    for row in wrapped(text + cited, "  ", width()):
        show(row)
