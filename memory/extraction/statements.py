"""Plain statements about oneself and those one knows, each with its verbatim quote.

The text of a memory is the clause itself in the second person, so that nothing can be said that was not; only the
time in it is written out ("next Friday" as "on 8 May 2026"), since it will be read on another day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from memory.extraction.clauses import Clause, clauses
from memory.extraction.dates import When, find_until, find_when, written_out
from memory.extraction.findings import Found, Rule, former
from memory.extraction.grammar import ME, NAME, Reading, Subject, read
from memory.extraction.lexicon import could_be_name
from memory.extraction.occasions import (
    ARRANGED,
    DECIDED,
    FEELING,
    HAPPENED,
    INTENT,
    MILESTONE,
    PAST,
    PLAN,
    PLAN_THING,
    STATE,
    concrete,
    stands_alone,
)
from memory.extraction.patterns import HABITS, LOWER_PLACE, PLACE, RULES
from memory.extraction.slots import relation_slot, thing_slot
from memory.extraction.voice import second_person
from memory.types import Kind, Message, NewMemory, Sensitivity, Source

_STANDING = re.compile(
    r"^\W*(?:(?P<strong>always|never|from now on|in (?:the )?future|going forward)[,:]?\s+|(?:please|and)[,:]?\s+)+"
    r"(?:always\s+|never\s+)?(?P<verb>answer|reply|respond|write|speak|talk|keep|give|explain|address|format|use|do not|don['’]t|avoid|be|call|show|stick|include|add"
    r"|end|start|convert|quote|say|remind|ask|refer|greet)\b(?P<rest>.+)$"
    r"|^\W*(?P<bare>do not|don['’]t|avoid|stop) (?P<what>us(?:e|ing)|writ(?:e|ing)|answer(?:ing)?|add(?:ing)?|includ(?:e|ing)) (?P<rest2>.+)$",
    re.IGNORECASE,
)
_MANNER = re.compile(
    r"\b(?:answers?|repl(?:y|ies)|respon\w+|sentences?|bullet\w*|units?|metric|imperial|celsius|fahrenheit|emojis?|jargon|formal\w*|informal\w*"
    r"|short|brief\w*|concise\w*|english|german|french|spanish|italian|portuguese|dutch|simple words|simply|lists?|markdown|first name"
    r"|call me|plain|polite\w*|honest\w*|direct|exclamation marks?|24[- ]hour|spelling|tone|step by step|kilomet\w+|pronouns?|sir|madam|headings?)\b",
    re.IGNORECASE,
)
_GIVES_NAME = re.compile(rf"^be (?:called |named )?({NAME})$", re.IGNORECASE)
_HERE = re.compile(r"\b(?:this|these|the (?:following|above|text|letter|email|essay)|below|it)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    """A clause with all that is known about where it stands."""

    clause: Clause
    reading: Reading
    when: When | None
    message: Message
    until: When | None = None
    """How long it lasts."""


def extract(message: Message) -> tuple[NewMemory, ...]:
    """The statements of a user's message, each with its quote. Nothing from anyone else, or from a broken message."""
    if message.role != "user" or message.status != "complete":
        return ()
    memories = (_with_full_text(*found) for said in _said(message) for found in _understood(said))
    distinct: dict[tuple[str, str | None, str | None, str], NewMemory] = {}
    for memory in memories:
        distinct.setdefault(
            (memory.subject, memory.slot, memory.value, memory.text if memory.value is None else ""), memory
        )
    return tuple(distinct.values())


def _said(message: Message) -> Iterator[_Said]:
    last: Subject | None = None
    person: Subject | None = None
    known: dict[str, Subject] = {}
    for clause in clauses(message.content):
        reading = read(clause.text, shared_with=last if clause.shared else None, last=person)
        subject = reading.subject
        if subject is not None and subject.name in known and not subject.relation:
            subject = replace(known[subject.name], thing=subject.thing)
            reading = replace(reading, subject=subject)
        if subject is not None and subject.key != "user":
            person = replace(_renamed(subject, reading), thing="")
            known.setdefault(person.name, person)
        last = replace(subject, thing="") if subject is not None else None
        past = bool(PAST.match(reading.predicate)) and not ARRANGED.match(reading.predicate)
        when = find_when(clause.text, message.said_at, message.zone, past=past)
        until = find_until(clause.text, message.said_at, message.zone)
        yield _Said(clause, reading, None if until else when, message, until)


def _renamed(subject: Subject, reading: Reading) -> Subject:
    """The subject under the name that the clause gives them: "my sister is called Ana"."""
    match = _GIVES_NAME.match(reading.predicate)
    if match is None or subject.name or not could_be_name(match[1]):
        return subject
    return replace(subject, key=match[1], name=match[1])


def _understood(said: _Said) -> list[tuple[Found, _Said, bool]]:
    """What a clause states; True with each where the clause states several things."""
    found = _introductions(said.reading)
    for group, rules in RULES:
        if made := _first(
            said.reading, rules if group not in ("home", "origin") else _cased(rules, said.message.content)
        ):
            found.append(made)
    if not found or (all(f.of_user for f in found) and said.reading.subject):
        found += _rest(said)
    if not stands_alone(said.clause.text):
        found = [f for f in found if f.value is not None and f.kind is not Kind.PREFERENCE]
    return [(f, said, len(found) > 1) for f in _consistent(found)]


def _consistent(found: list[Found]) -> list[Found]:
    """A clause that ends or refuses something says nothing else; the more special of two readings counts."""
    for special in (Kind.REJECTION,):
        if any(f.kind is special for f in found):
            return [f for f in found if f.kind is special][:1]
    return found


def _first(reading: Reading, rules: tuple[Rule, ...]) -> Found | None:
    subject = reading.subject
    if subject is None or not reading.predicate:
        return None
    for rule in rules:
        if rule.negated != reading.negated and not (reading.ended and rule.ended and not rule.negated):
            continue
        match = rule.pattern.match(reading.predicate)
        made = rule.make(match, reading) if match else None
        if made is None or (subject.thing and not _fits_thing(made, subject)):
            continue
        if not subject.certain and (made.slot is None or made.kind is Kind.PREFERENCE) and not made.of_user:
            continue
        return former(made) if reading.ended else made
    return None


def _fits_thing(made: Found, subject: Subject) -> bool:
    """A clause about "my phone" states something of the phone, not where its owner lives."""
    if subject.thing.lower() == "name" and subject.key != "user":
        return made.of_user
    slot = made.slot or ""
    return (
        slot.startswith(("favourite_", "phone"))
        or slot not in ("home_city", "origin", "job", "age", "diet", "name")
        or slot in (subject.thing, thing_slot(subject.thing))
    )


def _introductions(reading: Reading) -> list[Found]:
    """ "My sister Ana ..." also says who the sister is."""
    subject = reading.subject
    if subject is None or not subject.relation or not subject.name:
        return []
    return [Found(Kind.RELATIONSHIP, relation_slot(subject.relation), subject.name, confidence=0.9, of_user=True)]


def _rest(said: _Said) -> list[Found]:
    """Plans, events, habits and wishes about answers: what has no slot."""
    reading = said.reading
    made = _wish(said.clause.text) or _lasting(said) or _dated(said)
    if made is None and reading.subject is not None and reading.subject.certain and not reading.subject.thing:
        if not reading.ended and not reading.negated:
            made = _first(reading, HABITS)
            made = made or _undated(reading)
        elif (
            reading.ended
            and not reading.negated
            and len(reading.predicate.split()) > 1
            and reading.predicate.split()[0] not in ("be", "think")
        ):
            made = Found(Kind.FACT, confidence=0.8)
        elif reading.negated and (match := re.match(r"have (?:an?|any) (\w+(?: \w+)?)$", reading.predicate)):
            made = (
                None
                if re.match(r"(?:idea|clue|problem|question|choice|chance|point)", match[1])
                else Found(Kind.FACT, confidence=0.8)
            )
    return [made] if made else []


def _undated(reading: Reading) -> Found | None:
    """Events and intentions without a day."""
    if MILESTONE.match(reading.predicate):
        return Found(Kind.EVENT, confidence=0.8)
    if HAPPENED.match(reading.predicate):
        return Found(Kind.EVENT, confidence=0.7)
    if (INTENT.match(reading.predicate) or DECIDED.match(reading.predicate)) and concrete(reading.text):
        return Found(Kind.PLAN, confidence=0.7)
    return None


def _lasting(said: _Said) -> Found | None:
    """What is so until a day that is named."""
    reading, until = said.reading, said.until
    if until is None or reading.negated or reading.subject is None or not reading.subject.certain:
        return None
    if not until.is_future(said.message.said_at) or not STATE.match(reading.predicate):
        return None
    return Found(Kind.FACT, confidence=0.8)


def _dated(said: _Said) -> Found | None:
    """Plans and events with a time, on the right side of when it was said."""
    when, reading = said.when, said.reading
    if when is None or reading.negated:
        return None
    if PLAN_THING.match(reading.text) and when.is_future(said.message.said_at):
        return Found(Kind.PLAN)
    if reading.subject is None or reading.subject.thing or not reading.subject.certain:
        return None
    if PLAN.match(reading.predicate) and when.is_future(said.message.said_at):
        return Found(Kind.PLAN)
    if PAST.match(reading.predicate) and when.is_past(said.message.said_at) and not FEELING.match(reading.predicate):
        return Found(Kind.EVENT)
    return None


def _wish(text: str) -> Found | None:
    """A standing wish about how to answer, not a task for now."""
    match = _STANDING.match(text)
    if match is None or (_HERE.search(text) and not match["strong"]):
        return None
    if (match["verb"] and match["verb"].lower() == "remind") or not (_MANNER.search(text)):
        return None
    return Found(Kind.INSTRUCTION)


def _cased(rules: tuple[Rule, ...], content: str) -> tuple[Rule, ...]:
    """The rules for a message without any capital letter, where a place looks like any other word."""
    if any(c.isupper() for c in content.replace("I", "")):
        return rules
    return tuple(replace(rule, pattern=_lowered(rule.pattern)) for rule in rules)


def _lowered(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(
        pattern.pattern.replace(PLACE, LOWER_PLACE + r"(?=$|,| and\b| with\b| since\b| now\b| for\b| near\b)"),
        pattern.flags,
    )


# -- the memory


_TEMPLATES: dict[str, tuple[str, str]] = {
    "employer": ("You work at {v}.", "{s} works at {v}."),
    "former_employer": ("You used to work at {v}.", "{s} used to work at {v}."),
    "job": ("You work as {a} {v}.", "{s} works as {a} {v}."),
    "home_city": ("You live in {v}.", "{s} lives in {v}."),
    "origin": ("You are from {v}.", "{s} is from {v}."),
    "age": ("You are {v} years old.", "{s} is {v} years old."),
}
"""What is kept of a clause that states several things at once, so that each memory states one."""


def _with_full_text(found: Found, said: _Said, several: bool) -> NewMemory:
    message, clause, subject = said.message, said.clause, said.reading.subject or ME
    quote = message.content[clause.start : clause.end]
    when = said.when if found.slot not in ("birthday", "age") and not found.of_user else None
    memory = NewMemory(
        text=_text(found, said, several),
        kind=found.kind,
        subject="user" if found.of_user or found.kind is Kind.INSTRUCTION else subject.key,
        slot=found.slot,
        value=_cased_value(found),
        said_at=message.said_at,
        zone=message.zone,
        confidence=round(found.confidence * (1.0 if subject.certain else 0.8), 2),
        sensitivity=Sensitivity.SENSITIVE if found.sensitive else Sensitivity.NORMAL,
        valid_to=message.said_at if (found.slot or "").startswith("former_") else None,
        sources=(Source(message_id=message.id, quote=quote, start=clause.start, end=clause.end),),
    )
    if said.until is not None and memory.valid_to is None and not found.of_user:
        return replace(memory, valid_to=said.until.end)
    if when is None:
        return memory
    return replace(memory, event_from=when.start, event_to=when.end, granularity=when.granularity)


def _cased_value(found: Found) -> str | None:
    """A place from a message in small letters gets its capital back."""
    place = found.slot in ("home_city", "former_home_city", "origin", "birthplace", "planned_home_city")
    return found.value.title() if place and found.value and found.value.islower() else found.value


def _text(found: Found, said: _Said, several: bool) -> str:
    subject = said.reading.subject or ME
    if found.of_user and found.slot and found.value and several:
        return f"Your {found.slot.removesuffix('_name').replace('_', ' ')} is called {found.value}."
    template = _TEMPLATES.get(found.slot or "")
    if several and template and found.value:
        article = "an" if found.value[:1].lower() in "aeiou" else "a"
        return (
            template[subject.key != "user"]
            .format(s=label(subject), v=found.value, a=article)
            .replace("as a retired", "as retired")
        )
    if found.kind is Kind.INSTRUCTION:
        return _sentence(said.clause.text)
    text = said.reading.text
    if said.clause.shared:
        text = f"{'I' if subject.key == 'user' else label(subject)} {text}"
    elif subject.key != "user" and re.match(r"(?:he|she|they)\b", text, re.IGNORECASE):
        text = f"{label(subject)} {text.split(' ', 1)[1]}"
    elif said.reading.lead and said.when and said.when.phrase.lower() in said.reading.lead.lower():
        text = f"{text} {said.when.phrase}"
    when = said.until or said.when
    if when is not None and found.slot != "birthday":
        text = written_out(text, when, said.message.zone)
    return second_person(text)


def label(subject: Subject) -> str:
    """How a memory speaks of somebody."""
    if subject.key == "user":
        return "You"
    if not subject.relation:
        return subject.name
    return f"Your {subject.word or subject.relation} {subject.name}".strip()


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(" .!") + "."
