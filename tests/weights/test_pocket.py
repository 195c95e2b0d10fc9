"""The model that ships: it loads as any other does, and answers from what it is given."""

from random import Random

import pytest

from sleep.weights.dreams import TEMPERATURE
from sleep.weights.pocket import DREAMS, folder
from sleep.weights.pocket.evaluate import Pocket, grounded, score, well_formed
from sleep.weights.pocket.model import CHAT_TEMPLATE, encode
from sleep.weights.pocket.text import sample, scene
from sleep.weights.pocket.world import NOT_TOLD

BLOCK = """<memories>
[m3] (3 May 2026) You live in Porto.
[t12] (4 May 2026, the user said) My sister Ana lives in Lyon.
</memories>"""


@pytest.fixture(scope="module")
def pocket() -> Pocket:
    return Pocket()


def _ask(pocket: Pocket, user: str, system: str | None = BLOCK) -> str:
    head = [] if system is None else [{"role": "system", "content": system}]
    return pocket.answer([[*head, {"role": "user", "content": user}]])[0]


def test_the_shipped_files_are_small(pocket: Pocket) -> None:
    assert sum(p.numel() for p in pocket.model.parameters()) < 1_000_000
    assert (folder() / "model.safetensors").stat().st_size < 2_000_000
    assert (folder() / "README.md").is_file()


def test_it_answers_with_its_source(pocket: Pocket) -> None:
    assert _ask(pocket, "Where do I live?").startswith("You live in Porto [")
    assert _ask(pocket, "Where does Ana live?") == "Ana lives in Lyon [t12]."
    assert _ask(pocket, "Where do I live?", "<memories>\nYou live in Porto.\n</memories>") == "You live in Porto."


def test_it_says_what_it_was_not_told(pocket: Pocket) -> None:
    assert _ask(pocket, "Where does my brother live?") == NOT_TOLD
    assert _ask(pocket, "Where do I live?", None) == NOT_TOLD
    assert _ask(pocket, "Where do I live?", "<memories>\n(nothing that bears on this)\n</memories>") == NOT_TOLD


LEAST = {"answers": 0.78, "abstentions": 0.93, "citations": 0.45, "small talk": 0.95, "dreams well formed": 0.82}
"""Somewhat below the scores on its card, which are of four times as many personas."""


def test_scores_on_a_sample_of_new_personas(pocket: Pocket) -> None:
    scores = score(pocket, seed=5, personas=14)
    for name in LEAST:
        assert scores[name].share >= LEAST[name], (name, scores[name])


def test_dreams_vary_and_stay_with_the_memories(pocket: Pocket) -> None:
    block = scene(Random(3), 3, unseen=True, ids=False)
    asked = [[{"role": "system", "content": block.system}, {"role": "user", "content": DREAMS[0]}]] * 24
    dreams = pocket.answer(asked, temperature=TEMPERATURE, seed=1)
    assert len(set(dreams)) > 8
    fine = [d for d in dreams if well_formed(DREAMS[0], d) and grounded(block.system, DREAMS[0], d)]
    assert len(fine) >= 15


def test_messages_become_the_same_numbers_by_either_way(pocket: Pocket) -> None:
    made = sample(Random(4))
    ids, labels = encode(pocket.tokenizer, [made])[0]
    coded = pocket.tokenizer.apply_chat_template(
        made.messages(), return_dict=True, return_assistant_tokens_mask=True, add_generation_prompt=False
    )
    assert pocket.tokenizer.chat_template == CHAT_TEMPLATE
    assert coded["input_ids"] == ids
    assert [bool(mark) for mark in coded["assistant_masks"]] == [label >= 0 for label in labels]


def test_an_adapter_attaches_to_every_linear_layer(pocket: Pocket) -> None:
    peft = pytest.importorskip("peft")
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder(), dtype=torch.float32)
    config = peft.LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM")
    adapted = peft.get_peft_model(model, config)
    ids, labels = encode(pocket.tokenizer, [sample(Random(2))])[0]
    adapted(input_ids=torch.tensor([ids]), labels=torch.tensor([labels])).loss.backward()
    given = [name for name, p in adapted.named_parameters() if "lora_B" in name and p.grad is not None]
    assert len(given) > 4 * model.config.num_hidden_layers
