"""`reverie ledger`: what was asked of which model, and what left the machine."""

from contextlib import closing

from assistant.cli.output import instant, rows, say, show_json
from memory.types import ModelCall


def show_ledger(limit: int, *, as_json: bool) -> int:
    """Print the latest calls, newest first."""
    from assistant.databases import open_database
    from assistant.paths import find_paths
    from memory.store.ledger import Ledger

    with closing(open_database(find_paths().ready())) as database:
        calls = Ledger(database).list(limit)
    if as_json:
        show_json([_row(call) for call in calls])
    elif calls:
        header = ("when", "model", "where", "tokens in", "out", "seconds", "status", "memories sent")
        rows(header, (_line(call) for call in calls))
    else:
        say("No language model was called yet.")
    return 0


def _row(call: ModelCall) -> dict[str, object]:
    return {
        "id": call.number,
        "at": instant(call.at),
        "purpose": call.purpose,
        "model": call.model,
        "remote": call.remote,
        "prompt_tokens": call.prompt_tokens,
        "completion_tokens": call.completion_tokens,
        "milliseconds": call.milliseconds,
        "status": call.status,
        "sent": list(call.sent),
        "conversation": call.conversation,
    }


def _line(call: ModelCall) -> tuple[str, ...]:
    def count(tokens: int | None) -> str:
        return "—" if tokens is None else str(tokens)

    return (
        f"{call.at:%Y-%m-%d %H:%M}",
        call.model,
        "left this machine" if call.remote else "this machine",
        count(call.prompt_tokens),
        count(call.completion_tokens),
        f"{call.milliseconds / 1000:.1f}",
        call.status,
        " ".join(call.sent) or "none",
    )
