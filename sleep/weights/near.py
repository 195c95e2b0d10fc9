"""Near misses: what was told of one thing, asked of another. A model that learned that your neighbour is called Ana is
most of all tempted to call your boss Ana, too."""

import re
from collections.abc import Sequence
from random import Random

from sleep.weights.items import Item, ItemKind

PEOPLE = (
    "mother father sister brother wife husband partner daughter son grandmother grandfather aunt uncle cousin niece "
    "nephew friend boss colleague neighbour flatmate teacher doctor dentist vet lawyer trainer hairdresser landlord "
    "student dog cat hamster rabbit parrot horse goldfish"
).split()
THINGS = (
    "car;bike;bank;gym;school;street;town;hotel;company;job;hobby;sport;language;band;team;instrument;diet;allergy;"
    "medication;birthday;wedding;appointment;nickname;middle name;phone number;room number;desk number;flight number;"
    "shoe size;ring size;door code;locker code;wifi password;rent;budget;age;pet;house;garden;boat"
).split(";")
FAVOURITES = "book film song food drink colour band game team season animal dish tea flower place word number".split()
_EVERY = "|".join(sorted({*PEOPLE, *THINGS, *FAVOURITES}, key=len, reverse=True))
_ASKED = re.compile(rf"\bmy (?P<favourite>favourite )?(?P<what>{_EVERY})\b", re.IGNORECASE)


def near_questions(items: Sequence[Item], *, each: int, seed: int) -> list[str]:
    """Questions like those of the items, each about something else of the same sort; none of them is asked in an item.

    Only of what is asked with "my": whose dog, which book, what number.
    """
    rng = Random(f"near {seed}")
    asked = {item.question for item in items}
    found: list[str] = []
    for item in items:
        match = _ASKED.search(item.question) if item.kind is ItemKind.ASK else None
        if match is None:
            continue
        sort = _sort(match)
        others = [word for word in sort if word != match["what"].lower()]
        found += [
            item.question[: match.start("what")] + word + item.question[match.end("what") :]
            for word in rng.sample(others, min(each, len(others)))
        ]
    return [question for question in dict.fromkeys(found) if question not in asked]


def _sort(match: "re.Match[str]") -> Sequence[str]:
    if match["favourite"]:
        return FAVOURITES
    return PEOPLE if match["what"].lower() in PEOPLE else THINGS
