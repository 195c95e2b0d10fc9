"""The model's shape, its tokenizer, and how messages become numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from sleep.weights.pocket.text import Sample, sample

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

CONTEXT = 1024
VOCABULARY = 1024
PAD, END, SYSTEM, USER, ASSISTANT = SPECIAL = ("<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
ROLES = {"system": SYSTEM, "user": USER, "assistant": ASSISTANT}
UNSCORED = -100

# Of a system message only the memories are read: the model is too small for rules, and was trained without.
CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{%- if message['role'] == 'assistant' -%}"
    "{{- '<|assistant|>' -}}{%- generation -%}{{- message['content'] + '<|end|>' -}}{%- endgeneration -%}"
    "{%- elif message['role'] == 'system' -%}{%- set parts = message['content'].split('<memories>') -%}"
    "{%- if parts | length > 1 -%}{{- '<|system|><memories>' + parts[-1] + '<|end|>' -}}{%- endif -%}"
    "{%- else -%}{{- '<|user|>' + message['content'] + '<|end|>' -}}{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}"
)


def train_tokenizer(seed: int, samples: int = 6000) -> "PreTrainedTokenizerFast":
    """Byte pairs learned from the generator's text; digits stay single."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    rng = Random(f"tokenizer {seed}")
    tokenizer = Tokenizer(models.BPE())
    words = pre_tokenizers.Split(Regex(r" ?[A-Za-z]+|\d|\s|[^\sA-Za-z\d]"), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [words, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=list(SPECIAL), show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(
        (message["content"] for _ in range(samples) for message in sample(rng).messages()), trainer
    )
    made = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=PAD, eos_token=END, additional_special_tokens=list(SPECIAL[2:]),
        model_max_length=CONTEXT, padding_side="left", clean_up_tokenization_spaces=False,
    )  # fmt: skip
    made.chat_template = CHAT_TEMPLATE
    return made


@dataclass(frozen=True)
class Shape:
    """The layers of a model in their order, ``c`` for a short convolution and ``a`` for attention, and the width of the
    network inside each."""

    layers: str
    feed_forward: int


LFM2 = Shape("cacaa", 256)


def new_model(shape: Shape = LFM2) -> "PreTrainedModel":
    """A model with fresh weights."""
    from transformers import AutoModelForCausalLM, Lfm2Config

    kinds = {"c": "conv", "a": "full_attention"}
    config = Lfm2Config(
        vocab_size=VOCABULARY, hidden_size=128, num_attention_heads=4, num_key_value_heads=4,
        max_position_embeddings=CONTEXT, tie_word_embeddings=True, pad_token_id=0, bos_token_id=None, eos_token_id=1,
        initializer_range=0.05, intermediate_size=shape.feed_forward, num_hidden_layers=len(shape.layers),
        layer_types=[kinds[layer] for layer in shape.layers], block_auto_adjust_ff_dim=False,
    )  # fmt: skip
    return AutoModelForCausalLM.from_config(config)


def quiet() -> None:
    """No progress bars and no hints from transformers; for the command lines."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()


def encode(tokenizer: "PreTrainedTokenizerFast", samples: Sequence[Sample]) -> list[tuple[list[int], list[int]]]:
    """Token ids and labels; only what the assistant says has labels. The same ids as by the chat template."""
    messages = [made.messages() for made in samples]
    texts = [message["content"] for one in messages for message in one]
    coded = iter(tokenizer(texts, add_special_tokens=False)["input_ids"]) if texts else iter(())
    role_ids = {role: tokenizer.convert_tokens_to_ids(token) for role, token in ROLES.items()}
    return [_joined([(message["role"], next(coded)) for message in one], role_ids) for one in messages]


def _joined(parts: Iterable[tuple[str, list[int]]], role_ids: dict[str, int]) -> tuple[list[int], list[int]]:
    ids: list[int] = []
    labels: list[int] = []
    for role, content in parts:
        said = [*content, 1]
        ids += [role_ids[role], *said]
        labels += [UNSCORED, *(said if role == "assistant" else [UNSCORED] * len(said))]
    return ids[:CONTEXT], labels[:CONTEXT]
