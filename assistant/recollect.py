"""The assistant without a language model: it keeps what it is told, and answers from what it was told.

It quotes rather than paraphrases, says when something was said, shows the update when a statement replaces an earlier
one, and abstains when nothing clears the floor. What is beyond its means it says, once with how to connect a model.
"""

import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from assistant.events import TextDelta, Usage
from assistant.recollect_meaning import Embed, Meaning
from assistant.recollect_question import Question, understand
from assistant.recollect_score import FLOOR, Candidate, evidence, probability, states
from assistant.recollect_words import stems_of, support
from assistant.responder import Piece, Turn
from memory.errors import EmbedderError
from memory.extraction import QuestionSlot, extract, is_functional, is_question
from memory.extraction.clauses import whole_abbreviations
from memory.extraction.voice import first_person
from memory.notes import writer_of
from memory.text import one_line
from memory.types import Hit, Message, NewMemory, Trust

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

MOST_ANSWERS = 3
CLOSE = 0.10
"""How far below the best another sentence may be to be told with it."""
QUOTE_CHARS = 300

ABSTAIN = "You haven't told me that."
HINT = (
    "I answer only from what you told me. To connect a language model: `reverie config set model ollama:NAME` "
    "(or F2 in the chat)."
)
BEYOND = "That is beyond what I can do without a language model."

_SENTENCE = re.compile(r"[^.!?…。！？\n]+(?:\.(?=\d|\w)[^.!?…\n]*)*[.!?…。！？]*")
_TASK = re.compile(
    r"^\W*(?:please\s+|can you\s+|could you\s+|would you\s+|will you\s+|help me\s+(?:to\s+)?|i need you to\s+)*"
    r"(?:write|compose|draft|translate|summari[sz]e|explain|calculate|compute|solve|code|program|draw|plan|suggest|recommend|generate"
    r"|create|make me|sing|rhyme|brainstorm|design|search|google|play|order|book|send|rewrite|proofread|correct)\b",
    re.IGNORECASE,
)
_ASKS_FOR = re.compile(
    rf"{_TASK.pattern}|^\W*(?:please\s+)?(?:give|show|tell|list|find|teach) (?:me|us)\b", re.IGNORECASE
)
"""What is asked for is nothing that was told."""
_PRONOUN = re.compile(r"\W*(?:he|she|they|his|her|their)\b", re.IGNORECASE)
_PERSONAL = re.compile(r"\b(?:i|my|me|mine|we|our|us|i['’](?:m|ve|d|ll))\b", re.IGNORECASE)
_SMALL_TALK: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"^\W*(?:hi|hello|hey|good (?:morning|evening|afternoon|day)|greetings|hiya|yo)\b[\w\s,!.]{0,20}$", re.I
        ),
        "Hello.",
    ),
    (
        re.compile(
            r"^\W*(?:thanks|thank you|thx|cheers|great|nice|perfect|ok|okay|cool|good|alright|fine|got it)\b[\w\s,!.]{0,20}$",
            re.I,
        ),
        "You're welcome.",
    ),
    (
        re.compile(r"^\W*(?:bye|goodbye|good night|see you|later|ciao)\b[\w\s,!.]{0,20}$", re.I),
        "Goodbye. I keep what you told me.",
    ),
    (re.compile(r"^\W*how are you\b", re.I), "I am well, and I remember what you told me."),
)
_ABOUT_ITSELF = re.compile(r"^\W*(?:who|what) are you\b|^\W*what can you do\b|^\W*how do you work\b", re.I)
_ABOUT_WISHES = re.compile(
    r"\b(?:asked|told|want(?:ed)?|wish(?:ed)?)\b[^.?!]*\b(?:of |for )?(?:the way |how )?you\b[^.?!]*\b(?:answer|reply|respond|write|talk|speak)"
    r"|\b(?:ask(?:ed)?|t(?:ell|old)) you (?:not |never )?to (?!remember|keep|note|forget|remind)"
    r"|\bhow (?:should|do|are) you (?:supposed to )?(?:answer|reply|respond|write|talk|speak)\b",
    re.IGNORECASE,
)
"""Questions about what the user wishes of the assistant."""
_ITSELF = (
    "I am Reverie. I keep what you tell me on this machine and answer from it, with the day you said it. "
    "Say “remember that …” to have something kept as a memory."
)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that somebody said, with where it was said."""

    hit: Hit
    sentence: str
    facts: tuple[NewMemory, ...]

    @property
    def spoken(self) -> str:
        """The sentence as its author would say it: questions are put by the one who speaks of *me* and *my*."""
        return first_person(self.sentence) if self.hit.memory is not None else self.sentence

    def fills(self, slot: QuestionSlot) -> bool:
        """Whether it is a memory of the very attribute that is asked for."""
        return self.hit.memory is not None and not slot.past and states(slot, self.facts)


class RecallResponder:
    """Answers without a language model."""

    model = "none"
    remote = False

    def __init__(
        self,
        *,
        embed: Embed | None = None,
        hint_shown: Callable[[], bool] = lambda: False,
        mark_hint: Callable[[], None] = lambda: None,
    ) -> None:
        self._meaning = Meaning(embed) if embed else None
        self._hint_shown = hint_shown
        self._mark_hint = mark_hint
        self._answers: tuple[str, str, tuple[str, ...]] = ("", "", ())

    def given(self, turn: Turn) -> tuple[str, ...]:
        return self._compose(turn)[1]

    async def respond(self, turn: Turn) -> AsyncIterator[Piece]:
        started = time.perf_counter()
        yield TextDelta(text=self._compose(turn)[0])
        yield Usage(
            prompt_tokens=0,
            completion_tokens=0,
            estimated=False,
            seconds=time.perf_counter() - started,
            context_tokens=0,
        )

    def _compose(self, turn: Turn) -> tuple[str, tuple[str, ...]]:
        """The answer and the ids it cites; computed once a turn."""
        if self._answers[0] != turn.message.id:
            text, cited = self._answer(turn)
            self._answers = (turn.message.id, text, cited)
        return self._answers[1], self._answers[2]

    def _answer(self, turn: Turn) -> tuple[str, tuple[str, ...]]:
        text = turn.message.content
        if turn.written:
            return " ".join(_acknowledge(summary) for _, summary in turn.written), ()
        for pattern, reply in _SMALL_TALK:
            if pattern.match(text) and not extract(turn.message):
                return reply, ()
        if _ABOUT_ITSELF.match(text):
            return _ITSELF, ()
        if _TASK.match(text) and not (is_question(text) and _PERSONAL.search(text)):
            return self._beyond(), ()
        if is_question(text):
            return self._recall(turn)
        return self._note(turn)

    # -- questions

    def _recall(self, turn: Turn) -> tuple[str, tuple[str, ...]]:
        if turn.standing and _ABOUT_WISHES.search(turn.message.content):
            return "You asked of every answer: " + " ".join(f"“{wish}”" for wish in turn.standing), ()
        question = understand(turn.message.content)
        ranked = self.ranked(turn)
        chosen = choose(ranked, question)
        if not chosen:
            personal = _is_personal(question, [t for _, t in ranked])
            return (ABSTAIN if personal or self._hint_shown() else self._beyond()), ()
        return _tell(chosen, turn), tuple(dict.fromkeys(t.hit.id for t in chosen))

    def ranked(self, turn: Turn) -> list[tuple[float, Told]]:
        """What was told and found for a question, with how likely it answers, best first."""
        return sorted(((probability(found), told) for found, told in self.weighed(turn)), key=lambda pair: -pair[0])

    def weighed(self, turn: Turn) -> list[tuple[dict[str, float], Told]]:
        """What was told and found for a question, with what speaks for and against each sentence."""
        told = [t for hit in turn.hits for t in _sentences(hit)]
        question = understand(turn.message.content)
        candidates = [Candidate(t.spoken, t.facts, _around(t, turn.history)) for t in told]
        background = [message.content for message in turn.history if message.role == "user"]
        found = evidence(question, candidates, self._vectors(question, candidates), background=background)
        return list(zip(found, told, strict=True))

    def _vectors(self, question: Question, candidates: Sequence[Candidate]) -> "dict[str, Matrix]":
        """None of them while the embedder cannot be had: words still answer."""
        if self._meaning is None:
            return {}
        try:
            return self._meaning.vectors([question.text, question.without_names, *(c.sentence for c in candidates)])
        except EmbedderError:
            return {}

    def _beyond(self) -> str:
        if self._hint_shown():
            return BEYOND
        self._mark_hint()
        return HINT

    # -- statements

    def _note(self, turn: Turn) -> tuple[str, tuple[str, ...]]:
        """Say back what was understood, and what it changes."""
        facts = extract(turn.message)
        if not facts:
            return "Noted; I keep it in this conversation.", ()
        said = dict.fromkeys(one_line(fact.sources[0].quote, QUOTE_CHARS) for fact in facts)
        quotes = " ".join(f"“{quote}”" for quote in said)
        earlier = _replaced(facts, turn)
        if not earlier:
            return f"Noted: {quotes}", ()
        before = " ".join(
            f"Before, {_day(t.hit.said_at, turn)}, you told me: “{one_line(t.sentence, QUOTE_CHARS)}” [{t.hit.id}]"
            for t in earlier
        )
        return f"Noted: {quotes} {before}", tuple(t.hit.id for t in earlier)


def _acknowledge(summary: str) -> str:
    named = re.match(r"m\d", summary) is not None  # m1 stays m1
    said = summary if named else summary[:1].upper() + summary[1:]
    return said + ("" if summary.endswith((".", "”", ")")) else ".")


def _sentences(hit: Hit) -> list[Told]:
    """What a hit says, sentence by sentence, if somebody told it: the user, or a named person of an imported chat.

    What was asked says nothing, and would only stand in the way of what was told.
    """
    if hit.memory is not None:
        return [Told(hit, hit.text, (hit.memory,))]
    message = hit.message
    if message is None or (message.role != "user" and not message.author):
        return []
    facts = extract(message)
    spans = [m.span() for m in _SENTENCE.finditer(whole_abbreviations(message.content)) if m[0].strip()][:60]
    return [
        Told(
            hit,
            " ".join(message.content[a:b].split()),
            tuple(f for f in facts if f.sources[0].start >= a and f.sources[0].end <= b),
        )
        for a, b in spans
        if not (is_question(message.content[a:b]) or _ASKS_FOR.match(message.content[a:b]))
    ]


def _around(told: Told, history: Sequence[Message]) -> str:
    """The message that a sentence is from; where it begins with *she*, also the one before, which says who that is."""
    text = told.hit.text
    if told.hit.message is None or not _PRONOUN.match(told.sentence):
        return text
    mine = [message for message in history if message.role == "user"]
    at = next((i for i, message in enumerate(mine) if message.id == told.hit.message.id), 0)
    return f"{mine[at - 1].content} {text}" if at else text


def _distinct(told: Sequence[Told]) -> list[Told]:
    """Each statement once, however often it was said; the sentence of a memory and its source count as one."""
    seen: set[str] = set()
    kept = []
    quotes = [(s.message_id, s.quote) for one in told if one.hit.memory is not None for s in one.hit.memory.sources]
    for one in told:
        key = re.sub(r"\W+", " ", one.sentence.lower()).strip()
        message = one.hit.message
        source = message is not None and any(message.id == of and quote in one.sentence for of, quote in quotes)
        if key not in seen and not source:
            seen.add(key)
            kept.append(one)
    return kept


def _is_personal(question: Question, told: Sequence[Told]) -> bool:
    """Whether a question is about the user's world rather than the world: it says *my*, or names what was told of."""
    if _PERSONAL.search(question.text) or question.names:
        return True
    return any(support(word, stems_of(t.sentence)) == 1.0 for word in question.words for t in told)


def choose(ranked: Sequence[tuple[float, Told]], question: Question, floor: float = FLOOR) -> list[Told]:
    """What is told of the sentences that answer, best first; nothing where none clears the floor.

    Those that state the attribute asked for, the latest first, since what was said last is what holds: of an attribute
    with one value also those below the floor, once one is above it. Else the best and what is close to it.
    """
    slot = question.slot
    good = [
        (s, t)
        for s, t in ranked
        if (s >= floor and (question.of_the_past or not t.hit.overtaken)) or (slot is not None and t.fills(slot))
    ]
    if not good:
        return []
    if slot and any(states(slot, t.facts) for _, t in good):
        of_it = ranked if is_functional(slot.slot) else good
        stating = [t for _, t in of_it if states(slot, t.facts)]
        return sorted(_distinct(stating), key=lambda t: t.hit.said_at, reverse=True)[:MOST_ANSWERS]
    return _distinct([t for s, t in good if s >= good[0][0] - CLOSE])[:MOST_ANSWERS]


def _tell(told: Sequence[Told], turn: Turn) -> str:
    lines = [_told(t, turn) for t in told]
    if len(lines) > 1 and _one_slot(told):
        return f"{lines[0]} Before that, {lines[1][:1].lower()}{lines[1][1:]}"
    return "\n".join(lines)


def _told(told: Told, turn: Turn) -> str:
    """One statement with who said it when; what is only assumed says so, and what was said instead."""
    memory, day = told.hit.memory, _day(told.hit.said_at, turn)
    statement = f"“{one_line(told.sentence, QUOTE_CHARS)}” [{told.hit.id}]"
    if memory is None or memory.trust is not Trust.INFERRED:
        return f"{_who(told)} {day}: {statement}"
    if writer := writer_of(memory):
        return f"The program {writer} noted {day}, and you did not say it: {statement}"
    if not memory.sources:
        return f"I assume: {statement}"
    return f"I assume: {statement} You told me {day}: “{one_line(memory.sources[0].quote, QUOTE_CHARS)}”"


def _one_slot(told: Sequence[Told]) -> bool:
    slots = [{f.slot for f in t.facts if f.slot and is_functional(f.slot)} for t in told]
    return bool(set.intersection(*slots)) if all(slots) else False


def _who(told: Told) -> str:
    message = told.hit.message
    if message is not None and message.author:
        return f"{message.author} said"
    return "You told me"


def _day(moment: datetime, turn: Turn) -> str:
    """`on 3 May`, with the year where it is another one."""
    zone = ZoneInfo(turn.zone)
    local, now = moment.astimezone(zone), turn.now.astimezone(zone)
    if local.date() == now.date():
        return "today"
    return f"on {local.day} {local:%B}" + ("" if local.year == now.year else f" {local.year}")


def _replaced(facts: Sequence[NewMemory], turn: Turn) -> list[Told]:
    """Earlier statements that fill the same functional slot with another value, the latest for each."""
    earlier = [t for hit in turn.hits for t in _sentences(hit)] + [
        t for message in turn.history if message.role == "user" for t in _sentences(_as_hit(message))
    ]
    found: dict[tuple[str, str], Told] = {}
    for told in sorted(earlier, key=lambda t: t.hit.said_at):
        for fact in facts:
            if any(_contradicts(fact, old) for old in told.facts):
                found[fact.subject, fact.slot or ""] = told
    return list(found.values())


def _contradicts(new: NewMemory, old: NewMemory) -> bool:
    if new.slot is None or new.slot != old.slot or not is_functional(new.slot):
        return False
    return new.subject.lower() == old.subject.lower() and (new.value or "").lower() != (old.value or "").lower()


def _as_hit(message: Message) -> Hit:
    return Hit(
        type="message",
        id=message.short_id,
        text=message.content,
        said_at=message.said_at,
        score=0.0,
        channels=(),
        reasons=(),
        message=message,
    )
