"""Bulk import: `jobs/import`. The body is read as a stream and submitted while it arrives."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import Field

from deployments.deps import OriginDep, PortsDep, PosterDep, require
from models.base import Model, Timestamp
from models.feed import Import, ImportStatus, Rejection
from models.user import Role
from services.idempotency import new_entity_id
from services.intake import imports
from services.intake.import_keys import Hashed, earlier
from services.people.sessions import Caller
from sources.base import parse_stream
from sources.detect import CONTENT_TYPES, HEAD_BYTES, detect, make_parser

router = APIRouter(prefix="/jobs/import", tags=["jobs"])

EmployerDep = Annotated[Caller, Depends(require(Role.EMPLOYER))]
KeyDep = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Chosen by the client, kept 24 hours: the same key names the same import.",
        pattern=r"^[\x21-\x7e]{1,200}$",
    ),
]
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            type_: {"schema": {"type": "string", "format": "binary"}} for type_ in CONTENT_TYPES
        },
    }
}


class ImportAnswer(Model):
    """`accepted` counts the postings that are stored now, of which `unchanged` were before.
    `rejected` names the first 1,000 records that were not taken, `rejected_count` counts all."""

    import_id: str
    status: ImportStatus
    accepted: int
    unchanged: int
    rejected_count: int
    rejected: tuple[Rejection, ...] = Field(description="Line, and what is wrong there")
    created_at: Timestamp
    finished_at: Timestamp | None = None


@router.post(
    "",
    status_code=202,
    summary="Post many jobs at once",
    openapi_extra=_BODY,
    response_model_exclude_none=True,
)
async def import_jobs(
    request: Request,
    response: Response,
    ports: PortsDep,
    caller: PosterDep,
    origin: OriginDep,
    key: KeyDep = None,
) -> ImportAnswer:
    """NDJSON, a JSON array, CSV, Indeed XML, RSS or Atom, by Content-Type. Each record that can be
    read is accepted, each other one is named with its line. Importing a document again changes
    only what it says differently, so that a broken upload is simply sent again."""
    body = Hashed(request.stream())
    owner_id, id = caller.user.id, new_entity_id("import", caller.user.id, key)
    if key is not None:
        ended = await earlier(ports, owner_id=owner_id, id=id, body=body)
        if ended is not None:
            response.headers["Idempotency-Replayed"] = "true"
            return _answer(ended)
    chunks = aiter(body)
    head = await _head(chunks)
    parser = make_parser(detect(head, "", request.headers.get("content-type")))
    imported = await imports.run(
        ports,
        owner_id=owner_id,
        source="import",
        parsed_stream=parse_stream(parser, _whole(head, chunks)),
        id=id,
        body=body,
        origin=origin,
    )
    return _answer(imported)


@router.get("/{import_id}", summary="How far is this import?", response_model_exclude_none=True)
async def read_import(import_id: str, ports: PortsDep, caller: EmployerDep) -> ImportAnswer:
    """The progress of an import of the caller's own."""
    return _answer(await imports.read(ports, owner_id=caller.user.id, id=import_id))


async def _head(chunks: AsyncIterator[bytes]) -> bytes:
    """What the format is told by: some first chunks of the body."""
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_BYTES:
            break
    return head


async def _whole(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for chunk in rest:
        yield chunk


def _answer(imported: Import) -> ImportAnswer:
    return ImportAnswer(
        import_id=imported.id,
        status=imported.status,
        accepted=imported.accepted,
        unchanged=imported.unchanged,
        rejected_count=imported.rejected_count,
        rejected=imported.rejected,
        created_at=imported.created_at,
        finished_at=imported.finished_at,
    )
