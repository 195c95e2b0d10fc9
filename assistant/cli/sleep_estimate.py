"""What a night is lent, and what it will take. Apart, so that a night with nothing to do loads none of it."""

from dataclasses import dataclass

from assistant.cli.output import say, show, show_json
from assistant.cli.sleeping import Wishes
from assistant.models.address import is_remote
from assistant.models.spec import ModelSpec, parse_model
from assistant.paths import Paths
from assistant.settings import Settings
from assistant.settings_file import load_settings
from assistant.telling.estimate import estimate
from memory.news import News
from memory.text import counted


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
