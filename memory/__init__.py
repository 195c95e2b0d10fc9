"""What Reverie knows: conversations, memories, vectors, full text, retrieval, import and export.

The lowest layer. It never asks which language model answers, and knows no screen. Importing it does nothing; heavy
libraries (torch, sentence-transformers, chromadb) are imported inside the functions that use them.
"""
