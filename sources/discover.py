"""A careers page -> the boards that it shows, the most certain first.

Most companies have their jobs on a platform and a page of their own around it. What a page embeds
(a script, a frame) is its own; what it links to or names in a script is mostly so; a JobPosting in
the page is one job; a feed may be the news. The answer may also be a feed or a sitemap itself: what
it holds tells, whatever its address.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from models.errors import InvalidInput
from sources.boards import schema_org
from sources.boards.feed_address import board_at
from sources.detect import HEAD_BYTES, Format, detect
from sources.formats import indeed, rss
from sources.formats.gunzip import Gunzip
from sources.formats.linked_data import Unreadable, job_postings
from sources.formats.page import Tag, WebPage, web_page
from sources.formats.sitemap import begins_sitemap
from sources.platform import Board
from sources.platforms import recognise, recognise_employer

_ADDRESSES_MAX = 3_000
_TITLE_MAX = 200
_IN_SCRIPT = re.compile(
    r"(?:https?:)?(?://|\\/\\/)[a-zA-Z0-9.-]{4,100}(?:/|\\/)[^\s\"'<>`)]{1,300}"
)
_WIDGETS = (
    (
        "smartrecruiters",
        re.compile(r"company_code[\"']?\s*[:=]\s*[\"']([\w.-]{1,100})[\"']"),
        "https://careers.smartrecruiters.com/{}",
    ),
    (
        "lever",
        re.compile(r"accountName[\"']?\s*[:=]\s*[\"']([\w.-]{1,100})[\"']"),
        "https://jobs.lever.co/{}",
    ),
)
"""By which word a page that has a platform's widget is known, by which setting the widget is told
the company, and the address of its board."""
_RECRUITEE_ASSETS = re.compile(r"//(?:[\w-]+\.)*recruiteecdn\.com/")
_FEED_TYPES = ("application/rss+xml", "application/atom+xml")
_JOBS = re.compile(
    r"jobs?\b|career|vacanc|positions?\b|opening|hiring|stelle|karriere|emploi|empleo|vagas",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comments?\b", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"\s+[|–—·-]\s+|\s*[|:]\s+")
_NOT_A_NAME = re.compile(
    r"(?:home|welcome|jobs?|careers?(?: page| site)?|open (?:positions|roles|jobs)|vacancies"
    r"|openings|join (?:us|our team|the team)|work (?:with|for|at) us|we.re hiring|current openings"
    r"|karriere|stellenangebote|offene stellen|carri[eè]res?|job board|opportunities)",
    re.IGNORECASE,
)
_EMBEDDED, _LINKED, _IN_PAGE, _JOB_FEED, _OTHER_FEED, _SITEMAP = range(6)


def boards_in(body: bytes, url: str, content_type: str | None) -> tuple[Board, ...]:
    """The boards of a page or feed, each once. Never raises; of a page that shows none, empty.

    Linear in the size of the body, of which the first PAGE_MAX_BYTES count.
    """
    head = _head(body)
    known, itself = recognise(url), _itself(head, url)
    if itself is not None:
        return (known if known is not None and _key(known) == _key(itself) else itself,)
    found = [known] if known is not None else []
    if not head.startswith((b"{", b"[")):
        found += _shown(web_page(body, url, content_type))
    unique: dict[tuple[str, str, str], Board] = {}
    for board in found:
        unique.setdefault(_key(board), board)
    return tuple(unique.values())


def _key(board: Board) -> tuple[str, str, str]:
    return board.platform, board.host, board.token.casefold()


def _head(body: bytes) -> bytes:
    """How the answer begins, unpacked, without a mark of its encoding and white space."""
    unpacked = next(Gunzip().feed(body[: 2 * HEAD_BYTES]), b"")
    return unpacked.lstrip(b"\xef\xbb\xbf \t\r\n")[:HEAD_BYTES]


def _itself(head: bytes, url: str) -> Board | None:
    """The board that the answer is: a feed or a sitemap, told by its first element."""
    if begins_sitemap(head):
        return board_at(schema_org.NAME, url)
    if not head.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return None
    try:
        form = detect(head, "", "application/xml")
    except InvalidInput:
        return None
    return board_at(indeed.NAME if form is Format.INDEED else rss.NAME, url)


def _shown(page: WebPage) -> list[Board]:
    company = _company(page)
    ranked = Counter(_on_platforms(page))
    employers = list(dict.fromkeys(b for _, b in sorted(ranked, key=lambda o: (o[0], -ranked[o]))))
    if len({(b.platform, b.token.casefold()) for b in employers}) == 1 and company:
        employers = [replace(board, company=company) for board in employers]
    others = sorted(_at_addresses(page, company), key=lambda ranked: ranked[0])
    return employers + [board for _, board in others]


def _on_platforms(page: WebPage) -> Iterator[tuple[int, Board]]:
    """Boards on the platforms of employers, as often as the page names them."""
    for rank, address in islice(_addresses(page), _ADDRESSES_MAX):
        if (board := recognise_employer(address)) is not None:
            yield rank, board
    assets = (tag.attributes.get(name, "") for tag in page.tags for name in ("src", "href"))
    if any(_RECRUITEE_ASSETS.search(asset) for asset in assets):
        own = page.address("/api/offers/")
        if own and (board := recognise_employer(own)) is not None:
            yield _LINKED, board


def _addresses(page: WebPage) -> Iterator[tuple[int, str]]:
    """What a page embeds, links to, and names in its scripts."""
    for tag in page.named("script", "iframe"):
        for attribute in ("src", "data-src"):
            if address := page.address(tag.attributes.get(attribute, "")):
                yield _EMBEDDED, address
        for address in _in_script(tag.text):
            yield _LINKED, address
    for address in _of_widgets(page):
        yield _EMBEDDED, address
    for tag in page.named("a", "link"):
        if address := page.address(tag.attributes.get("href", "")):
            yield _LINKED, address


def _in_script(text: str) -> Iterator[str]:
    for named in _IN_SCRIPT.finditer(text):
        address = named[0].replace("\\/", "/")
        yield address if address.startswith("http") else f"https:{address}"


def _of_widgets(page: WebPage) -> Iterator[str]:
    scripts = [tag.attributes.get("src", "") + tag.text for tag in page.named("script")]
    for word, setting, board in _WIDGETS:
        if any(word in script for script in scripts):
            told = (setting.search(script) for script in scripts)
            yield from (board.format(company[1]) for company in told if company is not None)


def _at_addresses(page: WebPage, company: str) -> Iterator[tuple[int, Board]]:
    """The page itself where it has a JobPosting, and the feeds and sitemaps that it announces."""
    announced = [(_IN_PAGE, page.url)] if _has_job(page) else []
    for tag in islice(page.named("link"), _ADDRESSES_MAX):
        kind, relation = tag.attributes.get("type", ""), tag.attributes.get("rel", "").lower()
        address = page.address(tag.attributes.get("href", ""))
        if address and "alternate" in relation and kind.strip().lower() in _FEED_TYPES:
            announced += [(rank, address) for rank in _feed_rank(tag, address)]
        elif address and relation == "sitemap":
            announced.append((_SITEMAP, address))
    for rank, address in announced:
        name = rss.NAME if rank in (_JOB_FEED, _OTHER_FEED) else schema_org.NAME
        if (board := board_at(name, address, company)) is not None:
            yield rank, board


def _feed_rank(tag: Tag, address: str) -> list[int]:
    """A feed of comments is none of jobs."""
    said = f"{address} {tag.attributes.get('title', '')}"
    if _COMMENTS.search(said):
        return []
    return [_JOB_FEED if _JOBS.search(said) else _OTHER_FEED]


def _has_job(page: WebPage) -> bool:
    for text in page.linked_data:
        try:
            if job_postings(text):
                return True
        except Unreadable:
            continue
    return False


def _company(page: WebPage) -> str:
    """ "Careers | Acme", "Acme – Open positions", "Jobs at Acme": Acme; empty where none says."""
    for text in (page.meta("og:site_name"), page.title):
        for part in _BETWEEN_NAMES.split(text[:_TITLE_MAX]):
            name = rss.company_named(part.strip())
            if name and not _NOT_A_NAME.fullmatch(name):
                return name
    return ""
