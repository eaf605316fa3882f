"""What each of the sixteen platforms answers for a board, in its own documented shape.

A `PlayedBoard` has an address that a person pastes, and makes the answer to each request from the
numbers of the jobs that are open. The jobs are invented: "Engineer 7" of Acme in Leeds.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Query = Mapping[str, str]
Play = Callable[[str, Query, Sequence[int]], str | None]
"""Path, query and open jobs -> the body; None: there is nothing at this path."""


@dataclass(frozen=True)
class PlayedBoard:
    """`pages`: how many answers its list has with `jobs` open jobs. `external_id` makes a job's id
    of its number. `asks_for` is what each request must carry."""

    platform: str
    url: str
    host: str
    play: Play
    jobs: int = 6
    pages: int = 1
    external_id: Callable[[int], str] = str
    asks_for: tuple[str, ...] = ()


def _json_at(path: str, make: Callable[[int], Any], wrap: Callable[[list[Any]], Any]) -> Play:
    def play(asked: str, query: Query, jobs: Sequence[int]) -> str | None:
        return json.dumps(wrap([make(job) for job in jobs])) if asked == path else None

    return play


def _greenhouse(job: int) -> Any:
    return {
        "id": job,
        "internal_job_id": job,
        "title": f"Engineer {job}",
        "absolute_url": f"https://boards.greenhouse.io/acme/jobs/{job}",
        "location": {"name": "Leeds, UK"},
        "content": "&lt;p&gt;We build bridges.&lt;/p&gt;",
        "first_published": "2026-11-01T09:00:00Z",
    }


def _lever(path: str, query: Query, jobs: Sequence[int]) -> str | None:
    if path != "/v0/postings/acme":
        return None
    skip, limit = int(query["skip"]), int(query["limit"])
    return json.dumps(
        [
            {
                "id": str(job),
                "text": f"Engineer {job}",
                "categories": {"location": "Leeds"},
                "country": "GB",
                "hostedUrl": f"https://jobs.lever.co/acme/{job}",
                "createdAt": 1_790_000_000_000,
            }
            for job in jobs[skip : skip + limit]
        ]
    )


def _ashby(job: int) -> Any:
    return {
        "id": str(job),
        "title": f"Engineer {job}",
        "location": "Leeds",
        "isListed": True,
        "jobUrl": f"https://jobs.ashbyhq.com/acme/{job}",
        "descriptionHtml": "<p>We build bridges.</p>",
        "publishedAt": "2026-11-01T09:00:00Z",
    }


def _workable(job: int) -> Any:
    return {
        "title": f"Engineer {job}",
        "shortcode": str(job),
        "url": f"https://apply.workable.com/j/{job}",
        "city": "Leeds",
        "country": "United Kingdom",
        "description": "<p>We build bridges.</p>",
        "published_on": "2026-11-01",
    }


def _smartrecruiters(path: str, query: Query, jobs: Sequence[int]) -> str | None:
    base = "/v1/companies/acme/postings"
    if path == base:
        offset, limit = int(query["offset"]), int(query["limit"])
        page = jobs[offset : offset + limit]
        listed = [{"id": str(job), "name": f"Engineer {job}"} for job in page]
        found = {"offset": offset, "limit": limit, "totalFound": len(jobs), "content": listed}
        return json.dumps(found)
    number = path.removeprefix(f"{base}/")
    if not number.isdecimal() or int(number) not in jobs:
        return None
    posting = {
        "id": number,
        "name": f"Engineer {number}",
        "location": {"city": "Leeds", "country": "gb"},
        "jobAd": {"sections": {"jobDescription": {"title": "Job", "text": "<p>Bridges.</p>"}}},
    }
    return json.dumps(posting)


def _recruitee(job: int) -> Any:
    return {
        "id": job,
        "title": f"Engineer {job}",
        "careers_url": f"https://acme.recruitee.com/o/{job}",
        "description": "<p>We build bridges.</p>",
        "city": "Leeds",
        "country": "United Kingdom",
        "published_at": "2026-11-01 09:00:00 UTC",
    }


def _personio(path: str, query: Query, jobs: Sequence[int]) -> str | None:
    positions = "".join(
        f"<position><id>{job}</id><name>Engineer {job}</name><office>Leeds</office></position>"
        for job in jobs
    )
    return f"<workzag-jobs>{positions}</workzag-jobs>" if path == "/xml" else None


def _remotive(job: int) -> Any:
    return {
        "id": job,
        "url": f"https://remotive.com/remote-jobs/x/{job}",
        "title": f"Engineer {job}",
        "company_name": "Acme",
        "candidate_required_location": "UK",
        "description": "<p>We build bridges.</p>",
        "publication_date": "2026-11-01T09:00:00",
    }


def _remoteok(job: int) -> Any:
    return {
        "id": str(job),
        "epoch": 1_790_000_000,
        "company": "Acme",
        "position": f"Engineer {job}",
        "description": "<p>We build bridges.</p>",
        "url": f"https://remoteok.com/remote-jobs/{job}",
    }


def _arbeitnow(path: str, query: Query, jobs: Sequence[int]) -> str | None:
    if path != "/api/job-board-api":
        return None
    start = (int(query["page"]) - 1) * 50
    listed = [
        {
            "slug": f"engineer-{job}",
            "company_name": "Acme",
            "title": f"Engineer {job}",
            "description": "<p>We build bridges.</p>",
            "url": f"https://www.arbeitnow.com/jobs/{job}",
            "location": "Leeds",
            "created_at": 1_790_000_000,
        }
        for job in jobs[start : start + 50]
    ]
    return json.dumps({"data": listed, "links": {"next": "https://elsewhere.example"}, "meta": {}})


def _hackernews(path: str, query: Query, jobs: Sequence[int]) -> str | None:
    if path == "/api/v1/search_by_date":
        story = {"objectID": "41", "title": "Ask HN: Who is hiring? (November 2026)"}
        return json.dumps({"hits": [story]})
    if path != "/api/v1/items/41":
        return None
    comments = [
        {"id": job, "text": f"Acme {job} | Software Engineer | Leeds, UK | Onsite<p>Bridges."}
        for job in jobs
    ]
    return json.dumps({"id": 41, "title": "Ask HN: Who is hiring?", "children": comments})


def _usajobs(path: str, query: Query, jobs: Sequence[int]) -> str | None:
    if path != "/api/Search":
        return None
    size, page = int(query["ResultsPerPage"]), int(query["Page"])
    items = [
        {
            "MatchedObjectId": str(job),
            "MatchedObjectDescriptor": {
                "PositionTitle": f"Engineer {job}",
                "OrganizationName": "Acme",
                "PositionURI": f"https://www.usajobs.gov:443/job/{job}",
                "PositionLocationDisplay": "Denver, Colorado",
            },
        }
        for job in jobs[(page - 1) * size : page * size]
    ]
    counts = {"SearchResultCount": len(items), "SearchResultCountAll": len(jobs)}
    return json.dumps({"SearchResult": {**counts, "SearchResultItems": items}})


def _adzuna(path: str, query: Query, jobs: Sequence[int]) -> str | None:
    before, _, page = path.rpartition("/")
    if before != "/v1/api/jobs/gb/search":
        return None
    size = int(query["results_per_page"])
    found = [
        {
            "id": str(job),
            "title": f"Engineer {job}",
            "description": "We build bridges …",
            "company": {"display_name": "Acme"},
            "location": {"display_name": "Leeds", "area": ["UK", "Leeds"]},
            "redirect_url": f"https://www.adzuna.co.uk/jobs/{job}",
        }
        for job in jobs[(int(page) - 1) * size : int(page) * size]
    ]
    return json.dumps({"count": len(jobs), "results": found})


def _rss(path: str, query: Query, jobs: Sequence[int]) -> str | None:
    items = "".join(f"<item><title>Engineer {job}</title><guid>{job}</guid></item>" for job in jobs)
    feed = f"<rss><channel><title>Jobs at Acme</title>{items}</channel></rss>"
    return feed if path == "/jobs.rss" else None


def _schema_org(path: str, query: Query, jobs: Sequence[int]) -> str | None:
    if path == "/sitemap.xml":
        urls = "".join(
            f"<url><loc>https://careers.acme.example/jobs/{job}</loc>"
            "<lastmod>2026-11-01</lastmod></url>"
            for job in jobs
        )
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    number = path.removeprefix("/jobs/")
    if not number.isdecimal() or int(number) not in jobs:
        return None
    job = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": f"Engineer {number}",
        "hiringOrganization": {"@type": "Organization", "name": "Acme"},
        "description": "<p>We build bridges.</p>",
    }
    script = f'<script type="application/ld+json">{json.dumps(job)}</script>'
    return f"<!doctype html><html><head>{script}</head><body></body></html>"


def _indeed(path: str, query: Query, jobs: Sequence[int]) -> str | None:
    listed = "".join(
        f"<job><title><![CDATA[Engineer {job}]]></title><company>Acme</company>"
        f"<referencenumber>{job}</referencenumber><city>Leeds</city></job>"
        for job in jobs
    )
    return (
        f"<source><publisher>Acme</publisher>{listed}</source>" if path == "/indeed.xml" else None
    )


def _notice(jobs: list[Any]) -> list[Any]:
    return [{"last_updated": 1_790_000_000, "legal": "Link back, please."}, *jobs]


BOARDS = {
    board.platform: board
    for board in (
        PlayedBoard(
            "greenhouse",
            "boards.greenhouse.io/acme",
            "boards-api.greenhouse.io",
            _json_at(
                "/v1/boards/acme/jobs",
                _greenhouse,
                lambda jobs: {"jobs": jobs, "meta": {"total": len(jobs)}},
            ),
        ),
        PlayedBoard(
            "lever", "https://jobs.lever.co/acme", "api.lever.co", _lever, jobs=130, pages=2
        ),
        PlayedBoard(
            "ashby",
            "https://jobs.ashbyhq.com/acme",
            "api.ashbyhq.com",
            _json_at("/posting-api/job-board/acme", _ashby, lambda jobs: {"jobs": jobs}),
        ),
        PlayedBoard(
            "workable",
            "https://apply.workable.com/acme",
            "apply.workable.com",
            _json_at("/api/v1/widget/accounts/acme", _workable, lambda jobs: {"jobs": jobs}),
        ),
        PlayedBoard(
            "smartrecruiters",
            "https://careers.smartrecruiters.com/acme",
            "api.smartrecruiters.com",
            _smartrecruiters,
            jobs=120,
            pages=2,
        ),
        PlayedBoard(
            "recruitee",
            "https://acme.recruitee.com",
            "acme.recruitee.com",
            _json_at("/api/offers/", _recruitee, lambda jobs: {"offers": jobs}),
        ),
        PlayedBoard(
            "personio", "https://acme.jobs.personio.de", "acme.jobs.personio.de", _personio
        ),
        PlayedBoard(
            "remotive",
            "https://remotive.com/remote-jobs",
            "remotive.com",
            _json_at("/api/remote-jobs", _remotive, lambda jobs: {"jobs": jobs}),
        ),
        PlayedBoard(
            "remoteok", "https://remoteok.com", "remoteok.com", _json_at("/api", _remoteok, _notice)
        ),
        PlayedBoard(
            "arbeitnow",
            "https://www.arbeitnow.com",
            "www.arbeitnow.com",
            _arbeitnow,
            jobs=120,
            pages=4,
            external_id=lambda job: f"engineer-{job}",
        ),
        PlayedBoard(
            "hackernews",
            "https://news.ycombinator.com/submitted?id=whoishiring",
            "hn.algolia.com",
            _hackernews,
            pages=2,
        ),
        PlayedBoard(
            "usajobs",
            "https://www.usajobs.gov/search/results/?k=engineer",
            "data.usajobs.gov",
            _usajobs,
            jobs=520,
            pages=2,
            asks_for=("authorization-key: canary", "user-agent: canary@example.org"),
        ),
        PlayedBoard(
            "adzuna",
            "https://www.adzuna.co.uk/search?q=engineer",
            "api.adzuna.com",
            _adzuna,
            jobs=120,
            pages=3,
            asks_for=("app_id=canary", "app_key=canary"),
        ),
        PlayedBoard("rss", "https://careers.acme.example/jobs.rss", "careers.acme.example", _rss),
        PlayedBoard(
            "schema_org",
            "https://careers.acme.example/sitemap.xml",
            "careers.acme.example",
            _schema_org,
            external_id=lambda job: f"https://careers.acme.example/jobs/{job}",
        ),
        PlayedBoard(
            "indeed", "https://careers.acme.example/indeed.xml", "careers.acme.example", _indeed
        ),
    )
}
