"""Files by their signed links, where no store gives them out itself (`backends.files.links`).

The token is the authority: it names one file and an end, so a link works in a new tab, where no
access token is sent. Whatever the file is, it leaves as a download: never shown, never guessed at,
never kept by a cache, and without any right should a browser open it all the same.
"""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from backends.files.links import Grant, verify
from backends.files.names import parts
from deployments.deps import AUTHENTICATES_ITSELF, PortsDep, SettingsDep
from deployments.problem import MEDIA_TYPE
from deployments.settings import EdgeSettings
from models.errors import DomainError, NotFound

_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"

router = APIRouter(prefix="/files", tags=["files"], dependencies=[AUTHENTICATES_ITSELF])

Token = Annotated[str, Path(max_length=512)]


class LinkExpired(DomainError):
    slug, status, title = "link-expired", 410, "This link has expired"


_EXPIRED = {
    "description": LinkExpired.title,
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


@router.get(
    "/{token}",
    response_class=Response,
    summary="Download a file by its link",
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}},
        410: _EXPIRED,
    },
)
async def download(token: Token, ports: PortsDep, settings: SettingsDep) -> Response:
    """The file's bytes. A link that we did not sign names nothing; one that is over says so."""
    grant = _granted(token, settings)
    if grant.expires_at <= ports.clock():
        raise LinkExpired("ask for another where you found this one")
    content = await ports.files.get(grant.name)
    headers = {
        "Content-Disposition": f'attachment; filename="{parts(grant.name).file}"',
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "private, no-store",
    }
    return Response(content, headers=headers, media_type="application/octet-stream")


def _granted(token: str, settings: EdgeSettings) -> Grant:
    keys = [key for key in (settings.secret_key, settings.previous_secret_key) if key is not None]
    grant = verify(token, keys)
    if grant is None:
        raise NotFound("there is no such link")
    return grant
