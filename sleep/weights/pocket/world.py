"""Facts about made-up people, and how they are said and asked for."""

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from sleep.weights.pocket.attributes import ATTRIBUTES, RELATIONS, Attribute
from sleep.weights.pocket.values import draw

NOT_TOLD = "You haven't told me that."
"""What the model says when nothing that it was given answers."""

_PLAIN, _DO = "{d}", "Do you know {e}?"
FRAMES = (
    *((_PLAIN,) * 6),
    "{l}",
    _DO,
    "Can you tell me {e}?",
    "Tell me {e}.",
    "Remind me {e}.",
    "Do you remember {e}?",
    "I forgot {e}.",
    "Please tell me {e}.",
    "I would like to know {e}.",
    "Hey, {d}",
    "{c}",
    "{d} Please tell me.",
)
"""How questions are put: ``{d}`` directly, ``{e}`` embedded, ``{l}`` in lower case with no mark, ``{c}`` contracted."""
KEPT_FRAMES = (
    "Could you tell me {e}?",
    "Please remind me {e}.",
    "Hello, do you know {e}?",
    "Do you still remember {e}?",
)
"""Frames that are kept for evaluation."""

_FORMS = {"{is}": ("are", "am", "is"), "{has}": ("have", "have", "has"), "{was}": ("were", "was", "was")}
_AUXILIARY = ("is", "can't", "{is}", "{was}")


@dataclass(frozen=True)
class Person:
    """Somebody that the user speaks of; a person without name and relation is the user."""

    name: str = ""
    relation: str = ""

    def called(self, form: str) -> str:
        """The words for this person; a tilde stands for your or my. Empty for the user."""
        if not self.name:
            return ""
        forms = {"name": self.name, "relation": f"~{self.relation}", "both": f"~{self.relation} {self.name}"}
        return forms[form]


USER = Person()


@dataclass(frozen=True)
class Fact:
    """One thing about one person."""

    attribute: Attribute
    value: str
    second: str = ""
    who: Person = USER

    @property
    def slot(self) -> tuple[str, Person, str]:
        """Facts of one slot exclude each other."""
        return self.attribute.key, self.who, self.second if self.attribute.key == "other" else ""

    def say(self, form: str = "name", wording: int = 0, view: str = "you") -> str:
        """A statement: ``you`` as a memory has it, ``I`` as the user says it."""
        return fill(self.attribute.say[wording], view, self.who.called(form), self.value, self.second)


def article(value: str) -> str:
    """The value with a or an."""
    return f"{'an' if value[:1].lower() in 'aeiou' else 'a'} {value}"


def fill(template: str, view: str, called: str, value: str = "", second: str = "") -> str:
    """A template as a sentence or a part of one; ``view`` is whose words these are: ``you`` or ``I``."""
    your = "your" if view == "you" else "my"
    form = 2 if called else (0 if view == "you" else 1)
    subject = called.replace("~", your + " ") if called else view
    text = template
    for mark, forms in _FORMS.items():
        text = text.replace(mark, forms[form])
    text = re.sub(r"\(([\w']+)\|([\w']+)\)", r"\2" if called else r"\1", text)
    text = re.sub(r"\((e?s)\)", r"\1" if called else "", text)
    first = re.search(r"\{[SP]\}", text)
    if called and first:  # the one who is named once is they after that
        text = text[: first.end()] + text[first.end() :].replace("{P}", "their")
    text = text.replace("{S}", subject).replace("{P}", f"{subject}'s" if called else your)
    text = text.replace("{w}", second).replace("{av}", article(value)).replace("{v}", value)
    return capital(text) if text.endswith((".", "?")) else text


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


@cache
def _question(spec: str, third: bool) -> tuple[str, str]:
    """A question, direct and embedded, as templates."""
    word, subject, verb, rest = (part.strip() for part in spec.split("|", 3)) if "(" not in spec else _split(spec)
    past, _, base = verb.partition("=")
    embedded = f"{word} {subject} {past} {rest}".strip()
    if verb in _AUXILIARY:
        return f"{word} {verb} {subject} {rest}".strip() + "?", embedded
    if "=" in verb:
        auxiliary, stem = "did", base
    else:
        auxiliary = "does" if third or subject != "{S}" else "do"
        stem = "have" if verb == "{has}" else re.sub(r"\((\w+)\|\w+\)", r"\1", re.sub(r"\(e?s\)", "", verb))
    return f"{word} {auxiliary} {subject} {stem} {rest}".strip() + "?", embedded


def _split(spec: str) -> tuple[str, str, str, str]:
    parts = re.split(r"\|(?![^(]*\))", spec)
    word, subject, verb, rest = (part.strip() for part in parts)
    return word, subject, verb, rest


def ask(fact: Fact, spec: str, frame: str, form: str = "name") -> str:
    """A question about a fact, as the user puts it."""
    called = fact.who.called(form)
    direct, embedded = _question(spec, bool(called))
    said = capital(fill(direct, "I", called, fact.value, fact.second))
    inner = fill(embedded, "I", called, fact.value, fact.second)
    low = said[:1].lower() + said[1:]
    if frame == "{l}":
        return (low[:-1].replace(" I ", " i ") + " ").replace(" I ", " i ").strip()
    if frame == "{c}":
        return re.sub(r"^(What|Who|Where|When|How) is ", r"\1's ", said)
    if frame.startswith("{"):
        return frame.format(d=said)
    return frame.format(d=low, e=inner)


def wordings(fact: Fact, form: str = "name", kept: bool = False) -> list[str]:
    """Every question about a fact's value; ``kept`` for those that training never uses."""
    specs = [s for s in fact.attribute.ask if "{v}" not in s and not s.startswith(("when", "*when", "*what day"))] if (
        fact.second and fact.attribute.key != "other"
    ) else list(fact.attribute.ask)  # fmt: skip
    trained = [ask(fact, s, f, form) for s in specs if not s.startswith("*") for f in dict.fromkeys(FRAMES)]
    if not kept:
        return list(dict.fromkeys(trained))
    fresh = [ask(fact, s.lstrip("*"), f, form) for s in specs for f in KEPT_FRAMES]
    fresh += [ask(fact, s[1:], _PLAIN, form) for s in specs if s.startswith("*")]
    return [q for q in dict.fromkeys(fresh) if q not in trained]


def question(fact: Fact, rng: Random, form: str = "name", kept: bool = False) -> str:
    """A question about a fact, drawn."""
    attribute = fact.attribute
    if kept and (rng.random() < 0.5 or not attribute.kept):
        return ask(fact, rng.choice(attribute.asked), rng.choice(KEPT_FRAMES), form)
    if kept:
        return ask(fact, rng.choice(attribute.kept), _PLAIN, form)
    return ask(fact, rng.choice(attribute.asked), rng.choice(FRAMES), form)


def make_fact(attribute: Attribute, who: Person, rng: Random, unseen: bool = False) -> Fact:
    """A fact with drawn values."""
    value = draw(attribute.kind, rng, unseen)
    second = draw(attribute.second, rng, unseen) if attribute.second else ""
    return Fact(attribute, value, second, who)


@dataclass(frozen=True)
class MadeUp:
    """A fact of a made-up user, as a benchmark needs it."""

    key: str
    statement: str
    said: str
    value: str
    questions: tuple[str, ...]
    kept_questions: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class Persona:
    """A made-up user: facts, one of each attribute, and questions about what was never told."""

    facts: tuple[MadeUp, ...]
    never_told: tuple[str, ...]
    of_others: tuple[str, ...]
    """The same attributes, of people that nothing was told of: where does my sister live?"""


def persona(seed: int, facts: int = 50, probes: int = 20, each: int = 1) -> Persona:
    """A made-up user with values that training never used; what was never told is asked in up to ``each`` wordings."""
    rng = Random(seed)
    keys = rng.sample([k for k in ATTRIBUTES if k != "other"], facts + probes)
    known = [make_fact(ATTRIBUTES[k], USER, rng, unseen=True) for k in keys[:facts]]
    absent = [make_fact(ATTRIBUTES[k], USER, rng, unseen=True) for k in keys[facts:]]
    strangers = [r for r in RELATIONS if r not in keys]
    never = [question_of_value(fact, rng) for _ in range(each) for fact in absent]
    others = [
        question(make_fact(fact.attribute, Person("-", rng.choice(strangers)), rng, unseen=True), rng, "relation", True)
        for _ in range(each)
        for fact in [fact for fact in known if fact.attribute.of_others][:probes]
    ]
    return Persona(tuple(map(_made_up, known)), tuple(dict.fromkeys(never)), tuple(dict.fromkeys(others)))


def question_of_value(fact: Fact, rng: Random) -> str:
    """A kept question that does not name the fact's value."""
    return rng.choice(wordings(fact, kept=True))


def _made_up(fact: Fact) -> MadeUp:
    return MadeUp(
        fact.attribute.key, fact.say(), fact.say(view="I"), fact.value, tuple(wordings(fact)),
        tuple(wordings(fact, kept=True)), fact.say(),
    )  # fmt: skip
