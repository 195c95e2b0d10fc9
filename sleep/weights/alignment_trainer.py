"""trl's DPOTrainer, with the progress and the stop of every training here. Imported only where a model is trained."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasets import Dataset
from transformers import PrinterCallback
from trl.trainer.dpo_config import DPOConfig
from trl.trainer.dpo_trainer import DPOTrainer

from sleep.weights.seeding import Learned, Progress
from sleep.weights.trainer import Watch
from sleep.weights.tuning import LONGEST, arguments

if TYPE_CHECKING:
    from sleep.weights.alignment import Manner


class PreferenceTrainer(DPOTrainer):
    """Counts what it learns."""

    learned: Learned

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        found = super().compute_loss(model, inputs, return_outputs, num_items_in_batch)  # type: ignore[no-untyped-call]
        loss = found[0] if return_outputs else found
        self.learned.tokens += int(inputs["attention_mask"].sum())
        self.learned.losses.append(float(loss.detach()))
        return found


def train(
    student: Any, tokenizer: Any, rows: Sequence[dict[str, Any]], manner: "Manner", work: Path, progress: Progress,
    stop: Callable[[], bool],
) -> Learned:  # fmt: skip
    """Train the student's adapter on pairs; the model without it is the reference."""
    learned = Learned()
    small = replace(manner, batch=min(manner.batch, len(rows)))
    cpu = next(student.parameters()).device.type == "cpu"
    config = DPOConfig(**arguments(small, work, cpu=cpu), beta=manner.beta, max_length=LONGEST)
    trainer = PreferenceTrainer(
        model=student, args=config, train_dataset=Dataset.from_list(list(rows)), processing_class=tokenizer,
        callbacks=[Watch(learned, progress, stop, saves=False)],
    )  # fmt: skip
    trainer.learned = learned
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    tokenizer.padding_side = "left"
    student.eval()
    return learned
