"""`reverie memory`: inspect, correct, undo, purge."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import StrEnum
    from typing import TypeVar

    from memory.store import MemoryStore
    from memory.types import ChangeSet, Memory, Status

    Change = Callable[[MemoryStore], Memory]
    E = TypeVar("E", bound=StrEnum)

memory = typer.Typer(help="Inspect, correct and undo what is remembered.", rich_markup_mode=None, no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option("--limit", metavar="NUMBER", min=1, max=1_000_000, help="How many at the most.")]
KindName = typer.Option("--kind", metavar="NAME", help="fact, preference, plan ...")
Which = Annotated[str, typer.Argument(metavar="ID", help="The memory, for example m41.")]


@memory.command("list")
def list_memories(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Words it must have.")] = "",
    kind: Annotated[list[str] | None, KindName] = None,
    status: Annotated[
        list[str] | None,
        typer.Option("--status", metavar="NAME", help="active, superseded, retired, quarantined, or all."),
    ] = None,
    subject: Annotated[str, typer.Option("--subject", metavar="NAME", help="Who it is about: user, or a name.")] = "",
    pinned: Annotated[
        bool | None, typer.Option("--pinned/--not-pinned", help="Only pinned ones, or only others.")
    ] = None,
    tag: Annotated[str, typer.Option("--tag", metavar="NAME", help="With this tag, or one below it.")] = "",
    limit: Limit = 1000,
    as_json: Json = False,
) -> int:
    """List memories, the newest first."""
    from assistant.cli.memory_rows import as_row, as_table
    from assistant.cli.output import say, show_json
    from assistant.cli.store import opened
    from memory.store import MemoryFilter
    from memory.types import Kind, Status

    wanted = MemoryFilter(
        text=text,
        kinds=tuple(_one_of(Kind, name, "--kind") for name in kind or ()),
        statuses=_statuses(Status, status),
        subject=subject,
        pinned=pinned,
        tag=tag,
        limit=limit,
    )
    with opened() as home:
        found = home.memories.list(wanted)
    if as_json:
        show_json([as_row(m) for m in found])
    elif found:
        as_table(found)
    else:
        say("Nothing is remembered yet." if wanted == MemoryFilter() else "No memory matches.")
    return 0


@memory.command()
def show(which: Which, as_json: Json = False) -> int:
    """Show one memory with its quotes and where it was said."""
    from assistant.cli.memory_rows import as_row, print_memory
    from assistant.cli.output import show_json
    from assistant.cli.store import opened

    with opened() as home:
        found = home.memories.get(which)
        messages = home.conversations.messages(s.message_id for s in found.sources)
        if as_json:
            show_json(as_row(found, messages))
        else:
            print_memory(found, messages)
    return 0


@memory.command()
def add(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The statement.")],
    kind: Annotated[str, KindName] = "fact",
    slot: Annotated[
        str | None, typer.Option("--slot", metavar="NAME", help="The attribute it fills: home_city ...")
    ] = None,
    value: Annotated[str | None, typer.Option("--value", metavar="TEXT", help="With what.")] = None,
    as_json: Json = False,
) -> int:
    """Add a memory of your own."""
    from assistant.cli.memory_rows import as_row
    from assistant.cli.output import show, show_json
    from assistant.cli.store import opened
    from memory.types import Kind, NewMemory

    with opened() as home:
        new = NewMemory(text=text, kind=_one_of(Kind, kind, "--kind"), slot=slot, value=value, said_at=home.clock.now())
        made = home.memories.add(new)
    if as_json:
        show_json(as_row(made))
    else:
        show(f"{made.short_id} {made.text}")
    return 0


@memory.command()
def edit(
    which: Which,
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="The new text.")] = None,
    kind: Annotated[str | None, KindName] = None,
    slot: Annotated[
        str | None, typer.Option("--slot", metavar="NAME", help="The attribute it fills: home_city ...")
    ] = None,
    value: Annotated[str | None, typer.Option("--value", metavar="TEXT", help="With what.")] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="NAME", help="Who it is about: user, or a name.")
    ] = None,
) -> int:
    """Change a memory; every change can be undone."""
    from assistant.cli.output import show
    from assistant.cli.store import opened
    from memory.types import Kind

    given = {"text": text, "slot": slot, "value": value, "subject": subject}
    values: dict[str, Any] = {name: v for name, v in given.items() if v is not None}
    if kind is not None:
        values["kind"] = _one_of(Kind, kind, "--kind")
    if not values:
        raise typer.BadParameter("say what to change: a new text, --kind, --slot, --value or --subject.")
    with opened() as home:
        changed = home.memories.edit(which, reason="edit", **values)
    show(f"{changed.short_id} {changed.text}")
    return 0


@memory.command()
def pin(which: Which) -> int:
    """Bring a memory up first."""
    return _mark(which, "pinned", lambda store: store.pin(which))


@memory.command()
def unpin(which: Which) -> int:
    """Take the pin out."""
    return _mark(which, "unpinned", lambda store: store.pin(which, False))


@memory.command()
def tag(
    which: Which,
    tags: Annotated[list[str] | None, typer.Argument(metavar="TAGS", help="Words to sort it by; none: none.")] = None,
) -> int:
    """Set the tags of a memory."""
    from assistant.cli.output import show
    from assistant.cli.store import opened

    with opened() as home:
        changed = home.memories.edit(which, reason="tag", tags=" ".join(tags or ()))
    show(f"{changed.short_id} {changed.text} ({changed.tags or 'no tags'})")
    return 0


@memory.command()
def mute(which: Which) -> int:
    """Keep a memory without bringing it up."""
    return _mark(which, "muted", lambda store: store.mute(which))


@memory.command()
def unmute(which: Which) -> int:
    """Let a muted memory be brought up again."""
    return _mark(which, "unmuted", lambda store: store.mute(which, False))


@memory.command()
def retire(which: Which) -> int:
    """Put a memory into the trash."""
    return _mark(which, "in the trash", lambda store: store.retire(which))


@memory.command()
def restore(which: Which) -> int:
    """Make a retired or superseded memory active again."""
    return _mark(which, "active", lambda store: store.restore(which))


@memory.command()
def purge(
    which: Which,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> int:
    """Delete a memory for good, and print what was removed. This cannot be undone."""
    from dataclasses import asdict

    from assistant.cli.memory_rows import print_receipt
    from assistant.cli.output import say, show_json
    from assistant.cli.store import opened
    from assistant.purging import purge_home
    from memory.errors import Refused
    from memory.purge_scope import scope_of

    with opened() as home:
        found = home.memories.get(which)
        if not yes:
            say(f"{found.short_id} {found.text}\nThis cannot be undone. Type {found.short_id} to purge it:")
            if sys.stdin.readline().strip().lower() != found.short_id:
                raise Refused("Nothing was purged.", "With --yes it does not ask.")
        scope = scope_of(home.database, [found.id])
        receipt = purge_home(home.paths, home.database, scope, home.clock, reason="purged on the command line")
    if as_json:
        show_json(asdict(receipt))
    else:
        print_receipt(receipt)
    return 0


@memory.command()
def history(
    which: Annotated[str | None, typer.Argument(metavar="ID", help="One memory; all without it.")] = None,
    limit: Limit = 50,
    as_json: Json = False,
) -> int:
    """Show what was changed, by whom and why, newest first."""
    from assistant.cli.memory_rows import print_revisions, revision_row
    from assistant.cli.output import say, show_json
    from assistant.cli.store import opened

    with opened() as home:
        found = home.memories.history(which, limit=limit)
    if as_json:
        show_json([revision_row(r) for r in found])
    elif found:
        print_revisions(found)
    else:
        say("Nothing was changed yet.")
    return 0


@memory.command()
def undo() -> int:
    """Take the last change back."""
    from assistant.cli.store import opened

    with opened() as home:
        return _tell("undone", home.memories.undo())


@memory.command()
def redo() -> int:
    """Do again what was undone last."""
    from assistant.cli.store import opened

    with opened() as home:
        return _tell("redone", home.memories.redo())


def _tell(what: str, act: "ChangeSet") -> int:
    from assistant.cli.output import show
    from memory.text import one_line

    for revision in act.revisions:
        text = revision.after.text if revision.after else "(gone)"
        show(f"{what}: m{revision.memory_number} {one_line(text)}")
    return 0


def _mark(which: str, what: str, change: "Change") -> int:
    from assistant.cli.output import show
    from assistant.cli.store import opened

    with opened() as home:
        changed = change(home.memories)
    show(f"{changed.short_id} is {what}: {changed.text}")
    return 0


def _one_of(names: "type[E]", name: str, option: str) -> "E":
    """The member of that name, or a usage error that lists them."""
    try:
        return names(name.lower())
    except ValueError as error:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(names)}.", param_hint=option) from error


def _statuses(names: "type[Status]", given: list[str] | None) -> "tuple[Status, ...]":
    if given is None:
        return (names.ACTIVE,)
    named = tuple(_one_of(names, name, "--status") for name in given if name.lower() != "all")
    return named if len(named) == len(given) else ()
