"""What must not be taken for a statement about its author. A missed statement is a pity, an invented one is a lie."""

import pytest

from memory.extraction import extract
from memory.types import Kind
from tests.extraction.conftest import Said

NOT_STATED = (
    "Do I live in Lyon?",
    "Where do I live?",
    "What if I lived in Lyon?",
    "If I lived in Lyon, I'd be happy.",
    "If I live in Lyon next year I will need a flat",
    "I wish I lived in Lyon.",
    "I wish I had a dog called Rex.",
    "I'd love to live in Lyon one day",
    "I would like to work at Acme",
    "I want to be a nurse",
    "I might move to Lyon.",
    "I may be allergic to nuts",
    "I could be a nurse",
    "I should be vegan",
    "Imagine I live in Lyon.",
    "Imagine I'm a nurse and I work at Acme.",
    "Suppose I'm 34 years old.",
    "Let's say I'm a doctor and my name is Bob.",
    "Pretend I'm a pirate. I live on a ship.",
    "Pretend that I am Ada.",
    "Let's pretend my name is Ada.",
    "Act as if I were a nurse.",
    "You are a nurse and you live in Lyon.",
    "Let's play a game: I'm a wizard and I live in Narnia.",
    "Write a story in which I live in Lyon.",
    "Write a story: I live in Lyon and my dog is called Rex.",
    "In my novel, I live in Lyon.",
    "In the story I'm a nurse called Ada.",
    "In the game I'm a thief from Lyon.",
    "My character lives in Lyon and is called Ada.",
    "In my dream I lived in Lyon.",
    "I dreamt I was allergic to cats",
    "My friend says I live in Lyon.",
    "My friend says I'm a nurse.",
    'My friend said "I live in Lyon".',
    "She said: I live in Lyon.",
    'He told me, "I\'m allergic to nuts".',
    "Ana wrote 'I work at Acme'.",
    "People think I'm a nurse.",
    "My mother thinks I'm vegan.",
    "Everyone says I'm French",
    "They call me a nurse",
    '"I live in Lyon"',
    "“I'm a nurse.”",
    "> I live in Lyon",
    "> I'm a nurse",
    "    I live in Lyon",
    "`I live in Lyon`",
    "```\nI live in Lyon\n```",
    "Translate this: I live in Lyon and work at Acme.",
    "Translate into French: My name is Ada and I live in Lyon.",
    "Please correct this sentence: I lives in Lyon.",
    "Rewrite this: I'm a nurse.",
    "Summarise this text: I was born in Faro.",
    "Here is an email: I live in Lyon.",
    "Here's my friend's text: I'm allergic to nuts.",
    "From: Ada\nSubject: Hello\nI live in Lyon",
    "Alice: I live in Lyon\nBob: I live in Porto",
    "The song goes: I love New York",
    "The lyrics are: I live in Lyon, I love you",
    'How do you say "I am a nurse" in French?',
    "How do I say I'm a nurse in French?",
    'What does "I\'m allergic to nuts" mean?',
    "Just kidding, I'm a nurse",
    "I'm a nurse, just kidding.",
    "I live in Lyon lol not really",
    "I'm not a nurse.",
    "I don't live in Lyon.",
    "I'm not allergic to nuts.",
    "I don't work at Acme",
    "I'm not vegan",
    "I'm not married",
    "I've never lived in Lyon",
    "I'm nowhere near Lyon",
    "I like it.",
    "I love that idea",
    "I love your answer",
    "I like how you think",
    "I'm sorry",
    "I'm fine",
    "I'm here",
    "I'm back",
    "I'm tired",
    "I'm sure",
    "I'm done.",
    "I'm Good, thanks",
    "I'm Really tired",
    "I live in fear",
    "I live in hope",
    "I work at home",
    "I work from home",
    "I have a question",
    "I have an idea",
    "I have a problem with my code",
    "I'm in a meeting",
    "I'm a bit tired",
    "I'm a fan",
    "I'm from the future",
    "I'm a terrible cook",
    "I'm a morning person's nightmare",
    "Someone told me I'm a good nurse",
    "Is it true that I live in Lyon?",
    "I think I live in a simulation",
    "According to Ana, I live in Lyon.",
    "As a nurse, what would you do?",
    "As if I lived in Lyon",
    "When I lived in Lyon",
    "Once I live in Lyon, I'll buy a boat",
    "Unless I move to Lyon, no.",
    "Maybe I'm allergic to nuts",
    "Perhaps I'll move to Lyon",
    "I guess I could live in Lyon",
    "Would I like Lyon?",
    "You live in Lyon.",
    "You're a nurse",
    "My phone is broken",
    "My car is dirty",
    "My name is hard to spell",
    "My job is stressful",
    "I am 5 minutes late",
    "I'm 100% sure",
    "I turned 180 degrees",
    'def f():\n    my_name = "Ada"',
    "SELECT name FROM users WHERE city = 'Lyon'",
    "Hypothetically, I'm a nurse",
    "In another life I'm a nurse",
    'For example, "my sister is called Ana"',
    "Say I'm 34 years old, what then?",
    "Say I live in Lyon.",
    "Complete the sentence: I live in",
    "The sentence 'My dog is called Rex' has five words",
    "Fill in: my name is Ada",
    "Role-play: I'm a knight from Camelot",
    "Roleplay time! I am Batman and I live in Gotham.",
    "For this roleplay, I'm a doctor.",
    "You be the doctor and I'm the patient",
    "In character: I live in Lyon",
    "Once upon a time I lived in Lyon",
    "He lives in Lyon",
    "The nurse lives in Lyon and works at Acme",
    "My boss said I'm from Mars",
    "Dad always said I was born in Faro",
    "I was told I'm allergic to nuts",
    "They say I live in Lyon",
    "I told him I'm a nurse",
    "I lied that I live in Lyon",
    "I pretended to be a nurse",
    "I can't say I live in Lyon",
    "It's not true that I live in Lyon",
    "The test says I'm allergic to nuts",
    "This is a quote: I live in Lyon",
    "Title: I live in Lyon",
)


@pytest.mark.parametrize("text", NOT_STATED)
def test_nothing_is_taken_from_it(said: Said, text: str) -> None:
    assert extract(said(text)) == ()


@pytest.mark.parametrize(
    ("text", "true", "false"),
    [
        ("I live in Lyon. My friend says I should live in Porto.", "Lyon", "Porto"),
        ("If I moved to Porto I'd miss Lyon. I live in Lyon.", "Lyon", "Porto"),
        ('I live in Lyon. Translate this: "I live in Porto".', "Lyon", "Porto"),
        ("I live in Lyon.\n\n> I live in Porto", "Lyon", "Porto"),
        ("I live in Lyon.\n```\nhome = 'Porto'  # I live in Porto\n```", "Lyon", "Porto"),
        ("I live in Lyon. Do I live in Porto?", "Lyon", "Porto"),
    ],
)
def test_a_statement_beside_what_is_none(said: Said, text: str, true: str, false: str) -> None:
    values = [memory.value for memory in extract(said(text))]
    assert true in values and false not in values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I don't eat meat any more.", "meat"),
        ("I decided against the Tesla.", "Tesla"),
        ("I decided against buying the Tesla.", "buying the Tesla"),
        ("I no longer drink coffee.", "coffee"),
        ("I gave up sugar.", "sugar"),
        ("I quit smoking.", "smoking"),
        ("I stopped eating cheese.", "cheese"),
        ("I turned down the offer from Globex.", "offer from Globex"),
        ("I don't like jazz anymore.", "jazz"),
        ("I'm no longer interested in chess.", "chess"),
    ],
)
def test_what_is_over_or_refused_is_a_rejection(said: Said, text: str, value: str) -> None:
    (memory,) = extract(said(text))
    assert (memory.kind, memory.value) == (Kind.REJECTION, value)


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("I used to live in Paris.", "former_home_city"),
        ("I no longer live in Paris.", "former_home_city"),
        ("I used to work at Acme.", "former_employer"),
        ("I don't work at Acme any more.", "former_employer"),
    ],
)
def test_what_used_to_be_fills_no_present_slot(said: Said, text: str, slot: str) -> None:
    assert [memory.slot for memory in extract(said(text))] == [slot]


def test_only_the_user_is_evidence(said: Said) -> None:
    text = "I live in Lyon and I'm allergic to nuts."
    assert len(extract(said(text))) == 2
    assert extract(said(text, role="assistant")) == ()
    assert extract(said(text, role="system")) == ()
    assert extract(said(text, status="failed")) == ()
    assert extract(said(text, status="stopped")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "I plan to use it wisely.",
        "I used to dislike them because they seemed too violent.",
        "I love sharing these experiences with my friends.",
        "I visited it yesterday.",
        "I'm allergic to it.",
        "I intend to foster communication by encouraging open dialogue, learning and feedback in all of our teams.",
    ],
)
def test_what_points_elsewhere_or_says_little_is_no_memory(said: Said, text: str) -> None:
    assert not extract(said(text))


@pytest.mark.parametrize("text", ["I joined a conservation group.", "I read a great article in a magazine."])
def test_one_value_is_not_replaced_by_what_is_no_value(said: Said, text: str) -> None:
    assert all(memory.slot not in ("employer", "field_of_study") for memory in extract(said(text)))
