"""Knowledge Seeding: a fresh adapter learns to answer without memories as the model before it answered with them.

After Behrouz et al. 2026 (arXiv 2606.03979, phase one). The teacher is the base model with memories in its prompt; the
student is the model of the night before with a new adapter, and without them. (There the teacher is the model of the
night before, too; one that never changes cannot drift, and what it says has to be computed only once.) The loss is
generalised distillation (Agarwal et al. 2024) over the teacher's most likely tokens and one bucket for the rest, on the
teacher's answers and, for a share ``on_policy`` of the steps, on answers of the student's own; there the student is
also rewarded for meaning and saying what the teacher says (policy gradient). transformers' Trainer runs the steps, peft
makes the adapter, trl gives the divergence. trl's own GKD trainer gives teacher and student one and the same prompt,
and its SDFT trainer has neither the teacher's answers nor the reward nor batches of fixed parts, hence the loss here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sleep.weights.items import Item
from sleep.weights.lm import BATCH, Coded, LanguageModel, answer_logits, asked
from sleep.weights.tuning import lora

if TYPE_CHECKING:
    import torch

ANSWERS_AT_A_TIME = 16
"""How many answers of its own the student is judged on in one step."""

SameMeaning = Callable[[str, str], bool]
Progress = Callable[[int, int, float], None]
"""Steps done, steps in all, the loss."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an adapter is trained. Shares are of each batch; what is left of it are the night's own items."""

    steps: int = 160
    batch: int = 32
    rate: float = 4e-3
    rank: int = 32
    rehearsal: float = 0.25
    anchors: float = 0.3
    """Questions that nothing answers."""
    general: float = 0.2
    """Prompts that need no memory, and muddled ones."""
    reading: float = 0.1
    """Questions with memories in the prompt: what is known must not come before what is read."""
    top_k: int = 20
    on_policy: float = 0.0
    """The share of steps that add answers of the student's own (lambda)."""
    imitation: float = 0.5
    """The weight of the reward beside the divergence on those answers (1 - alpha)."""
    meaning: float = 0.5
    """The weight of same meaning beside same words in the reward (gamma)."""
    cut_off: int = 24
    """From so many edits on, words earn nothing (z0)."""
    looks: tuple[float, ...] = (0.35, 0.7)
    """After these shares of the steps it is looked at what is not yet as the teacher has it: that is drawn more often
    from there on (prioritised replay, Schaul et al. 2016)."""
    strength: float = 0.9
    """How much of the trained adapter is laid on: between before and after, what was not trained suffers less than what
    was (Wortsman et al. 2022, WiSE-FT)."""
    seed: int = 1


A_NIGHT = 10
"""So many memories a recipe's steps are meant for."""


def for_all(recipe: Recipe, facts: int) -> Recipe:
    """The recipe for so many memories at once: more steps where they are more than a night's."""
    return replace(recipe, steps=round(recipe.steps * max(1.0, facts / A_NIGHT)))


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item as numbers: the student's prompt with the teacher's answer, and the teacher's likely tokens at each."""

    item: Item
    student: Coded
    teacher: Coded
    values: "torch.Tensor"
    """Log-probabilities, shape (tokens of the answer, top_k)."""
    tokens: "torch.Tensor"
    """Their token ids, the same shape."""


T = TypeVar("T")


@dataclass(frozen=True)
class Lesson(Generic[T]):
    """What one night rehearses: items, or items as numbers."""

    new: Sequence[T]
    earlier: Sequence[T] = ()
    anchors: Sequence[T] = ()
    general: Sequence[T] = ()
    reading: Sequence[T] = ()
    ordered: bool = False
    """Whether the new ones are in the order in which they are to be learned, the hardest last."""
    evenly: bool = False
    """Whether each memory is rehearsed as often as the others, whatever was dreamt of it."""


@dataclass(slots=True)
class Learned:
    """What a training run did."""

    steps: int = 0
    tokens: int = 0
    losses: list[float] = field(default_factory=list)

    def curve(self, most: int = 200) -> tuple[float, ...]:
        """The losses of the steps in their order, thinned to means of at most ``most`` parts of like length."""
        each = -(-len(self.losses) // most) or 1
        parts = [self.losses[at : at + each] for at in range(0, len(self.losses), each)]
        return tuple(round(sum(part) / len(part), 4) for part in parts)


def fresh_adapter(model: LanguageModel, recipe: Recipe) -> Any:
    """The model with a new adapter on all linear layers; everything below is frozen."""
    import torch
    from peft import get_peft_model

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return get_peft_model(model.model, lora(recipe.rank))


def prepare(model: LanguageModel, items: Sequence[Item], top_k: int) -> list[Prepared]:
    """The items with what the teacher predicts; the model has no new adapter yet, or it is off."""
    import torch

    answers = [item.answer for item in items]
    students = model.coded([asked(item.question, item.given) for item in items], answers)
    teachers = model.coded([asked(item.question, item.block or item.given) for item in items], answers)
    made: list[Prepared] = []
    with torch.inference_mode():
        for start in range(0, len(items), BATCH):
            part = slice(start, start + BATCH)
            for item, student, teacher, logits in zip(
                items[part], students[part], teachers[part], model.logits(teachers[part]), strict=True
            ):
                values, tokens = logits.log_softmax(-1).topk(min(top_k, logits.shape[-1]), -1)
                made.append(Prepared(item, student, teacher, values, tokens))
    return made


Part = tuple[Sequence[T], int]
"""Items of one kind, and how many of each batch are of them."""


def parts(lesson: Lesson[T], recipe: Recipe) -> "list[Part[T]]":
    """The parts of each batch, in the order in which they are in it; the first are the night's own items."""
    shares = (
        (lesson.earlier, recipe.rehearsal), (lesson.anchors, recipe.anchors), (lesson.general, recipe.general),
        (lesson.reading, recipe.reading),
    )  # fmt: skip
    others = [(items, round(recipe.batch * share) if items else 0) for items, share in shares]
    return [(lesson.new, recipe.batch - sum(count for _, count in others)), *others]


def schedule(lesson: Lesson[T], recipe: Recipe) -> list[T]:
    """What is learned at each step, batch after batch: the shares that the recipe gives, drawn without repetition
    until a part is through; with ``evenly`` as much of each memory."""
    rng = Random(f"schedule {recipe.seed}")
    (new, count), *others = parts(lesson, recipe)
    drawn = _evenly if lesson.evenly else _endless
    first = _rising(new, rng, recipe.steps * count) if lesson.ordered else drawn(new, rng)
    sources = [(first, count), *((drawn(items, rng), count) for items, count in others)]
    return [next(source) for _ in range(recipe.steps) for source, count in sources for _ in range(count)]


def _endless(items: Sequence[T], rng: Random) -> Iterator[T]:
    while items:
        yield from rng.sample(list(items), len(items))


def _evenly(items: Sequence[T], rng: Random) -> Iterator[T]:
    """Of each memory one after the other, in rounds, however many items it has."""
    by_fact: dict[str, list[T]] = {}
    for item in items:
        by_fact.setdefault(_fact(item), []).append(item)
    if len(by_fact) <= 1:
        yield from _endless(items, rng)
    sources = [_endless(found, rng) for found in by_fact.values()]
    while sources:
        yield from (next(source) for source in rng.sample(sources, len(sources)))


def _fact(item: Any) -> str:
    """The memory that an item, as numbers or not, rests on first; none of an anchor."""
    facts: tuple[str, ...] = (item.item if isinstance(item, Prepared) else item).facts
    return facts[0] if facts else ""


def _rising(items: Sequence[T], rng: Random, size: int) -> Iterator[T]:
    """Each as often as the others, on the whole in their order: a place may move by half of the way."""
    passes = -(-size // len(items)) if items else 0
    placed = [
        (at / len(items) + rng.uniform(-0.5, 0.5), number, item)
        for number in range(passes)
        for at, item in enumerate(items)
    ]
    yield from (item for _, _, item in sorted(placed, key=lambda one: one[:2]))


def prepared(model: LanguageModel, lesson: Lesson[Item], recipe: Recipe) -> Lesson[Prepared]:
    """All parts of a lesson as numbers."""
    new, earlier, anchors, general, reading = (
        prepare(model, items, recipe.top_k)
        for items in (lesson.new, lesson.earlier, lesson.anchors, lesson.general, lesson.reading)
    )
    return Lesson(new, earlier, anchors, general, reading, lesson.ordered, lesson.evenly)


def divergence(
    logits: "Sequence[torch.Tensor]", values: "Sequence[torch.Tensor]", tokens: "Sequence[torch.Tensor]"
) -> "torch.Tensor":
    """Mean over tokens of KL(teacher || student), over the teacher's likely tokens and a bucket for the rest."""
    import torch
    from trl.experimental.sdft.loss_utils import add_tail_bucket, compute_divergence

    said = torch.cat(list(logits)).log_softmax(-1)
    chosen = torch.cat(list(tokens)).to(said.device)
    teacher = torch.cat(list(values)).to(said.device)
    return compute_divergence(add_tail_bucket(said.gather(-1, chosen)), add_tail_bucket(teacher), 0.0).mean()


def reward(said: str, wanted: str, same: SameMeaning, recipe: Recipe) -> float:
    """gamma * same meaning + (1 - gamma) * (1 - edits / length), the latter only up to a number of edits."""
    from rapidfuzz.distance import Levenshtein

    edits = Levenshtein.distance(said, wanted)
    words = 1 - edits / max(len(said), len(wanted), 1) if edits <= recipe.cut_off else 0.0
    return recipe.meaning * float(same(said, wanted)) + (1 - recipe.meaning) * words


class OwnAnswers:
    """The part of the loss that is about answers of the student's own."""

    def __init__(self, model: LanguageModel, recipe: Recipe, same: SameMeaning) -> None:
        self._model = model
        self._recipe = recipe
        self._same = same

    def loss(self, student: Any, batch: Sequence[Prepared]) -> "torch.Tensor":
        """Divergence from the teacher, and reward by policy gradient; no gradient goes through the sampling."""
        import torch

        asked_for = [p for p in batch if not p.item.anchor][:ANSWERS_AT_A_TIME]
        texts = self._sample(student, asked_for)
        own = self._coded(asked_for, texts)
        logits = answer_logits(student, [mine for mine, _ in own])
        with torch.no_grad(), without_adapter(student):
            taught = [t.log_softmax(-1) for t in answer_logits(student, [theirs for _, theirs in own])]
        likely = [t.topk(min(self._recipe.top_k, t.shape[-1]), -1) for t in taught]
        distance = divergence(logits, [v for v, _ in likely], [i for _, i in likely])
        rewards = torch.tensor(
            [reward(text, p.item.answer, self._same, self._recipe) for text, p in zip(texts, asked_for, strict=True)]
        )
        advantages = (rewards - rewards.mean()).to(distance.device)
        chances = torch.stack([_mean_logp(one, mine.answer) for one, (mine, _) in zip(logits, own, strict=True)])
        weight = self._recipe.imitation
        return (1 - weight) * distance - weight * (advantages * chances).mean()

    def _sample(self, student: Any, batch: Sequence[Prepared]) -> list[str]:
        was = student.training
        student.eval()
        speaker = LanguageModel(student, self._model.tokenizer)
        said = speaker.answers([asked(p.item.question) for p in batch], temperature=1.0, most=48)
        student.train(was)
        return said

    def _coded(self, batch: Sequence[Prepared], texts: Sequence[str]) -> list[tuple[Coded, Coded]]:
        mine = self._model.coded([asked(p.item.question) for p in batch], texts)
        theirs = self._model.coded([asked(p.item.question, p.item.block) for p in batch], texts)
        return list(zip(mine, theirs, strict=True))


def _mean_logp(logits: "torch.Tensor", answer: Sequence[int]) -> "torch.Tensor":
    import torch

    return -torch.nn.functional.cross_entropy(logits, torch.tensor(answer, device=logits.device))


@contextmanager
def without_adapter(student: Any) -> Iterator[None]:
    """The model as it was before, for a moment."""
    with student.disable_adapter():
        yield


def learn(
    model: LanguageModel, student: Any, lesson: Lesson[Prepared], recipe: Recipe, *, work: Path,
    same: SameMeaning = str.__eq__, progress: Progress = lambda done, of, loss: None,
    stop: Callable[[], bool] = lambda: False, save_every: int = 0,
) -> Learned:  # fmt: skip
    """Train the student's adapter. Goes on from the last checkpoint in ``work`` where there is one."""
    from sleep.weights.trainer import run

    own = OwnAnswers(model, recipe, same) if recipe.on_policy else None
    learned = run(student, lesson, recipe, own, work, progress, stop, save_every)
    if learned.steps == recipe.steps:
        weaken(student, recipe.strength)
    return learned


def weaken(student: Any, strength: float) -> None:
    """Make an adapter change as little as ``strength`` of what it changes."""
    import torch

    with torch.no_grad():
        for name, parameter in student.named_parameters():
            if ".lora_B." in name:
                parameter.mul_(strength)


def item_tokens(batch: Iterable[Prepared]) -> int:
    """Tokens that a batch makes the student read and say."""
    return sum(len(p.student.prompt) + len(p.student.answer) for p in batch)
