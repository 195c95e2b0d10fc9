"""What a model can do after some nights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sleep.weights.bench.study import Question, Study
from sleep.weights.gate import Text
from sleep.weights.items import Item
from sleep.weights.lm import LanguageModel, asked
from sleep.weights.pocket.evaluate import right
from sleep.weights.pocket.world import NOT_TOLD
from sleep.weights.probes import false_memories, kept, perplexity

LONGEST = 32
"""Tokens of an answer; those of the shipped model have fewer, unless they do not come to an end."""


@dataclass(frozen=True, slots=True)
class Side:
    """What must not change, in shares from 0 to 1, beside perplexity."""

    false_memories: float
    """Questions about what was never told that are answered."""
    small_talk: float
    """Small talk that was not trained on, typed in several ways, that is answered as it should be."""
    reading: float
    """Questions answered from memories in the prompt."""
    abstention: float
    """Questions that the memories in the prompt do not answer, and that are not answered."""
    perplexity: float


@dataclass(frozen=True)
class Examiner:
    """Asks about one study."""

    study: Study
    small_talk: Sequence[Item]
    texts: Sequence[Text]
    prompts: Mapping[str, str] = field(default_factory=dict)
    """The memories that retrieval finds for a question, by question."""

    def recall(self, model: LanguageModel, system: Mapping[str, str] | None = None) -> list[float]:
        """For each night the share of its questions that are answered; ``system`` has prompts by question."""
        given = system or {}
        questions = self.study.questions
        said = model.answers([asked(q.text, given.get(q.text, "")) for q in questions], most=LONGEST)
        marks: dict[str, list[bool]] = {}
        for question, text in zip(questions, said, strict=True):
            marks.setdefault(question.fact, []).append(question.right(text))
        return [_mean([mark for fact in night for mark in marks[fact.id]]) for night in self.study.nights]

    def share(self, model: LanguageModel, questions: Sequence[Question]) -> float:
        """The share of questions that are answered without memories."""
        said = model.answers([asked(question.text) for question in questions], most=LONGEST)
        return _mean([question.right(text) for question, text in zip(questions, said, strict=True)])

    def false(self, model: LanguageModel) -> float:
        """The share of questions about what was never told that are answered."""
        return false_memories(model, self.study.never_told)

    def side(self, model: LanguageModel) -> Side:
        """What must not change."""
        said = model.answers([case.messages() for case in self.study.read])
        fine = [right(case.turn, text) for case, text in zip(self.study.read, said, strict=True)]
        known = [case.turn.assistant != NOT_TOLD for case in self.study.read]
        return Side(
            self.false(model),
            kept(model, self.small_talk),
            _mean([mark for mark, told in zip(fine, known, strict=True) if told]),
            _mean([mark for mark, told in zip(fine, known, strict=True) if not told]),
            perplexity(model, self.texts),
        )

    @property
    def in_prompt(self) -> dict[str, str]:
        """For each question the memories of the night on which its fact was told: what a teacher has."""
        return {question.text: self.study.blocks[question.fact] for question in self.study.questions}


def _mean(marks: Sequence[bool | float]) -> float:
    return sum(marks) / len(marks) if marks else 0.0
