"""A person's own lists of companies and skills, which his queries can name: `company:@watched`.

A list is a document of its own; an alert that names it holds a copy of its items. So a change
writes the list first and then every alert that names it. A failure in between leaves alerts with
the older items until the same change is sent again: it writes what is still to be written.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from backends.documents.base import Body, Document, Sort
from backends.documents.collections import LISTS
from backends.documents.filters import Eq
from matching.lists import BUILT_IN
from matching.values import LIST_NAME, LIST_NAME_EXPECTED
from models.base import Model, Timestamp, new_id
from models.errors import (
    Conflict,
    DuplicateKey,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    VersionConflict,
)
from models.posting import Name
from reference import companies, skills
from services.alerting import alerts
from services.alerting.known_lists import LISTS_MAX, list_id
from services.intake.records import WRITE_TRIES, contended
from services.ports import Ports

ITEMS_MAX = 500
"""Names on one list: each is copied into every alert that names the list."""


def _list_name(text: str) -> str:
    """A name as queries print it, in lower case."""
    if not LIST_NAME.fullmatch(text):
        raise ValueError(LIST_NAME_EXPECTED)
    return text


ListName = Annotated[
    str,
    Field(json_schema_extra={"pattern": f"^{LIST_NAME.pattern}$"}),
    AfterValidator(_list_name),
]
ListField = Literal["company", "skill"]
Items = Annotated[tuple[Name, ...], Field(min_length=1, max_length=ITEMS_MAX)]


class OwnList(Model):
    """The stored document. `items` are companies as they were written, or canonical skills, each
    once. `id` tells which request made it."""

    id: str
    user_id: str
    name: ListName
    field: ListField
    items: tuple[str, ...]
    version: int = 1
    created_at: Timestamp
    updated_at: Timestamp


async def create(
    ports: Ports,
    user_id: str,
    name: str,
    field: ListField,
    items: tuple[str, ...],
    *,
    id: str | None = None,
) -> OwnList:
    """Store a new list. `id` is derived from an idempotency key: a list of that id is the effect of
    this very request and is returned. Raises InvalidInput for a name that is taken by the product
    and for unknown skills, Conflict for a name that is taken by the person and at LISTS_MAX."""
    if name in BUILT_IN:
        fault = FieldError(pointer="/name", expected="a name that is not one of ours", got=name)
        raise InvalidInput(f"@{name} is a list that everybody has", errors=[fault])
    now, kept = ports.clock(), _kept(field, items)
    made = OwnList(
        id=id or new_id(),
        user_id=user_id,
        name=name,
        field=field,
        items=kept,
        created_at=now,
        updated_at=now,
    )
    if (standing := await _standing(ports, made)) is not None:
        return standing
    if await ports.documents.count(LISTS, Eq("user_id", user_id)) >= LISTS_MAX:
        raise Conflict(f"you have {LISTS_MAX} lists; delete one to add another")
    try:
        await ports.documents.insert(LISTS, list_id(user_id, name), _body(made))
    except DuplicateKey:
        if (standing := await _standing(ports, made)) is None:
            raise contended() from None
        return standing
    return made


async def page(
    ports: Ports, user_id: str, *, limit: int, after: str | None
) -> tuple[list[Body], str | None]:
    """A page of this person's lists by name, and the cursor of the next."""
    found = await ports.documents.find(
        LISTS, Eq("user_id", user_id), sort=Sort("name"), limit=limit, after=after
    )
    return [list_view(OwnList.from_store(item.body)) for item in found.items], found.after


async def read(ports: Ports, user_id: str, name: str) -> OwnList:
    """The list of this name, if it is this person's. Raises NotFound, Forbidden for a list of
    ours, which `built_in` tells of."""
    return OwnList.from_store((await _own(ports, user_id, name)).body)


async def replace(
    ports: Ports,
    user_id: str,
    name: str,
    items: tuple[str, ...],
    *,
    field: ListField | None = None,
    expected_version: int | None,
) -> OwnList:
    """Give the list these items, and every alert that names it too; returns when all have them.
    The field of a list stays. Raises NotFound, Forbidden for a list of ours, VersionConflict,
    InvalidInput for unknown skills and for another field."""
    for _ in range(WRITE_TRIES):
        document = await _own(ports, user_id, name)
        found = OwnList.from_store(document.body)
        _guard(found, expected_version)
        if field not in (None, found.field):
            fault = FieldError(pointer="/field", expected=found.field, got=str(field))
            raise InvalidInput("a list keeps its field", errors=[fault])
        try:
            changed = await _write(ports, document, found, _kept(found.field, items))
        except VersionConflict:
            continue
        await alerts.relist(ports, user_id, name)
        return changed
    raise contended()


async def delete(ports: Ports, user_id: str, name: str, *, expected_version: int | None) -> None:
    """Remove the list. An alert that is saved at the same moment keeps the items it has. Raises
    NotFound, Forbidden for a list of ours, VersionConflict, Conflict with their names where alerts
    name it."""
    for _ in range(WRITE_TRIES):
        document = await _own(ports, user_id, name)
        _guard(OwnList.from_store(document.body), expected_version)
        if users := [alert.name async for alert in alerts.using(ports, user_id, name)]:
            raise Conflict(f"@{name} is in use by your alerts: {', '.join(users)}")
        try:
            await ports.documents.delete(LISTS, document.id, expected_version=document.version)
        except VersionConflict:
            continue
        return
    raise contended()


def list_view(found: OwnList) -> Body:
    """A list, to its owner."""
    view = found.model_dump(mode="json", exclude={"id", "user_id"})
    return view | {"count": len(found.items), "built_in": False}


def built_in() -> list[Body]:
    """The lists that everybody can name and nobody changes, with the number of their names."""
    return [
        {
            "name": name,
            "field": of.field,
            "count": len(companies.LISTS[name]),
            "built_in": True,
        }
        for name, of in sorted(BUILT_IN.items())
    ]


async def _write(
    ports: Ports, document: Document, found: OwnList, items: tuple[str, ...]
) -> OwnList:
    if items == found.items:
        return found
    changed = found.model_copy(
        update={"items": items, "version": found.version + 1, "updated_at": ports.clock()}
    )
    await ports.documents.replace(
        LISTS, document.id, _body(changed), expected_version=document.version
    )
    return changed


async def _standing(ports: Ports, made: OwnList) -> OwnList | None:
    """The list that an earlier run of this request made; None where the name is free. Raises
    Conflict where another request made one of this name."""
    key = list_id(made.user_id, made.name)
    found = (await ports.documents.get_many(LISTS, [key])).get(key)
    if found is None:
        return None
    standing = OwnList.from_store(found.body)
    if standing.id != made.id:
        raise Conflict(f"you have a list @{made.name} already")
    return standing


async def _own(ports: Ports, user_id: str, name: str) -> Document:
    if name in BUILT_IN:
        raise Forbidden(f"@{name} is a list that everybody has, and nobody's to change")
    try:
        return await ports.documents.get(LISTS, list_id(user_id, name))
    except NotFound:
        raise NotFound("you have no list of this name") from None


def _guard(found: OwnList, expected_version: int | None) -> None:
    if expected_version is not None and found.version != expected_version:
        raise VersionConflict(f"the list is at version {found.version}")


def _kept(field: ListField, items: tuple[str, ...]) -> tuple[str, ...]:
    """The items as they are stored: a skill by its canonical name, nothing twice. Raises
    InvalidInput by item for a skill that is none of ours and for a company without a name."""
    if faults := list(_faults(field, items)):
        raise InvalidInput("the list names what cannot be found", errors=faults)
    if field == "skill":
        return tuple(dict.fromkeys(skills.canonical(item) or item for item in items))
    by_key: dict[str, str] = {}
    for item in items:
        by_key.setdefault(companies.key(item), item)
    return tuple(by_key.values())


def _faults(field: ListField, items: Iterable[str]) -> Iterable[FieldError]:
    for place, item in enumerate(items):
        pointer = f"/items/{place}"
        if field == "company" and not companies.key(item):
            yield FieldError(pointer=pointer, expected="a company's name", got=item)
        elif field == "skill" and skills.canonical(item) is None:
            near = skills.near_misses(item)
            expected = "a known skill" + (f" (did you mean {' or '.join(near)}?)" if near else "")
            yield FieldError(pointer=pointer, expected=expected, got=item)


def _body(made: OwnList) -> dict[str, Any]:
    return made.model_dump(mode="json")
