"""`jobray dead-letters`: what the actors could not handle, and how it is handled again."""

from typing import Annotated

import typer
from rich.markup import escape

from backends.documents.base import Body
from cluster.console import console, print_table, with_ports
from cluster.settings import load
from models.errors import Conflict, NotFound
from models.events import Event
from services.operations import dead_letters
from services.ports import Ports

PAGE = 100

app = typer.Typer(no_args_is_help=True, help="Events that were given up after their last try.")


@app.command("list")
def list_letters() -> None:
    """Show every letter, the oldest first."""

    async def read(ports: Ports) -> list[tuple[str, ...]]:
        return [_row(letter) async for letter in dead_letters.every(ports)]

    rows = with_ports(load(), read)
    print_table(("Letter", "At", "Reader", "Event", "Of", "Reason"), rows)


@app.command()
def replay(
    id: Annotated[str | None, typer.Argument(help="A letter, as `list` shows it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every letter there is.")] = False,
) -> None:
    """Have the event of one letter, or of all, handled again."""
    if (id is None) != everything:
        raise typer.BadParameter("name a letter, or give --all")

    async def work(ports: Ports) -> None:
        if id is not None:
            _say(await dead_letters.replay(ports, id))
            return
        for letter in [letter["id"] async for letter in dead_letters.every(ports)]:
            try:
                _say(await dead_letters.replay(ports, letter))
            except (Conflict, NotFound) as fault:
                console.print(f"{letter}: {fault.detail}")

    with_ports(load(), work)


@app.command()
def discard(id: Annotated[str, typer.Argument(help="A letter, as `list` shows it.")]) -> None:
    """Remove a letter; nothing is handled again."""
    with_ports(load(), lambda ports: dead_letters.discard(ports, id))


def _say(event: Event) -> None:
    console.print(f"{event.type} of {event.subject} is on its way again.")


def _row(letter: Body) -> tuple[str, ...]:
    event = letter["event"]
    at = letter["at"][:19].replace("T", " ")
    return (
        letter["id"],
        at,
        letter["subscription"],
        event["type"],
        event["subject"],
        escape(letter["reason"]),
    )
