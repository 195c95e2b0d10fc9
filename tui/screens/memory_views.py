"""Views of the memory browser: filters with a name, those that come with it and those of the user."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from memory.errors import InvalidInput
from memory.store.meta import get_meta, set_meta
from memory.text import one_line

if TYPE_CHECKING:
    from memory.database import Database

KEY = "screen.views"
BUILT_IN: Mapping[str, str] = {
    "All": "",
    "Pinned": "pinned:yes",
    "Never used": "used:0",
    "Most used": "used:>2",
    "Low confidence": "sure:<70",
    "From sleep": "source:sleep",
    "This week": "since:7d",
    "Not brought up": "muted:yes",
    "No longer so": "state:superseded",
    "Trash": "state:retired",
}


def views(database: "Database") -> dict[str, str]:
    """All views by name, the user's last."""
    try:
        saved = json.loads(get_meta(database, KEY, "{}"))
    except ValueError:
        saved = {}
    own = {str(k): str(v) for k, v in saved.items()} if isinstance(saved, dict) else {}
    return {**BUILT_IN, **own}


def save_view(database: "Database", name: str, words: str) -> None:
    """Keep a filter under a name; an empty filter takes the view away. Raises InvalidInput."""
    title = one_line(name, 40)
    if not title:
        raise InvalidInput("A view needs a name.")
    if title in BUILT_IN:
        raise InvalidInput(f"{title} is a view that comes with the program.", "Take another name.")
    own = {k: v for k, v in views(database).items() if k not in BUILT_IN and k != title}
    if words.strip():
        own[title] = words.strip()
    set_meta(database, KEY, json.dumps(own, ensure_ascii=False))
