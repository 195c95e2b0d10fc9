"""Cartridges on disk: keys and values as peft keeps them, and beside them what they stand for.

A folder has peft's adapter_config.json and adapter_model.safetensors, and cartridge.json. No words of the conversation
are in it, only ids. Imported only where a model is run.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sleep.nap.cartridge.making import Cartridge, Making, made
from sleep.nap.cartridge.manifest import ANEW, Manifest, manifest_of
from sleep.nap.cartridge.prefix import config_of
from sleep.nap.cartridge.study import Part
from sleep.weights.errors import WeightsError
from sleep.weights.lm import LanguageModel
from sleep.weights.stack import stack_hash


def save(
    cartridge: Cartridge, folder: Path, base: str, frozen: int = 1, *, adapters: Sequence[Path] = ()
) -> Manifest:  # fmt: skip
    """Write a cartridge that was made with a base model and the adapters folded into it. The manifest comes last:
    without it, there is none."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = config_of(cartridge.values, frozen)
    config.base_model_name_or_path = base
    config.save_pretrained(str(folder))
    flat = cartridge.values.detach().cpu().flatten(1).contiguous()
    save_file({"prompt_embeddings": flat}, str(folder / "adapter_model.safetensors"))
    manifest = Manifest(
        base, stack_hash(base, adapters), cartridge.facts, cartridge.tokens, cartridge.replaces, cartridge.passes,
        round(cartridge.seconds, 1), cartridge.beside,
    )  # fmt: skip
    manifest.write(folder)
    return manifest


def load(folder: Path, base: str, adapters: Sequence[Path] = ()) -> Cartridge:
    """Read a cartridge. Raises WeightsError where it is damaged, or was made with another base model, or with other
    adapters folded into it."""
    from peft import PeftConfig
    from peft.utils.save_and_load import load_peft_weights

    manifest = manifest_of(folder)
    if manifest.base_hash != stack_hash(base, adapters):
        now = base if manifest.base != base else "another one by that name, or has other adapters,"
        raise WeightsError(f"The cartridge was made with {manifest.base}, and the model is {now} now.", ANEW)
    try:
        config: Any = PeftConfig.from_pretrained(str(folder))
        flat = load_peft_weights(str(folder), device="cpu")["prompt_embeddings"]
        size = config.token_dim // config.num_attention_heads
        values = flat.view(manifest.tokens, config.num_layers, 2, config.num_attention_heads, size)
    except Exception as error:  # safetensors, json and torch each raise their own
        raise WeightsError(f"The cartridge in {folder} is damaged.", ANEW) from error
    return Cartridge(values, manifest.facts, manifest.replaces, manifest.passes, manifest.seconds, manifest.beside)


def compose(folders: Sequence[Path], into: Path) -> Manifest:
    """One cartridge that stands for several, the earliest first: their tokens in a row, as in the paper.

    Raises WeightsError where they are of different models.
    """
    from peft.tuners.cartridge.utils import compose_cartridge_adapters

    parts = [manifest_of(folder) for folder in folders]
    if len({part.base_hash for part in parts}) != 1:
        raise WeightsError("The cartridges are of different models.", ANEW)
    compose_cartridge_adapters(list(folders), output_path=into)
    whole = replace(
        parts[0], facts=tuple(fact for part in parts for fact in part.facts),
        tokens=sum(part.tokens for part in parts), replaces=sum(part.replaces for part in parts),
        beside=tuple(fact for part in parts for fact in part.beside),
        passes=min(part.passes for part in parts), seconds=sum(part.seconds for part in parts),
    )  # fmt: skip
    whole.write(into)
    return whole


def rebuilt(model: LanguageModel, part: Part, purged: frozenset[str], how: Making) -> Cartridge | None:
    """The cartridge of a part as if some of it had never been said; None where nothing of it is left.

    It is made from the text: of keys and values nobody can say which of them know what.
    """
    rest = part.without(purged)
    return made(model, rest, how) if rest.facts else None
