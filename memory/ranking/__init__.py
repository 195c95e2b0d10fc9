"""Ranking: what a question asks, what may bear on it, how likely each of it does, and in which order it is shown."""
