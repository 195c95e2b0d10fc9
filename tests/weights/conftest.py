"""Another base than the shipped one; and one thread, for two of them on two cores wait for each other."""

import pytest

from tests.real.fixtures import tiny_model

__all__ = ["tiny_model"]


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)
