"""`jobray import`: a file's postings into the store.

It writes the store as the API does; the processor takes the postings from there, now or when the
system is started.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from rich.console import Console

from services.intake import imports
from services.intake.imports import Tally
from services.operations import operating
from services.ports import Ports
from sources.base import parse_stream
from sources.detect import HEAD_BYTES, detect, make_parser

CHUNK_BYTES = 1 << 18
POLL_S = 0.2
STALLED_S = 60.0
"""Processors that are replaced or started again are back long before."""

OnProgress = Callable[[int], None]


async def run(ports: Ports, file: Path, owner: str, on_bytes: OnProgress) -> Tally:
    """Submit every record of the file; `on_bytes` is told how many bytes were read. Raises
    InvalidInput for a file of no known format."""
    with file.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    parser = make_parser(detect(head, file.name, None))
    return await imports.take_in(
        ports,
        owner_id=owner,
        source="import",
        parsed_stream=parse_stream(parser, _chunks(file, on_bytes)),
    )


async def _chunks(file: Path, on_bytes: OnProgress) -> AsyncIterator[bytes]:
    read = 0
    with file.open("rb") as opened:
        while chunk := await asyncio.to_thread(opened.read, CHUNK_BYTES):
            yield chunk
            read += len(chunk)
            on_bytes(read)


async def processed(ports: Ports, total: int, on_done: OnProgress) -> bool:
    """Wait until the processor has nothing left; `on_done` is told how many of `total` are done.
    False where for `STALLED_S` not one was: nobody is at work."""
    before, moved = -1, time.monotonic()
    while left := await operating.unprocessed(ports.documents):
        now = time.monotonic()
        if left != before:
            before, moved = left, now
            on_done(max(0, total - left))
        elif now - moved > STALLED_S:
            return False
        await asyncio.sleep(POLL_S)
    on_done(total)
    return True


def report(summary: Tally, console: Console) -> None:
    """Print what was refused, line by line, and the sums."""
    for rejection in summary.rejected:
        for fault in rejection.errors:
            where = f"{fault.line or rejection.line} {fault.pointer or fault.parameter or ''}"
            console.print(
                f"line {where.rstrip()}: expected {fault.expected}, got {fault.got}",
                style="red",
                markup=False,
                soft_wrap=True,
            )
    unlisted = summary.rejected_count - len(summary.rejected)
    if unlisted:
        console.print(f"… and {unlisted:,} more.", style="red")
    console.print(
        f"{summary.accepted:,} accepted ({summary.new:,} new or changed, "
        f"{summary.unchanged:,} unchanged), {summary.rejected_count:,} rejected."
    )
    if summary.broken:
        console.print(f"The file could not be read beyond line {summary.broken.line}.", style="red")
