"""A person's own lists of companies and skills over HTTP (`/lists…`), and those that we bring."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import AfterValidator
from starlette.responses import Response

from deployments.bodies import ListBody, ListChange
from deployments.deps import CallerDep, OnceDep, PageDep, PortsDep, json_response, stored_json
from deployments.etags import IfMatch, etag_of
from deployments.settings import API_PREFIX
from deployments.shapes import BuiltInList, ListAnswer, ListPage
from models.errors import FieldError, InvalidInput, NotFound
from services.alerting import lists
from services.alerting.lists import OwnList, list_view
from services.idempotency import Stored

router = APIRouter(prefix="/lists", tags=["lists"])

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def _ours(text: str) -> str:
    """The name in lower case. Raises NotFound where no list can have it."""
    name = text.casefold()
    if _NAME.fullmatch(name) is None:
        raise NotFound
    return name


PathName = Annotated[str, Path(alias="name"), AfterValidator(_ours)]


@router.post("", status_code=201, response_model=ListAnswer, summary="Make a list")
async def create_list(
    body: ListBody, caller: CallerDep, ports: PortsDep, once: OnceDep
) -> Response:
    """From now on your queries can name it, as `company:@name` or `skill:@name`."""
    user_id = caller.user.id

    async def action() -> Stored:
        made = await lists.create(
            ports,
            user_id,
            body.name,
            body.field,
            body.items,
            id=once.entity_id("list", user_id),
        )
        headers = {"Location": f"{API_PREFIX}/lists/{made.name}", "ETag": etag_of(made.version)}
        return stored_json(list_view(made), 201, headers)

    return await once.run(user_id, action)


@router.get("", response_model=ListPage, summary="Your lists")
async def list_lists(caller: CallerDep, ports: PortsDep, page: PageDep) -> Response:
    """By name; and with each page the lists that everybody can name."""
    items, after = await lists.page(ports, caller.user.id, limit=page.limit, after=page.cursor)
    return json_response({"items": items, "built_in": lists.built_in(), "next_cursor": after})


@router.get("/{name}", response_model=ListAnswer | BuiltInList, summary="Read a list")
async def read_list(name: PathName, caller: CallerDep, ports: PortsDep) -> Response:
    """A list of yours, or how many names are on one that everybody has."""
    for ours in lists.built_in():
        if ours["name"] == name:
            return json_response(ours)
    return _answer(await lists.read(ports, caller.user.id, name))


@router.put("/{name}", response_model=ListAnswer, summary="Change a list")
async def replace_list(
    name: PathName, body: ListChange, caller: CallerDep, ports: PortsDep, expected: IfMatch
) -> Response:
    """The list has these items, and so has every alert of yours that names it."""
    if body.name not in (None, name):
        fault = FieldError(pointer="/name", expected=name, got=str(body.name))
        raise InvalidInput("a list keeps its name", errors=[fault])
    changed = await lists.replace(
        ports,
        caller.user.id,
        name,
        body.items,
        field=body.field,
        expected_version=expected,
    )
    return _answer(changed)


@router.delete("/{name}", status_code=204, summary="Delete a list")
async def delete_list(
    name: PathName, caller: CallerDep, ports: PortsDep, expected: IfMatch
) -> None:
    """The list is gone; 409 while an alert of yours names it."""
    await lists.delete(ports, caller.user.id, name, expected_version=expected)


def _answer(found: OwnList) -> Response:
    view: dict[str, Any] = list_view(found)
    return json_response(view, headers={"ETag": etag_of(found.version)})
