"""The paper's own mechanism, small: passes over what will be evicted, into a recurrent state.

After Lee et al. 2026 (arXiv 2605.26099). A hybrid of attention and Gated DeltaNet reads a chunk that fits its window
N times, ``(h, S) <- Blocks(h, S)``; then the hidden features h and the cache are dropped, and only the states S stay.
An answer is one ordinary pass, however many passes there were before. Trained end to end through all of them.
"""
