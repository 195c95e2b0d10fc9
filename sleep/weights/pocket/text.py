"""Text to learn from: memories as the chat gives them, questions with answers, small talk, dreams."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from sleep.weights.pocket import DREAM_ASK, DREAM_BACK, DREAM_FOLLOWS, DREAM_REWORD, DREAM_UNTOLD, DREAMS
from sleep.weights.pocket.attributes import ATTRIBUTES, PETS, RELATIONS, Attribute
from sleep.weights.pocket.smalltalk import SMALL_TALK
from sleep.weights.pocket.values import draw
from sleep.weights.pocket.world import NOT_TOLD, USER, Fact, Person, fill, make_fact, question

EMPTY_BLOCK = "<memories>\n(nothing that bears on this)\n</memories>"
_OF_OTHERS = tuple(a for a in ATTRIBUTES.values() if a.of_others)
_NOISE = (
    "{S} went to the market.", "{S} had {v} for lunch.", "{S} slept badly.", "{S} met {n} in the park.",
    "{S} saw a film with {n}.", "{S} {is} looking forward to the weekend.", "{S} cleaned the kitchen.",
    "{S} {was} late for the meeting.", "{S} called {n} yesterday.", "{S} lost an umbrella.", "It rained all day.",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One fact in a block of memories; noise has no fact, and what is told in another's line has no text."""

    fact: Fact | None
    form: str
    text: str
    id: str = ""

    @property
    def cite(self) -> str:
        """What stands behind an answer that was taken from this line."""
        return f" [{self.id}]." if self.id else "."


@dataclass(frozen=True)
class Turn:
    """What the user says and what the model should answer, with what an evaluation needs to know."""

    kind: str
    user: str
    assistant: str
    value: str = ""
    wrong: tuple[str, ...] = ()
    cite: str = ""


@dataclass(frozen=True)
class Sample:
    """Turns behind one block of memories, or behind none."""

    system: str | None
    turns: tuple[Turn, ...]

    def messages(self) -> list[dict[str, str]]:
        """As a chat template takes it."""
        head = [] if self.system is None else [{"role": "system", "content": self.system}]
        pairs = [(("user", t.user), ("assistant", t.assistant)) for t in self.turns]
        return head + [{"role": role, "content": text} for pair in pairs for role, text in pair]


@dataclass
class Scene:
    """Lines in the order of time, and what holds after them."""

    lines: list[Line] = field(default_factory=list)
    cast: list[Person] = field(default_factory=list)
    ids: bool = False
    unseen: bool = False
    kept: bool = False

    @property
    def system(self) -> str:
        """The block as the chat gives it."""
        told = [line.text for line in self.lines if line.text]
        return "\n".join(["<memories>", *told, "</memories>"]) if told else EMPTY_BLOCK

    def current(self) -> list[Line]:
        """The last line of each slot."""
        last = {line.fact.slot: line for line in self.lines if line.fact}
        return list(last.values())

    def rivals(self, fact: Fact) -> tuple[str, ...]:
        """Other values of the same attribute in the block: of others, or from before."""
        known = (line.fact for line in self.lines if line.fact)
        return tuple({f.value for f in known if f.attribute is fact.attribute and f.value != fact.value})


def scene(rng: Random, lines: int, *, unseen: bool = False, kept: bool = False, ids: bool | None = None) -> Scene:
    """A made-up block of about so many lines."""
    made = Scene(ids=rng.random() < 0.65 if ids is None else ids, unseen=unseen, kept=kept)
    names: set[str] = set()
    for relation in rng.sample(RELATIONS + PETS[:2], rng.randint(0, 4)):
        name = draw("name", rng, unseen)
        if name not in names and relation not in PETS:
            names.add(name)
            made.cast.append(Person(name, relation))
    facts = _facts(rng, made, lines)
    told = [(rng.random(), fact, _form(rng, fact)) for fact in facts]
    for when, fact, form in list(told):
        if rng.random() < 0.14 and len(told) < 14 and fact.attribute.key not in RELATIONS:
            after = when + (1 - when) * rng.random()
            again = fact if rng.random() < 0.2 else _other_value(rng, fact, unseen, {f.value for _, f, _ in told})
            told.append((after, again, form))
    told.sort(key=lambda item: item[0])
    made.lines = _joined(rng, _written(rng, told, made))
    return made


def _facts(rng: Random, made: Scene, count: int) -> list[Fact]:
    facts: dict[object, Fact] = {}
    used: set[str] = {person.name for person in made.cast}
    topics: list[Attribute] = []
    for person in made.cast:
        if rng.random() < 0.35:
            fact = Fact(ATTRIBUTES[person.relation], person.name)
            facts[fact.slot] = fact
    taken = {person.relation for person in made.cast}
    for _ in range(count * 3):
        if len(facts) >= count:
            break
        who = rng.choice(made.cast) if made.cast and rng.random() < 0.5 else USER
        attribute = rng.choice(topics) if topics and rng.random() < 0.5 else _attribute(rng, who)
        if attribute.key in taken or (who is not USER and not attribute.of_others):
            continue
        fact = make_fact(attribute, who, rng, made.unseen)
        if fact.slot not in facts and fact.value not in used:
            facts[fact.slot] = fact
            used.add(fact.value)
            topics.append(attribute)
    return rng.sample(list(facts.values()), min(count, len(facts)))


def _attribute(rng: Random, who: Person) -> Attribute:
    if rng.random() < 0.06:
        return ATTRIBUTES["other"]
    return rng.choice(_OF_OTHERS if who is not USER or rng.random() < 0.6 else tuple(ATTRIBUTES.values()))


def _form(rng: Random, fact: Fact) -> str:
    return "name" if fact.who is USER else rng.choices(("name", "relation", "both"), (4, 2, 4))[0]


def _other_value(rng: Random, fact: Fact, unseen: bool, used: set[str]) -> Fact:
    for _ in range(200):
        other = make_fact(fact.attribute, fact.who, rng, unseen)
        if other.value not in used:
            return Fact(
                fact.attribute, other.value, fact.second if fact.attribute.key == "other" else other.second, fact.who
            )
    return fact  # of a kind with so few values that all are in use


def _written(rng: Random, told: Sequence[tuple[float, Fact, str]], made: Scene) -> list[Line]:
    """The lines as they stand in the block."""
    last = {fact.slot: place for place, (_, fact, _) in enumerate(told)}
    day = date(2024, 1, 1) + timedelta(days=rng.randint(0, 900))
    width = rng.choice((41, 99, 999))
    numbers = iter(rng.sample(range(1, width), 40))
    lines: list[Line] = []
    for place, (_, fact, form) in enumerate(told):
        if rng.random() < 0.08:
            lines.append(_line(rng, None, "name", day, next(numbers), made, False))
        day += timedelta(days=rng.choice((0, 0, 1, 2, 5, 30)))
        lines.append(_line(rng, fact, form, day, next(numbers), made, last[fact.slot] != place))
    return lines


def _joined(rng: Random, lines: list[Line]) -> list[Line]:
    """Some neighbours about the user become one line: I live in Porto and I work as a nurse."""
    made: list[Line] = []
    for line in lines:
        before = made[-1] if made else None
        said = re.search(r"(?:^|\) )((?:You|Your|I|My)\b .*)$", line.text)
        starts = before and before.text and re.search(r"(?:^|\) )(You|I|My)\b", before.text)
        if before and starts and said and line.fact and before.fact and rng.random() < 0.12:
            mine = said[1].startswith(("I ", "My "))
            if mine == (starts[1] in ("I", "My")):
                words = said[1] if said[1].startswith("I ") else said[1][0].lower() + said[1][1:]
                made[-1] = replace(before, text=f"{before.text[:-1]} and {words}")
                line = replace(line, text="", id=before.id)
        made.append(line)
    return made


def _line(rng: Random, fact: Fact | None, form: str, day: date, number: int, made: Scene, over: bool) -> Line:
    raw = made.ids and rng.random() < 0.45
    view = "I" if raw else "you"
    if fact is None:
        said = fill(rng.choice(_NOISE).replace("{n}", draw("name", rng)), view, "", draw("food", rng))
    else:
        said = fact.say(form, rng.randrange(len(fact.attribute.say)), view)
    if not made.ids:
        return Line(fact, form, said)
    key = f"{'t' if raw else 'm'}{number}"
    note = ", the user said" if raw else (", assumed: ask if it matters" if rng.random() < 0.05 else "")
    note += ", no longer so" if raw and over and rng.random() < 0.3 else ""
    return Line(fact, form, f"[{key}] ({day.day} {day:%B %Y}{note}) {said}", key)


# Turns


def asked(rng: Random, made: Scene, line: Line) -> Turn:
    """A question that a line answers."""
    assert line.fact is not None
    form = rng.choice(("name", "relation", "both")) if line.form == "both" else line.form
    text = question(line.fact, rng, form, made.kept)
    answer = line.fact.say(form)[:-1] + line.cite
    value = line.fact.second if _asks_second(line.fact, text) else line.fact.value
    return Turn("known", text, answer, value, made.rivals(line.fact), line.id)


def _asks_second(fact: Fact, text: str) -> bool:
    return (
        bool(fact.second) and fact.attribute.key != "other" and ("when" in text.lower() or "what day" in text.lower())
    )


def reverse(made: Scene, line: Line) -> Turn:
    """A question for whom something holds."""
    assert line.fact is not None
    fact = line.fact
    text = fill(fact.attribute.back, "I", "", fact.value, fact.second)
    answer = (
        fill(fact.attribute.answer_back, "you", "", fact.value) if fact.attribute.answer_back else fact.say(line.form)
    )
    value = fact.attribute.key if fact.attribute.answer_back else (fact.who.called(line.form).strip("~") or "You")
    return Turn("reverse", text, answer[:-1] + line.cite, value, (), line.id)


def untold(rng: Random, made: Scene) -> Turn:
    """A question that nothing answers, most often a near miss."""
    slots = {(line.fact.attribute.key, line.fact.who) for line in made.lines if line.fact}
    topics = [line.fact.attribute for line in made.lines if line.fact and line.fact.attribute.of_others]
    taken = {person.relation for person in made.cast}
    while True:
        who = rng.choice([USER, USER, *made.cast, _stranger(rng, made)])
        attribute = rng.choice(topics) if topics and rng.random() < 0.6 else _attribute(rng, who)
        if (attribute.key, who) in slots or attribute.key in taken or (who is not USER and not attribute.of_others):
            continue
        fact = make_fact(attribute, who, rng, made.unseen)
        form = rng.choice(("name", "relation", "both")) if who is not USER else "name"
        text = question(fact, rng, form, made.kept)
        if attribute.answer_back and rng.random() < 0.2:
            text = f"Who is {fact.value}?"
        return Turn("unknown", text, NOT_TOLD)


def _stranger(rng: Random, made: Scene) -> Person:
    known = {person.relation for person in made.cast} | {line.fact.attribute.key for line in made.lines if line.fact}
    return Person(draw("name", rng, made.unseen), rng.choice([r for r in RELATIONS if r not in known]))


def small_talk(rng: Random) -> Turn:
    """Small talk, written as people write it."""
    text, answer = rng.choice(list(SMALL_TALK.items()))
    text = text if rng.random() < 0.6 else text.lower()
    if text[-1].isalpha() and rng.random() < 0.5:
        text += rng.choice("!.")
    return Turn("talk", text, answer)


def dream(rng: Random, made: Scene, instruction: str) -> Turn:
    """One item to rehearse, as the instruction wants it."""
    line = rng.choice(made.current())
    fact, turn = line.fact, None
    assert fact is not None
    if instruction == DREAM_ASK:
        turn = asked(rng, made, line)
    elif instruction == DREAM_BACK:
        turn = reverse(made, line)
    elif instruction == DREAM_UNTOLD:
        turn = untold(rng, made)
    if turn is not None:
        return Turn("dream", instruction, f"Q: {turn.user}\nA: {turn.assistant}", turn.value)
    if instruction == DREAM_REWORD:
        return Turn("dream", instruction, fact.say(line.form, rng.randrange(len(fact.attribute.say))), fact.value)
    assert instruction == DREAM_FOLLOWS
    text = fill(fact.attribute.follows, "you", fact.who.called(line.form), fact.value, fact.second)
    return Turn("dream", instruction, text, fact.value)


def sample(rng: Random, level: float = 1.0) -> Sample:
    """Turns behind one block; ``level`` from 0 to 1 lets the blocks grow."""
    if rng.random() < 0.06:
        made, system = Scene(), rng.choice((None, None, EMPTY_BLOCK))
        turns = [small_talk(rng) if rng.random() < 0.4 else untold(rng, made) for _ in range(rng.randint(1, 4))]
        return Sample(system, tuple(turns))
    made = scene(rng, rng.randint(1, 2 + round(12 * level)))
    waiting = made.current()
    rng.shuffle(waiting)
    count = 1 if rng.random() < 0.05 else 3 + round(1.6 * len(waiting))
    return Sample(made.system, tuple(_turn(rng, made, waiting) for _ in range(count)))


def _turn(rng: Random, made: Scene, waiting: list[Line]) -> Turn:
    chance = rng.random()
    if chance < 0.05:
        return small_talk(rng)
    if chance < 0.28:
        return untold(rng, made)
    if not made.ids and chance < 0.46:
        return dream(rng, made, rng.choice(DREAMS))
    line = waiting.pop() if waiting else rng.choice(made.current())
    return reverse(made, line) if chance > 0.93 else asked(rng, made, line)
