"""Real counterparts for tests: a tiny transformers model and model servers on loopback. No downloads, no mocks."""
