"""`reverie setup`: what is around, told by a program of its own; keys by name, nothing opened without a yes."""

import os
import pty
import subprocess

import pytest

from assistant.paths import find_paths
from assistant.settings_file import load_settings
from tests.cli.conftest import PROGRAM
from tests.real.fixtures import ollama_server
from tests.real.local_servers import VLLM, pages_serving
from tests.transfer.conftest import write
from tests.transfer.test_remembered import MEM0

__all__ = ["ollama_server"]


@pytest.fixture
def around(tmp_path, monkeypatch, ollama_server):
    """A user with an Ollama, a vLLM, a key, and an export among the downloads."""
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    for name in ("XDG_CONFIG_HOME", "XDG_DOWNLOAD_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-secret")
    monkeypatch.setenv("REVERIE_OLLAMA__BASE_URL", ollama_server.url)
    write(tmp_path / "user" / "Downloads" / "mem0.json", MEM0)
    with pages_serving(VLLM) as url:
        monkeypatch.setenv("REVERIE_OPENAI__BASE_URL", url)
        yield url


def test_what_is_around(program, around, home):
    told = program("setup", "--json")
    assert told.code == 0 and "secret" not in told.out + told.err
    value = told.json
    assert (value["data"], value["model"]) == (str(home), "none")
    specs = [one["model"] for one in value["models"]]
    assert {"ollama:llama3.2:latest", "openai:Qwen/Qwen3-4B", "openai:reverie", "anthropic:"} <= set(specs)
    (export,) = value["exports"]
    assert export["format"] == "mem0" and export["path"].endswith("Downloads/mem0.json")
    plain = program("setup")
    assert "mem0.json" in plain.out and "ANTHROPIC_API_KEY" in plain.out and "reverie import" in plain.err
    assert not find_paths().settings.exists() and not find_paths().database.exists()


def test_on_a_terminal_a_number_and_a_yes(around, home):
    """A model by its number after a wrong one, the export after a yes."""
    ours, theirs = pty.openpty()
    os.write(ours, b"99\n1\ny\n")
    ended = subprocess.run(
        [*PROGRAM, "setup"], stdin=theirs, capture_output=True, text=True, timeout=120, env={**os.environ}
    )
    for end in (ours, theirs):
        os.close(end)
    assert ended.returncode == 0, ended.stderr
    assert "A number from 1 to" in ended.stderr and "3 imported" in ended.stdout
    assert load_settings(find_paths()).model == "ollama:llama3.2:latest"
