"""Slots: the attributes that a statement can fill. A functional slot holds one value at a time."""

RELATIONS: dict[str, str] = {
    **dict.fromkeys(
        ("wife", "husband", "partner", "spouse", "girlfriend", "boyfriend", "fiancé", "fiancée"), "partner"
    ),
    **dict.fromkeys(("fiance", "fiancee"), "partner"),
    **dict.fromkeys(("mother", "mom", "mum", "mama"), "mother"),
    **dict.fromkeys(("father", "dad", "papa"), "father"),
    **dict.fromkeys(("grandmother", "grandma", "granny", "nan", "nana"), "grandmother"),
    **dict.fromkeys(("grandfather", "grandpa", "granddad"), "grandfather"),
    **dict.fromkeys(("boss", "manager", "supervisor"), "boss"),
    **dict.fromkeys(("colleague", "coworker", "co-worker", "workmate"), "colleague"),
    **dict.fromkeys(("roommate", "flatmate", "housemate"), "flatmate"),
    **dict.fromkeys(("neighbour", "neighbor"), "neighbour"),
    **dict.fromkeys(("dog", "puppy"), "dog"),
    **dict.fromkeys(("cat", "kitten"), "cat"),
    **{
        word: word
        for word in """sister brother son daughter aunt uncle cousin niece nephew stepmother stepfather stepsister
        stepbrother twin baby child friend therapist doctor dentist teacher trainer landlord landlady mentor hamster
        parrot horse rabbit tortoise goldfish pet mother-in-law father-in-law sister-in-law brother-in-law""".split()
    },
}
"""What people call those around them, and the word that slots use for it."""

FUNCTIONAL = frozenset(
    """home_city employer job name called partner_name mother_name father_name birthday birthplace age phone_model car
    shoe_size height blood_type eye_colour hair_colour relationship_status""".split()
)

ALIASES = {"color": "colour", "favorite": "favourite"}


def is_functional(slot: str) -> bool:
    """Whether a slot holds one value at a time, so that a new one replaces the old."""
    return slot in FUNCTIONAL or slot.startswith("favourite_")


def relation_slot(word: str) -> str:
    """The slot for the name of somebody: `sister_name`."""
    return f"{RELATIONS[word.lower()]}_name"


def favourite_slot(thing: str) -> str:
    """The slot for a favourite: `favourite_colour`."""
    words = [ALIASES.get(word, word) for word in thing.lower().split()]
    return "favourite_" + "_".join(words)
