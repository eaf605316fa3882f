"""The `jobray` command. What it prints is for people; a failure is one clear line and exit 1."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from cluster import system
from cluster.settings import Settings, SettingsError, load
from cluster.wiring import command_ports
from models.errors import DomainError
from models.posting import Status
from services import operating
from services.ports import Ports

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Jobray tells a person about the right job the moment it appears, and explains why.",
)
console = Console()
complaints = Console(stderr=True, highlight=False, soft_wrap=True)

DOWN_TIMEOUT_S = 10.0
POLL_S = 0.25
T = TypeVar("T")


def main() -> None:
    """Entry point: turns what is wrong with the input or the machine into one line and exit 1."""
    try:
        app(standalone_mode=False)
    except KeyboardInterrupt:
        raise SystemExit(128 + signal.SIGINT) from None
    except (SettingsError, system.StartError, DomainError) as error:
        complaints.print(f"jobray: {error}", style="red")
        for fault in getattr(error, "errors", ()):
            where = fault.pointer or fault.parameter or "input"
            complaints.print(f"  {where}: expected {fault.expected}, got {fault.got}")
        raise SystemExit(1) from None


@contextmanager
def _running(settings: Settings) -> Iterator[threading.Event]:
    """The whole system, from its first process to its last; the event is set when it shall end.

    SIGINT and SIGTERM end it; a second one kills this process, and Ray's die with it.
    """
    ending = threading.Event()

    def on_signal(number: int, frame: object) -> None:
        if ending.is_set():
            os._exit(128 + number)
        ending.set()

    with system.claimed(settings):
        node = system.System(settings)
        begun = time.monotonic()
        try:
            with _spinner() as bar:
                task = bar.add_task("Starting")
                node.start(lambda text: bar.update(task, description=text))
            _announce(settings, node, time.monotonic() - begun)
            signal.signal(signal.SIGINT, on_signal)
            signal.signal(signal.SIGTERM, on_signal)
            yield ending
        finally:
            ending.set()
            console.print("Stopping …")
            node.stop()


def _spinner() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console)


def _announce(settings: Settings, node: system.System, seconds: float) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_row("Page", f"{settings.public_url}/")
    table.add_row("API docs", f"{settings.public_url}/docs")
    if not settings.smtp.url:
        table.add_row("Kept mail", f"{settings.public_url}/mail")
    if node.dashboard_url:
        table.add_row("Ray dashboard", f"{node.dashboard_url}  (token: {node.token_file})")
    table.add_row("Data", str(settings.folder))
    console.print(f"Jobray is ready after {seconds:.1f} s. Ctrl-C ends it.", style="bold")
    console.print(table)


def _with_ports(settings: Settings, work: Callable[[Ports], Awaitable[T]]) -> T:
    async def run() -> T:
        async with command_ports(settings) as ports:
            return await work(ports)

    return asyncio.run(run())


@app.command()
def up() -> None:
    """Start the whole system on this machine; Ctrl-C ends it."""
    with _running(load()) as ending:
        ending.wait()


@app.command()
def demo(
    every_s: Annotated[float, typer.Option(help="Seconds between two new postings.")] = 4.0,
    postings: Annotated[int, typer.Option(help="Postings to begin with.")] = 300,
) -> None:
    """Start the system with generated postings, a seeker with alerts, and news every few seconds.

    Uses the data folder .jobray-demo unless JOBRAY_DATA_DIR is set.
    """
    from cluster.demo import Demo

    os.environ.setdefault("JOBRAY_DATA_DIR", ".jobray-demo")
    settings = load()
    with _running(settings) as ending:
        show = Demo(settings, console)
        with _bar() as bar:
            task = bar.add_task("Filling with postings", total=postings)
            show.fill(postings, lambda done: bar.update(task, completed=done))
        show.play(ending, every_s)


@app.command()
def down() -> None:
    """End the system that runs on this data folder."""
    settings = load()
    pid = system.owner(settings)
    if pid is None:
        console.print(f"Nothing runs on {settings.folder}.")
        return
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + DOWN_TIMEOUT_S
    while system.owner(settings) is not None:
        if time.monotonic() > end:
            raise system.StartError(f"process {pid} did not end in {DOWN_TIMEOUT_S:.0f} s")
        time.sleep(0.05)
    console.print("Stopped.")


@app.command()
def status() -> None:
    """Show actors, lags and counts. Exits 1 where an actor is not serving."""
    settings = load()
    code, actors = system.readiness(settings)
    if not actors:
        console.print(f"Nothing answers at {settings.public_url}; the store as it stands:")
    else:
        _print_table(
            ("Actor", "State", "Process", "Detail"),
            [(a["name"], a["state"], str(a["pid"]), a["detail"]) for a in actors],
        )

    async def read(ports: Ports) -> None:
        lags = await ports.stream.lags()
        _print_table(
            ("Subscription", "Topic", "Behind", "Oldest"),
            [(x.subscription, x.topic, f"{x.events:,}", f"{x.oldest_s:.1f} s") for x in lags],
        )
        counts = await operating.counts(ports.documents)
        _print_table(("What", "Count"), [(name, f"{n:,}") for name, n in counts.items()])

    _with_ports(settings, read)
    if code != 200:
        raise SystemExit(1)


def _print_table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    table = Table(*header, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    console.print(table, "")


@app.command("import")
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
    with _bar() as bar:
        task = bar.add_task(f"Reading {file.name}", total=file.stat().st_size)
        summary = _with_ports(
            settings,
            lambda ports: importing.run(
                ports, file, owner, lambda done: bar.update(task, completed=done)
            ),
        )
        if wait and summary.new and system.owner(settings) is not None:
            task = bar.add_task("Processing", total=summary.new)
            _with_ports(
                settings,
                lambda ports: importing.processed(
                    ports, summary.new, lambda done: bar.update(task, completed=done)
                ),
            )
    importing.report(summary, console)
    if system.owner(settings) is None:
        console.print("Nothing runs here: they are processed after the next `jobray up`.")
    if summary.rejected_count and not summary.accepted:
        raise SystemExit(1)


@app.command()
def drain() -> None:
    """Wait until everything on its way has been worked off: events, postings, deliveries."""
    settings = load()
    if system.owner(settings) is None:
        raise system.StartError(f"nothing runs on {settings.folder}; start it with `jobray up`")

    async def work(ports: Ports) -> None:
        first = await operating.outstanding(ports.documents, ports.stream)
        with _bar() as bar:
            task = bar.add_task("Draining", total=first)
            while left := await operating.outstanding(ports.documents, ports.stream):
                bar.update(task, total=max(first, left), completed=max(0, first - left))
                await asyncio.sleep(POLL_S)
            bar.update(task, completed=first)

    _with_ports(settings, work)
    console.print("Nothing is on its way.")


@app.command()
def trace(posting_id: str) -> None:
    """Print the stations of one posting, with their times."""
    stations = _with_ports(load(), lambda ports: operating.trace(ports.documents, posting_id))
    first = stations[0].at
    rows = []
    for before, station in zip([stations[0], *stations], stations, strict=False):
        since_ms = (station.at - first).total_seconds() * 1000
        step_ms = (station.at - before.at).total_seconds() * 1000
        at = station.at.strftime("%H:%M:%S.%f")[:-3]
        rows.append((at, f"{since_ms:.1f} ms", f"+{step_ms:.1f}", station.name, station.detail))
    _print_table(("Time", "Since", "Step", "Station", "Detail"), rows)
    if stations[-1].name in (Status.SUBMITTED, Status.PROCESSING):
        console.print("Still on its way.")
