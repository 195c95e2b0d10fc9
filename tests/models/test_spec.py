import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SettingsError
from assistant.models import ModelSpec, parse_model


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("none", ModelSpec("none")),
        (" None ", ModelSpec("none")),
        ("ollama:llama3.2", ModelSpec("ollama", "llama3.2")),
        ("ollama:qwen3:4b", ModelSpec("ollama", "qwen3:4b")),
        ("OpenAI:gpt-5", ModelSpec("openai", "gpt-5")),
        ("openai:meta-llama/llama-3:free", ModelSpec("openai", "meta-llama/llama-3:free")),
        ("local:~/models/My Model", ModelSpec("local", "~/models/My Model")),
        ("local:C:\\models\\tiny", ModelSpec("local", "C:\\models\\tiny")),
    ],
)
def test_a_name_is_read(text, spec):
    assert parse_model(text) == spec


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("", "none"),
        ("non", "none"),
        ("olama:llama3.2", "ollama:llama3.2"),
        ("ollama/llama3.2", "ollama:llama3.2"),
        ("ollama", "ollama:NAME"),
        ("ollama:", "ollama:NAME"),
        ("antropic:claude-x", "anthropic:claude-x"),
        ("llama3.2", "ollama:llama3.2"),
        ("gpt-5", "openai:gpt-5"),
        ("gpt-oss", "ollama:gpt-oss"),
        ("claude-opus", "anthropic:claude-opus"),
        ("./models/tiny", "local:./models/tiny"),
        ("Qwen/Qwen3-0.6B", "local:Qwen/Qwen3-0.6B"),
    ],
)
def test_what_is_no_name_is_answered_with_the_nearest_and_all_forms(text, nearest):
    with pytest.raises(SettingsError) as caught:
        parse_model(text)
    assert f"Did you mean {nearest}?" in caught.value.hint
    assert "local:FOLDER_OR_HUB_ID" in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("text", ["ollama:a\x1b[31mb", "ollama:\x00", "ollama:" + "x" * 2000, "a\nb"])
def test_what_nobody_types_is_refused_on_one_short_line(text):
    with pytest.raises(SettingsError) as caught:
        parse_model(text)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


@given(
    st.sampled_from(["ollama", "openai", "anthropic", "local"]),
    st.text(string.printable.strip(), min_size=1, max_size=50),
)
def test_a_spec_written_out_reads_as_itself(provider, name):
    spec = ModelSpec(provider, name)
    assert parse_model(str(spec)) == spec


@given(st.text(max_size=200))
def test_any_text_is_a_spec_or_an_explained_error(text):
    try:
        assert parse_model(text).provider
    except SettingsError as error:
        assert error.message and error.hint
