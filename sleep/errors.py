"""What can go wrong in a night, beside what can go wrong in memory."""

from memory.errors import ReverieError


class ModelFailed(ReverieError):
    """The language model gave no usable answer: what it was asked about waits for another night."""
