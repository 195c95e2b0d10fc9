"""Adapters on disk and on a model: each is folded into what lies below before the next one is laid on."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sleep.weights.errors import WeightsError
from sleep.weights.lm import LanguageModel, base_hash, files_hash
from sleep.weights.quiet import quietly


def load(base: str, adapters: Sequence[Path], device: str = "cpu") -> LanguageModel:
    """The base with adapters, the lowest first, folded into its weights. Raises WeightsError."""
    model = LanguageModel.load(base, device)
    for adapter in adapters:
        model.model = fold(model.model, adapter)
    return model


def stack_hash(base: str, adapters: Sequence[Path] = ()) -> str:
    """SHA-256 of a base with adapters folded into it, the lowest first; that of the base where there are none."""
    whole = base_hash(base)
    for adapter in adapters:
        files = sorted(f for f in adapter.glob("adapter_*") if f.is_file())
        whole = hashlib.sha256(f"{whole} {files_hash(files)}".encode()).hexdigest()
    return whole


def fold(model: Any, adapter: Path) -> Any:
    """A transformers model with an adapter folded into its weights. Raises WeightsError for what is none."""
    from peft import PeftModel

    try:
        with quietly():
            return PeftModel.from_pretrained(model, str(adapter)).merge_and_unload().eval()
    except (OSError, ValueError, RuntimeError) as error:
        raise WeightsError(
            f"The adapter in {adapter} cannot be used: {str(error).strip().splitlines()[0]}",
            "`reverie adapter list` shows its state; `reverie adapter remove` takes it away.",
        ) from error


def save(student: Any, folder: Path) -> None:
    """Write a trained adapter as PEFT does: adapter_config.json and adapter_model.safetensors."""
    student.save_pretrained(str(folder))


def merged(student: Any, model: LanguageModel) -> LanguageModel:
    """The student as a model of its own; it cannot be trained after this."""
    return LanguageModel(student.merge_and_unload().eval(), model.tokenizer)
