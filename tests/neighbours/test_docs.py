"""The example of docs/neighbours.md, run as it is printed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from memory.store import ConversationStore, MemoryStore
from memory.types import NewMemory

PAGE = (Path(__file__).parents[2] / "docs" / "neighbours.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_runs(memories: MemoryStore) -> None:
    memories.add(NewMemory(text="You like green tea."))
    (example,) = blocks("python")
    assert len(example.splitlines()) <= 20
    ended = subprocess.run(
        [sys.executable, "-c", example], capture_output=True, text=True, timeout=150, env={**os.environ}
    )
    assert ended.returncode == 0, ended.stderr
    assert "[m1] You like green tea." in ended.stdout and "Green tea was ordered on Monday." in ended.stdout


def test_the_snippet_is_json() -> None:
    (snippet,) = blocks("json")
    assert json.loads(snippet)["mcpServers"]["reverie"]["args"] == ["mcp"]


def test_the_pipe_is_answered_and_kept(conversations: ConversationStore) -> None:
    (example,) = blocks("sh")
    program = f'reverie() {{ {sys.executable} -m assistant "$@"; }}\n'
    ended = subprocess.run(["sh", "-ec", program + example], capture_output=True, text=True, timeout=150)
    assert ended.returncode == 0, ended.stderr
    (talk,) = conversations.list()
    assert json.loads(ended.stdout)["conversation"] == talk.short_id
    said, answer = conversations.thread(talk.id)
    assert said.content == "My train to Oslo leaves at nine."
    assert answer.content.strip() == json.loads(ended.stdout)["answer"].strip()


def test_every_format_of_memories_is_described() -> None:
    from memory.transfer.report import DESCRIPTIONS

    of_memories = set(DESCRIPTIONS) - {"chatgpt", "claude", "jsonl", "markdown", "reverie"}
    assert of_memories <= set(re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE, re.MULTILINE))
