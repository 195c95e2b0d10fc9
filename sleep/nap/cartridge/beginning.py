"""Which keys and values of a text a cartridge begins with. Imported only where a model is run.

peft and the paper take the first tokens; what is told after them is lost, and training has to write it anew. Here each
head keeps the tokens that move its own answers most (as SnapKV, Li et al. 2024, arXiv 2404.14469, keeps those that are
attended to most): by the gradient of the answers' logits with respect to the values, which is the attention that a
token gets times what depends on it. They keep their distances, for the text is read with positions that end where the
cartridge ends.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import torch

from sleep.nap.cartridge.prefix import Attached, read
from sleep.weights.lm import Coded, answer_logits

MOST_ASKED = 128
"""Answers that are looked at, at the most."""


class Beginning(StrEnum):
    """How tokens are chosen."""

    FIRST = "first"
    SPREAD = "spread"
    TOKENS = "tokens"
    """Those that matter most over all heads."""
    HEADS = "heads"
    """For each head those that matter most to it."""


def beginning(model: Any, ids: torch.Tensor, tokens: int, asked: Sequence[Coded], how: Beginning) -> torch.Tensor:
    """Keys and values of ``tokens`` of the ids (tokens of a text,), in the shape of ``prefix.read``.

    ``asked``: questions without the text, with the answers that it gives. The first token always stays: heads that
    look for nothing look there.
    """
    tokens = min(tokens, len(ids))
    if how is Beginning.FIRST:
        return read(model, ids)[:tokens]
    values = read(model, ids, tokens)
    if how is Beginning.SPREAD:
        return values[torch.linspace(0, len(ids) - 1, tokens).round().long()]
    matters = salience(model, read(model, ids), asked[:MOST_ASKED])
    if how is Beginning.TOKENS:
        matters = (matters / matters.sum(0)).mean((1, 2), keepdim=True).expand_as(matters).clone()
    matters[0] = torch.inf
    places = matters.topk(tokens, dim=0).indices.sort(dim=0).values
    return values.gather(0, places[:, :, None, :, None].expand(-1, -1, 2, -1, values.shape[-1]))


def salience(model: Any, values: torch.Tensor, asked: Sequence[Coded]) -> torch.Tensor:
    """How much the answers depend on each token, shape (tokens, layers that attend, heads); at least a little."""
    whole = Attached(model, values, frozen=0)
    found = torch.full((*values.shape[:2], values.shape[3]), 1e-9, device=values.device)
    for one in asked:  # each by itself: what one answer gains must not cancel what another loses
        logits = answer_logits(whole, [one])[0]
        said = logits.gather(-1, torch.tensor(one.answer, device=logits.device)[:, None]).sum()
        gradient = torch.autograd.grad(said, whole.prefix.trainable_embedding)[0].view(values.shape)
        found += gradient[:, :, 1].norm(dim=-1)
    return found
