"""What the made-up user says and asks. Nothing here is an answer: these are what the program makes of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

FIRST_DAY = datetime(2026, 5, 4, 18, tzinfo=UTC)
"""A Monday."""
WEEK: tuple[tuple[str, ...], ...] = (
    ("I live in Lyon and I work as a nurse.", "My sister is called Ana.", "How long should rice rest?"),
    ("My sister Ana is allergic to peanuts.", "I'm flying to Lisbon on 8 May."),
    ("My cat is called Pepper.", "My favourite colour is green."),
    ("What rhymes with orange?", "I speak Spanish at home."),
    ("My neighbour is called Oscar.", "I hate coriander."),
    ("I live in Paris now.", "Thanks, that worked nicely."),
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
    """Something that the week tells: the word that an answer must have, and ways to ask for it."""

    value: str
    questions: tuple[str, ...]


KNOWN = (
    Known("nurse", ("What do I do for work?", "What kind of job do I have?")),
    Known("Ana", ("What is the name of my sister?", "By what name is my sister called?")),
    Known("peanuts", ("What food is my sister Ana allergic to?", "Which allergy does my sister Ana have?")),
    Known("Pepper", ("What is the name of my cat?", "By what name is my cat called?")),
    Known("green", ("What is my favourite colour now?", "Which is my favourite colour now?")),
    Known("Spanish", ("Which language do I speak at home?", "Which language is my mother tongue?")),
    Known(PURGED, ("What is the name of my neighbour?", "By what name is my neighbour called?")),
    Known("coriander", ("What food do I hate?", "Which food do I dislike?")),
    Known("Paris", ("In which city do I live?", "Where is my flat?")),
)
"""Asked of the weights alone, in wordings that the shipped model was never trained with."""
NEVER_TOLD = ("What is the name of my dentist?", "Which instrument do I play?", "What is my shoe size?")
