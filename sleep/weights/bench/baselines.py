"""Published ways of learning, by the trainers of trl and the adapters of peft, with the same steps and batches."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sleep.weights.bench.learners import Desk
from sleep.weights.items import Item
from sleep.weights.lm import LanguageModel, asked
from sleep.weights.seeding import Lesson, schedule


class RawText:
    """Fine-tuning on what the user said, as plain text."""

    def __init__(self, desk: Desk) -> None:
        self.model = LanguageModel.load(desk.base)
        self._desk = desk

    def sleep(self, night: int) -> None:
        told = [self._desk.study.said[fact.id] for fact in self._desk.study.nights[night - 1]]
        recipe = self._desk.recipe_of(night)
        rows = schedule(Lesson(told), recipe)
        self.model = fine_tuned(self.model, [{"text": text} for text in rows], self._desk, night, "lora")


class Questions:
    """Fine-tuning on the dreamt questions and the teacher's answers (as in SEAL), with or without replay."""

    def __init__(self, desk: Desk, *, replay: bool = False, adapter: str = "lora") -> None:
        self.model = LanguageModel.load(desk.base)
        self._desk, self._replay, self._adapter = desk, replay, adapter
        self._earlier: list[Item] = []

    def sleep(self, night: int) -> None:
        items = self._desk.drawn(night)
        lesson = Lesson(items, self._earlier if self._replay else [])
        rows = [
            {"prompt": asked(item.question), "completion": [{"role": "assistant", "content": item.answer}]}
            for item in schedule(lesson, self._desk.recipe_of(night))
        ]
        self.model = fine_tuned(self.model, rows, self._desk, night, self._adapter)
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

        recipe = self._desk.recipe_of(night)
        rows = [self._row(item) for item in schedule(Lesson(self._desk.drawn(night)), recipe)]
        with TemporaryDirectory() as work:
            arguments = SDFTConfig(
                **_common(self._desk, night, work), num_generations=1, max_completion_length=40,
                teacher_prompt_template="{privileged_context}{prompt}", distillation_topk=recipe.top_k,
                distillation_add_tail=True, shuffle_dataset=False,
            )  # fmt: skip
            trainer = SDFTTrainer(
                model=self.model.model, args=arguments, train_dataset=Dataset.from_list(rows),
                processing_class=self.model.tokenizer, peft_config=lora(self._desk),
            )  # fmt: skip
            _train(trainer)
        self.model = _merged(trainer.model, self.model)

    def _row(self, item: Item) -> dict[str, str]:
        """Both prompts as text, for trl would put the memories into the question, where the model does not read."""
        prompt = self.model.rendered(asked(item.question))
        head = self.model.rendered(asked(item.question, item.block)).removesuffix(prompt)
        return {"prompt": prompt, "privileged_context": head}


def fine_tuned(
    model: LanguageModel, rows: Sequence[dict[str, Any]], desk: Desk, night: int, adapter: str
) -> LanguageModel:
    """A model after trl's supervised fine-tuning on rows, in their order."""
    from datasets import Dataset
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    class InOrder(SFTTrainer):
        """The rows are drawn already, with their shares in every batch."""

        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            from torch.utils.data import SequentialSampler

            return SequentialSampler(train_dataset if train_dataset is not None else self.train_dataset)

    config = lora(desk) if adapter == "lora" else osf(night, len(desk.study.nights))
    with TemporaryDirectory() as work:
        trainer = InOrder(
            model=model.model, args=SFTConfig(**_common(desk, night, work), max_length=256),
            train_dataset=Dataset.from_list(list(rows)), processing_class=model.tokenizer, peft_config=config,
        )  # fmt: skip
        _train(trainer)
    return _merged(trainer.model, model)


def _train(trainer: Any) -> None:
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    trainer.train()


def _merged(student: Any, model: LanguageModel) -> LanguageModel:
    model.tokenizer.padding_side = "left"
    return LanguageModel(student.merge_and_unload().eval(), model.tokenizer)


def lora(desk: Desk) -> Any:
    """The same adapter as Seeding's."""
    from peft import LoraConfig

    return LoraConfig(
        r=desk.recipe.rank, lora_alpha=2 * desk.recipe.rank, target_modules="all-linear", task_type="CAUSAL_LM"
    )


def osf(night: int, nights: int) -> Any:
    """Orthogonal Subspace Fine-tuning (Nayak et al. 2025, arXiv 2504.07097): each night leaves more of the directions
    as they are, as peft recommends for tasks in a row."""
    from peft import OSFConfig

    return OSFConfig(effective_rank=0.5 + 0.4 * (night - 1) / max(1, nights - 1), target_modules="all-linear")


def _common(desk: Desk, night: int, work: str) -> dict[str, Any]:
    recipe = desk.recipe_of(night)
    return {
        "output_dir": str(Path(work)), "max_steps": recipe.steps, "per_device_train_batch_size": recipe.batch,
        "learning_rate": recipe.rate, "lr_scheduler_type": "linear", "warmup_steps": min(10, recipe.steps // 4),
        "weight_decay": 0.0, "adam_beta2": 0.95, "max_grad_norm": 1.0, "seed": recipe.seed,
        "use_cpu": True, "bf16": False, "gradient_checkpointing": False, "report_to": [], "logging_strategy": "no",
        "save_strategy": "no", "disable_tqdm": True, "dataloader_pin_memory": False,
    }  # fmt: skip
