"""What a model could do before and must still do after: general prompts, and text of other things."""

from collections.abc import Sequence
from random import Random

from sleep.weights.gate import Text
from sleep.weights.items import Item, ItemKind
from sleep.weights.lm import LanguageModel, asked, seeded
from sleep.weights.pocket.model import CHAT_TEMPLATE
from sleep.weights.pocket.smalltalk import SMALL_TALK
from sleep.weights.pocket.text import sample

PROMPTS = (
    "Hello!", "Good morning.", "Good night.", "Thank you.", "Who are you?", "What can you do?", "How are you?",
    "Tell me a joke.", "What is two plus three?", "What is the capital of France?", "Name three colours.",
    "What do bees make?", "How many days has a week?", "What is the opposite of hot?", "Why is the sky blue?",
    "Write one sentence about the sea.", "What is water made of?", "Which animal barks?", "Count from one to five.",
    "What comes after Monday?", "Say goodbye politely.", "What is a library for?", "How do I boil an egg?",
    "Translate 'thank you' into German.",
)  # fmt: skip
SENTENCES = (
    ("The river rises in the hills", "and reaches the sea after three hundred kilometres."),
    ("When water freezes, it takes up more room,", "which is why full bottles burst in the cold."),
    ("The library opens at nine", "and closes at six, except on Sundays."),
    ("A violin has four strings,", "and each of them is tuned a fifth above the one before."),
    ("Bread is made of flour, water and salt,", "and most of it of yeast, too."),
    ("The train was late again,", "so the passengers waited on the platform and talked about the weather."),
    ("To change a wheel, loosen the nuts first,", "then lift the car, and take the wheel off."),
    ("Mountains look smaller from the air", "than they do from the valley."),
    ("The committee met on Tuesday", "and agreed on the plan for the coming year."),
    ("In autumn the leaves turn yellow and red", "before they fall."),
    ("Ships use the stars to find their way,", "or did so until satellites took over."),
    ("A good question is often worth more", "than a quick answer."),
)


def prompts_of(model: LanguageModel) -> tuple[str, ...]:
    """General prompts that suit a model: small talk for the shipped one, which knows nothing else."""
    return tuple(SMALL_TALK) if _is_pocket(model) else PROMPTS


def anchors_of(model: LanguageModel, *, seed: int) -> tuple[list[Item], list[Item]]:
    """General prompts as people type them, with the model's own answers: two thirds to rehearse, and one third to be
    examined on."""
    questions = list(prompts_of(model))
    Random(f"general {seed}").shuffle(questions)
    cut = len(questions) * 2 // 3
    return _answered(model, _typed(questions[:cut])), _answered(model, _typed(questions[cut:]))


def _typed(questions: Sequence[str]) -> list[str]:
    """Each with and without capitals and marks, each wording once."""
    bare = [question.rstrip(".!?") for question in questions]
    ways = zip(questions, (q.lower() for q in questions), bare, (f"{q.lower()}!" for q in bare), strict=True)
    return list(dict.fromkeys(wording for way in ways for wording in way))


def _answered(model: LanguageModel, questions: Sequence[str]) -> list[Item]:
    answers = model.answers([asked(question) for question in questions])
    return [Item(ItemKind.TALK, q, a) for q, a in zip(questions, answers, strict=True)]


SHORT = 24
"""Tokens of an answer to a muddled prompt, at the most."""


def muddled(
    model: LanguageModel, talk: Sequence[Item], unknown: Sequence[Item], *, seed: int, count: int = 300
) -> list[Item]:
    """Prompts that nobody would type, with an answer sampled from the model: what it does with any input is to stay as
    it is (pseudo-rehearsal, Robins 1995). Each is made from halves of two prompts, or from a few words of the model's
    vocabulary, for there are more words than those of the prompts."""
    rng = Random(f"muddled {seed}")
    sources = [part for part in (talk, unknown) if part]
    spliced = [_spliced(rng, sources) for _ in range(count // 2 if sources else 0)]
    words = _vocabulary(model)
    prompts = [*spliced, *(_babble(rng, words) for _ in range(count // 2 if words else 0))]
    with seeded(seed):
        answers = model.answers([asked(prompt) for prompt in prompts], temperature=1.0, most=SHORT)
    return [Item(ItemKind.TALK, prompt, answer) for prompt, answer in zip(prompts, answers, strict=True)]


def _spliced(rng: Random, sources: Sequence[Sequence[Item]]) -> str:
    head, tail = (rng.choice(rng.choice(sources)).question.split() for _ in range(2))
    return " ".join([*head[: rng.randint(1, len(head))], *tail[rng.randrange(len(tail)) :]])


def _babble(rng: Random, words: Sequence[str]) -> str:
    said = " ".join(rng.choice(words) for _ in range(rng.randint(1, 5)))
    return rng.choice((said, said.capitalize())) + rng.choice(("", "?", "!", "."))


def _vocabulary(model: LanguageModel) -> list[str]:
    """The tokens that are words of two letters or more."""
    tokens = (model.tokenizer.decode([number]) for number in range(len(model.tokenizer)))
    return [token.strip() for token in tokens if token[:1] == " " and token.strip().isalpha() and len(token) > 2]


def readings_of(model: LanguageModel, items: Sequence[Item], *, seed: int, count: int = 160) -> list[Item]:
    """Questions with memories in the prompt, and the model's own answers: reading must not suffer from knowing.

    For the shipped model about made-up people; for others the night's own questions, with the night's memories.
    """
    if not _is_pocket(model):
        return [Item(ItemKind.TALK, item.question, item.answer, given=item.block) for item in items[:count]]
    rng = Random(f"readings {seed}")
    pairs: list[tuple[str, str]] = []
    while len(pairs) < count:
        made = sample(rng, 0.1)
        turn = rng.choice(made.turns)
        if made.system and turn.kind in ("known", "unknown", "reverse"):
            pairs.append((turn.user, made.system))
    answers = model.answers([asked(question, system) for question, system in pairs])
    return [
        Item(ItemKind.TALK, question, answer, given=system)
        for (question, system), answer in zip(pairs, answers, strict=True)
    ]


def texts_of(model: LanguageModel, *, seed: int, count: int = 32) -> list[Text]:
    """Held-out text for perplexity: of the kind that the shipped model was made for, or plain sentences."""
    if not _is_pocket(model):
        return [([{"role": "user", "content": f"Go on: {start}"}], end) for start, end in SENTENCES]
    rng = Random(f"held out {seed}")
    made = [sample(rng).messages() for _ in range(count)]
    return [
        (messages[: 2 if messages[0]["role"] == "system" else 1],
         messages[2 if messages[0]["role"] == "system" else 1]["content"])
        for messages in made
    ]  # fmt: skip


def _is_pocket(model: LanguageModel) -> bool:
    return bool(model.tokenizer.chat_template == CHAT_TEMPLATE)
