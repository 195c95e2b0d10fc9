"""A nap in words: the same on the screen and line by line."""

from memory.naps import Nap


def told(nap: Nap) -> str:
    """What a nap did, in a line."""
    notes = f"{len(nap.notes)} note{'s' if len(nap.notes) != 1 else ''}"
    passes = f"{nap.passes} pass{'es' if nap.passes != 1 else ''}"
    cartridge = f", and a cartridge of {nap.cartridge:,} tokens" if nap.cartridge else ""
    return f"nap: {notes} in {passes} of the first {nap.messages:,} messages, which no longer fit{cartridge}"


def notes_of(nap: Nap) -> list[str]:
    """The notes with the messages that they are from."""
    return [f"[{note.message}] {note.text}" for note in nap.notes]
