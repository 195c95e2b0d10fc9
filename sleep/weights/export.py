"""An adapter for other programs: PEFT's folder, the merged model, a Modelfile."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from memory.errors import InvalidInput, Refused
from memory.weights import Adapter
from sleep.weights import stack
from sleep.weights.quiet import quietly
from sleep.weights.registry import folder_of

OLLAMA_FAMILIES = frozenset(("llama", "mistral", "gemma", "gemma2", "gemma3", "gemma3_text", "phi3", "qwen2", "qwen3"))
"""Whose safetensors Ollama imports."""


def export(adapter: Adapter, below: Sequence[Adapter], home: Path, folder: Path) -> list[str]:
    """Write ``adapter/`` (PEFT), ``merged/`` (safetensors with tokenizer) and, where the family allows, ``Modelfile``.

    Returns a line for each thing written. Raises InvalidInput, Refused, WeightsError.
    """
    if folder.exists():
        raise InvalidInput(f"{folder} exists already.", "Name a folder that does not.")
    if adapter.dirty or not folder_of(home, adapter).is_dir():
        raise Refused(f"{adapter.short_id} is dirty or its files are gone.", "`reverie sleep --weights` makes it anew.")
    shutil.copytree(folder_of(home, adapter), folder / "adapter")
    lines = [f"{folder / 'adapter'}: the adapter, as PEFT reads it; its base is {adapter.base}"]
    if below:
        lines[0] += f" with {', '.join(a.short_id for a in below)} merged"
    model = stack.load(adapter.base, [folder_of(home, a) for a in (*below, adapter)])
    with quietly():
        model.model.save_pretrained(folder / "merged")
    model.tokenizer.save_pretrained(folder / "merged")
    lines.append(f"{folder / 'merged'}: the whole model, as transformers reads it")
    family = model.model.config.model_type
    if family not in OLLAMA_FAMILIES:
        return [*lines, f"no Modelfile: Ollama cannot read a {family} model"]
    (folder / "Modelfile").write_text("FROM ./merged\nPARAMETER temperature 0\n")
    return [*lines, f"{folder / 'Modelfile'}: `ollama create NAME -f {folder / 'Modelfile'}`"]
