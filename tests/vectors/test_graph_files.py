"""What Chroma's graph has room for holds nothing but zeros on the disk."""

from pathlib import Path

import numpy as np
import pytest

from memory.vectors.chroma import ChromaIndex
from memory.vectors.graph_files import HEADER, cut_short, wipe_unused

SECRET = b"Zaragoza" * 40


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """A folder of Chroma's with three vectors, of which its graph knows none yet."""
    index = ChromaIndex.in_folder(tmp_path / "index")
    index.create()
    index.upsert([1, 2, 3], np.eye(3, 32, dtype="float32"))
    index.finish("mark")
    index.close()
    return next((tmp_path / "index").glob("*/header.bin")).parent


def test_room_for_vectors_to_come_is_zeros(graph: Path) -> None:
    _, _, most, elements, size, *_ = HEADER.unpack((graph / "header.bin").read_bytes()[: HEADER.size])
    data = (graph / "data_level0.bin").read_bytes()
    assert most == 100 and elements == 0 and len(data) == most * size, "the layout that this rests on"
    assert not any(data) and not any((graph / "length.bin").read_bytes())


def test_what_a_killed_process_left_there_goes_when_it_is_opened(graph: Path) -> None:
    for name, place in (("data_level0.bin", 500), ("length.bin", 40)):
        with (graph / name).open("r+b") as file:
            file.seek(place)
            file.write(SECRET)
    index = ChromaIndex.in_folder(graph.parent)
    assert index.open("mark") and index.search(np.eye(3, 32, dtype="float32")[1], 1)[0].passage == 2
    assert not any(SECRET in path.read_bytes() for path in graph.iterdir())
    index.close()


def test_vectors_that_the_graph_has_stay(tmp_path: Path) -> None:
    index = ChromaIndex.in_folder(tmp_path / "index")
    index.create()
    vectors = np.random.default_rng(0).normal(size=(1_500, 32)).astype("float32")
    index.upsert(list(range(1_500)), vectors)
    index.finish("mark")
    index.close()
    data = next((tmp_path / "index").glob("*/data_level0.bin"))
    before = data.read_bytes()
    assert len(before) > 1_000 * 32 * 4 and wipe_unused(tmp_path / "index") == 0 and data.read_bytes() == before
    again = ChromaIndex.in_folder(tmp_path / "index")
    assert again.open("mark") and again.search(vectors[7], 1)[0].passage == 7
    again.close()


@pytest.mark.parametrize("header", [b"", b"short", b"\xff" * 100])
def test_a_header_that_is_none_changes_nothing(graph: Path, header: bytes) -> None:
    (graph / "header.bin").write_bytes(header)
    before = (graph / "data_level0.bin").read_bytes()
    assert wipe_unused(graph.parent) == 0 and (graph / "data_level0.bin").read_bytes() == before


def test_a_graph_that_lost_its_end_is_seen(tmp_path: Path) -> None:
    index = ChromaIndex.in_folder(tmp_path / "index")
    index.create()
    index.upsert(list(range(1_500)), np.random.default_rng(0).normal(size=(1_500, 32)).astype("float32"))
    index.close()
    assert not cut_short(tmp_path / "index")
    for name in ("length.bin", "data_level0.bin"):
        path = next((tmp_path / "index").glob(f"*/{name}"))
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        assert cut_short(tmp_path / "index")
        path.write_bytes(whole)
