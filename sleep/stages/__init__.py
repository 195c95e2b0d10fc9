"""The stages of a night, a module each."""
