"""`reverie bench`: bad input, and a small run by command."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from assistant.recall_bench.data import read_data
from assistant.recall_bench.peers import PEERS
from memory.vectors.embedder import load_embedder
from tests.cli.conftest import Cli

OURS = "seeding"


def test_an_arm_that_is_none_is_bad_input(cli: Cli) -> None:
    found = cli("bench", "sleep", "--arm", "magic")
    assert found.code == 2
    assert "There is no arm 'magic'" in found.err and "seeding" in found.err


@pytest.mark.parametrize("option", [("--nights", "0"), ("--facts", "6"), ("--nights", "15"), ("--seeds", "0")])
def test_scales_that_make_no_sense(cli: Cli, option: tuple[str, str]) -> None:
    found = cli("bench", "sleep", *option)
    assert found.code == 2 and option[0] in found.err


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_small_comparison_by_command(cli: Cli, tmp_path: Path) -> None:
    options = ("--seeds", "1", "--nights", "2", "--facts", "2", "--steps", "20", "--folder", str(tmp_path))
    found = cli("bench", "sleep", "--arm", "teacher", "--arm", OURS, *options, "--json")
    assert found.code == 0
    told = json.loads(found.out)
    assert [row["arm"] for row in told["rows"]] == ["teacher", OURS, "seeding + retrieval"]
    assert "seed 1: dreamt" in found.err


MESSAGES = [
    ("D1:1", "Ana", "I adopted a beagle called Biscuit last week."),
    ("D1:2", "Bram", "Lovely! My sister moved to Ghent."),
    ("D1:3", "Ana", "It rained on the whole market."),
]


def _locomo(file: Path) -> Path:
    """A conversation in LoCoMo's layout: one question with an answer, and one put into the wrong mouth."""
    turns = [{"speaker": who, "dia_id": name, "text": text} for name, who, text in MESSAGES]
    talk = {
        "speaker_a": "Ana",
        "speaker_b": "Bram",
        "session_1_date_time": "1:56 pm on 8 May, 2023",
        "session_1": turns,
    }
    asked = [
        {"question": "What is the name of Ana's beagle?", "evidence": ["D1:1"], "category": 4, "answer": "Biscuit"},
        {"question": "What is the name of Bram's beagle?", "evidence": ["D1:1"], "category": 5},
    ]
    file.write_text(json.dumps([{"sample_id": "made-up", "conversation": talk, "qa": asked}]), encoding="utf-8")
    return file


def test_ways_of_finding_side_by_side(cli: Cli, tmp_path: Path, home: Path) -> None:
    found = cli("bench", "recall", "--data", str(_locomo(tmp_path / "talk.json")), "--json")
    assert found.code == 0
    told = found.json
    assert {"Reverie", "BM25", "FTS5", "dense (Chroma)", "RRF of BM25 and dense"} <= set(told["arms"])
    for groups in told["arms"].values():
        assert groups["all"]["questions"] == 1 and groups["adversarial"]["questions"] == 1
        assert 0 <= groups["all"]["recall"] <= 1
    assert told["arms"]["FTS5"]["all"]["recall"] == 1.0
    assert not home.exists() or not list(home.rglob("*.db"))


@pytest.mark.parametrize(("name", "package", "peer"), PEERS, ids=[name for name, _, _ in PEERS])
def test_a_peer_that_is_installed_finds_what_it_was_given(name: str, package: str, peer: Any, tmp_path: Path) -> None:
    if find_spec(package) is None:  # not importorskip: mem0 has to be imported with its telemetry off
        pytest.skip(f"{package} is not installed")
    (person,) = read_data(_locomo(tmp_path / "talk.json"))
    found = peer(person, load_embedder()).find(person.queries[0], 2)
    assert found[0] == "D1:1" and len(found) == 2


def test_data_that_are_none(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text('{"a": 1}', encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for data in ("missing.json", "odd.json", "empty"):
        found = cli("bench", "recall", "--data", str(tmp_path / data))
        assert found.code == 2 and data in found.err and "Traceback" not in found.err
    found = cli("bench", "recall", "--data", str(_locomo(tmp_path / "talk.json")), "--only", "nobody")
    assert found.code == 2 and "made-up" in found.err


def test_layouts_that_are_read(tmp_path: Path) -> None:
    rows = [{"conversation": "c", "id": n, "role": "user", "content": f"text {n}", "created_at": "2024-01-01T00:00:00Z"}
            for n in range(2)]  # fmt: skip
    (tmp_path / "messages.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    queries = [{"id": 1, "query": "text?", "evidence": [1], "old": [0], "new": [1], "category": "knowledge_update"}]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    (person,) = read_data(tmp_path)
    assert [m.id for m in person.messages] == ["0", "1"]
    assert person.queries[0].evidence == {"1"} and person.queries[0].old == {"0"}
    chat = tmp_path / "beam" / "7"
    (chat / "probing_questions").mkdir(parents=True)
    turns = [[{"role": "user", "id": 3, "time_anchor": "March-15-2024", "content": "I have 8 cards. ->-> 1,2"},
              {"role": "assistant", "id": 4, "content": "Fine."}]]  # fmt: skip
    (chat / "chat.json").write_text(json.dumps([{"batch_number": 1, "turns": turns}]), encoding="utf-8")
    probes = {
        "abstention": [{"question": "Why?"}],
        "temporal_reasoning": [{"question": "When?", "source_chat_ids": {"first": [3]}}],
    }
    (chat / "probing_questions" / "probing_questions.json").write_text(json.dumps(probes), encoding="utf-8")
    (person,) = read_data(tmp_path / "beam")
    assert person.messages[0].content == "I have 8 cards." and person.messages[0].at.month == 3
    assert {q.category: q.evidence for q in person.queries} == {"abstention": set(), "temporal_reasoning": {"3"}}
