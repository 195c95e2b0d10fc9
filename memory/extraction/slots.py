"""Slots: the attributes that a statement can fill, and the words that name them.

A functional slot holds one value at a time. What used to hold is kept in the slot of the same name with `former_`
before it, which is never functional: "I used to live in Paris" says nothing against living in Lyon.
"""

RELATIONS: dict[str, str] = {
    **dict.fromkeys(
        ("wife", "husband", "partner", "spouse", "girlfriend", "boyfriend", "fiancé", "fiancée", "fiance", "fiancee"),
        "partner",
    ),
    **dict.fromkeys(("mother", "mom", "mum", "mama", "mommy", "mummy"), "mother"),
    **dict.fromkeys(("father", "dad", "papa", "daddy"), "father"),
    **dict.fromkeys(("grandmother", "grandma", "granny", "nan", "nana"), "grandmother"),
    **dict.fromkeys(("grandfather", "grandpa", "granddad", "grandad"), "grandfather"),
    **dict.fromkeys(("boss", "manager", "supervisor", "team lead"), "boss"),
    **dict.fromkeys(("colleague", "coworker", "co-worker", "workmate"), "colleague"),
    **dict.fromkeys(("roommate", "flatmate", "housemate"), "flatmate"),
    **dict.fromkeys(("neighbour", "neighbor"), "neighbour"),
    **dict.fromkeys(("friend", "buddy", "pal"), "friend"),
    **dict.fromkeys(("dog", "puppy"), "dog"),
    **dict.fromkeys(("cat", "kitten"), "cat"),
    **dict.fromkeys(("doctor", "gp", "physician"), "doctor"),
    **{
        word: word
        for word in """sister brother son daughter aunt uncle cousin niece nephew stepmother stepfather stepsister
        stepbrother grandson granddaughter twin baby child therapist dentist teacher trainer landlord landlady mentor
        hamster parrot horse pony rabbit bunny tortoise turtle goldfish budgie pet mother-in-law father-in-law
        sister-in-law brother-in-law godmother godfather godson goddaughter hairdresser lawyer accountant vet nanny
        """.split()
    },
}
"""What people call those around them, and the word that slots use for it."""

GROUPS: dict[str, tuple[str, ...]] = {
    "pet": (
        "dog",
        "cat",
        "hamster",
        "parrot",
        "horse",
        "pony",
        "rabbit",
        "bunny",
        "tortoise",
        "turtle",
        "goldfish",
        "budgie",
    ),
    "child": ("son", "daughter", "baby"),
    "sibling": ("sister", "brother", "twin"),
    "parent": ("mother", "father"),
    "grandparent": ("grandmother", "grandfather"),
    "kid": ("son", "daughter", "child", "baby"),
}
"""Words for any one of several relations, as questions use them."""

THINGS: dict[str, str] = {
    **dict.fromkeys(("name", "first name", "full name", "real name"), "name"),
    **dict.fromkeys(("surname", "last name", "family name", "maiden name"), "surname"),
    "nickname": "called",
    **dict.fromkeys(("birthday", "date of birth", "birth date", "birthdate"), "birthday"),
    "age": "age",
    **dict.fromkeys(("job", "occupation", "profession", "job title", "role", "position"), "job"),
    **dict.fromkeys(("employer", "company"), "employer"),
    **dict.fromkeys(("phone", "smartphone", "cell phone", "mobile phone", "mobile", "cellphone"), "phone_model"),
    **dict.fromkeys(("phone number", "mobile number", "cell number"), "phone_number"),
    **dict.fromkeys(("laptop", "computer", "pc", "notebook"), "computer"),
    **dict.fromkeys(("hometown", "home town"), "origin"),
    **dict.fromkeys(("birthplace", "place of birth"), "birthplace"),
    **dict.fromkeys(("email", "email address", "e-mail", "e-mail address"), "email"),
    **dict.fromkeys(("address", "home address", "postal address"), "address"),
    **dict.fromkeys(("car", "vehicle"), "car"),
    **dict.fromkeys(("shoe size", "size of shoes"), "shoe_size"),
    **dict.fromkeys(("blood type", "blood group"), "blood_type"),
    **dict.fromkeys(("native language", "mother tongue", "first language"), "native_language"),
    **dict.fromkeys(("major", "degree", "field of study"), "field_of_study"),
    **dict.fromkeys(("university", "college", "school"), "school"),
    **dict.fromkeys(("star sign", "zodiac sign", "sign"), "star_sign"),
    **dict.fromkeys(("wedding anniversary", "anniversary"), "anniversary"),
    **dict.fromkeys(("eye colour", "eye color", "eyes"), "eye_colour"),
    **dict.fromkeys(("hair colour", "hair color", "hair"), "hair_colour"),
    **{
        word: word.replace(" ", "_")
        for word in (
            "height", "weight", "bike", "bicycle", "motorbike", "motorcycle", "boat", "camera", "tablet", "watch",
            "diet", "goal", "hobby", "instrument", "thesis", "dissertation", "thesis topic", "dream job", "salary",
            "budget", "rent", "team", "nationality", "citizenship", "religion", "locker number", "licence plate",
            "license plate", "passport number", "wifi password", "wi-fi password", "username", "time zone", "timezone",
            "gym", "bank", "bedtime", "commute", "tent", "guitar", "piano", "alarm", "band", "blog", "website",
        )
    },
}  # fmt: skip
"""What people have one of ("my car is ..."), and the slot that it fills."""

FUNCTIONAL = frozenset(
    """home_city employer job name surname called birthday birthplace age phone_model phone_number car computer email
    address shoe_size height weight blood_type eye_colour hair_colour relationship_status native_language star_sign
    anniversary school field_of_study school_place work_city salary rent nationality mother_name father_name
    partner_name boss_name manager_name landlord_name landlady_name commute bank gym bedtime time_zone timezone team""".split()
)
_SPELLINGS = {"color": "colour", "favorite": "favourite", "programme": "program", "theatre": "theater"}


def is_functional(slot: str) -> bool:
    """Whether a slot holds one value at a time, so that a new one replaces the old."""
    return slot in FUNCTIONAL or slot.startswith("favourite_")


def relation_of(word: str) -> str:
    """`mum` as `mother`; a word that is no relation as itself."""
    plain = word.lower()
    return RELATIONS.get(plain, plain)


def relation_slot(word: str) -> str:
    """The slot for the name of somebody: `sister_name`."""
    return f"{relation_of(word)}_name"


def thing_slot(thing: str) -> str | None:
    """The slot that "my THING is ..." fills, if it is one."""
    plain = thing.lower()
    return THINGS.get(plain)


def favourite_slot(thing: str) -> str:
    """The slot for a favourite: `favourite_colour`."""
    words = [_SPELLINGS.get(word, word) for word in thing.lower().split()]
    if len(words[-1]) > 3 and words[-1].endswith("s") and not words[-1].endswith("ss"):
        words[-1] = words[-1][:-1]
    return "favourite_" + "_".join(words)
