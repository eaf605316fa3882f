"""The commands for sources: add a job board by its address, see how it does, pause, run, remove."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

import typer
from rich.markup import escape

from cluster import outside
from cluster.console import console, print_table, with_ports
from cluster.settings import load
from models.feed import Feed
from models.money import Money
from services.polling import feed_adding, feed_previews, feeds
from services.polling.feed_health import usual_range
from services.polling.feed_previews import Preview
from services.polling.outside import Outside
from services.ports import Ports

app = typer.Typer(no_args_is_help=True, help="Job boards and feeds that are polled for postings.")

SourceArgument = Annotated[str, typer.Argument(help="Its id, as `jobray sources list` shows it.")]
T = TypeVar("T")


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="A careers page, a job board, a feed or a sitemap.")],
    every_s: Annotated[
        int | None, typer.Option(help="Seconds between two rounds; as its platform asks.")
    ] = None,
    company: Annotated[
        str | None, typer.Option(help="Whose the postings are that name none.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only try it.")] = False,
) -> None:
    """Try this address and poll its job board from now on.

    One that is polled already takes over interval and company.
    """

    async def work(ports: Ports, way: Outside) -> Feed | None:
        await way.fetcher.open()
        try:
            found = await feed_previews.preview(ports, way, url, company=company, person=None)
        finally:
            await way.fetcher.close()
        _print_preview(found)
        if preview:
            return None
        return await feed_adding.save(
            ports,
            found.platform,
            found.board,
            url=url,
            interval_s=every_s,
            tried_at=found.as_of,
        )

    feed = _with_outside(work)
    if feed is not None:
        console.print(f"{escape(feed.name)} is polled every {feed.interval_s:,} s, as {feed.id}.")


@app.command("list")
def list_() -> None:
    """Show every source and how it is doing."""

    async def read(ports: Ports) -> list[tuple[str, ...]]:
        return [_row(feed) async for feed in feeds.every(ports)]

    rows = with_ports(load(), read)
    header = ("Id", "Source", "Every", "Last success", "Items", "Usual", "Next", "Remark")
    print_table(header, rows)


@app.command()
def pause(source: SourceArgument) -> None:
    """Do not poll it until it is resumed."""
    feed = _with_outside(lambda ports, _: feeds.pause(ports, source, manager=None))
    console.print(f"{escape(feed.name)} is paused.")


@app.command()
def resume(source: SourceArgument) -> None:
    """Poll it again: at once, if its last round is an interval ago and its host may be asked."""
    feed = _with_outside(lambda ports, _: feeds.resume(ports, source, manager=None))
    console.print(f"{escape(feed.name)} is polled again.")


@app.command()
def run(source: SourceArgument) -> None:
    """Poll it now, and believe what it says, also where it suddenly has few postings."""
    feed = _with_outside(lambda ports, way: feeds.run(ports, way, source, manager=None))
    console.print(f"{escape(feed.name)} is polled as soon as the system runs.")


@app.command()
def remove(source: SourceArgument) -> None:
    """Poll it no more, and close its postings."""
    _with_outside(lambda ports, _: feeds.remove(ports, source, manager=None))
    console.print("It is removed; its postings are closed while the system runs.")


def _with_outside(work: Callable[[Ports, Outside], Awaitable[T]]) -> T:
    settings = load()
    return with_ports(settings, lambda ports: work(ports, outside.make(settings)))


def _print_preview(found: Preview) -> None:
    platform, terms = found.platform, found.terms
    whose = f" of {found.board.company}" if found.board.company else ""
    console.print(escape(f"{platform.title}{whose}: {found.board.token}"))
    count = f"{found.count:,}" if found.is_all else f"at least {found.count:,}"
    faults = f", {found.fault_count:,} of them unreadable" if found.fault_count else ""
    age = f", as it was {found.age_s:,} s ago" if found.age_s else ""
    console.print(f"{count} postings{faults}{age}.")
    rows = [
        (escape(e.title), escape(e.company), escape("; ".join(e.places)), _pay(e.pay))
        for e in found.examples
    ]
    print_table(("Title", "Company", "Place", "Pay"), rows)
    for fault in found.faults:
        line = f"Unreadable: {fault.pointer}: expected {fault.expected}, got {fault.got}"
        console.print(escape(line))
    console.print(f"Terms: at most one round every {terms.interval_s:,} s.")
    if terms.attribution:
        console.print(f"Each posting must say: {terms.attribution}")
    if not terms.republish:
        console.print("They may not be given on to others.")
    for board in found.others:
        console.print(escape(f"The page shows another board: {board.platform} {board.token}"))


def _pay(pay: Money | None) -> str:
    if pay is None:
        return ""
    amounts = " to ".join(f"{amount:,.0f}" for amount in (pay.min, pay.max) if amount is not None)
    return f"{amounts} {pay.currency} a {pay.period}"


def _row(feed: Feed) -> tuple[str, ...]:
    usual = usual_range(feed)
    return (
        feed.id,
        escape(feed.name),
        f"{feed.interval_s:,} s",
        _moment(feed.last_ok_at),
        f"{feed.last_items:,}",
        f"{usual[0]:,} to {usual[1]:,}" if usual else "–",
        "paused" if feed.paused else _moment(feed.next_at),
        escape(_remark(feed)),
    )


def _remark(feed: Feed) -> str:
    if feed.failures:
        return feed.last_error or ""
    said = []
    if (drop := feed.drop) is not None:
        said.append(f"only {drop.items:,} postings where {drop.usual:,} are usual: not believed")
    if (was := feed.believed_drop) is not None:
        said.append(
            f"only {was.items:,} postings where {was.usual:,} were usual: believed on"
            f" {was.at:%Y-%m-%d}, {was.closed:,} closed"
        )
    return "; ".join(filter(None, (*said, feed.notice)))


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else "–"
