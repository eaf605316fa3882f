"""Companies over HTTP: the list by name, and one with its count of postings (`/companies…`)."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from deployments.deps import PUBLIC, PageDep, PortsDep, json_response
from deployments.ids import PathId
from deployments.shapes import CompanyDetail, CompanyPage
from services.people import companies

router = APIRouter(prefix="/companies", tags=["companies"])


@router.get("", dependencies=[PUBLIC], response_model=CompanyPage, summary="Companies by name")
async def list_companies(
    ports: PortsDep,
    page: PageDep,
    q: Annotated[str | None, Query(max_length=200, description="How the name begins")] = None,
) -> Response:
    """Every company that has published, in the order of their names."""
    items, after = await companies.page(ports, prefix=q, limit=page.limit, after=page.cursor)
    return json_response({"items": items, "next_cursor": after})


@router.get("/{id}", dependencies=[PUBLIC], response_model=CompanyDetail, summary="Read a company")
async def read_company(id: PathId, ports: PortsDep) -> Response:
    """A company and how many postings it has on the board now."""
    return json_response(await companies.read(ports, id))
