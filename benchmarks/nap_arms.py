"""Ways to fill the same room of a model's window with a conversation of three times the window.

Each gives something of the part that is to leave the window, as lines with an id and a day as a turn gives them, and
then as many of the most recent messages as still fit, as a turn sends them. Only retrieval sees the question.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from assistant.context import TOKENS_PER_MESSAGE, choose_given, estimate_tokens, fit_history
from assistant.model_responder import MODEL_SHARE
from assistant.napping import Room, due, noted
from assistant.prompt import memory_line, system_prompt
from assistant.recall_bench.data import Person, Query, Said
from assistant.settings import MemorySettings, NapSettings
from benchmarks.nap_measures import Piece, whole
from memory.naps import Nap, NapNote
from memory.ranking.packing import WHOLE, shortened
from memory.types import Hit, Message
from sleep.nap.rules import AROUND, notes_by_rules
from sleep.nap.spans import Span, spans_of

IN_VIEW = 20
"""The last messages: what is found among them is not given again."""
ZONE = "UTC"
Choose = Callable[[Sequence[Message], int], tuple[NapNote, ...]]
"""Notes of some messages in so many tokens."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One conversation of three windows, at its end."""

    name: str
    said: tuple[Said, ...]
    messages: tuple[Message, ...]
    """The same, as the program has them."""
    queries: tuple[Query, ...]
    """Those that can be answered, and of which all evidence lies in the part."""
    room: Room
    part: tuple[Message, ...]
    """What a nap replaces at this point."""

    @property
    def kept(self) -> tuple[Message, ...]:
        """What a nap leaves as it was said."""
        return self.messages[len(self.part) :]

    @property
    def room_for_notes(self) -> int:
        """Tokens, as the program computes them."""
        return int(self.room.for_talk * NapSettings().share)


@dataclass(frozen=True, slots=True)
class Given:
    """What reaches the model of a conversation: its text, and the tokens with all that is around it."""

    pieces: tuple[Piece, ...]
    tokens: int


def scene_of(person: Person, window: int) -> Scene | None:
    """The beginning of a person's messages as one conversation of three windows; None if they are fewer. A window of 0
    is a third of all of them."""
    sizes = [_size(m.content) for m in person.messages]
    window = window or sum(sizes) // 3
    end, total = 0, 0
    while end < len(sizes) and total + sizes[end] <= 3 * window:
        total += sizes[end]
        end += 1
    if total < 2.9 * window:
        return None
    said = tuple(replace(m, conversation="talk") for m in person.messages[:end])
    messages = tuple(_message(m, n) for n, m in enumerate(said, start=1))
    room = Room(window=window, fixed_tokens=_instructions())
    part = due(messages, None, room, 0.0)
    inside = {m.external_id for m in part}
    queries = tuple(q for q in person.queries if q.answerable and q.evidence and q.evidence <= inside)
    return Scene(name=person.name, said=said, messages=messages, queries=queries, room=room, part=part)


def _size(text: str) -> int:
    return estimate_tokens(text) + TOKENS_PER_MESSAGE


def _instructions() -> int:
    """Tokens of a prompt that gives nothing."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return estimate_tokens(system_prompt(now=now, zone=ZONE, instructions="", memories=(), remembers=True))


def _message(said: Said, number: int) -> Message:
    return Message(
        id=f"{number:026}", number=number, conversation_id="talk", parent_id=None,
        role="assistant" if said.role == "assistant" else "user", author=said.author, content=said.content,
        status="complete", said_at=said.at, zone=ZONE, external_id=said.id,
    )  # fmt: skip


# -- what fills the room


def recent(scene: Scene) -> Given:
    """Only what a nap leaves: the part is lost."""
    return Given(tuple(map(whole, scene.kept)), sum(_size(m.content) for m in scene.kept))


def everything(scene: Scene) -> Given:
    """The whole conversation, which does not fit."""
    return Given(tuple(map(whole, scene.messages)), sum(_size(m.content) for m in scene.messages))


def beside(scene: Scene, notes: Sequence[NapNote] = (), hits: Sequence[Hit] = (), *, full: bool = True) -> Given:
    """Notes and hits as lines, beside as many of the latest messages as fit; without `full` beside those that a nap
    leaves. A message that is found takes the place of its notes."""
    found = {hit.message.id for hit in hits if hit.message is not None}
    notes = [note for note in notes if note.message_id not in found]
    lines = [*noted(_nap(notes), scene.messages), *map(shortened, hits)]
    used = sum(estimate_tokens(memory_line(hit, ZONE)) for hit in lines)
    history = scene.messages if full else scene.kept
    fixed = scene.room.fixed_tokens + used
    fitted = fit_history(history, fixed_tokens=fixed, window=scene.room.window, count=estimate_tokens)
    by_id = {m.id: m for m in scene.messages}
    told = [Piece(by_id[note.message_id], note.start, note.end) for note in notes]
    passages = [_passage(hit) for hit in hits]
    return Given((*told, *passages, *map(whole, fitted.history)), fitted.tokens - scene.room.fixed_tokens)


def chosen(scene: Scene, hits: Sequence[Hit], *, full: bool = True) -> tuple[Hit, ...]:
    """The hits that a turn gives: none of a message that is in view, so many and in so many tokens."""
    settings = MemorySettings()
    history = scene.messages if full else scene.kept
    out = {m.id for m in history[-IN_VIEW:]}
    fresh = [hit for hit in hits if hit.message is not None and hit.message.id not in out]
    budget = min(settings.budget_tokens, int(scene.room.window * MODEL_SHARE))
    kept = choose_given([*map(shortened, fresh)], most=settings.give, budget=budget, count=estimate_tokens)
    ids = {hit.id for hit in kept}
    return tuple(hit for hit in fresh if hit.id in ids)


def of_scene(scene: Scene, hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits of a home, with the scene's own messages in them."""
    by_id = {m.external_id: m for m in scene.messages}
    return tuple(replace(hit, message=by_id[hit.external_id]) for hit in hits if hit.external_id in by_id)


def _passage(hit: Hit) -> Piece:
    """What `shortened` leaves of a hit."""
    assert hit.message is not None
    if len(hit.text) <= WHOLE:
        return whole(hit.message)
    start, end = hit.span or (0, WHOLE)
    return Piece(hit.message, start, min(end, start + WHOLE))


def _nap(notes: Sequence[NapNote]) -> Nap:
    return Nap(
        conversation_id="talk", upto_id="", messages=0, tokens=0, passes=1, model="none", notes=tuple(notes), number=1,
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


# -- ways to choose sentences


def by_rules(passes: int) -> Choose:
    """The program's own notes."""
    return lambda part, room: notes_by_rules(part, room=room, passes=passes, count=estimate_tokens)


def at_random(seed: int) -> Choose:
    """Any sentences."""

    def choose(part: Sequence[Message], room: int) -> tuple[NapNote, ...]:
        spans = spans_of(part)
        random.Random(seed).shuffle(spans)
        return _that_fit(spans, room)

    return choose


def first_ones(seed: int) -> Choose:
    """The first sentences of messages, of any messages: there is not room for all."""

    def choose(part: Sequence[Message], room: int) -> tuple[NapNote, ...]:
        first = list({span.message.id: span for span in reversed(spans_of(part))}.values())
        random.Random(seed).shuffle(first)
        return _that_fit(first, room)

    return choose


def by_rare_words(part: Sequence[Message], room: int) -> tuple[NapNote, ...]:
    """The user's sentences with the highest mean of the inverse frequencies of their words (TF-IDF)."""
    spans = spans_of(part)
    seen = Counter(word for span in spans for word in span.words)

    def rare(span: Span) -> float:
        return sum(math.log(len(spans) / seen[word]) for word in span.words) / math.sqrt(len(span.words))

    own = [span for span in spans if span.message.role == "user"]
    return _that_fit(sorted(own, key=lambda span: -rare(span) / math.sqrt(_cost(span))), room)


def _cost(span: Span) -> int:
    return estimate_tokens(span.text) + AROUND


def _that_fit(spans: Iterable[Span], room: int) -> tuple[NapNote, ...]:
    kept: list[Span] = []
    for span in spans:
        if _cost(span) <= room:
            room -= _cost(span)
            kept.append(span)
    kept.sort(key=lambda span: (span.message.number, span.start))
    return tuple(
        NapNote(message_id=s.message.id, message=s.message.short_id, text=s.text, start=s.start, end=s.end)
        for s in kept
    )  # fmt: skip
