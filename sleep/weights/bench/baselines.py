"""Published ways of learning, by the trainers of trl and the adapters of peft, with the steps and items of Seeding."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sleep.weights.bench.learners import Desk
from sleep.weights.items import Item
from sleep.weights.lm import LanguageModel, asked
from sleep.weights.seeding import Lesson, schedule
from sleep.weights.tuning import arguments, fine_tuned, lora, trained

LIKE_OURS: dict[str, Any] = {"adam_beta2": 0.95}
"""The optimiser as Seeding has it."""


class RawText:
    """Fine-tuning on what the user said, as plain text."""

    def __init__(self, desk: Desk) -> None:
        self.model = LanguageModel.load(desk.base)
        self._desk = desk

    def sleep(self, night: int) -> None:
        told = [self._desk.study.said[fact.id] for fact in self._desk.study.nights[night - 1]]
        recipe = self._desk.items_only(night)
        rows = schedule(Lesson(told), recipe)
        self.model = fine_tuned(self.model, [{"text": text} for text in rows], recipe, lora(recipe.rank), **LIKE_OURS)


class Questions:
    """Fine-tuning on the dreamt questions and the teacher's answers (as in SEAL), with or without replay; ``full`` has
    items in the place of all that Seeding rehearses beside them."""

    def __init__(self, desk: Desk, *, replay: bool = False, adapter: str = "lora", full: bool = False) -> None:
        self.model = LanguageModel.load(desk.base)
        self._desk, self._replay, self._adapter = desk, replay, adapter
        self._recipe_of = desk.recipe_of if full else desk.items_only
        self._earlier: list[Item] = []

    def sleep(self, night: int) -> None:
        items = self._desk.drawn(night)
        lesson, recipe = Lesson(items, self._earlier if self._replay else []), self._recipe_of(night)
        rows = [
            {"prompt": asked(item.question), "completion": [{"role": "assistant", "content": item.answer}]}
            for item in schedule(lesson, recipe)
        ]
        adapter = lora(recipe.rank) if self._adapter == "lora" else osf(night, len(self._desk.study.nights))
        self.model = fine_tuned(self.model, rows, recipe, adapter, **LIKE_OURS)
        self._earlier += items


class SelfDistillation:
    """SDFT (Shenfeld et al. 2026, arXiv 2601.19897) as trl has it: answers of the student's own, judged by the model
    before with the memories in its prompt."""

    def __init__(self, desk: Desk) -> None:
        self.model = LanguageModel.load(desk.base)
        self._desk = desk

    def sleep(self, night: int) -> None:
        from datasets import Dataset
        from trl.experimental.sdft import SDFTConfig, SDFTTrainer

        recipe = self._desk.items_only(night)
        rows = [self._row(item) for item in schedule(Lesson(self._desk.drawn(night)), recipe)]
        with TemporaryDirectory() as work:
            config = SDFTConfig(
                **arguments(recipe, Path(work)), **LIKE_OURS, num_generations=1, max_completion_length=24,
                teacher_prompt_template="{privileged_context}{prompt}", distillation_topk=recipe.top_k,
                distillation_add_tail=True, shuffle_dataset=False,
            )  # fmt: skip
            trainer = SDFTTrainer(
                model=self.model.model, args=config, train_dataset=Dataset.from_list(rows),
                processing_class=self.model.tokenizer, peft_config=lora(recipe.rank),
            )  # fmt: skip
            self.model = trained(trainer, self.model)

    def _row(self, item: Item) -> dict[str, str]:
        """Both prompts as text, for trl would put the memories into the question, where the model does not read."""
        prompt = self.model.rendered(asked(item.question))
        head = self.model.rendered(asked(item.question, item.block)).removesuffix(prompt)
        return {"prompt": prompt, "privileged_context": head}


def osf(night: int, nights: int) -> Any:
    """Orthogonal Subspace Fine-tuning (Nayak et al. 2025, arXiv 2504.07097): each night leaves more of the directions
    as they are, as peft recommends for tasks in a row."""
    from peft import OSFConfig

    return OSFConfig(effective_rank=0.5 + 0.4 * (night - 1) / max(1, nights - 1), target_modules="all-linear")
