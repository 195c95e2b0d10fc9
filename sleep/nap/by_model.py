"""Notes by a language model. Code decides: a note stands with the exact words that it is from, and only as far as they
carry it; and each further pass lets the model make questions of the source, answer them from the notes alone, and puts
in the sentence that holds what it could not answer.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, Field

from memory.naps import NapNote
from memory.text import clean, normalise, one_line
from memory.types import Message
from sleep.errors import ModelFailed
from sleep.guard import lost
from sleep.home import Model
from sleep.nap.rules import AROUND, CountTokens, best
from sleep.nap.spans import LONGEST, Span, of_others, span_of, spans_of

MOST_CHARS = 6_000
"""Of messages in one call."""
MOST_QUESTIONS = 20
"""Questions about the messages of one call; more are cut."""
_NOTES = """\
The data is the beginning of a conversation that will be dropped, one numbered message a line. Write notes that stand \
for it: what was told, asked for, decided, promised or left open, with its names, numbers and dates. Leave out \
greetings, thanks and filler. "quote" is the exact words of the message that a note is from, "text" the same in one \
short sentence with nothing added."""
_QUESTIONS = """\
The data is the beginning of a conversation, one numbered message a line. Write up to {most} questions that somebody \
may ask later, each answered by one message. "answer" is exact words of that message: a name, a number, a date, a \
few words."""
_ANSWERS = """\
The data is notes of a conversation, and below them numbered questions. Answer each from the notes alone, in a few \
words of theirs; where they do not tell it, the answer is an empty text."""


class Noted(BaseModel):
    """A note as the model writes it."""

    message: int = Field(description="number of the message")
    quote: str = Field(description="exact words of that message")
    text: str = Field(description="one short sentence")


class Notes(BaseModel):
    """What a model notes of some messages."""

    notes: list[Noted]


class Query(BaseModel):
    """A question that a message answers."""

    message: int = Field(description="number of the message")
    question: str
    answer: str = Field(description="exact words of that message")


class Queries(BaseModel):
    """What a model asks about some messages."""

    questions: list[Query]


class Reply(BaseModel):
    """An answer from the notes."""

    question: int = Field(description="number of the question")
    answer: str


class Replies(BaseModel):
    """What a model answers from the notes."""

    answers: list[Reply]


@dataclass
class _Kept:
    """The notes so far: each with the pass that wrote it, and how many questions it is needed for."""

    room: int
    count: CountTokens
    notes: dict[Span, int] = field(default_factory=dict)
    needed: dict[Span, int] = field(default_factory=dict)

    def cost(self, span: Span) -> int:
        return self.count(span.text) + AROUND

    def dense(self, span: Span) -> float:
        """What a note tells, for a token."""
        return span.worth(len(span.words), len(span.asks)) / self.cost(span)

    def put(self, new: Span, number: int) -> bool:
        """Take a sentence in, in the place of notes that nothing needs. Whether it fits."""
        spare = self.room - sum(map(self.cost, self.notes))
        idle = sorted((s for s in self.notes if not self.needed.get(s)), key=self.dense)
        out: list[Span] = []
        while spare < self.cost(new) and idle:
            out.append(idle.pop(0))
            spare += self.cost(out[-1])
        if new in self.notes or spare < self.cost(new):
            return False
        for span in out:
            del self.notes[span]
        self.notes[new] = number
        return True


def notes_by_model(
    model: Model, messages: Sequence[Message], *, room: int, passes: int, count: CountTokens,
    go_on: Callable[[], bool] = lambda: True,
) -> tuple[NapNote, ...]:  # fmt: skip
    """Cited notes of at most `room` tokens, in reading order.

    `go_on` is asked before each call. Raises ModelFailed where the model fails, or must not go on, before everything is
    noted once; later what there is by then is what there will be.
    """
    parts = list(_parts([m for m in messages if m.role != "system"]))
    written: list[Span] = []
    for part in parts:
        if not go_on():
            raise ModelFailed("The model was needed for something else.")
        written += _written(model, part, of_others(messages))
    kept = _Kept(room, count, dict.fromkeys(best(written, room=room, count=count), 1))
    with suppress(ModelFailed):
        for number in range(2, passes + 1):
            if not any([go_on() and _checked(model, part, kept, number) for part in parts]):
                break
    order = {message.id: at for at, message in enumerate(messages)}
    placed = sorted(kept.notes, key=lambda span: (order[span.message.id], span.start))
    return tuple(
        NapNote(
            message_id=span.message.id, message=span.message.short_id, text=span.text, start=span.start, end=span.end,
            found_in=kept.notes[span],
        )
        for span in placed
    )  # fmt: skip


def _parts(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Messages in lots of a size that a small model can keep in view."""
    part: list[Message] = []
    size = 0
    for message in messages:
        chars = min(len(message.content), MOST_CHARS)
        if part and size + chars > MOST_CHARS:
            yield part
            part, size = [], 0
        part.append(message)
        size += chars
    if part:
        yield part


def _listed(part: Sequence[Message]) -> str:
    """One message a line, so that none can pretend to be another."""
    return "\n".join(
        f"[{at}] {m.said_at:%Y-%m-%d}, {'the user' if m.role == 'user' else 'the assistant'}: "
        f"{one_line(m.content, MOST_CHARS)}"
        for at, m in enumerate(part, start=1)
    )


def _written(model: Model, part: Sequence[Message], others: float) -> list[Span]:
    """What a model notes of some messages, as far as it is carried by them."""
    answer = model.ask("nap", _NOTES, _listed(part), Notes, sent=[m.short_id for m in part])
    found = [_span(note, part[note.message - 1], others) for note in answer.notes if 0 < note.message <= len(part)]
    return list(dict.fromkeys(span for span in found if span is not None))


def _span(note: Noted, message: Message, others: float) -> Span | None:
    """A note with its place; in the words of the message where those of the model say more. None without a place."""
    place = _place(message.content, note.quote)
    if place is None:
        return None
    said = message.content[place[0] : place[1]]
    text = one_line(clean(note.text), LONGEST)
    text = text if text and not lost(text, said) and not lost(said, text) else one_line(said, LONGEST)
    span = span_of(message, *place, text, others)
    return span if span.words else None


def _place(content: str, quote: str) -> tuple[int, int] | None:
    """Where a text says some words, whatever the white space between them."""
    words = clean(quote).strip().strip("\"“”'…").split()
    pattern = r"\s+".join(re.escape(word).replace("‹", "[<‹]").replace("›", "[>›]") for word in words)
    match = re.search(pattern, content) or re.search(pattern, content, re.IGNORECASE) if words else None
    return (match.start(), match.end()) if match else None


def _checked(model: Model, part: Sequence[Message], kept: _Kept, number: int) -> bool:
    """Ask the notes what the source answers, and repair what they do not tell. Whether anything changed."""
    shorts = [m.short_id for m in part]
    asked = model.ask("nap check", _QUESTIONS.format(most=MOST_QUESTIONS), _listed(part), Queries, sent=shorts)
    sound = [
        query for query in asked.questions[:MOST_QUESTIONS]
        if 0 < query.message <= len(part) and _place(part[query.message - 1].content, query.answer)
    ]  # fmt: skip
    if not sound:
        return False
    notes = "\n".join(span.text for span in kept.notes)
    listed = "\n".join(f"[{at}] {one_line(query.question, LONGEST)}" for at, query in enumerate(sound, start=1))
    told = model.ask("nap check", _ANSWERS, f"{notes}\n\nQuestions:\n{listed}", Replies, sent=shorts)
    replies = {reply.question: normalise(reply.answer) for reply in told.answers}
    changed = False
    for at, query in enumerate(sound, start=1):
        known = normalise(query.answer) in replies.get(at, "")
        holder = _holder(kept, query) if known else _sentence(part[query.message - 1], query.answer)
        if holder is None:
            continue
        changed = (not known and kept.put(holder, number)) or changed
        if holder in kept.notes:
            kept.needed[holder] = kept.needed.get(holder, 0) + 1
    return changed


def _holder(kept: _Kept, query: Query) -> Span | None:
    """The note that tells an answer."""
    return next((span for span in kept.notes if normalise(query.answer) in normalise(span.text)), None)


def _sentence(message: Message, answer: str) -> Span | None:
    """The sentence of a message that holds an answer, whole; of a long one the part around it."""
    place = _place(message.content, answer)
    if place is None:
        return None
    for span in spans_of([message]):
        if span.start <= place[0] < span.end:
            return span if normalise(answer) in normalise(span.text) else _around(span, place)
    return None


def _around(span: Span, place: tuple[int, int]) -> Span:
    start = max(span.start, place[0] - LONGEST // 2)
    end = min(span.end, start + LONGEST)
    return replace(span, start=start, end=end, text=one_line(span.message.content[start:end], LONGEST))
