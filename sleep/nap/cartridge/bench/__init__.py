"""Cartridges against other ways of going on when a conversation has outgrown the window, on made-up users."""
