"""Naps: the oldest part of a conversation is consolidated before it leaves the model's window.

After Lee et al. 2026 (arXiv 2605.26099): passes offline, before the eviction; answering stays one ordinary pass.
"""
