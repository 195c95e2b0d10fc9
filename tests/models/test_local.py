"""`local:` models: a real transformers model, tiny and untrained."""

import asyncio
import json
import shutil
import threading

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from assistant.errors import ModelError
from assistant.models import build_chat_model, parse_model, stream_pieces, window_tokens
from assistant.models.local import LocalChatModel, render
from assistant.models.local_loading import choose_device
from assistant.models.local_streaming import streamer_of
from assistant.settings import LocalSettings, Settings
from tests.models.helpers import pieces_of, text_of, usage_of
from tests.real.tiny_model import make_tiny_model


def settings(**more):
    return Settings(local=LocalSettings(device="cpu", **more), temperature=0.0)


async def test_it_streams_and_counts_exactly(tiny_model):
    from transformers import AutoTokenizer

    messages = [("system", "Be kind."), ("human", "I live in Lisbon")]
    pieces = await pieces_of(f"local:{tiny_model}", settings(max_new_tokens=20), messages)
    assert len(pieces) > 2
    usage = usage_of(pieces)
    prompt = "<|system|>Be kind.<|end|>\n<|user|>I live in Lisbon<|end|>\n<|assistant|>"
    assert usage.prompt_tokens == len(AutoTokenizer.from_pretrained(tiny_model)(prompt)["input_ids"])
    assert 0 < usage.completion_tokens <= 20


async def test_streamed_invoked_and_awaited_say_the_same(tiny_model):
    model = build_chat_model(parse_model(f"local:{tiny_model}"), settings(max_new_tokens=12))
    streamed = text_of([p async for p in stream_pieces(model, [HumanMessage("Hi")], silence_seconds=60)])
    assert model.where.startswith("cpu, float32: ")
    invoked = model.invoke([HumanMessage("Hi")])
    awaited = await model.ainvoke([HumanMessage("Hi")])
    assert streamed == invoked.text == awaited.text
    assert invoked.usage_metadata == awaited.usage_metadata
    assert invoked.response_metadata["finish_reason"] in ("length", "stop")


async def test_scripts_without_spaces_stream_too(tiny_model):
    """The words of an untrained model have next to no spaces: each token still arrives by itself."""
    pieces = await pieces_of(f"local:{tiny_model}", settings(max_new_tokens=20))
    texts = [piece.text for piece in pieces[:-1]]
    assert len(texts) > sum(text.count(" ") for text in texts) + 3
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    inputs = tokenizer("<|user|>Hi<|end|>\n<|assistant|>", return_tensors="pt")
    ids = AutoModelForCausalLM.from_pretrained(tiny_model).generate(**inputs, max_new_tokens=20, do_sample=False)[0]
    whole = tokenizer.decode(ids[inputs["input_ids"].shape[1] :], skip_special_tokens=True)
    assert "".join(texts) == whole.rstrip("\ufffd")


def endless(tiny_model):
    """A model that would write to the end of a long window: no end token, and room for many."""
    folder = make_tiny_model(tiny_model.parent / "endless", window=100_000)
    for file in ("config.json", "generation_config.json"):
        content = json.loads((folder / file).read_text())
        (folder / file).write_text(json.dumps({**content, "eos_token_id": None}))
    return LocalChatModel(source=str(folder), device="cpu", max_new_tokens=90_000)


def generating():
    return [thread for thread in threading.enumerate() if thread.name == "local-model"]


async def until_idle():
    for _ in range(400):
        if not generating():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the generation was not stopped")


async def test_closing_the_stream_stops_the_generation(tiny_model):
    stream = stream_pieces(endless(tiny_model), ["Hi"], silence_seconds=60)
    assert (await anext(stream)).text
    assert generating()
    await stream.aclose()
    await until_idle()


async def test_cancelling_the_reader_stops_the_generation(tiny_model):
    began = asyncio.Event()

    async def read():
        async for _ in stream_pieces(endless(tiny_model), ["Hi"], silence_seconds=60):
            began.set()

    task = asyncio.create_task(read())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_idle()


async def test_a_prompt_longer_than_the_window_is_an_error_not_a_crash(tiny_model):
    messages = [("human", "word " * 600)]
    with pytest.raises(ModelError, match="512 at the most"):
        await pieces_of(f"local:{tiny_model}", settings(), messages)


async def test_the_answer_never_overruns_the_window(tiny_model):
    pieces = await pieces_of(f"local:{tiny_model}", settings(max_new_tokens=5000), [("human", "bicycle " * 100)])
    usage = usage_of(pieces)
    assert usage.prompt_tokens + usage.completion_tokens <= 512


async def test_a_model_without_a_chat_template_gets_a_plain_prompt(tmp_path):
    folder = make_tiny_model(tmp_path / "plain", chat_template=False)
    pieces = await pieces_of(f"local:{folder}", settings(max_new_tokens=12))
    assert text_of(pieces)
    from transformers import AutoTokenizer

    prompt, plain = render(AutoTokenizer.from_pretrained(folder), [SystemMessage("Be kind."), HumanMessage("Hi")])
    assert (prompt, plain) == ("System: Be kind.\n\nUser: Hi\n\nAssistant:", True)


def test_a_template_without_a_system_role_gets_merged_messages(tiny_model):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.chat_template = (
        "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('roles must alternate') }}{% endif %}[{{ m['role'] }}:{{ m['content'] }}]{% endfor %}"
    )
    messages = [SystemMessage("S"), HumanMessage("a"), HumanMessage("b"), AIMessage("c"), HumanMessage("d")]
    assert render(tokenizer, messages) == ("[user:S\n\na\n\nb][assistant:c][user:d]", False)


async def test_thoughts_opened_by_the_template_are_thoughts(tiny_model, tmp_path):
    folder = shutil.copytree(tiny_model, tmp_path / "thinker")
    template = (folder / "chat_template.jinja").read_text()
    (folder / "chat_template.jinja").write_text(template + "<think>\n")
    with pytest.raises(ModelError, match="gave no answer") as caught:
        await pieces_of(f"local:{folder}", settings(max_new_tokens=8))
    assert caught.value.pieces


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("./no/such/folder", "There is no folder", "local:OWNER/NAME"),
        ("/no/such/folder", "There is no folder", "local:OWNER/NAME"),
        ("some-owner/some-model", "is not on this machine", "Go online"),
    ],
)
async def test_a_model_that_is_not_there(source, message, hint):
    with pytest.raises(ModelError) as caught:
        await pieces_of(f"local:{source}", settings())
    assert message in caught.value.message
    assert hint in caught.value.hint


async def test_a_folder_or_file_that_is_no_model(tmp_path, tiny_model):
    (tmp_path / "empty").mkdir()
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    half = shutil.copytree(tiny_model, tmp_path / "half")
    (half / "model.safetensors").unlink()
    damaged = shutil.copytree(tiny_model, tmp_path / "damaged")
    (damaged / "model.safetensors").write_bytes(b"\xff" * 100)
    strange = shutil.copytree(tiny_model, tmp_path / "strange")
    (strange / "config.json").write_text('{"model_type": "no-such-architecture"}')
    for name, message in (
        ("empty", "has no config.json"),
        ("model.gguf", "is a file"),
        ("half", "missing or damaged"),
        ("damaged", "missing or damaged"),
        ("strange", "no language model that the installed transformers can run"),
    ):
        with pytest.raises(ModelError, match=message) as caught:
            await pieces_of(f"local:{tmp_path / name}", settings())
        assert caught.value.hint


def test_the_window_is_read_from_the_models_own_configuration(tiny_model):
    assert window_tokens(parse_model(f"local:{tiny_model}"), Settings(), None) == 512
    assert window_tokens(parse_model("local:owner/never-downloaded"), Settings(), None) == 8192
    assert window_tokens(parse_model("local:/no/such"), Settings(), None) == 8192


def test_a_device_comes_with_its_reason():
    assert choose_device("cpu").reason == "the setting local.device asks for it"
    assert choose_device("auto").reason
    import torch

    if not torch.cuda.is_available():
        with pytest.raises(ModelError, match="no cuda device"):
            choose_device("cuda")


def test_a_tokenizer_written_in_python_streams_whole_characters():
    import torch
    from transformers import ByT5Tokenizer

    tokenizer, got = ByT5Tokenizer(), []
    streamer = streamer_of(tokenizer, got.append)
    streamer.put(torch.tensor([tokenizer.encode("the prompt")]))
    for token in tokenizer.encode("olá mundo", add_special_tokens=False):
        streamer.put(torch.tensor([token]))
    streamer.end()
    assert "".join(got) == "olá mundo"
    assert len([text for text in got if text]) > 1
    assert not any("\ufffd" in text for text in got)  # two bytes make one letter
