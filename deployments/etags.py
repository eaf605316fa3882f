"""ETags: how an answer names the version it shows, and how a client names the one it has read.

A tag is the version: `"3"`. Where a resource changes without a new version, its route decides when
`If-None-Match` may be answered with "not modified".
"""

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.responses import Response

from models.errors import FieldError, InvalidInput

_TAG = re.compile(r'"(\d{1,18})"')


def etag_of(version: int) -> str:
    """The tag of one version of a resource."""
    return f'"{version}"'


async def if_match(
    given: Annotated[
        str | None,
        Header(alias="If-Match", description="The ETag that was read; 412 if it is no more."),
    ] = None,
) -> int | None:
    """The version the client read, None where it sets no guard. Services raise VersionConflict
    (412) when the stored version is another one. A weak tag guards nothing (RFC 9110, 13.1.1) and
    is refused like any other text that is no tag of ours."""
    if given is None or given.strip() == "*":
        return None
    found = _TAG.fullmatch(given.strip())
    if found is None:
        expected = 'an ETag as it was received, as "3"'
        fault = FieldError(parameter="If-Match", expected=expected, got=given[:80])
        raise InvalidInput(errors=[fault])
    return int(found[1])


IfMatch = Annotated[int | None, Depends(if_match)]


def not_modified(request: Request, headers: Mapping[str, str]) -> Response | None:
    """A 304 with these headers where `If-None-Match` names their ETag (weakly compared, RFC 9110,
    13.1.2)."""
    given = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    if headers["ETag"] not in tags and "*" not in tags:
        return None
    return Response(status_code=304, headers=headers)
