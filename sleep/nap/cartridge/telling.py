"""What a stretch of a conversation tells that a cartridge is to stand for. No model is needed here."""

from collections.abc import Callable, Sequence

from memory.extraction import is_question
from memory.extraction.voice import second_person
from memory.types import Message
from sleep.nap.spans import Span, spans_of
from sleep.weights.items import Fact


def facts_of(messages: Sequence[Message], *, room: int, count: Callable[[str], int]) -> tuple[Fact, ...]:
    """What the user and other people told, a sentence each with the id of its message, in reading order.

    Not what was asked, nor what a model answered: that can be had again. Whole messages, of at most ``room`` tokens in
    all; where there is more, the earliest are left out, and the notes tell them.
    """
    found: list[tuple[Fact, ...]] = []
    for message in reversed(messages):
        told = tuple(Fact(message.id, _worded(span)) for span in spans_of([message]) if _tells(span))
        room -= sum(count(fact.text) for fact in told)
        if room < 0:
            break
        found.append(told)
    return tuple(fact for told in reversed(found) for fact in told)


def _tells(span: Span) -> bool:
    message = span.message
    return (message.role == "user" or bool(message.author)) and not is_question(span.text)


def _worded(span: Span) -> str:
    """As memories are worded, which is what a model answers from."""
    author = span.message.author
    return f"{author}: {span.text}" if author else second_person(span.text)
