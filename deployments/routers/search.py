"""Search over HTTP (`/search/jobs`): the alert language, single-field shorthand, facets, pages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from backends.search.base import FACETS, SortBy
from deployments.deps import PUBLIC, OptionalCallerDep, PageDep, PortsDep, json_response
from deployments.shapes import SearchAnswer
from models.criteria import UnknownPolicy
from services.search import searching

router = APIRouter(prefix="/search", tags=["search"])


def _value(example: str) -> object:
    return Query(max_length=500, examples=[example], description=f"As `{example}`; joins by AND.")


async def fields(
    title: Annotated[str | None, _value("data engineer")] = None,
    company: Annotated[str | None, _value("acme")] = None,
    near: Annotated[str | None, _value("Leeds, GB<40km")] = None,
    place: Annotated[str | None, _value("Scotland, GB")] = None,
    mode: Annotated[str | None, _value("remote,hybrid")] = None,
    level: Annotated[str | None, _value("senior..staff")] = None,
    experience: Annotated[str | None, _value("3")] = None,
    pay: Annotated[str | None, _value("70000GBP/year")] = None,
    posted: Annotated[str | None, _value("7d")] = None,
    remote: Annotated[str | None, _value("GB")] = None,
    skill: Annotated[str | None, _value("python,sql")] = None,
    category: Annotated[str | None, _value("engineering,data")] = None,
    employment: Annotated[str | None, _value("full_time")] = None,
    visa: Annotated[str | None, _value("offered")] = None,
    clearance: Annotated[str | None, _value("not_required")] = None,
    lang: Annotated[str | None, _value("en,de")] = None,
    source: Annotated[str | None, _value("greenhouse.io,api")] = None,
) -> dict[str, str]:
    """The single-field parameters that were given, by name."""
    return {name: value for name, value in locals().items() if value is not None}


@router.get("/jobs", dependencies=[PUBLIC], response_model=SearchAnswer, summary="Search postings")
async def search_postings(
    ports: PortsDep,
    caller: OptionalCallerDep,
    page: PageDep,
    given: Annotated[dict[str, str], Depends(fields)],
    q: Annotated[str | None, Query(max_length=2048, description="The alert language")] = None,
    unknown: Annotated[
        UnknownPolicy | None,
        Query(description="What a posting that does not state a fact does; as the query, or pass"),
    ] = None,
    sort: Annotated[SortBy | None, Query(description="Default: what fits the query")] = None,
    facets: Annotated[
        str | None, Query(max_length=200, description="Some of: " + ", ".join(FACETS))
    ] = None,
) -> Response:
    """Published postings that an alert of this query would have matched. A query can name lists:
    `company:@agencies`, and those of whoever is signed in."""
    asked = searching.Asked(
        q=q,
        fields=given,
        unknown=unknown,
        sort=sort,
        facets=tuple(name.strip() for name in facets.split(",")) if facets else (),
        limit=page.limit,
        cursor=page.cursor,
    )
    user_id = caller.user.id if caller else None
    return json_response(await searching.search(ports, asked, user_id=user_id))
