"""A hybrid of transformers' own blocks (OLMo-hybrid: attention and Gated DeltaNet in turn), and how it sleeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from transformers import OlmoHybridConfig, OlmoHybridModel


@dataclass(frozen=True, slots=True)
class Shape:
    """How large it is, and how it reads."""

    width: int = 96
    layers: int = 4
    heads: int = 4
    passes: int = 1
    """N: how often a chunk is read before it is dropped."""
    keeps: bool = True
    """Whether the state stays when a chunk is dropped; without it nothing does."""
    evicts: bool = True
    """Whether chunks are dropped at all. If not, attention sees everything at once."""


class FastWeights:
    """The states of the DeltaNet layers: all that is left of a chunk. The rest of what a layer asks of a cache it does
    not have: each pass begins without a past, and attention sees the chunk alone."""

    def __init__(self) -> None:
        self._states: dict[int, torch.Tensor] = {}

    def get_recurrent_state(self, layer: int, state_idx: int = 0) -> torch.Tensor | None:
        return self._states.get(layer)

    def update_recurrent_state(self, state: torch.Tensor, layer: int, **_: Any) -> torch.Tensor:
        self._states[layer] = state
        return state

    def get_conv_state(self, layer: int, state_idx: int = 0) -> None:
        return None

    def update_conv_state(self, states: torch.Tensor, layer: int, **_: Any) -> torch.Tensor:
        return states

    def is_recording_past(self, layer: int) -> bool:
        return False

    def update(self, keys: torch.Tensor, values: torch.Tensor, *_: Any, **__: Any) -> tuple[torch.Tensor, torch.Tensor]:
        return keys, values


class Hybrid(nn.Module):
    """Reads chunks of tokens, sleeps over each, and answers."""

    def __init__(self, shape: Shape, vocabulary: int, longest: int) -> None:
        super().__init__()
        self.shape = shape
        self.passes = shape.passes
        kinds = ["full_attention", "linear_attention"]
        each = shape.width // shape.heads
        config = OlmoHybridConfig(
            vocab_size=vocabulary, hidden_size=shape.width, intermediate_size=shape.width * 3,
            num_hidden_layers=shape.layers, num_attention_heads=shape.heads, max_position_embeddings=longest,
            layer_types=[kinds[at % 2] for at in range(shape.layers)], linear_key_head_dim=each,
            linear_value_head_dim=each, rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
            pad_token_id=None, attn_implementation="sdpa",
        )  # fmt: skip
        self.body = OlmoHybridModel(config)
        self.head = nn.Linear(shape.width, vocabulary, bias=False)

    def forward(self, chunks: Sequence[torch.Tensor], question: torch.Tensor) -> torch.Tensor:
        """Logits at the tokens of the question, shape (batch, tokens, vocabulary)."""
        if not self.shape.evicts:
            everything = torch.cat([*chunks, question], dim=1)
            return self.answer(everything, FastWeights())[:, -question.shape[1] :]
        return self.answer(question, self.sleep(chunks))

    def sleep(self, chunks: Sequence[torch.Tensor]) -> FastWeights:
        """The states after all chunks; each is read `passes` times and then dropped."""
        states = FastWeights()
        for chunk in chunks:
            hidden = self.body.embed_tokens(chunk)
            for _ in range(self.passes):
                hidden = self._pass(hidden, states)
            if not self.shape.keeps:
                states = FastWeights()
        return states

    def answer(self, question: torch.Tensor, states: FastWeights) -> torch.Tensor:
        """One ordinary pass."""
        logits: torch.Tensor = self.head(self.body.norm(self._pass(self.body.embed_tokens(question), states)))
        return logits

    def _pass(self, hidden: torch.Tensor, states: FastWeights) -> torch.Tensor:
        places = torch.arange(hidden.shape[1]).unsqueeze(0)
        rotary = self.body.rotary_emb(hidden, places)
        for layer in self.body.layers:
            # A piece of the delta rule is as long as the chunk: the default of 64 would be padding for the most part.
            hidden = layer(
                hidden, position_embeddings=rotary, attention_mask=None, cache=states, chunk_size=hidden.shape[1]
            )
        return hidden
