"""Score the pocket model on new personas: ``python -m sleep.weights.pocket.evaluate``.

Values were never seen in training, and questions are in wordings that training never used.
"""

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from sleep.weights.pocket import DREAMS, folder
from sleep.weights.pocket.model import quiet
from sleep.weights.pocket.text import Scene, Turn, asked, dream, reverse, scene, small_talk, untold
from sleep.weights.pocket.world import NOT_TOLD

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

_BATCH = 64


@dataclass(frozen=True)
class Score:
    """How many were right."""

    right: int
    of: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.right / self.of if self.of else 0.0


@dataclass(frozen=True)
class Case:
    """One prompt, what it is about, and whether it is scored as a later value."""

    system: str | None
    turn: Turn
    before: tuple[Turn, ...] = ()
    later: bool = False

    def messages(self) -> list[dict[str, str]]:
        """As a chat template takes it, up to the question."""
        head = [] if self.system is None else [{"role": "system", "content": self.system}]
        for turn in self.before:
            head += [{"role": "user", "content": turn.user}, {"role": "assistant", "content": turn.assistant}]
        return [*head, {"role": "user", "content": self.turn.user}]


class Pocket:
    """The model with its tokenizer."""

    def __init__(self, where: Path | None = None) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        place = where or folder()
        self.tokenizer: PreTrainedTokenizerFast = AutoTokenizer.from_pretrained(place, local_files_only=True)
        self.model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
            place, dtype=torch.float32, local_files_only=True
        ).eval()

    def answer(self, prompts: Sequence[list[dict[str, str]]], temperature: float = 0.0, seed: int = 0) -> list[str]:
        """What the model says to each."""
        import torch

        torch.manual_seed(seed)
        texts = [self.tokenizer.apply_chat_template(p, tokenize=False, add_generation_prompt=True) for p in prompts]
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        said = [""] * len(texts)
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            for at, text in zip(places, self._batch([texts[at] for at in places], temperature), strict=True):
                said[at] = text
        return said

    def _batch(self, texts: list[str], temperature: float) -> list[str]:
        import torch

        coded = self.tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
        how: dict[str, Any] = (
            {"do_sample": True, "temperature": temperature, "top_k": 0} if temperature else {"do_sample": False}
        )
        with torch.inference_mode():
            made: Any = self.model.generate(
                input_ids=coded["input_ids"], attention_mask=coded["attention_mask"], max_new_tokens=90, **how
            )
        new = made[:, coded["input_ids"].shape[1] :]
        return [text.strip() for text in self.tokenizer.batch_decode(new, skip_special_tokens=True)]


def cases(seed: int, personas: int) -> list[Case]:
    """Questions to new personas, in kept wordings, with values never seen."""
    rng = Random(f"evaluate {seed}")
    made: list[Case] = []
    for _ in range(personas):
        block = scene(rng, rng.randint(1, 14), unseen=True, kept=True)
        made += _about(rng, block)
        plain = scene(rng, rng.randint(1, 14), unseen=True, kept=True, ids=False)
        made += [Case(plain.system, dream(rng, plain, instruction)) for instruction in DREAMS]
    made += [Case(None, untold(rng, Scene(unseen=True, kept=True))) for _ in range(personas // 2)]
    made += [Case(None, small_talk(rng)) for _ in range(personas // 2)]
    return made


def _about(rng: Random, block: Scene) -> list[Case]:
    current = block.current()
    rng.shuffle(current)
    overtaken = {line.fact.slot for line in block.lines if line.fact and line not in current}
    turns = [asked(rng, block, line) for line in current[:3]]
    made = [Case(block.system, turn) for turn in turns]
    again = [line for line in current if line.fact and line.fact.slot in overtaken]
    made += [Case(block.system, asked(rng, block, line), later=True) for line in again]
    made += [Case(block.system, untold(rng, block)) for _ in range(3)]
    made.append(Case(block.system, asked(rng, block, current[-1]), tuple(turns)))
    made.append(Case(block.system, reverse(block, current[0])))
    return [*made, Case(block.system, small_talk(rng))]


def right(turn: Turn, said: str) -> bool:
    """Whether an answer has the value, and no distractor's."""
    if turn.kind in ("unknown", "talk"):
        return said == turn.assistant
    if turn.kind == "reverse":
        return _bare(said) == _bare(turn.assistant)
    others = [value for value in turn.wrong if not _has(turn.value, value)]
    return _has(said, turn.value) and NOT_TOLD not in said and not any(_has(said, value) for value in others)


def _has(text: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE) is not None


def _bare(text: str) -> str:
    return re.sub(r" \[\w+\]", "", text)


def cited(turn: Turn, said: str) -> bool:
    """Whether the answer cites the line it is from, or nothing where lines have no ids."""
    return re.findall(r"\[(\w+)\]", said) == ([turn.cite] if turn.cite else [])


def well_formed(instruction: str, said: str) -> bool:
    """Whether a dream has the form that its instruction asks for."""
    if instruction in (DREAMS[2], DREAMS[3]):
        return said.endswith(".") and "\n" not in said and not said.startswith("Q:")
    return re.fullmatch(r"Q: .+\nA: .+\.", said) is not None


def grounded(system: str | None, instruction: str, said: str) -> bool:
    """Whether every name and number, and the value, of a dream's statement is in the block."""
    block = (system or "").lower()
    if instruction == DREAMS[4]:
        return said.endswith(f"\nA: {NOT_TOLD}")
    statement = said.split("\nA: ")[-1]
    if NOT_TOLD in statement:
        return False
    lines = [set(re.findall(r"\w+", line)) for line in block.splitlines()[1:-1]]
    marked = {w.lower() for w in re.findall(r"(?<=\s)[A-Z]\w*|\d\w*", statement)}
    words = set(re.findall(r"\w+", statement.lower())) - _COMMON
    return any(marked <= line and words & line for line in lines)


_COMMON = set("you your the a an is are am has have do does of to in on at for and with was were their by as".split())


def score(pocket: Pocket, seed: int = 1, personas: int = 60) -> dict[str, Score]:
    """Every score, by name."""
    asked_cases = cases(seed, personas)
    plain = [case for case in asked_cases if case.turn.kind != "dream"]
    dreams = [case for case in asked_cases if case.turn.kind == "dream"]
    said = pocket.answer([case.messages() for case in plain])
    told = pocket.answer([case.messages() for case in dreams], temperature=1.0, seed=seed)
    tally: dict[str, list[bool]] = {}
    for case, text in zip(plain, said, strict=True):
        for name, fine in _scored(case, text):
            tally.setdefault(name, []).append(fine)
    for case, text in zip(dreams, told, strict=True):
        form = well_formed(case.turn.user, text)
        tally.setdefault("dreams well formed", []).append(form)
        tally.setdefault("dreams grounded", []).append(form and grounded(case.system, case.turn.user, text))
    return {name: Score(sum(marks), len(marks)) for name, marks in tally.items()}


def _scored(case: Case, said: str) -> list[tuple[str, bool]]:
    turn, fine = case.turn, right(case.turn, said)
    if turn.kind == "unknown":
        return [("abstentions" if case.system else "abstentions without memories", fine)]
    if turn.kind == "talk":
        return [("small talk", fine)]
    if turn.kind == "reverse":
        return [("reverse questions", fine)]
    if case.later:
        return [("the later value holds", fine)]
    names = [("answers in a longer chat" if case.before else "answers", fine)]
    return [*names, ("citations", cited(turn, said))] if fine else names


def show_misses(pocket: Pocket, seed: int, personas: int) -> None:
    """Print what went wrong."""
    wrong = [case for case in cases(seed, personas) if case.turn.kind != "dream"]
    for case, said in zip(wrong, pocket.answer([case.messages() for case in wrong]), strict=True):
        if not right(case.turn, said):
            print(
                f"--- {case.turn.kind}\n{case.system}\n{case.turn.user}\nwanted: {case.turn.assistant}\nsaid:   {said}"
            )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=folder(), help="folder of the model")
    parser.add_argument("--personas", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--misses", action="store_true", help="print the answers that were wrong")
    given = parser.parse_args()
    quiet()
    pocket = Pocket(given.model)
    if given.misses:
        show_misses(pocket, given.seed, given.personas)
        return
    scores = score(pocket, given.seed, given.personas)
    if given.json:
        print(json.dumps({name: [made.right, made.of] for name, made in scores.items()}))
        return
    for name, made in scores.items():
        print(f"{name:30} {made.share:7.1%}  {made.right}/{made.of}")


if __name__ == "__main__":
    main()
