"""The browser page: one document at `/`, `/lists`, `/reviews` and `/jobs/{id}`, its files under
`/static`, and how to write an alert, all from memory. The page itself decides what to show;
everything else it needs is the public API."""

import hashlib
import mimetypes
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from deployments.deps import PUBLIC
from deployments.pages import page
from models.errors import NotFound
from web import STATIC, guide

router = APIRouter(tags=["page"], dependencies=[PUBLIC], include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    media_type: str
    etag: str


def _load() -> dict[str, _File]:
    files = {}
    for path in sorted(STATIC.iterdir()):
        content = path.read_bytes()
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        files[path.name] = _File(content, media_type, etag)
    return files


_FILES = _load()


def _answer(request: Request, name: str) -> Response:
    file = _FILES.get(name)
    if file is None:
        raise NotFound()
    headers = {"ETag": file.etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.media_type)


@router.get("/")
async def home(request: Request) -> Response:
    return _answer(request, "index.html")


@router.get("/lists")
async def lists(request: Request) -> Response:
    return _answer(request, "index.html")


@router.get("/reviews")
async def reviews(request: Request) -> Response:
    return _answer(request, "index.html")


@router.get("/jobs/{posting_id}")
async def posting(request: Request, posting_id: str) -> Response:
    return _answer(request, "index.html")


@router.get("/docs/alert-language")
async def alert_language() -> Response:
    return page("guide", {"html": guide.html()})


@router.get("/favicon.ico")
async def icon(request: Request) -> Response:
    return _answer(request, "icon.svg")


@router.get("/static/{name}")
async def static(request: Request, name: str) -> Response:
    return _answer(request, name)
