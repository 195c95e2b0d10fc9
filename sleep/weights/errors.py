"""What can go wrong with weights, in words for the user."""

from memory.errors import ReverieError


class WeightsError(ReverieError):
    """Training or loading cannot be done."""
