"""What a night is lent, and what it will take. Apart, so that a night with nothing to do loads none of it."""

import math
from dataclasses import dataclass

from assistant.cli.output import counted, say, show, show_json
from assistant.cli.sleeping import Wishes
from assistant.models.address import is_remote
from assistant.models.spec import ModelSpec, parse_model
from assistant.paths import Paths
from assistant.settings import Settings, load_settings
from memory.news import News

START_SECONDS = 10.0
"""About what a night takes before its first message: loading the embedder, the exam."""
SECONDS_A_CALL = 8.0
"""About what a call of a small local model takes."""
MESSAGES_A_CALL, OTHER_CALLS, TOKENS_A_CALL = 24, 6, 900
SECONDS_A_MESSAGE = 0.04
"""About what a message takes while no earlier night has measured it."""


@dataclass(frozen=True)
class Lent:
    """What a night is lent: the settings, and the model, if there is one."""

    settings: Settings
    spec: ModelSpec | None
    remote: bool


def lend(paths: Paths, wishes: Wishes) -> Lent:
    """Raises SettingsError for a model that is none."""
    settings = load_settings(paths)
    spec = parse_model(wishes.model or settings.sleep.model or settings.model)
    if spec.provider == "none":
        return Lent(settings, None, False)
    return Lent(settings, spec, is_remote(spec, settings))


def tell_estimate(found: News, wishes: Wishes, lent: Lent) -> None:
    """What the night will take: without a language model neither calls nor tokens."""
    work = estimate(found, with_model=lent.spec is not None)
    messages, calls, tokens, minutes = work.messages, work.calls, work.tokens, work.minutes
    if wishes.as_json:
        show_json({"event": "estimate", "messages": messages, "calls": calls, "tokens": tokens, "minutes": minutes})
        return
    needs = f"about {counted(calls, 'call')} of {lent.spec}, {tokens:,} tokens" if calls else "no model calls, 0 tokens"
    line = f"{counted(messages, 'new message')}, {needs}, about {minutes:g} min."
    if calls and lent.remote:
        line += " The model is not on this machine: what you said is sent to it."
    show(line) if wishes.estimate else say(line)
    if found.unfinished and not wishes.dry:
        say(f"{found.unfinished} was interrupted and goes on first.")


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """About what a night takes."""

    messages: int
    calls: int
    tokens: int
    minutes: float


def estimate(found: News, *, with_model: bool) -> Estimate:
    """About what a night with or without a model takes."""
    messages = found.messages + found.waiting
    calls, tokens = _model_work(found) if with_model and found.any else (0, 0)
    seconds = START_SECONDS + messages * (found.pace or SECONDS_A_MESSAGE) if found.any else 0.0
    minutes = round((seconds + (0 if found.pace else calls * SECONDS_A_CALL)) / 60, 1)
    return Estimate(messages=messages, calls=calls, tokens=tokens, minutes=minutes)


def _model_work(found: News) -> tuple[int, int]:
    """About how many calls and tokens a night with a model takes."""
    calls = math.ceil(max((found.messages + found.waiting) / MESSAGES_A_CALL, found.chars / 6_000)) + OTHER_CALLS
    return calls, round(found.chars / 300 + calls * TOKENS_A_CALL / 100) * 100
