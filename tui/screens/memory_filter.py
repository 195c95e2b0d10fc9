"""The filter of the memory browser: words, and `kind:fact state:retired pinned:yes trust:imported about:Sam`,
`tag:work`, `used:>3`, `used:0`, `since:7d`, `sure:<70`, `source:sleep`.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from memory.errors import InvalidInput
from memory.store import MemoryFilter
from memory.types import Kind, Status, Trust
from tui.screens.moments import parse_since

Choice = TypeVar("Choice", bound=StrEnum)

YES = {"yes": True, "y": True, "true": True, "on": True, "no": False, "n": False, "false": False, "off": False}


def parse_filter(text: str, base: MemoryFilter, now: datetime | None = None, zone: str = "UTC") -> MemoryFilter:
    """`base`, narrowed by what is typed. A key without a value yet ("kind:") does not restrict.

    Raises InvalidInput for an unknown key or value, naming the nearest valid one.
    """
    words: list[str] = []
    wanted = base
    for piece in text.split():
        key, colon, value = piece.partition(":")
        if not colon or not key.isalpha():
            words.append(piece)
        elif key.lower() == "since":
            wanted = replace(wanted, since=_since(value, now, zone)) if value else wanted
        elif key.lower() not in _KEYS:
            raise InvalidInput(f"There is no filter {key}:", _meant(key.lower(), [*_KEYS, "since"], suffix=":"))
        elif value:
            wanted = replace(wanted, **_KEYS[key.lower()](value.lower()))
    return replace(wanted, text=" ".join(words))


def _kind(value: str) -> dict[str, Any]:
    return {"kinds": (_choice(Kind, value, "kind"),)}


def _state(value: str) -> dict[str, Any]:
    return {"statuses": () if value == "all" else (_choice(Status, value, "state"),)}


def _trust(value: str) -> dict[str, Any]:
    return {"trusts": (_choice(Trust, value, "trust"),)}


def _about(value: str) -> dict[str, Any]:
    return {"subject": value}


def _tag(value: str) -> dict[str, Any]:
    return {"tag": value}


def _since(value: str, now: datetime | None, zone: str) -> datetime:
    return parse_since(value.replace("_", " "), now or datetime.now(UTC), zone).astimezone(UTC)


_NUMBER = re.compile(r"([<>]?)(\d{1,6})%?")


def _used(value: str) -> dict[str, Any]:
    sign, number = _number(value, "used")
    if sign == ">":
        return {"used_least": number + 1}
    if sign == "<":
        return {"used_most": number - 1}
    return {"used_least": number, "used_most": number}


def _sure(value: str) -> dict[str, Any]:
    sign, number = _number(value, "sure")
    return {"surer_than": number / 100} if sign == ">" else {"less_sure_than": number / 100}


def _number(value: str, name: str) -> tuple[str, int]:
    if value in ("<", ">"):  # still being typed
        return (">", -1) if value == ">" else ("<", 1_000_000)
    found = _NUMBER.fullmatch(value)
    if found is None:
        raise InvalidInput(f"{name}: takes a number, not {value!r}.", f"Write {name}:>3, {name}:<3 or {name}:0.")
    return found[1], int(found[2])


MAKERS = ("you", "assistant", "import", "sleep")


def _source(value: str) -> dict[str, Any]:
    found = next((maker for maker in MAKERS if maker.startswith(value)), None)
    if found is None:
        raise InvalidInput(f"Nothing was made by {value!r}.", _meant(value, list(MAKERS)))
    return {"source": found}


def _flag(name: str) -> Callable[[str], dict[str, Any]]:
    def read(value: str) -> dict[str, Any]:
        if value not in YES:
            raise InvalidInput(f"{name}: takes yes or no, not {value!r}.")
        return {name: YES[value]}

    return read


_KEYS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "kind": _kind,
    "state": _state,
    "trust": _trust,
    "about": _about,
    "tag": _tag,
    "pinned": _flag("pinned"),
    "muted": _flag("muted"),
    "used": _used,
    "sure": _sure,
    "source": _source,
}


def _choice(choices: type[Choice], value: str, name: str) -> Choice:
    """The value meant: it may be written in part, as it is while it is being typed."""
    for choice in choices:
        if choice.value.startswith(value):
            return choice
    raise InvalidInput(f"There is no {name} {value!r}.", _meant(value, [c.value for c in choices]))


def _meant(value: str, valid: Mapping[str, object] | list[str], suffix: str = "") -> str:
    near = difflib.get_close_matches(value, list(valid), n=1)
    if near:
        return f"Did you mean {near[0]}{suffix}?"
    return "There are " + ", ".join(f"{name}{suffix}" for name in valid) + "."
