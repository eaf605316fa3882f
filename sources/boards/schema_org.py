"""Pages that carry schema.org's JobPosting as JSON-LD: a site's, by its sitemap, or a single one.

A sitemap (an index of sitemaps, either of them also gzipped) lists pages; each is *pending* until
its `lastmod` changes, and its address is the identity of the job on it. A page without `lastmod` is
read again from time to time, sooner where its `changefreq` says so, and even one with it now and
then, for many sites never change it. The newest come first; of an index with more sitemaps than one
round may ask for, the rounds take turns. Where some of the addresses look like jobs, only those are
asked for: most sites have one sitemap for everything. These are pages made for people, so
robots.txt governs; only pages of the sitemap's own host are believed.

https://developers.google.com/search/docs/appearance/structured-data/job-posting
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from sources import facts
from sources.base import Parsed, broken, rejected
from sources.boards.feed_address import board_at
from sources.formats.gunzip import Gunzip
from sources.formats.job_posting import fields_of
from sources.formats.linked_data import Node, Unreadable, job_postings
from sources.formats.page import PAGE_MAX_BYTES, web_page
from sources.formats.sitemap import Entry, Sitemap, begins_sitemap
from sources.platform import Board, Page, Pending, Platform, Reader, Request, Terms
from sources.validation import parsed

NAME, TITLE = "schema_org", "schema.org JobPosting"
_DAY_S = 24 * 3600
_BELIEVED_S = {
    **dict.fromkeys(("always", "hourly", "daily"), _DAY_S),
    **dict.fromkeys(("monthly", "yearly", "never"), 7 * _DAY_S),
}
"""How long a page without `lastmod` is taken to be as it was, by its `changefreq`, which is a hint
and no more."""
_BELIEVED_WITHOUT_HINT_S = 3 * _DAY_S
_BELIEVED_DATED_S = 14 * _DAY_S

_SITEMAP, _PAGE = "sitemap", "page"
_SITEMAP_FILE = re.compile(r"sitemap[^/]*\.xml(?:\.gz)?$|/sitemap/?$", re.IGNORECASE)
_JOB_WORD = re.compile(
    r"job|career|vacanc|position|opening|stelle|karriere|emploi|carriere|empleo|vaga|lavoro"
    r"|vacature|recruit|hiring|employment|opportunit",
    re.IGNORECASE,
)
_HEAD_BYTES = 2048
_EXPECTED = "a sitemap, or a page with a JobPosting"


def recognise(url: str) -> Board | None:
    """An address that ends like a sitemap's; whether a page has a JobPosting only it can tell."""
    board = board_at(NAME, url)
    return board if board and _SITEMAP_FILE.search(urlsplit(board.token).path) else None


def start(board: Board) -> Request:
    return Request(board.token)


def reader(board: Board, request: Request) -> Reader:
    return SchemaOrgReader(board, request)


class SchemaOrgReader:
    """Tells by an answer's first bytes whether it is a sitemap, which is read as it comes, or a
    page, which is kept until it is whole."""

    def __init__(self, board: Board, request: Request) -> None:
        self._board, self._request = board, request
        self._gunzip = Gunzip()
        self._body = bytearray()
        self._is_page: bool | None = True if request.step == _PAGE else None
        self._sitemap = Sitemap()
        self._rest = Page()

    @property
    def rest(self) -> Page:
        return self._rest

    def feed(self, data: bytes) -> list[Parsed]:
        for piece in self._gunzip.feed(data):
            if self._is_page is False:
                self._sitemap.feed(piece)
                continue
            self._body += piece
            if self._is_page is None and len(self._body) >= _HEAD_BYTES:
                self._decide()
            del self._body[PAGE_MAX_BYTES:]
        return []

    def _decide(self) -> None:
        self._is_page = not _is_sitemap(bytes(self._body[:_HEAD_BYTES]))
        if not self._is_page:
            self._sitemap.feed(bytes(self._body))
            self._body.clear()

    def close(self) -> list[Parsed]:
        self._gunzip.close()
        if self._gunzip.fault is not None:
            return [self._gunzip.fault]
        if self._is_page is None:
            self._decide()
        if self._is_page:
            self._rest = _jobs_on(bytes(self._body), self._board, self._request)
        else:
            self._sitemap.close()
            self._rest = _listed(self._sitemap, self._request)
        return list(self._rest.records)


def _is_sitemap(head: bytes) -> bool:
    """Any XML that is no page counts: where it is none, the sitemap says what it is."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    is_xml = start.startswith(b"<?xml") and b"<html" not in start.lower()
    return is_xml or begins_sitemap(head)


def _listed(sitemap: Sitemap, request: Request) -> Page:
    """What a sitemap leads to: pages, the newest first, or further sitemaps in its own order. One
    that breaks off is a fault, and what it has is taken."""
    if sitemap.is_index and request.step == _SITEMAP:
        return Page(records=(broken(1, "a sitemap in an index", "an index in an index"),))
    entries = _likely(_of_host(sitemap.entries, request.url))
    faults = () if sitemap.fault is None else (sitemap.fault,)
    cut = f"a sitemap has {sitemap.beyond} addresses too many" if sitemap.beyond else None
    if not sitemap.is_index:
        entries.sort(key=lambda entry: entry.lastmod, reverse=True)
        return Page(records=faults, pending=tuple(map(_pending, entries)), cut=cut)
    further = (Request(entry.url, step=_SITEMAP, page=request.page + 1) for entry in entries)
    return Page(records=faults, next=tuple(further), cut=cut)


def _pending(entry: Entry) -> Pending:
    hinted_s = _BELIEVED_S.get(entry.changefreq.lower(), _BELIEVED_WITHOUT_HINT_S)
    return Pending(
        external_id=facts.external_id(entry.url) or "",
        mark=entry.lastmod or entry.url,
        request=Request(entry.url, step=_PAGE),
        believed_s=_BELIEVED_DATED_S if entry.lastmod else hinted_s,
    )


def _of_host(entries: Sequence[Entry], url: str) -> list[Entry]:
    """Those of the sitemap's host, each once; addresses may be relative though they should not."""
    found: dict[str, Entry] = {}
    for entry in entries:
        try:
            absolute = urljoin(url, entry.url)
            same = _site(absolute) == _site(url)
        except ValueError:
            continue
        if same and (address := facts.address(absolute)):
            found.setdefault(address, replace(entry, url=address))
    return list(found.values())


def _site(url: str) -> tuple[str, int | None]:
    parts = urlsplit(url)
    port = None if parts.port in (80, 443) else parts.port
    return (parts.hostname or "").removeprefix("www."), port


def _likely(entries: list[Entry]) -> list[Entry]:
    """Those that look like jobs by their path, where any does."""
    return [entry for entry in entries if _JOB_WORD.search(urlsplit(entry.url).path)] or entries


def _jobs_on(body: bytes, board: Board, request: Request) -> Page:
    """The jobs on a page. A page of a sitemap need not have any; a board that is a single page
    must."""
    page = web_page(body, request.url, request.content_type)
    company = board.company or page.meta("og:site_name")
    found: list[Node] = []
    faults = []
    for text in page.linked_data:
        try:
            found += job_postings(text)
        except Unreadable as fault:
            if "jobposting" in text.lower():
                faults.append(rejected(1, "", "JSON-LD", str(fault)))
    if not found and not faults and request.step != _PAGE:
        faults.append(broken(1, _EXPECTED, "a page without one" if body.strip() else "nothing"))
    records = [
        parsed(
            place,
            fields_of(
                job,
                external_id=_identity(job, request.url, alone=len(found) == 1),
                page=request.url,
                company=company,
            ),
        )
        for place, job in enumerate(found, start=1)
    ]
    return Page(records=(*records, *faults))


def _identity(job: Node, page: str, *, alone: bool) -> str:
    """A page's address, for that is what a sitemap lists; of several jobs on it each its own."""
    if alone:
        return facts.external_id(page) or ""
    own = job.get("identifier")
    if isinstance(own, dict):
        own = own.get("value") or own.get("name")
    own = own or job.get("url") or job.get("title")
    return facts.external_id(f"{page}#{facts.one_line(str(own))}") or ""


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=3600, concurrency=1, pages=100, details=500, robots=True),
    listing="complete",
    recognise=recognise,
    start=start,
    reader=reader,
)
