"""What the user's own folder is called changes nothing."""

from pathlib import Path

import numpy as np
import pytest

from memory.vectors.building import Builder
from memory.vectors.soundness import make_sure


def test_a_folder_called_like_one_of_ours_is_not_taken_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "__init__.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "index"
    with Builder(folder) as builder:
        builder.add([1], np.eye(1, 8, dtype="float32"))
        builder.finish("mark")
    (folder / "closed.json").unlink()  # as after a kill: a process of its own opens it first
    files = {path.name for path in folder.iterdir()}
    make_sure(folder)
    assert files <= {path.name for path in folder.iterdir()}, "it was opened, and not thrown away"
