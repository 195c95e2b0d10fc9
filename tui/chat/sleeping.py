"""A night from within the chat: in a thread, with its stage in the status line; the chat stays usable."""

from typing import TYPE_CHECKING

from memory.errors import InvalidInput
from tui.warming import in_daemon

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from sleep.events import Event
    from sleep.night import Listener
    from tui.chat.screen import ChatScreen


def undo_wanted(argument: str) -> str | None:
    """`undo n7`: n7; `undo`: empty; nothing: None. Raises InvalidInput for anything else."""
    act, _, night = argument.strip().partition(" ")
    if act not in ("", "undo"):
        raise InvalidInput(
            f"/sleep does not know {act!r}.", "/sleep begins a night, /sleep undo takes the last one back."
        )
    return night.strip() if act else None


def sleep_here(runtime: "Runtime", tell: "Listener") -> str:
    """A night that asks nothing, and the line that says what it did."""
    from assistant.nights import sleep_beside

    run = sleep_beside(runtime, tell)
    if run is None:
        return "Nothing is new since the last night."
    changes = [(kind, n) for row in run.report.get("changes", {}).values() for kind, n in row.items()]
    made = sum(n for kind, n in changes if kind not in ("declined", "dropped", "skipped"))
    left = sum(n for kind, n in changes if kind == "declined")
    doubtful = f", {left} doubtful left out" if left else ""
    read = run.report.get("messages", 0)
    return f"{run.short_id}: {read} messages read, {made} changes{doubtful} · /sleep undo takes them back"


def take_back(runtime: "Runtime", night: str) -> str:
    """Undo a night (the last one, if empty), and the line that says so."""
    from assistant.nights import undo_night

    run, done = undo_night(runtime, night)
    kept = f" Kept, since you changed it: {', '.join(done.kept)}." if done.kept else ""
    return f"{run.short_id} is undone: {done.restored} taken back.{kept}"


async def begin(screen: "ChatScreen") -> str:
    """Sleep beside the chat; its stage stands where the state of the memory does."""
    app = screen.app

    def tell(event: "Event") -> None:
        stage = getattr(event, "stage", "")
        if stage and app.is_running:
            app.call_from_thread(screen.status.set, memory=f"asleep: {stage}")

    screen.status.set(memory="asleep")
    try:
        return await in_daemon(lambda: sleep_here(screen.runtime, tell))
    finally:
        screen.app.warming.show()  # type: ignore[attr-defined]
