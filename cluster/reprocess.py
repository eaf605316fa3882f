"""`jobray reprocess`: have stored postings derived anew.

The command writes the wish into the store and shows how far it is; the supervisor works it off. It
does so by itself after an upgrade that brings newer parsers, so this is for a parser whose data has
changed, or to see it through. Nothing is lost where the command is ended meanwhile.
"""

import asyncio
from typing import Annotated

import typer

from cluster import system
from cluster.console import bar, console, with_ports
from cluster.settings import load
from models.reprocessing import Run
from services.intake import reprocessing
from services.ports import Ports

POLL_S = 0.5


def reprocess(
    parser: Annotated[
        str | None, typer.Option(help="Only what an older version of this parser has seen.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every stored posting.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until it is done.")] = True,
) -> None:
    """Derive stored postings anew, by default those that older parsers have seen.

    Nobody is told twice of what he was told already.
    """
    if parser is not None and everything:
        raise typer.BadParameter("give either --parser or --all")
    settings = load()
    is_nobody_here = system.nothing_runs(settings)

    async def work(ports: Ports) -> None:
        run = await reprocessing.ask(ports, parser=parser, everything=everything)
        if is_nobody_here:
            console.print("Nothing runs here: it is done after the next `jobray up`.")
        elif wait:
            run = await _finished(ports, run)
            console.print(
                f"{run.derived:,} of {run.seen:,} postings derived anew: {run.changed:,} changed, "
                f"{run.doubted:,} to be reviewed, {run.failed:,} failed."
            )

    with_ports(settings, work)


async def _finished(ports: Ports, run: Run) -> Run:
    with bar() as shown:
        task = shown.add_task("Reprocessing", total=run.total)
        while run.finished_at is None:
            await asyncio.sleep(POLL_S)
            run = (await reprocessing.runs(ports.documents))[run.cause]
            shown.update(task, completed=min(run.seen, run.total))
        shown.update(task, completed=run.total)
    return run
