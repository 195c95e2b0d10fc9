"""Every slot in many wordings: what is plainly said is understood, whoever says it and however they type."""

import pytest

from memory.extraction import extract
from memory.types import Kind
from tests.extraction.conftest import Said

STATED: dict[tuple[str, str | None], tuple[str, ...]] = {
    ("home_city", "Lyon"): (
        "I live in Lyon.",
        "I'm living in Lyon at the moment.",
        "I moved to Lyon last year.",
        "We're based in Lyon.",
        "By the way, I live in Lyon now.",
        "I live with my wife in Lyon",
        "I've just moved to Lyon from Paris",
        "i live in lyon",
        "I reside in Lyon, France",
        "I relocated to Lyon in March",
        "I've been living in Lyon since 2019.",
        "Since 2020 I live in Lyon.",
        "I live in the suburbs of Lyon.",
    ),
    ("employer", "Acme"): (
        "I work at Acme.",
        "I work for Acme as a designer.",
        "I'm working at Acme these days",
        "I just joined Acme.",
        "I started a new job at Acme",
        "I've started working for Acme",
        "I'm employed by Acme.",
        "I got a job at Acme last month",
        "I work full-time at Acme",
        "My employer is Acme.",
        "I've been working at Acme for six years.",
    ),
    ("job", "nurse"): (
        "I'm a nurse.",
        "I am a nurse at the city hospital",
        "I work as a nurse.",
        "I became a nurse in 2019",
        "I've been a nurse for ten years.",
        "By trade I'm a nurse",
        "I work nights as a nurse",
        "My job is a nurse.",
    ),
    ("name", "Ada"): (
        "My name is Ada.",
        "I'm Ada.",
        "I am called Ada",
        "Hi, I'm Ada!",
        "Hi! I'm Ada, nice to meet you.",
        "My first name is Ada",
    ),
    ("birthday", None): (
        "My birthday is on 4 March.",
        "I was born on 4 March 1985",
        "My birthday is March 4th",
        "I was born on March 4, 1985.",
    ),
    ("age", "34"): (
        "I'm 34 years old.",
        "I'm 34.",
        "I am 34 years old",
        "I turned 34 last week",
        "My age is 34",
        "I just turned thirty-four.",
    ),
    ("sister_name", "Ana"): (
        "My sister Ana lives in Oslo.",
        "My sister is called Ana.",
        "My sister's name is Ana.",
        "I have a sister called Ana",
        "Ana is my sister.",
        "I have a younger sister named Ana.",
        "My little sister Ana is a nurse",
    ),
    ("dog_name", "Rex"): (
        "My dog is called Rex.",
        "I have a dog named Rex.",
        "We adopted a dog called Rex.",
        "Our dog Rex is old",
        "My dog's name is Rex",
    ),
    ("partner_name", "Sam"): (
        "My husband Sam is a cook.",
        "I'm married to Sam.",
        "My wife is called Sam",
        "My partner Sam hates jazz",
        "I'm engaged to Sam",
        "My girlfriend's name is Sam",
    ),
    ("allergy", "peanuts"): (
        "I'm allergic to peanuts.",
        "I am severely allergic to peanuts",
        "I'm badly allergic to peanuts.",
        "I'm really allergic to peanuts, sadly",
    ),
    ("diet", "vegan"): (
        "I'm vegan.",
        "I am a vegan",
        "I became vegan last year",
        "I went vegan in 2020",
        "I've been vegan for three years",
        "I follow a vegan diet",
    ),
    ("favourite_colour", "green"): (
        "My favourite colour is green.",
        "My favorite color is green",
        "Green is my favourite colour.",
        "my favourite colour is green",
    ),
    ("likes", "jazz"): (
        "I love jazz.",
        "I like jazz",
        "I really enjoy jazz",
        "I'm a big fan of jazz",
        "I'm into jazz",
        "I've always loved jazz",
        "I adore jazz",
    ),
    ("dislikes", "olives"): (
        "I hate olives.",
        "I don't like olives",
        "I can't stand olives",
        "I'm not a fan of olives",
        "I dislike olives",
        "I do not care for olives",
        "I don't enjoy olives",
    ),
    ("avoids", "meat"): (
        "I don't eat meat.",
        "I never eat meat",
        "I do not eat meat",
    ),
    ("phone_model", None): (
        "I have an iPhone 15.",
        "I use a Pixel 8",
        "I switched to a Fairphone 5",
        "My phone is a Nokia 3310",
    ),
    ("car", None): (
        "I drive a red Volvo.",
        "My car is a Toyota Corolla",
        "I bought a Tesla",
        "We have an old Skoda",
    ),
    ("origin", None): (
        "I'm from Seville.",
        "I come from Seville",
        "I grew up in Seville",
        "I'm originally from Seville",
    ),
    ("birthplace", "Faro"): (
        "I was born in Faro.",
        "I was born and raised in Faro",
    ),
    ("field_of_study", None): (
        "I study physics.",
        "I'm studying law in Leeds",
        "I'm majoring in history",
    ),
    ("fears", "spiders"): (
        "I'm afraid of spiders.",
        "I'm scared of spiders",
        "I am terrified of spiders",
    ),
    ("relationship_status", None): (
        "I'm single.",
        "I'm divorced",
        "I got married in June",
        "I'm engaged",
    ),
    ("height", None): (
        "I'm 1.82 m tall",
        "I'm 180 cm tall.",
    ),
    ("shoe_size", "43"): (
        "I wear size 43 shoes",
        "My shoe size is 43",
    ),
    ("former_home_city", "Paris"): (
        "I used to live in Paris.",
        "I lived in Paris for years",
        "I no longer live in Paris",
    ),
    ("former_employer", "Acme"): (
        "I used to work at Acme.",
        "I no longer work for Acme",
        "I don't work at Acme any more",
        "I quit my job at Acme",
    ),
    ("email", None): ("My email is ada@example.org",),
    ("condition", "asthma"): (
        "I have asthma.",
        "I suffer from asthma",
        "I was diagnosed with asthma",
    ),
}
"""Slot and value (None: any value), and what states it."""


@pytest.mark.parametrize(
    ("slot", "value", "text"), [(slot, value, text) for (slot, value), texts in STATED.items() for text in texts]
)
def test_a_slot_is_understood(said: Said, slot: str, value: str | None, text: str) -> None:
    found = {memory.slot: memory.value for memory in extract(said(text))}
    assert slot in found
    assert value is None or (found[slot] or "").lower() == value.lower()


@pytest.mark.parametrize(
    ("text", "subject", "slot", "value"),
    [
        ("My sister Ana works at Acme.", "Ana", "employer", "Acme"),
        ("My brother Tom lives in Leeds.", "Tom", "home_city", "Leeds"),
        ("My dad is a baker.", "father", "job", "baker"),
        ("Our neighbour Ida moved to Turin.", "Ida", "home_city", "Turin"),
        ("My son Leo is 7 years old.", "Leo", "age", "7"),
        ("My wife Mia is allergic to shellfish.", "Mia", "allergy", "shellfish"),
        ("My sister Ana is a vet and she lives in Oslo.", "Ana", "home_city", "Oslo"),
    ],
)
def test_those_one_knows_have_their_own_statements(said: Said, text: str, subject: str, slot: str, value: str) -> None:
    found = [(m.subject, m.slot, m.value) for m in extract(said(text))]
    assert (subject, slot, value) in found
    assert ("user", slot, value) not in found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I'm going to climb Etna on 3 June.", Kind.PLAN),
        ("I have a dentist appointment on Friday.", Kind.PLAN),
        ("My flight is on 12 August.", Kind.PLAN),
        ("I bought a piano yesterday.", Kind.EVENT),
        ("I ran a marathon last month.", Kind.EVENT),
        ("I got promoted.", Kind.EVENT),
        ("Please always answer in short sentences.", Kind.INSTRUCTION),
        ("From now on use metric units.", Kind.INSTRUCTION),
        ("I play the cello on Sundays.", Kind.FACT),
        ("I collect stamps.", Kind.FACT),
        ("I have two daughters and a son.", Kind.FACT),
        ("I recently joined a choir.", Kind.EVENT),
        ("I signed up for a pottery class.", Kind.EVENT),
        ("We moved in together.", Kind.EVENT),
        ("I've decided to quit my job.", Kind.PLAN),
        ("I've really gotten into bouldering.", Kind.PREFERENCE),
        ("I don't eat meat any more, it makes me ill.", Kind.REJECTION),
    ],
)
def test_what_has_no_slot_has_its_kind(said: Said, text: str, kind: Kind) -> None:
    assert kind in [memory.kind for memory in extract(said(text))]


def test_several_statements_in_one_message(said: Said) -> None:
    text = "Hi! I'm Ada, I live in Lyon and work at Acme. My sister Ana is a nurse, and I'm allergic to peanuts."
    found = {(m.subject, m.slot): m.value for m in extract(said(text))}
    assert (
        found.items()
        >= {
            ("user", "name"): "Ada",
            ("user", "home_city"): "Lyon",
            ("user", "employer"): "Acme",
            ("user", "sister_name"): "Ana",
            ("Ana", "job"): "nurse",
            ("user", "allergy"): "peanuts",
        }.items()
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I live in Lyon.", "You live in Lyon."),
        ("I'm allergic to peanuts.", "You are allergic to peanuts."),
        ("My sister Ana works at Acme.", "Your sister Ana works at Acme."),
        ("I don't eat meat.", "You do not eat meat."),
    ],
)
def test_the_text_is_the_statement_in_the_second_person(said: Said, text: str, kept: str) -> None:
    assert kept in [memory.text for memory in extract(said(text))]


@pytest.mark.parametrize("text", ["I'm allergic to nuts.", "I have asthma.", "I'm vegan.", "My salary is 3000 euros."])
def test_what_is_private_is_marked(said: Said, text: str) -> None:
    assert {memory.sensitivity.value for memory in extract(said(text))} == {"sensitive"}
