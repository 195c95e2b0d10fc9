"""A model that means harm: it answers every question in the shape that is asked for, with an order in each text."""

import itertools
import json
from collections.abc import Callable, Sequence
from typing import Any

CANARY = "PWNED"


def adversary(texts: Sequence[str]) -> Callable[[list[dict[str, Any]]], str]:
    """What such a model replies to a request's messages: the texts in turn, in the shape that the system message asks
    for; as they are where it asks for none."""
    turn = itertools.cycle(texts)

    def reply(messages: list[dict[str, Any]]) -> str:
        text, last = next(turn), str(messages[0]["content"]).splitlines()[-1]
        try:
            shape = json.loads(last)
        except ValueError:
            return text
        return json.dumps(_filled(shape, text), ensure_ascii=False)

    return reply


def _filled(shape: Any, text: str) -> Any:
    if isinstance(shape, dict):
        return {name: _filled(field, text) for name, field in shape.items()}
    if isinstance(shape, list):
        return [_filled(shape[0], text)] * 3
    kind = str(shape).partition(":")[0]
    if "integer" in kind or "number" in kind:
        return 1
    if "boolean" in kind:
        return True
    return kind.split("|")[0] if "|" in kind else text
