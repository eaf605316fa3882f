"""A small platform of our own, and a fetcher that answers for it what a test tells it to."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from backends.fetch.base import Answer, FetchFailed, Wanted
from services.polling.outside import Outside
from sources.base import broken
from sources.discover import boards_in
from sources.formats import rss
from sources.platform import (
    Board,
    Page,
    Pending,
    Platform,
    Reader,
    Request,
    Terms,
    WholeReader,
)
from sources.validation import parsed

HOST = "jobs.example"
BOARD_URL = f"https://{HOST}/acme"
PAGE_1 = f"https://{HOST}/api/acme/1"
"""The first page of that board."""


def _recognise(url: str) -> Board | None:
    prefix = f"https://{HOST}/"
    if not url.startswith(prefix) or not (token := url.removeprefix(prefix)).isalnum():
        return None
    return Board("tiny", token, HOST, token.title())


def _page_url(board: Board, page: int) -> str:
    return f"https://{board.host}/api/{board.token}/{page}"


def _start(board: Board) -> Request:
    return Request(_page_url(board, 1))


def detail_url(id_: str) -> str:
    return f"https://{HOST}/job/{id_}"


def _reader(board: Board, request: Request) -> Reader:
    def read(body: bytes) -> Page:
        try:
            answer = json.loads(body)
        except ValueError:
            return Page(records=(broken(1, "JSON", "something else"),))
        jobs = answer.get("jobs", [])
        pages = answer.get("next", [])
        return Page(
            records=tuple(
                parsed(place, _fields(job, board)) for place, job in enumerate(jobs, start=1)
            ),
            pending=tuple(
                Pending(
                    p["id"],
                    p["mark"],
                    Request(detail_url(p["id"]), step="detail"),
                    believed_s=p.get("believed_s"),
                )
                for p in answer.get("pending", [])
            ),
            next=tuple(Request(_page_url(board, page), page=page) for page in pages),
            total=answer.get("total"),
        )

    return WholeReader(read)


def _fields(job: dict[str, Any], board: Board) -> dict[str, Any]:
    return {"company": board.company, "external_id": job["id"], **job.get("says", {})} | {
        "title": job["title"]
    }


def _authorise(request: Request, secrets: Mapping[str, str]) -> Request:
    return replace(request, headers={"X-Key": secrets["key"]})


TINY = Platform(
    name="tiny",
    title="Tiny",
    terms=Terms(interval_s=60, attribution="From Tiny"),
    listing="complete",
    recognise=_recognise,
    start=_start,
    reader=_reader,
)
GUARDED = replace(TINY, name="guarded", title="Guarded", secrets=("key",), authorise=_authorise)


def job(id_: str, **says: Any) -> dict[str, Any]:
    return {"id": id_, "title": f"Cook {id_}", "says": says}


def listing(*ids: str, **more: Any) -> bytes:
    """A page of Tiny with these postings; `more` are its other fields."""
    return json.dumps({"jobs": [job(id_) for id_ in ids], **more}).encode()


@dataclass(frozen=True)
class Reply:
    """What a URL answers."""

    body: bytes = b""
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None
    not_modified: bool = False


Said = Reply | FetchFailed | bytes


@dataclass
class ScriptedFetcher:
    """A Fetcher that answers what it was told for each URL: a list one after the other, else the
    same each time. What it was asked for is in `asked`."""

    answers: dict[str, Said | list[Said]] = field(default_factory=dict)
    asked: list[Wanted] = field(default_factory=list)

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    @property
    def urls(self) -> list[str]:
        return [wanted.url for wanted in self.asked]

    @asynccontextmanager
    async def stream(self, wanted: Wanted) -> AsyncIterator[Answer]:
        self.asked.append(wanted)
        said = self.answers.get(wanted.url, FetchFailed("the answer has status 404", answered=404))
        if isinstance(said, list):
            said = said.pop(0)
        if isinstance(said, FetchFailed):
            raise said
        reply = Reply(said) if isinstance(said, bytes) else said
        yield Answer(
            url=wanted.url,
            chunks=_in_pieces(reply.body),
            content_type=reply.content_type,
            etag=reply.etag,
            last_modified=reply.last_modified,
            not_modified=reply.not_modified,
        )


async def _in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 50):
        yield body[start : start + 50]


def outside_of(fetcher: Any, *platforms: Platform, **options: Any) -> Outside:
    """The way outside with these platforms (default: Tiny and RSS)."""
    known = platforms or (TINY, replace(rss.PLATFORM, terms=Terms(interval_s=60)))

    def recognise(url: str) -> Board | None:
        return next((b for platform in known if (b := platform.recognise(url))), None)

    options = {"recognise": recognise, "discover": boards_in} | options
    return Outside(fetcher, platforms={p.name: p for p in known}, **options)
