"""Learning into weights."""
