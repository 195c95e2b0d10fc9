"""What every training here has in common, and supervised fine-tuning by trl: of the dreamer, and in the benchmark."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from sleep.weights.lm import LanguageModel, half_on_cpu

LONGEST = 1024
"""Tokens of an example, at the most."""


class Schedule(Protocol):
    """How long, how fast and on how much at a time."""

    @property
    def steps(self) -> int: ...
    @property
    def batch(self) -> int: ...
    @property
    def rate(self) -> float: ...
    @property
    def seed(self) -> int: ...


def arguments(schedule: Schedule, work: Path, *, cpu: bool = True) -> dict[str, Any]:
    """For the trainers of transformers and trl: quiet, and without checkpoints."""
    return {
        "output_dir": str(work), "max_steps": schedule.steps, "per_device_train_batch_size": schedule.batch,
        "learning_rate": schedule.rate, "lr_scheduler_type": "linear", "warmup_steps": min(10, schedule.steps // 4),
        "weight_decay": 0.0, "max_grad_norm": 1.0, "seed": schedule.seed, "data_seed": schedule.seed, "use_cpu": cpu,
        "bf16": cpu and half_on_cpu(), "gradient_checkpointing": False, "report_to": [], "logging_strategy": "no",
        "save_strategy": "no", "disable_tqdm": True, "dataloader_pin_memory": False,
    }  # fmt: skip


def lora(rank: int) -> Any:
    """An adapter on all linear layers."""
    from peft import LoraConfig

    return LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", lora_dropout=0.0, task_type="CAUSAL_LM")


def fine_tuned(
    model: LanguageModel, rows: Sequence[dict[str, Any]], schedule: Schedule, adapter: Any, **rest: Any
) -> LanguageModel:
    """The model after supervised fine-tuning on rows as trl takes them, in their order; ``rest`` is for SFTConfig.

    What the given model was is gone.
    """
    from datasets import Dataset
    from torch.utils.data import SequentialSampler
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    class InOrder(SFTTrainer):
        """The rows are drawn already, with their shares in every batch."""

        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            return SequentialSampler(train_dataset if train_dataset is not None else self.train_dataset)

    with TemporaryDirectory() as work:
        config = SFTConfig(**arguments(schedule, Path(work)) | {"max_length": LONGEST} | rest)
        trainer = InOrder(
            model=model.model, args=config, train_dataset=Dataset.from_list(list(rows)),
            processing_class=model.tokenizer, peft_config=adapter,
        )  # fmt: skip
        return trained(trainer, model)


def trained(trainer: Any, model: LanguageModel) -> LanguageModel:
    """Run a trainer of trl's; its adapter is folded into the model."""
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    trainer.train()
    model.tokenizer.padding_side = "left"  # trl turns it round
    return LanguageModel(trainer.model.merge_and_unload().eval(), model.tokenizer)
