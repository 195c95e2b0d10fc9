"""The chat screen: history, composer, sidebar, status line, and what joins them to the engine."""
