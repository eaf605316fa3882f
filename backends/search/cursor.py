"""Where a page of search results ended: the sort key and the id of its last hit.

The next page begins after that pair, so a posting that appears or disappears meanwhile neither
repeats nor skips another. A cursor also carries a print of the criteria, the unknown policy and the
sort that made it, and is refused by any other request. `now` and the limit may change in between.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from backends.search.base import SearchRequest
from models.errors import FieldError, InvalidInput

_MAX_LENGTH = 400


@dataclass(frozen=True, slots=True)
class After:
    """Continue behind the hit with this sort key and id. `key` None: the posting stated none."""

    key: int | None
    id: str


def encode(request: SearchRequest, after: After) -> str:
    """The cursor as URL-safe text."""
    parts = [_print(request), after.key, after.id]
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode()


def decode(request: SearchRequest) -> After | None:
    """What `request.after` says, None on the first page. Raises InvalidInput for a cursor that is
    not ours or was made by another search."""
    if request.after is None:
        return None
    print_, after = _parts(request.after)
    if print_ != _print(request):
        raise _refused("a cursor of the same query and sort", "a cursor of another search")
    return after


def _parts(text: str) -> tuple[str, After]:
    if len(text) > _MAX_LENGTH:
        raise _refused("a cursor from an earlier page", f"{len(text)} characters")
    try:
        match json.loads(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)):
            case [str(print_), None | int() as key, str(id_)] if _is_key(key):
                return print_, After(key, id_)
    except (ValueError, binascii.Error, RecursionError):
        pass
    raise _refused("a cursor from an earlier page", "another text")


def _is_key(key: int | None) -> bool:
    """Whether a page can end on it: JSON knows `true` too, and integers beyond the 64 bits of a
    column."""
    return key is None or (not isinstance(key, bool) and abs(key) < 2**63)


def _print(request: SearchRequest) -> str:
    criteria = "" if request.criteria is None else request.criteria.model_dump_json()
    text = "\x1f".join([request.sort, request.unknown, criteria])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _refused(expected: str, got: str) -> InvalidInput:
    return InvalidInput(
        "the cursor does not fit this search",
        errors=[FieldError(parameter="cursor", expected=expected, got=got)],
    )
