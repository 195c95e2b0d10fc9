"""A night from within the program: its work in a thread, and what the screens show of it."""
