"""`reverie bench`: figures that anyone can reproduce."""

from pathlib import Path
from typing import Annotated

import typer

bench = typer.Typer(help="Measure, side by side with what is usual.", rich_markup_mode=None, no_args_is_help=True)


@bench.callback()
def _bench() -> None:
    """Measure, side by side with what is usual."""


@bench.command("sleep")
def sleep_bench(
    arms: Annotated[
        list[str] | None,
        typer.Option("--arm", metavar="NAME", help="Only this way of learning; may be given more than once."),
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", metavar="NUMBER", min=1, max=100, help="Made-up users.")] = 3,
    nights: Annotated[int, typer.Option("--nights", metavar="NUMBER", min=1, max=14, help="Nights.")] = 10,
    facts: Annotated[int, typer.Option("--facts", metavar="NUMBER", min=1, max=5, help="Facts a night.")] = 5,
    steps: Annotated[int, typer.Option("--steps", metavar="NUMBER", min=1, help="Training steps a night.")] = 80,
    processes: Annotated[
        int, typer.Option("--processes", metavar="NUMBER", min=1, max=64, help="At once, of one thread each.")
    ] = 2,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="FOLDER", help="Keep results here, and go on from those that are there."),
    ] = None,
    plots: Annotated[
        Path | None, typer.Option("--plots", metavar="FOLDER", help="Write heat maps and curves, as SVG and PNG.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Teach the shipped model night after night, in ways old and new, and compare what it knows without retrieval.

    All of it takes about 65 minutes on two idle cores; --seeds 1 --nights 3 with two or three --arm some minutes.
    """
    from assistant.cli.benching import Wanted, bench_sleep

    return bench_sleep(
        Wanted(tuple(arms or ()), seeds, nights, facts, steps, processes, folder, plots, as_json=as_json)
    )


@bench.command("nap")
def nap_bench(
    arms: Annotated[
        list[str] | None,
        typer.Option("--arm", metavar="NAME", help="Only this way of reading; may be given more than once."),
    ] = None,
    tasks: Annotated[
        list[str] | None, typer.Option("--task", metavar="NAME", help="Only this one: rule 110, or links.")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", metavar="NUMBER", min=1, max=100, help="Trainings each.")] = 1,
    steps: Annotated[int, typer.Option("--steps", metavar="NUMBER", min=1, help="Training steps.")] = 4_000,
    processes: Annotated[
        int, typer.Option("--processes", metavar="NUMBER", min=1, max=64, help="At once, of one thread each.")
    ] = 2,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="FOLDER", help="Keep results here, and go on from those that are there."),
    ] = None,
    plots: Annotated[
        Path | None, typer.Option("--plots", metavar="FOLDER", help="Write curves, as SVG and PNG.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Train small hybrids of attention and recurrent state that read what they will lose once, twice or four times, and
    compare what they answer when it is gone.

    All of it takes somewhat over an hour on two cores and a seed; --arm and --task make it less.
    """
    from assistant.cli.benching import NapsWanted, bench_naps

    return bench_naps(
        NapsWanted(tuple(arms or ()), tuple(tasks or ()), seeds, steps, processes, folder, plots, as_json=as_json)
    )


@bench.command("recall")
def recall_bench(
    data: Annotated[
        str,
        typer.Option(
            "--data",
            metavar="PATH",
            help="LoCoMo's json, a folder of BEAM chats, or a folder with messages.jsonl and queries.jsonl.",
        ),
    ],
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="NAME", help="Only this conversation or chat; may be given more than once."),
    ] = None,
    exact: Annotated[bool, typer.Option("--exact", help="Exact search, however many messages there are.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Ask public data what retrieval finds, side by side with BM25, FTS5, Chroma and their fusion.

    Every conversation is imported into a home of its own, which is gone afterwards; embedding takes most of the time.
    Peers that are installed (mem0, LangGraph's store, LlamaIndex) are measured, too.
    """
    from assistant.cli.recall_bench import bench_recall

    return bench_recall(data, only=tuple(only or ()), backend="exact" if exact else "auto", as_json=as_json)


@bench.command("scale")
def scale_bench(
    sizes: Annotated[
        str, typer.Option("--sizes", metavar="NUMBERS", help="Messages of each home, with commas.")
    ] = "1000,10000,100000",
    turns: Annotated[int, typer.Option("--turns", metavar="NUMBER", min=20, max=10_000, help="Questions.")] = 100,
    new: Annotated[int, typer.Option("--new", metavar="NUMBER", min=10, max=10_000, help="New to the night.")] = 200,
    seed: Annotated[int, typer.Option("--seed", metavar="NUMBER", min=0, help="Of everything that is made.")] = 7,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="FOLDER", help="Keep the homes here, and use those that are there."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Make homes of several sizes, and tell what turns, searches, a night and a start cost in each, and how it grows.

    Messages and their vectors are made, questions are embedded. A home of 100,000 takes minutes to make, one of a
    million an hour or more, and 15 GB.
    """
    from assistant.cli.scale_bench import Wanted, bench_scale

    return bench_scale(Wanted(sizes, turns, new, seed, folder, as_json=as_json))
