"""The commands by name. Their work is in the modules beside this one."""

from typing import Annotated

import typer

from assistant.cli.adapter import adapter
from assistant.cli.bench import bench
from assistant.cli.config import config
from assistant.cli.memory import memory
from assistant.cli.preference import preference
from assistant.cli.sleep import sleep

app = typer.Typer(
    name="reverie",
    help="A personal assistant for the terminal that remembers you. Without a command: the chat.",
    epilog="Exit codes: 0 ok, 1 failed, 2 usage, 3 refused or nothing to do, 130 interrupted.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(memory, name="memory")
app.add_typer(config, name="config")
app.add_typer(sleep, name="sleep")
app.add_typer(adapter, name="adapter")
app.add_typer(preference, name="preference")
app.add_typer(bench, name="bench")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Earlier = Annotated[str | None, typer.Option("--conversation", metavar="ID", help="Go on with an earlier chat (c4).")]


@app.callback()
def chat(
    context: typer.Context,
    plain: Annotated[bool, typer.Option("--plain", help="Line by line: for screen readers and pipes.")] = False,
    temporary: Annotated[bool, typer.Option("--temporary", help="A chat that leaves no trace.")] = False,
    conversation: Earlier = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> int | None:
    if context.invoked_subcommand is not None:
        # Passed over in silence, --temporary would let a command keep what was meant to leave no trace.
        given = {"--plain": plain, "--temporary": temporary, "--conversation": conversation, "--version": version}
        for name in (name for name, value in given.items() if value):
            raise typer.BadParameter(f"it is not for {context.invoked_subcommand!r}; take it out.", param_hint=name)
        return None
    from assistant.cli import chat as chatting

    if version:
        return chatting.print_version()
    return chatting.start_chat(plain=plain, temporary=temporary, conversation=conversation)


@app.command()
def setup(as_json: Json = False) -> int:
    """Where your data lives, who could answer on this machine, what could be brought in; and choose."""
    from assistant.cli.setup import set_up

    return set_up(as_json=as_json)


@app.command()
def ask(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say; - reads standard input.")],
    as_json: Json = False,
    conversation: Earlier = None,
) -> int:
    """Say one thing, print the answer."""
    from assistant.cli.asking import ask_once

    return ask_once(text, as_json=as_json, conversation=conversation)


@app.command()
def recall(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What to look for.")] = "",
    k: Annotated[int, typer.Option("-k", metavar="NUMBER", min=1, max=1000, help="How many hits at the most.")] = 10,
    batch: Annotated[
        str | None,
        typer.Option(
            "--batch", metavar="FILE", help='Answer many: lines {"id", "query", "now"?}; - is standard input.'
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Search what was said and remembered; no answer is written."""
    from assistant.cli.recalling import recall_batch, recall_one

    if batch is not None:
        return recall_batch(batch, k)
    if not query.strip():
        raise typer.BadParameter("say what to look for, or name a file with --batch.", param_hint="QUERY")
    return recall_one(query, k, as_json=as_json)


@app.command("import")
def import_(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A file, folder or zip.")],
    format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="NAME",
            help="Chats: chatgpt, claude, jsonl, markdown. What others remember: mem0, letta, chatgpt-memory, "
            "claude-memory, basic-memory, obsidian, list.",
        ),
    ] = "auto",
    preview: Annotated[bool, typer.Option("--preview", help="Say what it would bring in; keep nothing.")] = False,
    as_json: Json = False,
) -> int:
    """Bring in chats and memories of other programs, or an export of this one. Twice imports nothing twice.

    What other programs remember is marked as theirs, and `reverie memory undo` takes it back.
    """
    from assistant.cli.transfer import import_source

    return import_source(path, format, preview=preview, as_json=as_json)


@app.command()
def export(
    out: Annotated[str, typer.Option("-o", "--out", metavar="FOLDER", help="Where to write.")] = "reverie-export",
    format: Annotated[
        str, typer.Option("--format", metavar="NAME", help="jsonl, markdown, or basic-memory: notes of memories alone.")
    ] = "jsonl",
    as_json: Json = False,
) -> int:
    """Write everything out, so that an import reads it back without loss; or memories as notes for Obsidian."""
    from assistant.cli.transfer import export_all

    return export_all(out, format, as_json=as_json)


@app.command()
def purge(
    which: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Memories, messages, conversations.")] = None,
    about: Annotated[str | None, typer.Option("--about", metavar="NAME", help="Everything that names them.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="WHEN", help="What was said from then on ...")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="WHEN", help="... and before then.")] = None,
    backups: Annotated[bool, typer.Option("--backups", help="Rewrite the backups without it, too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> int:
    """Delete memories (m41), messages (t120), conversations (c4), or everything about somebody, for good.

    A message goes with the answers to it, and with the memories that rest on it alone. Import does not bring it back.
    With --backups alone, what was purged before goes from the backups.
    """
    from assistant.cli.purging import Wanted, purge_all

    return purge_all(Wanted(tuple(which or ()), about, since, until, backups=backups, yes=yes, as_json=as_json))


@app.command()
def backup(
    to: Annotated[str | None, typer.Argument(metavar="FILE", help="Where; without it beside the database.")] = None,
    sealed: Annotated[bool, typer.Option("--encrypt", help="With a passphrase; age opens it, too.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Name those that there are.")] = False,
    as_json: Json = False,
) -> int:
    """Copy everything that is stored into one file, and verify the copy. Nights and updates make one by themselves."""
    from assistant.cli.backups import back_up, list_all

    return list_all(as_json=as_json) if listed else back_up(to, sealed=sealed, as_json=as_json)


@app.command()
def restore(
    which: Annotated[str, typer.Argument(metavar="BACKUP", help="A file, a name from the list, or latest.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    with_purged: Annotated[bool, typer.Option("--with-purged", help="What was purged since comes back, too.")] = False,
) -> int:
    """Put a backup in the place of what is there now. What is there now is backed up first.

    What was purged since the backup was made does not come back.
    """
    from assistant.cli.backups import restore as put_in_place

    return put_in_place(which, yes=yes, with_purged=with_purged)


@app.command()
def doctor(
    rebuild_index: Annotated[bool, typer.Option("--rebuild-index", help="Make the vector index anew.")] = False,
    re_embed: Annotated[bool, typer.Option("--re-embed", help="Make vectors with the configured embedder.")] = False,
    recover: Annotated[
        bool, typer.Option("--recover", help="Save what can be read of a damaged database; the file is kept.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Look after the home: what is there, what is wrong, what to do."""
    from assistant.cli.health import examine

    if recover:
        from assistant.cli.recovering import recover_home

        return recover_home(as_json=as_json)

    return examine(rebuild_index=rebuild_index, re_embed=re_embed, as_json=as_json)


@app.command()
def demo(
    quick: Annotated[bool, typer.Option("--quick", help="Half a minute: without learning into weights.")] = False,
) -> int:
    """Watch a made-up user's week: talk, nights, a purge and an undo, offline, in a throw-away home."""
    from assistant.cli.demoing import tell_story
    from assistant.demo.closed_book import Effort

    return tell_story(None if quick else Effort())


@app.command()
def mcp(
    http: Annotated[
        int | None,
        typer.Option(
            "--http",
            metavar="PORT",
            min=0,
            max=65535,
            help="Serve streamable HTTP on 127.0.0.1 instead of standard input and output; 0: any free port.",
        ),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Let clients note statements, marked as theirs.")] = False,
) -> int:
    """Let other programs read the memory over the Model Context Protocol; read-only unless told otherwise."""
    from assistant.cli.neighbours import serve_mcp

    return serve_mcp(http=http, write=write)


@app.command()
def serve(
    port: Annotated[int, typer.Option("--port", metavar="PORT", min=0, max=65535, help="0: any that is free.")] = 8640,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Of this machine, as a number.")] = "127.0.0.1",
    exposed: Annotated[
        bool,
        typer.Option("--exposed", help="Allow a host that others reach; all goes there in clear."),
    ] = False,
) -> int:
    """The chat in a browser on this machine, behind a token in the address. Whoever has the address has everything."""
    from assistant.cli.neighbours import serve_web

    return serve_web(host, port, exposed=exposed)


@app.command()
def ledger(
    limit: Annotated[
        int, typer.Option("--limit", metavar="NUMBER", min=1, max=1_000_000, help="How many calls at the most.")
    ] = 50,
    as_json: Json = False,
) -> int:
    """Every call of a language model, and which memories left this machine with it."""
    from assistant.cli.ledger import show_ledger

    return show_ledger(limit, as_json=as_json)
