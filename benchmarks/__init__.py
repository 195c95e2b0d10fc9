"""Figures about Reverie, each beside its baseline in the same run. docs/benchmarks.md holds their tables."""
