"""Vectors: the embedder, the queue that feeds it, and the index that searches them."""
