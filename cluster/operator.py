"""The commands of an operator: how it stands, what comes in, where a posting has been."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cluster import nodes, system
from cluster.console import bar, console, print_table, spinner, with_ports
from cluster.settings import load
from models.posting import Status
from services.operations import operating
from services.ports import Ports

POLL_S = 0.25


def status() -> None:
    """Show actors, lags and counts. Exits 1 where an actor is not serving."""
    settings = load()
    code, actors = system.readiness(settings)
    if not actors:
        console.print(f"Nothing answers at {settings.public_url}; the store as it stands:")
    else:
        print_table(
            ("Actor", "State", "Process"),
            [(a["name"], a["state"], str(a["pid"])) for a in actors],
        )

    async def read(ports: Ports) -> None:
        lags = await ports.stream.lags()
        print_table(
            ("Subscription", "Topic", "Behind", "Oldest"),
            [(x.subscription, x.topic, f"{x.events:,}", f"{x.oldest_s:.1f} s") for x in lags],
        )
        counts = await operating.counts(ports.documents)
        print_table(("What", "Count"), [(name, f"{n:,}") for name, n in counts.items()])

    with_ports(settings, read)
    if code != 200:
        raise SystemExit(1)


def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    owner: Annotated[str, typer.Option(help="Whose postings these are; one namespace.")] = "import",
    wait: Annotated[bool, typer.Option(help="Wait until all are processed.")] = True,
) -> None:
    """Import postings from a file: JSON, NDJSON, CSV, RSS or Indeed XML.

    Lines that are not valid are listed with line, field and reason; the rest goes in. Exits 1 where
    nothing was accepted.
    """
    from cluster import importing

    settings = load()
    idle = system.nothing_runs(settings)
    finished = True
    with bar() as shown:
        task = shown.add_task(f"Reading {file.name}", total=file.stat().st_size)
        summary = with_ports(
            settings,
            lambda ports: importing.run(
                ports, file, owner, lambda done: shown.update(task, completed=done)
            ),
        )
        if wait and summary.new and not idle:
            task = shown.add_task("Processing", total=summary.new)
            finished = with_ports(
                settings,
                lambda ports: importing.processed(
                    ports, summary.new, lambda done: shown.update(task, completed=done)
                ),
            )
    importing.report(summary, console)
    if idle:
        console.print("Nothing runs here: they are processed after the next `jobray up`.")
    if not finished:
        raise system.StartError(
            f"stored, but none was processed for {importing.STALLED_S:.0f} s; `jobray status` "
            "shows whether the processors serve"
        )
    if summary.rejected_count and not summary.accepted:
        raise SystemExit(1)


def drain(
    node: Annotated[
        str | None, typer.Argument(help="A node of the Ray cluster: its name, id or address.")
    ] = None,
) -> None:
    """Wait until everything on its way has been worked off: events, postings, deliveries.

    With NODE, move every actor off that node instead, so that it can be taken away.
    """
    if node is not None:
        _drain_node(node)
        return
    settings = load()
    if system.nothing_runs(settings):
        raise system.StartError(f"nothing runs on {settings.folder}; start it with `jobray up`")

    async def work(ports: Ports) -> None:
        first = await operating.outstanding(ports.documents, ports.stream)
        with bar() as shown:
            task = shown.add_task("Draining", total=first)
            while left := await operating.outstanding(ports.documents, ports.stream):
                shown.update(task, total=max(first, left), completed=max(0, first - left))
                await asyncio.sleep(POLL_S)
            shown.update(task, completed=first)

    with_ports(settings, work)
    console.print("Nothing is on its way.")


def _drain_node(node: str) -> None:
    with spinner() as shown:
        task = shown.add_task("Looking for the node")
        moved = nodes.drain(node, lambda text: shown.update(task, description=text))
    console.print(f"{moved} actors moved; nothing new starts on {node}.")


def trace(posting_id: str) -> None:
    """Print the stations of one posting, with their times."""
    stations = with_ports(load(), lambda ports: operating.trace(ports.documents, posting_id))
    first = stations[0].at
    rows = []
    for before, station in zip([stations[0], *stations], stations, strict=False):
        since_ms = (station.at - first).total_seconds() * 1000
        step_ms = (station.at - before.at).total_seconds() * 1000
        at = station.at.strftime("%H:%M:%S.%f")[:-3]
        rows.append((at, f"{since_ms:.1f} ms", f"+{step_ms:.1f}", station.name, station.detail))
    print_table(("Time", "Since", "Step", "Station", "Detail"), rows)
    if stations[-1].name in (Status.SUBMITTED, Status.PROCESSING):
        console.print("Still on its way.")
