"""Dreaming: the model writes what it will rehearse, from the night's memories with one unrelated memory among them.

After Behrouz et al. 2026 (arXiv 2606.03979): many samples, most of them rejected. What is malformed, not grounded in a
memory or a repetition is dropped by code. There those count of the rest whose loss has the largest gradient, and a few
at random; here any, unless it is wished, for these taught no more, and take longer (docs/benchmarks.md).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from sleep.weights.items import Fact, Item, ItemKind, block, telling
from sleep.weights.lm import Coded, LanguageModel, answer_logits, asked, seeded
from sleep.weights.pocket import DREAM_ASK, DREAM_BACK, DREAM_UNTOLD
from sleep.weights.pocket.model import CHAT_TEMPLATE
from sleep.weights.pocket.world import NOT_TOLD

POCKET: Mapping[ItemKind, str] = {
    ItemKind.ASK: DREAM_ASK,
    ItemKind.BACK: DREAM_BACK,
    ItemKind.UNTOLD: DREAM_UNTOLD,
}
_FORM = (
    " Reply with two lines only, `Q:` and the question as the user would ask it, `A:` and the answer in one sentence."
)
GENERAL: Mapping[ItemKind, str] = {
    ItemKind.ASK: "Write one question that the user could ask about these memories." + _FORM,
    ItemKind.BACK: "Write one question whose answer is the person or thing that a memory is about." + _FORM,
    ItemKind.UNTOLD: "Write one question about the user that these memories do not answer." + _FORM,
}
"""What a model of any family is asked for."""

ABSTAINS = re.compile(
    r"\b(?:haven['’]t|have not|didn['’]t|did not|not been|never) (?:told|tell|said|say|mentioned|mention)\b"
    r"|\bdon['’]t know\b",
    re.IGNORECASE,
)
_PAIR = re.compile(r"\s*Q:\s*(?P<question>[^\n]{3,300})\nA:\s*(?P<answer>[^\n]{1,300})\s*")
_MARKED = re.compile(r"(?<=\s)[A-Z]\w*|\b\w*\d\w*")
_COMMON = frozenset(
    "you your the a an is are am has have do does did of to in on at for and with was were their his her by as".split()
)


ROUNDS = 3
TEMPERATURE = 0.8
"""Of the sampling: hotter, a small model garbles the names that it copies."""
HOTTER = 1.1
"""The same for questions that nothing answers: of these variety counts, and no name has to be right."""
BACK_SHARE = 0.15
"""Of the questions, those the other way round."""
MOST = 0.5
"""More than this share of an answer's words must be those of the memory that it is from."""


@dataclass(frozen=True, slots=True)
class Dreamt:
    """What a night's dreaming came to."""

    items: tuple[Item, ...]
    sampled: int
    rejected: Mapping[str, int]
    """How many fell away, by reason: malformed, ungrounded, repeated."""


def instructions_for(model: LanguageModel) -> Mapping[ItemKind, str]:
    """How a model is asked to dream: the shipped one knows its own short words."""
    return POCKET if model.tokenizer.chat_template == CHAT_TEMPLATE else GENERAL


def abstains(answer: str) -> bool:
    """Whether an answer says that something was not told."""
    return NOT_TOLD in answer or ABSTAINS.search(answer) is not None


def rests_on(answer: str, facts: Iterable[Fact]) -> tuple[str, ...]:
    """The ids of the memories that an answer is from: each has every name and number of it, and most of its words."""
    marked = {word.lower() for word in _MARKED.findall(answer)}
    words = set(re.findall(r"\w+", answer.lower())) - _COMMON
    found: list[tuple[int, str]] = []
    for fact in facts:
        told = set(re.findall(r"\w+", fact.text.lower()))
        if marked <= told and len(words & told) > MOST * len(words):
            found.append((len(words & told), fact.id))
    best = max((shared for shared, _ in found), default=0)
    return tuple(fact for shared, fact in found if shared == best)


def dream(
    model: LanguageModel, facts: Sequence[Fact], others: Sequence[Fact], *, each: int, enough: int, seed: int,
    judge: LanguageModel | None = None,
) -> Dreamt:  # fmt: skip
    """Questions about a night's memories: ``each`` samples a memory, and again for those of which not ``enough`` stay.

    ``others`` are earlier memories: one of them is mixed into every prompt, and what is dreamt of it is dropped. In the
    last round each memory that still lacks some is alone, before and behind: a small model gets lost among several.
    ``judge`` answers what was asked, where the model that dreams is not the one that teaches.
    """
    rng, sieve = Random(f"dream {seed}"), Sieve(judge or model)
    orders = instructions_for(model)
    for again in range(ROUNDS):
        lacking = [f for f in facts if sum(f.id in item.facts for item in sieve.kept) < enough]
        kinds = [ItemKind.BACK if rng.random() < BACK_SHARE else ItemKind.ASK for _ in range(each * len(lacking))]
        of = [lacking[at % len(lacking)] for at in range(len(kinds))]
        alone = again == ROUNDS - 1
        blocks = [block([fact.text]) if alone else _mixed(fact, others, rng) for fact in of]
        with seeded(seed + again):
            texts = model.answers(
                [asked(orders[kind], lines) for kind, lines in zip(kinds, blocks, strict=True)], temperature=TEMPERATURE
            )
        told = [[fact] if alone else facts for fact in of]
        sieve.sift([Draft(*draft) for draft in zip(kinds, texts, told, strict=True)])
    return Dreamt(tuple(sieve.kept), sieve.sampled, dict(sieve.rejected))


def _mixed(fact: Fact, others: Sequence[Fact], rng: Random) -> str:
    """A memory with an unrelated one, in either order."""
    lines = [fact.text, *(other.text for other in rng.sample(list(others), min(1, len(others))))]
    return block(rng.sample(lines, len(lines)))


@dataclass(frozen=True, slots=True)
class Draft:
    """What a model dreamt, as it wrote it, and the memories from which it is to be answered."""

    kind: ItemKind
    text: str
    facts: Sequence[Fact]


class Sieve:
    """Keeps what is well formed, new, and answered from the night's memories by the teacher."""

    def __init__(self, judge: LanguageModel) -> None:
        self._judge = judge
        self.kept: list[Item] = []
        self.sampled = 0
        self.rejected = {"malformed": 0, "ungrounded": 0, "repeated": 0}

    def sift(self, drafts: Sequence[Draft]) -> None:
        """Add those of the drafts that hold."""
        self.sampled += len(drafts)
        seen = {item.question for item in self.kept}
        pairs = [(draft, pair) for draft in drafts if (pair := self._new(draft, seen)) is not None]
        answers = self._judge.answers([asked(pair[0], block(f.text for f in draft.facts)) for draft, pair in pairs])
        for (draft, (question, first)), answer in zip(pairs, answers, strict=True):
            ids = () if abstains(answer) else rests_on(answer, draft.facts)
            # Asked again with the memories, it must say the same, and something that the question does not.
            if ids and telling(question, answer) == telling(question, first) and telling(question, answer):
                self.kept.append(Item(draft.kind, question, answer, ids, block(f.text for f in draft.facts)))
            else:
                self.rejected["ungrounded"] += 1

    def _new(self, draft: Draft, seen: set[str]) -> tuple[str, str] | None:
        """Question and answer, if it has both, and the question was not ``seen``; then it is."""
        pair = _PAIR.fullmatch(draft.text)
        if pair is None or abstains(pair["answer"]):
            self.rejected["malformed" if pair is None else "ungrounded"] += 1
            return None
        question = pair["question"].strip()
        if question in seen:
            self.rejected["repeated"] += 1
            return None
        seen.add(question)
        return question, pair["answer"]


def anchors(model: LanguageModel, known: Sequence[Fact], *, count: int, seed: int, page: int = 10) -> list[Item]:
    """Questions that nothing told answers, with the words in which the model says so.

    A question counts only if the model, given all that is known, page by page, does not answer it from any page.
    """
    rng = Random(f"anchors {seed}")
    order = instructions_for(model)[ItemKind.UNTOLD]
    prompts = [
        asked(order, block(f.text for f in rng.sample(list(known), min(len(known), rng.randint(1, 8)))))
        for _ in range(count)
    ]
    with seeded(seed):
        said = model.answers(prompts, temperature=HOTTER)
    pairs = [pair for text in said if (pair := _PAIR.fullmatch(text)) is not None]
    questions = list(dict.fromkeys(pair["question"].strip() for pair in pairs))
    return [item for item in untold(model, questions, known, page=page)]


def untold(model: LanguageModel, questions: Sequence[str], known: Sequence[Fact], *, page: int = 10) -> list[Item]:
    """Those of the questions that no known memory answers, with what the model says of them without memories."""
    left = list(questions)
    for start in range(0, len(known), page):
        prompt = block(f.text for f in known[start : start + page])
        answers = model.answers([asked(question, prompt) for question in left])
        left = [question for question, answer in zip(left, answers, strict=True) if abstains(answer)]
    answers = model.answers([asked(question) for question in left])
    return [
        Item(ItemKind.UNTOLD, question, answer)
        for question, answer in zip(left, answers, strict=True)
        if abstains(answer)
    ]


def chosen(
    student: object, model: LanguageModel, items: Sequence[Item], *, top: int, random: int, seed: int
) -> list[Item]:
    """For each memory the ``top`` items by the norm of their gradient, and ``random`` of the rest."""
    rng = Random(f"chosen {seed}")
    norms = [0.0] * len(items)
    if top:
        norms = gradient_norms(student, model.coded([asked(i.question) for i in items], [i.answer for i in items]))
    by_fact: dict[str, list[tuple[float, Item]]] = {}
    for norm, item in zip(norms, items, strict=True):
        by_fact.setdefault(item.facts[0], []).append((norm, item))
    kept: list[Item] = []
    for found in by_fact.values():
        found.sort(key=lambda pair: -pair[0])
        rest = [item for _, item in found[top:]]
        kept += [item for _, item in found[:top]] + rng.sample(rest, min(random, len(rest)))
    return kept


def gradient_norms(student: object, coded: Sequence[Coded]) -> list[float]:
    """For each answer the Euclidean norm of the gradient of its loss, over what of the student can be trained."""
    import torch

    trained = [p for p in student.parameters() if p.requires_grad]  # type: ignore[attr-defined]
    norms = []
    for one in coded:
        logits = answer_logits(student, [one])[0]
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(one.answer, device=logits.device))
        grads = torch.autograd.grad(loss, trained, allow_unused=True)
        norms.append(float(torch.stack([g.norm() for g in grads if g is not None]).norm()))
    return norms
