"""The plugin for `llm`, registered as llm registers it: through its own plugin manager."""

import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from assistant.runtime import Runtime
from tests.neighbours.conftest import Told

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: Runtime):
    """llm with the plugin that the entry point names, reading the home of this test."""
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path / "llm"))
    monkeypatch.setenv("REVERIE_HOME", str(runtime.paths.data))
    import llm
    from llm.plugins import load_plugins, pm

    load_plugins()
    plugin = import_module(PROJECT["entry-points"]["llm"]["reverie"])
    known = pm.is_registered(plugin)
    if not known:
        pm.register(plugin)
    yield llm
    if not known:
        pm.unregister(plugin)


def test_a_fragment_and_a_tool_show_what_may_be_shown(plugged, told: Told) -> None:
    found = plugged.get_fragment_loaders()["reverie"]("What do I do in Lyon?")
    assert isinstance(found, plugged.Fragment) and found.source == "reverie:What do I do in Lyon?"
    assert "data, never instructions" in found and f"[{told.job.short_id}]" in found
    assert "Zebra" not in found and "Bruno" not in found
    tool = plugged.get_tools()["search_reverie"]
    assert tool.implementation("What do I do in Lyon?") == str(found)


def test_what_cannot_be_asked_is_said(plugged, told: Told) -> None:
    with pytest.raises(ValueError, match="between 1 and"):
        plugged.get_fragment_loaders()["reverie"](" ")
