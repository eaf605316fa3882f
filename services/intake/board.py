"""A posting on the board, as people handle it: read, revise, close, remove.

Only its owner and an admin manage a posting. To everybody else it exists while it is published (or
closed after that), and as it was published last: a revision is theirs to read once it has passed
processing. Before, it is not found, so that nobody can tell a hidden one from none.
"""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backends.documents.base import Body, Document
from backends.documents.collections import POSTINGS
from models.errors import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    VersionConflict,
    kind_of,
)
from models.events import POSTING_CLOSED
from models.posting import Given, Posting, Status
from models.user import User
from services.intake.closing import closed, write_closed
from services.intake.postings import resubmit
from services.intake.records import NO_REQUEST, WRITE_TRIES, Origin, contended, told
from services.ports import Ports
from services.representations import manages, on_board

_MISSING = "there is no such posting"


async def read(ports: Ports, id: str, reader: User | None) -> Body:
    """The body as this person (None: a stranger) may see it: to who manages it as it is stored, to
    others as it is on the board. One read of the store: the hot path. Raises NotFound."""
    try:
        body = (await ports.documents.get(POSTINGS, id)).body
    except NotFound:
        raise NotFound(_MISSING) from None
    shown = body if manages(reader, body) else on_board(body)
    if shown is None:
        raise NotFound(_MISSING)
    return shown


async def read_managed(ports: Ports, id: str, reader: User) -> Body:
    """The stored body, to who manages it. Raises NotFound; Forbidden where it is public."""
    document, _ = await _managed(ports, id, reader, None)
    return document.body


async def revise(
    ports: Ports,
    id: str,
    editor: User,
    patch: dict[str, Any],
    *,
    expected_version: int | None,
    origin: Origin = NO_REQUEST,
) -> Posting:
    """Merge the patch (RFC 7396) into what was given and submit that as the next version; a patch
    that changes nothing writes nothing. Raises NotFound, Forbidden, VersionConflict, Conflict for a
    closed posting, InvalidInput where the result is no valid posting."""
    for _ in range(WRITE_TRIES):
        document, posting = await _managed(ports, id, editor, expected_version)
        if posting.status is Status.CLOSED:
            raise Conflict("a closed posting is not edited; submit it again to reopen it")
        given = _merged(posting.given, patch)
        if given == posting.given:
            return posting
        try:
            return await resubmit(ports, document, given, origin=origin)
        except VersionConflict:
            continue
    raise contended()


async def close(ports: Ports, id: str, editor: User) -> Posting:
    """Take it off the board for good, with its event; closing twice is fine. What was published can
    still be read; what closes before it passed processing was never public and stays so. Raises
    NotFound, Forbidden."""
    for _ in range(WRITE_TRIES):
        document, posting = await _managed(ports, id, editor, None)
        if posting.status is Status.CLOSED:
            return posting
        try:
            return await write_closed(ports, document)
        except VersionConflict:
            continue
    raise contended()


async def remove(ports: Ports, id: str, editor: User, *, expected_version: int | None) -> None:
    """Delete the posting and tell that it is closed. Matches and notifications keep their own
    cards and explanations, so nothing else refers to it. Raises NotFound, Forbidden,
    VersionConflict."""
    for _ in range(WRITE_TRIES):
        document, posting = await _managed(ports, id, editor, expected_version)
        try:
            await ports.documents.delete(
                POSTINGS,
                id,
                expected_version=document.version,
                events=told(POSTING_CLOSED, closed(ports, posting)),
            )
        except VersionConflict:
            continue
        return
    raise contended()


async def _managed(
    ports: Ports, id: str, editor: User, expected_version: int | None
) -> tuple[Document, Posting]:
    try:
        document = await ports.documents.get(POSTINGS, id)
    except NotFound:
        raise NotFound(_MISSING) from None
    if not manages(editor, document.body):
        if on_board(document.body) is not None:
            raise Forbidden("this posting belongs to somebody else")
        raise NotFound(_MISSING)
    posting = Posting.from_store(document.body)
    if expected_version is not None and posting.version != expected_version:
        raise VersionConflict(f"the posting is at version {posting.version}")
    return document, posting


def _merged(given: Given, patch: dict[str, Any]) -> Given:
    try:
        return Given.model_validate(_merge(given.model_dump(mode="json"), patch))
    except ValidationError as error:
        raise InvalidInput(
            "the posting would not be valid",
            errors=[
                FieldError(pointer=_pointer(fault), expected=_expected(fault), got=_got(fault))
                for fault in error.errors(include_url=False, include_context=False)
            ],
        ) from None


def _pointer(fault: ErrorDetails) -> str:
    return "".join(f"/{step}" for step in fault["loc"])


def _expected(fault: ErrorDetails) -> str:
    if fault["type"] == "missing":
        return "a value"
    return fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")


def _got(fault: ErrorDetails) -> str:
    return "nothing" if fault["type"] == "missing" else kind_of(fault["input"])


def _merge(target: Any, patch: Any) -> Any:
    """RFC 7396, section 2. A null takes the member away, so that its default holds."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merge(merged.get(name), value)
    return merged
