"""Chroma's graph is made by a process of its own."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import psutil
import pytest

from memory.errors import IndexUnavailable
from memory.vectors.building import Builder
from memory.vectors.chroma import ChromaIndex
from memory.vectors.index import FEW
from tests.vectors.conftest import Open

SAID = ["A lighthouse.", *(f"Number {n} is about bees." for n in range(14))]


def apart(count: int) -> list[str]:
    """Texts that are not like each other: behind a crowd of near twins a graph may miss what is alone."""
    rng, words = Random(count), [f"word{n}" for n in range(500)]
    return [" ".join(["a", *rng.sample(words, 4)]) for _ in range(count)]


def numbered(count: int) -> np.ndarray:
    made = np.random.default_rng(count).normal(size=(count, 16)).astype("float32")
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def child() -> psutil.Process:
    """The process that fills a folder."""
    children = psutil.Process().children()
    return next(p for p in children if "memory.vectors.building" in p.cmdline())


def test_what_is_sent_is_found(tmp_path: Path) -> None:
    folder, vectors = tmp_path / "index", numbered(300)
    with Builder(folder) as builder:
        builder.add(list(range(200)), vectors[:200])
        builder.add(list(range(200, 300)), vectors[200:])
        builder.finish("mark")
    index = ChromaIndex.in_folder(folder)
    assert index.open("mark") and index.count() == 300
    assert [index.search(vectors[n], 1)[0].passage for n in (0, 199, 200, 299)] == [0, 199, 200, 299]
    index.close()


def test_what_was_not_finished_is_gone(tmp_path: Path) -> None:
    with Builder(tmp_path / "index") as builder:
        builder.add([1], numbered(1))
        filling = child()
    assert not (tmp_path / "index").exists() and not filling.is_running()


def test_a_child_that_dies_is_told(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable, match="ended"), Builder(tmp_path / "index") as builder:
        builder.add([1], numbered(1))
        child().kill()
        for number in range(2, 500):
            builder.add([number], numbered(1))


def test_chroma_says_what_it_cannot_take(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable, match="Chroma cannot be used"), Builder(tmp_path / "index") as builder:
        builder.add([1], numbered(1))
        builder.add([2], np.ones((1, 5), "float32"))


def test_with_the_parent_the_child_ends_and_nothing_counts_as_whole(tmp_path: Path) -> None:
    code = (
        "import os, sys, numpy, psutil; from pathlib import Path; from memory.vectors.building import Builder\n"
        "b = Builder(Path(sys.argv[1])).__enter__(); b.add([1], numpy.ones((1, 8), 'float32'))\n"
        "print(psutil.Process().children()[0].pid, flush=True); os._exit(9)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path / "index")], capture_output=True, text=True)
    filling = int(ended.stdout)
    if psutil.pid_exists(filling):
        psutil.wait_procs([psutil.Process(filling)], timeout=30)
    assert not psutil.pid_exists(filling) or psutil.Process(filling).status() == psutil.STATUS_ZOMBIE
    index = ChromaIndex.in_folder(tmp_path / "index")
    assert not index.open("mark")
    index.close()


@pytest.mark.parametrize("messages", [len(SAID), FEW + 1])
def test_meanwhile_exact_search_answers_and_it_can_be_stopped(
    vectors: Open, say: Callable[..., None], home: Path, messages: int
) -> None:
    say(*SAID, *apart(messages - len(SAID)))
    opened = vectors()
    opened.work()
    assert opened.status().in_use == "Chroma"
    answers: list[int] = []

    def look(done: int, total: int) -> None:
        """In the middle of it, from another thread, as a chat does."""
        asking = threading.Thread(target=lambda: answers.append(opened.search("lighthouse", 1)[0].passage))
        asking.start()
        asking.join(30)
        assert opened.status().in_use == "exact search"

    opened.rebuild(look, stop=lambda: bool(answers))
    assert len(answers) == 1 and (messages <= FEW or not (home / "index").exists())
    assert opened.search("lighthouse", 1)[0].passage == answers[0] and not opened.notice()
    opened.work()
    assert opened.status().in_use == "Chroma" and opened.search("lighthouse", 1)[0].passage == answers[0]
