"""Large feeds: megabytes a second and the memory of the process that reads them.

Each document is made while it is read, so that none lies in memory or on a disk, and each reading
has a process of its own. Baseline of the same run: `xml.etree.ElementTree.iterparse`, which takes
the XML apart and drops each record, and makes no posting of it. Goal: 300 MB of Indeed-style XML
within 100 MB.
"""

import argparse
import io
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from xml.etree.ElementTree import iterparse

from bench.table import show
from sources.base import parse
from sources.platform import Board
from sources.platforms import PLATFORMS

PIECE = 1 << 16
BOARD = Board("", "https://jobs.example.com/all", "jobs.example.com", "Example")
TEXT = (
    "<p>We look for somebody who likes to keep things simple &amp; well made.</p><ul>"
    + "<li>You write code that others read with pleasure, in Python or in Go.</li>" * 40
    + "</ul><p>Salary: &pound;60,000 to &pound;75,000 a year.</p>"
)


@dataclass(frozen=True, slots=True)
class Document:
    """`record` is one record by its number."""

    platform: str
    head: str
    record: Callable[[int], str]
    between: str
    tail: str

    def pieces(self, size: int) -> Iterator[bytes]:
        """The document in pieces of PIECE bytes, ended after `size` bytes."""
        made, written = bytearray(self.head.encode()), 0
        for number in count():
            made += (self.between if number else "").encode() + self.record(number).encode()
            while len(made) >= PIECE:
                yield bytes(made[:PIECE])
                del made[:PIECE]
                written += PIECE
            if written + len(made) >= size:
                break
        yield bytes(made) + self.tail.encode()


def _job(number: int) -> str:
    return (
        f"<job><title><![CDATA[Engineer {number}]]></title><date>2026-11-20</date>"
        f"<referencenumber>r{number}</referencenumber><company>Example</company><city>Leeds</city>"
        f"<country>GB</country><url>https://jobs.example.com/{number}</url>"
        f"<description><![CDATA[{TEXT}]]></description></job>\n"
    )


def _item(number: int) -> str:
    return (
        f"<item><title>Engineer {number}</title><guid>r{number}</guid>"
        f"<link>https://jobs.example.com/{number}</link>"
        f"<description><![CDATA[{TEXT}]]></description></item>\n"
    )


def _greenhouse(number: int) -> str:
    text = TEXT.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return (
        f'{{"id": {number}, "internal_job_id": {number}, "title": "Engineer {number}",'
        f'"location": {{"name": "Leeds, UK"}}, "content": "{text}",'
        f'"absolute_url": "https://jobs.example.com/{number}"}}'
    )


INDEED = Document("indeed", "<source>", _job, "", "</source>")
RSS = Document("rss", "<rss><channel><title>Example</title>", _item, "", "</channel></rss>")
GREENHOUSE = Document("greenhouse", '{"jobs": [', _greenhouse, ",", "]}")


def read(document: Document, size: int) -> int:
    """How many postings the reader of the platform makes of it."""
    platform = PLATFORMS[document.platform]
    reader = platform.reader(BOARD, platform.start(BOARD))
    found = 0
    for parsed in parse(reader, document.pieces(size)):
        assert parsed.given is not None, parsed.errors
        found += 1
    return found


def take_apart(document: Document, size: int) -> int:
    """How many records the baseline finds."""
    found = 0
    for _, element in iterparse(_File(document.pieces(size))):
        if element.tag in ("job", "item"):
            found += 1
        if element.tag in ("job", "item", "source", "channel"):
            element.clear()
    return found


class _File(io.RawIOBase):
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, size: int = -1) -> bytes:
        return next(self._pieces, b"")


def measured(
    reading: Callable[[Document, int], int], document: Document, size: int
) -> tuple[int, float, float]:
    """Records, seconds, and the peak of the memory (resident set) in MB, of a new process."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measured, (reading, document, size))


def _measured(
    reading: Callable[[Document, int], int], document: Document, size: int
) -> tuple[int, float, float]:
    begun = time.perf_counter()
    found = reading(document, size)
    seconds = time.perf_counter() - begun
    return found, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=300, help="of the XML; JSON has 20")
    size = parser.parse_args().megabytes * 1_000_000
    rows = []
    for name, document, of in (
        ("Indeed XML", INDEED, size),
        ("RSS", RSS, size),
        ("Greenhouse JSON, kept whole", GREENHOUSE, 20_000_000),
    ):
        found, seconds, peak = measured(read, document, of)
        ratio = "–"
        if document is not GREENHOUSE:
            again, base, _ = measured(take_apart, document, of)
            assert again == found, "the baseline finds other records"
            ratio = f"{seconds / base:.2f}"
        speed = f"{of / 1e6 / seconds:.1f}"
        rows.append((name, f"{of / 1e6:.0f}", f"{found:,}", speed, ratio, f"{peak:.0f}"))
    header = ("feed", "MB", "postings", "MB/s", "time / iterparse", "peak memory MB")
    show("Large feeds (goal: 300 MB of XML within 100 MB)", header, rows)


if __name__ == "__main__":
    main()
