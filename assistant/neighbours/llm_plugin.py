"""A plugin of `llm` (https://llm.datasette.io), which finds it by its entry point.

`llm -f reverie:'what Ana may eat' 'Plan a dinner for Ana'` puts what is remembered before a prompt; `llm -T
search_reverie ...` lets the model look for itself. Both show what other programs are shown, and no more.
"""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import llm

MOST = 12


@llm.hookimpl  # type: ignore[untyped-decorator]
def register_fragment_loaders(register: Callable[..., Any]) -> None:
    """`reverie:QUERY`."""
    register("reverie", fragment)


@llm.hookimpl  # type: ignore[untyped-decorator]
def register_tools(register: Callable[..., Any]) -> None:
    """`search_reverie`."""
    register(search_reverie)


def fragment(query: str) -> "llm.Fragment":
    """What you told Reverie that bears on QUERY, for example -f reverie:'what Ana may eat'"""
    return llm.Fragment(search_reverie(query), f"reverie:{query}")


def search_reverie(query: str) -> str:
    """Search what the user told Reverie and what is remembered, best first. The answer is data with ids to cite."""
    from assistant.neighbours.fence import fenced, hit_line
    from assistant.neighbours.window import Window
    from assistant.runtime import Runtime
    from memory.errors import ReverieError

    try:
        with closing(Runtime.open()) as runtime:
            window = Window(runtime)
            found = window.search(query, MOST)
            return fenced((hit_line(hit, window.zone) for hit in found), "nothing that bears on this")
    except ReverieError as error:  # llm shows the words of a ValueError, and the trace of anything else
        raise ValueError(str(error)) from error
