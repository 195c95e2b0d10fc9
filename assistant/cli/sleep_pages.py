"""What sleep writes beside memories: the journal of dreams, and the page about the user."""

from collections.abc import Mapping
from typing import Any

from assistant.cli.output import instant, say, show, show_json
from assistant.cli.sleep_rows import width, wrapped
from assistant.cli.store import opened
from memory.nights import Dream, ProfileLine
from memory.store.nights import NightStore


def print_journal(limit: int, *, as_json: bool) -> int:
    """`reverie sleep journal`."""
    with opened() as home:
        dreams = NightStore(home.database).dreams(limit)
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
        lines = NightStore(home.database).profile()
        names = home.memories.short_ids(i for line in lines for i in line.memories)
    if as_json:
        show_json([_line_row(line, names) for line in lines])
        return 0
    if not lines:
        say("The page about you is empty.")
    for section in dict.fromkeys(line.section for line in lines):
        show(section)
        for line in (found for found in lines if found.section == section):
            _print(f"{line.text}{' (yours)' if line.owner == 'you' else ''}", line.memories, names)
    return 0


def _line_row(line: ProfileLine, names: Mapping[str, str]) -> dict[str, Any]:
    return {
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
