"""Keys and values that stand before everything that a model reads, and a model with such a prefix.

peft's encoder holds them, with the first tokens frozen. Not peft's own model around it (peft 0.21): that gives every
layer keys and values, while of a hybrid only some attend (LFM2: three of five; the short convolutions begin anew), and
what it generates has read no prefix at all where transformers calls the cache ``cache`` (5.24).
Imported only where a model is run.
"""

import inspect
from typing import Any

import torch
from peft.tuners.cartridge import CartridgeConfig, CartridgeEncoder
from torch import nn
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from sleep.weights.errors import WeightsError


def attending(model: Any) -> list[int]:
    """The places of the layers that attend. Raises WeightsError for a model without any, or with another cache."""
    cache = DynamicCache(config=model.config)
    found = [at for at, layer in enumerate(cache.layers) if isinstance(layer, DynamicLayer)]
    if not found:
        raise WeightsError("This model has no attention whose cache could be trained.", "Naps as notes need no model.")
    return found


def read(model: Any, ids: torch.Tensor, ends: int | None = None) -> torch.Tensor:
    """The keys and values of tokens, ids of shape (tokens,): shape (tokens, layers that attend, 2, heads, head size).

    ``ends`` is the position after the last of them, which what follows goes on from. The first have negative ones
    where there are fewer positions than tokens: only distances count for a rotary embedding. Raises WeightsError where
    the layers differ in shape.
    """
    layers = attending(model)
    cache = DynamicCache(config=model.config)
    first = ends - len(ids) if ends is not None and _rotary(model) else 0
    places = torch.arange(first, first + len(ids), device=ids.device)[None]
    with torch.no_grad():
        model(input_ids=ids[None], position_ids=places, use_cache=True, logits_to_keep=1, **_handed(model, cache))
    pairs = [torch.stack([cache.layers[at].keys[0], cache.layers[at].values[0]]) for at in layers]
    if any(pair.shape != pairs[0].shape for pair in pairs):
        raise WeightsError("The attention layers of this model differ in shape; no cartridge fits them all.")
    return torch.stack(pairs).permute(3, 0, 1, 2, 4).contiguous().float()


def _rotary(model: Any) -> bool:
    return any(getattr(model.config, name, None) for name in ("rope_parameters", "rope_theta", "rope_scaling"))


def config_of(values: torch.Tensor, frozen: int) -> CartridgeConfig:
    """peft's description of keys and values of the shape that ``read`` gives."""
    tokens, layers, _, heads, size = values.shape
    return CartridgeConfig(
        task_type="CAUSAL_LM", num_virtual_tokens=tokens, num_frozen_tokens=frozen, num_layers=layers,
        token_dim=heads * size, num_attention_heads=heads, num_transformer_submodules=1,
    )  # fmt: skip


class Attached(nn.Module):
    """A model that reads everything after a prefix; of it only the prefix has gradients.

    It can stand where a model is expected that answers, is asked for logits, or is trained.
    """

    def __init__(self, model: Any, values: torch.Tensor, frozen: int = 1) -> None:
        """``values`` as ``read`` gives them; the first ``frozen`` tokens of them never change."""
        super().__init__()
        self.base = model.requires_grad_(False)
        self.prefix: Any = CartridgeEncoder(config_of(values, frozen))  # type: ignore[no-untyped-call]
        self.prefix.to(model.device)
        self.prefix.load_prompt_embeddings(values.flatten(1))
        self._shape = tuple(values.shape)
        self._layers = attending(model)
        if len(self._layers) != self._shape[1]:
            raise WeightsError("The cartridge is of a model with other layers.")
        self.config = model.config

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        device: torch.device = self.base.device
        return device

    @property
    def tokens(self) -> int:
        """Of the prefix."""
        return self._shape[0]

    def values(self) -> torch.Tensor:
        """The prefix as it is now, in the shape that ``read`` gives; without gradients."""
        values: torch.Tensor = self.prefix.weight.detach().view(self._shape).clone()
        return values

    def cache(self, batch: int) -> DynamicCache:
        """A cache that begins with the prefix, for so many texts at once."""
        made = DynamicCache(config=self.base.config)
        values = self.prefix.weight.view(self._shape).to(self.base.dtype).permute(1, 2, 3, 0, 4)
        for at, pair in zip(self._layers, values, strict=True):
            keys, own = pair[:, None].expand(-1, batch, -1, -1, -1)
            made.layers[at].update(keys, own)
        return made

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None, **rest: Any) -> Any:
        """As of the model; ``attention_mask`` is of the text alone."""
        if attention_mask is not None:
            attention_mask = self._longer(attention_mask, 1)
        handed = _handed(self.base, self.cache(len(input_ids)))
        return self.base(input_ids=input_ids, attention_mask=attention_mask, **handed, **rest)

    def generate(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **rest: Any) -> torch.Tensor:
        """As of the model: the text with what was written after it, without the prefix."""
        made: torch.Tensor = self.base.generate(
            input_ids=self._longer(input_ids, self.base.config.eos_token_id or 0),
            attention_mask=self._longer(attention_mask, 1),
            **_handed(self.base, self.cache(len(input_ids))),
            **rest,
        )
        return made[:, self.tokens :]

    def _longer(self, rows: torch.Tensor, filled: int) -> torch.Tensor:
        """With a place for each token of the prefix in front; what transformers takes for ids there it never reads."""
        return torch.cat([rows.new_full((len(rows), self.tokens), filled), rows], dim=1)


def _handed(model: Any, cache: DynamicCache) -> dict[str, DynamicCache]:
    """The cache by the name that this version of transformers calls it."""
    name = "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"
    return {name: cache}
