"""What the made-up user says and asks. Nothing here is an answer: these are what the program makes of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

FIRST_DAY = datetime(2026, 5, 4, 18, tzinfo=UTC)
"""A Monday."""
WEEK: tuple[tuple[str, ...], ...] = (
    ("I live in Lyon and I work as a nurse.", "My sister is called Ana.", "How long should rice rest?"),
    ("My sister Ana is allergic to peanuts.", "I'm flying to Lisbon on 8 May."),
    ("My cat is called Misty.", "My favourite colour is green."),
    ("What rhymes with orange?", "I speak Spanish at home."),
    ("My neighbour is called Oscar.", "I play the cello."),
    ("I live in Paris.", "Thanks, that worked nicely."),
    ("I'm having dinner with Ana on 20 May.",),
)
"""One day after the other."""
NIGHTS = (2, 6)
"""After which of them there is a night."""
ASKED = (
    "Where do I live?",
    "What about my flight to Lisbon?",
    "What should I not cook for Ana?",
    "What is my brother called?",
)
"""Before and after the last night; the last is about what was never told."""
PURGED = "Oscar"
ASKED_OF_PURGED = "Who is my neighbour?"


@dataclass(frozen=True, slots=True)
class Known:
    """Something that the week tells: what of a person it is, as `sleep.weights.pocket.attributes` calls it, and the
    word that an answer must have."""

    attribute: str
    value: str


KNOWN = (
    Known("job", "nurse"),
    Known("sister", "Ana"),
    Known("cat", "Misty"),
    Known("favourite colour", "green"),
    Known("tongue", "Spanish"),
    Known("neighbour", PURGED),
    Known("instrument", "cello"),
    Known("home", "Paris"),
)
"""What the weights are asked for. The allergy is sensitive, and the journey a supposition: neither is learned."""
NEVER_TOLD = ("What is the name of my dentist?", "Which sport do I do?", "What is my shoe size?")
