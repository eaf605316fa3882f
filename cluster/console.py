"""What the commands print with, and how they reach the store."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

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

from cluster.settings import Settings
from cluster.wiring import command_ports
from services.ports import Ports

PIPED_COLUMNS = 200
"""Where nobody says how wide it is: lines are for `grep` there, and not to be folded."""

console = Console()
if not console.is_terminal:
    console.width = PIPED_COLUMNS
complaints = Console(stderr=True, highlight=False, soft_wrap=True)

T = TypeVar("T")


def spinner() -> Progress:
    """For a wait whose length nobody knows."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)


def bar() -> Progress:
    """For a wait that can be counted."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table, and a blank line after it. The first column names the row: it stays whole, to
    be copied."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(header):
        table.add_column(name, overflow="fold", no_wrap=place == 0)
    for row in rows:
        table.add_row(*row)
    console.print(table, "")


def with_ports(settings: Settings, work: Callable[[Ports], Awaitable[T]]) -> T:
    """Run this with the ports of a command, to its end."""

    async def run() -> T:
        async with command_ports(settings) as ports:
            return await work(ports)

    return asyncio.run(run())
