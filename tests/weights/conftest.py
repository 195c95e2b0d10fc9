"""Another base than the shipped one."""

from tests.real.fixtures import tiny_model

__all__ = ["tiny_model"]
