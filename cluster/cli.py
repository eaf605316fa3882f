"""The `jobray` command. What it prints is for people; a failure is one clear line and exit 1."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.table import Table

from cluster import appointing, letters, operator, reprocess, scaling, sources, system
from cluster.console import bar, complaints, console, spinner
from cluster.settings import Settings, SettingsError, load
from models.errors import DomainError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Jobray tells a person about the right job the moment it appears, and explains why.",
)
DOWN_TIMEOUT_S = 10.0


def main() -> None:
    """Entry point: turns what is wrong with the input or the machine into one line and exit 1."""
    try:
        app()
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

    # Also where they were ignored, as those that a shell starts in the background have SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with system.claimed(settings):
        node = system.System(settings)
        begun = time.monotonic()
        try:
            with spinner() as shown:
                task = shown.add_task("Starting")
                node.start(lambda text: shown.update(task, description=text))
            _announce(settings, node, time.monotonic() - begun)
            signal.signal(signal.SIGINT, on_signal)
            signal.signal(signal.SIGTERM, on_signal)
            yield ending
        finally:
            ending.set()
            console.print("Stopping …")
            node.stop()


def _announce(settings: Settings, node: system.System, seconds: float) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_row("Page", f"{settings.public_url}/")
    table.add_row("API docs", f"{settings.public_url}/docs")
    if settings.mailbox_open:
        table.add_row("Kept mail", f"{settings.public_url}/mail")
    if node.dashboard_url:
        table.add_row("Ray dashboard", f"{node.dashboard_url}  (token: {node.token_file})")
    table.add_row("Data", str(settings.folder))
    console.print(f"Jobray is ready after {seconds:.1f} s. Ctrl-C ends it.", style="bold")
    console.print(table)


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
        with bar() as shown:
            task = shown.add_task("Filling with postings", total=postings)
            show.fill(postings, lambda done: shown.update(task, completed=done))
        with spinner() as shown:
            shown.add_task("Telling the seeker what was there")
            show.settle(ending)
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


app.command()(operator.status)
app.command("import")(operator.import_)
app.add_typer(sources.app, name="sources")
app.command()(operator.drain)
app.command()(appointing.appoint)
app.command()(scaling.scale)
app.command()(reprocess.reprocess)
app.add_typer(letters.app, name="dead-letters")
app.command()(operator.trace)
