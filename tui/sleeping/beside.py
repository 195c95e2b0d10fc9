"""A night from within the chat: in a thread, with its stage in the status line; the chat stays usable."""

from typing import TYPE_CHECKING

from tui.warming import in_daemon

if TYPE_CHECKING:
    from assistant.runtime import Runtime
    from memory.nights import Run
    from sleep.events import Event
    from sleep.night import Listener
    from tui.chat.screen import ChatScreen


def sleep_here(runtime: "Runtime", tell: "Listener") -> str:
    """A night that asks nothing, and the line that says what it did."""
    from assistant.nights import sleep_beside

    return said_of(sleep_beside(runtime, tell))


def said_of(run: "Run | None") -> str:
    """A night that has ended, in a line."""
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
