"""The front ends: the chat on the screen, and the same chat line by line (`--plain`)."""
