"""What the project rests on: locked, licensed, listed. For the repository, not part of the program."""
