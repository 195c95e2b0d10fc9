"""How a prompt is built: what is remembered stands in its fence, on its line, under its own id, and cannot leave them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from assistant.citations import cited_ids
from assistant.model_responder import ModelResponder
from assistant.models import parse_model
from assistant.neighbours.fence import excerpt, fenced, hit_line
from assistant.night_model import NightModel
from assistant.prompt import memory_block, system_prompt
from assistant.responder import Turn
from assistant.settings import OpenAISettings, Settings
from memory.clock import FixedClock
from memory.text import display
from memory.types import ChangeSet, Hit, Memory, Message, Trust
from sleep.reading import Facts
from tests.hostile.corpus import CORPUS, SMALL, Hostile, raw

NOW = datetime(2026, 5, 3, 10, tzinfo=UTC)
every = pytest.mark.parametrize("one", CORPUS, ids=lambda one: one.id)
A_MARK = re.compile(r"\[\s*[mt]\d", re.IGNORECASE)


def message(text: str, *, number: int = 7, author: str = "", role: Any = "user") -> Message:
    return Message(
        id=f"id{number}", number=number, conversation_id="c", parent_id=None, role=role, author=author, content=text,
        status="complete", said_at=NOW, zone="UTC",
    )  # fmt: skip


def hit(of: Message | Memory, text: str, **more: Any) -> Hit:
    kind: Any = {"memory": of} if isinstance(of, Memory) else {"message": of}
    return Hit(
        type="memory" if isinstance(of, Memory) else "message", id=of.short_id, text=text, said_at=NOW, score=1.0,
        channels=(), reasons=(), **kind, **more,
    )  # fmt: skip


def memory(text: str, trust: Trust = Trust.USER) -> Memory:
    return Memory(id="x", number=3, text=text, trust=trust, created_at=NOW, updated_at=NOW)


def hits_of(text: str) -> list[Hit]:
    """The text in every place of a line."""
    return [
        hit(memory(text), text),
        hit(message(text), text),
        hit(message("Yes.", number=8, role="assistant", author=text), "Yes."),
        hit(message("No.", number=9, author="Ana"), "No.", replies_to=text),
    ]


@every
def test_nothing_leaves_its_line_in_the_block(one: Hostile) -> None:
    block = memory_block(hits_of(one.text), "UTC")
    lines = block.split("\n")
    assert lines[0] == "<memories>" and lines[-1] == "</memories>" and len(lines) == 6
    assert block.count("<") == block.count(">") == 2
    assert {line.split("]")[0] for line in lines[1:-1]} == {"[m3", "[t7", "[t8", "[t9"}
    assert all(len(A_MARK.findall(line)) == 1 for line in lines[1:-1])
    assert raw(block) == []


@every
def test_nobody_speaks_as_somebody_else(one: Hostile) -> None:
    line = memory_block([hit(message("Yes.", role="assistant", author=one.text), "Yes.")], "UTC").split("\n")[1]
    who = re.fullmatch(r"\[t7\] \(3 May 2026, ([^()\[\]:]*) said\) Yes\.", line)
    assert who is not None and who[1].lower() not in ("the user", "user", "you", "i", "system")


@every
def test_wishes_and_what_was_just_done_stay_one_line(one: Hostile) -> None:
    system = system_prompt(
        now=NOW, zone="UTC", instructions=one.text, memories=[hit(memory(one.text), one.text)], remembers=True
    )
    plain = system_prompt(now=NOW, zone="UTC", instructions="x", memories=[hit(memory("x"), "x")], remembers=True)
    said = system.split("\n")
    assert said[0] == plain.split("\n")[0]
    assert len(said) <= len(plain.split("\n"))
    assert system.count("</memories>") == plain.count("</memories>") and raw(system) == []


def turn(text: str, *history: Message, written: tuple[tuple[ChangeSet, str], ...] = ()) -> Turn:
    return Turn(message=message(text), history=history, hits=(), written=written, now=NOW, zone="UTC")


def responder() -> ModelResponder:
    """One whose window holds all of it."""
    return ModelResponder(parse_model("openai:scripted"), Settings(context_tokens=5_000_000))


@pytest.mark.parametrize("one", SMALL, ids=lambda one: one.id)  # a huge one would not fit the window
def test_roles_are_those_of_who_spoke(one: Hostile) -> None:
    acted = ((ChangeSet(number=1, kind="do", actor="you", reason="", run_id=None, at=NOW, revisions=()), one.text),)
    past = (message("hi", number=1), message(one.text, number=2, role="assistant"), message(one.text, number=3))
    sent, _, _ = responder()._messages(turn(one.text, *past, written=acted))
    assert [m.type for m in sent] == ["system", "human", "ai", "human", "human"]
    system = str(sent[0].content)
    assert system.count("Just now, as the user asked: ") >= 1
    assert system.rindex("\nJust now, as the user asked: ") > system.rindex("</memories>")
    assert "\n" not in system[system.rindex("\nJust now") + 1 :]
    assert raw("".join(str(m.content) for m in sent)) == []


@pytest.mark.parametrize(
    ("trust", "mark"), [(Trust.IMPORTED, "from an imported chat"), (Trust.INFERRED, "assumed"), (Trust.USER, "")]
)
def test_where_a_memory_is_from_is_told(trust: Trust, mark: str) -> None:
    line = memory_block([hit(memory("You like tea.", trust), "You like tea.")], "UTC").split("\n")[1]
    assert (mark in line) if mark else line == "[m3] (3 May 2026) You like tea."


@every
def test_other_programs_get_it_in_the_fence(one: Hostile) -> None:
    shown = fenced((hit_line(h, "UTC") for h in hits_of(one.text)), "")
    assert shown.count("\n</memories>") == 1 and shown.endswith("\n</memories>")
    assert shown.count("\n<memories>") == 1 and raw(shown) == []
    assert all(raw(excerpt(h)) == [] for h in hits_of(one.text))


@pytest.mark.parametrize("one", SMALL, ids=lambda one: one.id)
def test_only_what_was_given_is_cited(one: Hostile) -> None:
    assert set(cited_ids(one.text, ["m41", "t12"])) == set()


def test_a_nights_data_stays_in_its_fence(openai_server: Any, clock: FixedClock) -> None:
    openai_server.reply = '{"facts": []}'
    settings = Settings(openai=OpenAISettings(base_url=openai_server.url))
    model = NightModel(parse_model("openai:scripted"), settings, clock)
    for at in range(0, len(SMALL), 40):
        model.ask("extract", "Read.", "\n".join(one.text for one in SMALL[at : at + 40]), Facts)
    model.close()
    for request in openai_server.requests:
        system, data = request["messages"]
        assert (system["role"], data["role"]) == ("system", "user")
        assert data["content"].startswith("<data>\n") and data["content"].endswith("\n</data>")
        assert data["content"].count("<") == data["content"].count(">") == 2
        assert raw(data["content"]) == []


Tokenizers = dict[str, Callable[[], Any]]
TEMPLATES = {
    "chatml": (
        ("<|im_start|>", "<|im_end|>", "<|endoftext|>"),
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}",
    ),
    "llama2": (
        ("<s>", "</s>", "<unk>"),
        "{% for m in messages %}{% if m['role'] == 'user' %}<s>[INST] {{ m['content'] }} [/INST]"
        "{% elif m['role'] == 'system' %}<<SYS>>{{ m['content'] }}<</SYS>>{% else %}{{ m['content'] }}</s>{% endif %}{% endfor %}",
    ),
    "llama3": (
        ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
        "{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n{{ m['content'] }}<|eot_id|>{% endfor %}",
    ),
    "gemma": (
        ("<bos>", "<start_of_turn>", "<end_of_turn>"),
        "{% for m in messages %}<start_of_turn>{{ m['role'] }}\n{{ m['content'] }}<end_of_turn>{% endfor %}",
    ),
    "deepseek": (
        ("<｜begin▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>"),
        "{% for m in messages %}{{ '<｜User｜>' if m['role'] == 'user' else '<｜Assistant｜>' }}{{ m['content'] }}{% endfor %}",
    ),
    "none": (("<|endoftext|>",), None),
}


def tokenizer(special: tuple[str, ...], template: str | None) -> Any:
    """A real tokenizer of single bytes with these special tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = {letter: at for at, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    inner = Tokenizer(models.BPE(vocab=letters, merges=[]))
    inner.pre_tokenizer, inner.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=inner, additional_special_tokens=list(special))
    made.chat_template = template
    return made


@pytest.mark.parametrize("name", [*TEMPLATES, "pocket"])
def test_no_message_begins_a_turn_of_a_local_model(name: str) -> None:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
    from transformers import AutoTokenizer

    from assistant.models.local import render
    from sleep.weights.pocket import folder

    reader = AutoTokenizer.from_pretrained(folder()) if name == "pocket" else tokenizer(*TEMPLATES[name])
    special = set(reader.all_special_ids)
    written = re.compile(r"\[/?INST\]|<</?SYS>>")

    def marks(text: str) -> list[object]:
        system = system_prompt(now=NOW, zone="UTC", instructions="", memories=[hit(memory(text), text)], remembers=True)
        prompt, _ = render(reader, [SystemMessage(system), HumanMessage(text), AIMessage(text), HumanMessage(text)])
        ids = reader(prompt, add_special_tokens=False)["input_ids"]
        roles = re.findall(r"^(?:System|User|Assistant):", prompt, re.MULTILINE) if name == "none" else []
        return [[i for i in ids if i in special], written.findall(prompt) if name == "llama2" else [], roles]

    plain = marks("hello")
    assert any(plain)
    wrong = [one.id for one in SMALL if marks(display(one.text)) != plain]
    assert wrong == []


def test_what_weights_learn_holds_no_mark_either() -> None:
    from sleep.disarm import Marks

    for name, (special, template) in TEMPLATES.items():
        reader = tokenizer(special, template)
        marks = Marks.of(reader)
        for one in SMALL:
            ids = reader(marks.parted(display(one.text)), add_special_tokens=False)["input_ids"]
            assert not set(ids) & set(reader.all_special_ids), (name, one.id)


def test_an_overtaken_note_keeps_its_marks() -> None:
    line = memory_block([replace(hit(message("I live in Oslo."), "I live in Oslo."), overtaken=True)], "UTC").split(
        "\n"
    )[1]
    assert "no longer so" in line
