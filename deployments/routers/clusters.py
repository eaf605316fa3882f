"""Postings of one vacancy over HTTP: who they are, and what was taken for one and is not, or the
other way round (`/jobs/{id}/…`)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from deployments.deps import (
    PUBLIC,
    CallerDep,
    OptionalCallerDep,
    PortsDep,
    json_response,
    require,
)
from deployments.ids import PathId
from deployments.shapes_clusters import ClusterAnswer, Fellow
from models.errors import NotFound
from models.posting import Posting
from models.user import Role
from services.clusters import merging, regrouping
from services.intake import board
from services.people.sessions import Caller
from services.ports import Ports
from services.representations import cluster_view

router = APIRouter(prefix="/jobs", tags=["jobs"])

AdminDep = Annotated[Caller, Depends(require(Role.ADMIN))]


@router.get(
    "/{id}/cluster",
    dependencies=[PUBLIC],
    response_model=ClusterAnswer,
    summary="All postings of a vacancy",
)
async def read_cluster(id: PathId, caller: OptionalCallerDep, ports: PortsDep) -> Response:
    """The postings that tell of the same vacancy as this one, wherever each was found: the one that
    stands for all, then the first of the others, then this one where it is beyond those."""
    body = await board.read(ports, id, caller.user if caller else None)
    if body["cluster_id"] is None:
        raise NotFound("this posting is in no cluster yet")
    return json_response(await _shown(ports, Posting.from_store(body)))


@router.post("/{id}/split", response_model=ClusterAnswer, summary="It is another vacancy")
async def split_posting(id: PathId, caller: CallerDep, ports: PortsDep) -> Response:
    """Take your posting out of the vacancy it was wrongly taken for, for good. The answer is the
    vacancy that it is now; those of the former one are up to date a moment later."""
    posting = await regrouping.split(ports, id, caller.user)
    return json_response(await _shown(ports, posting))


@router.post("/{id}/merge", response_model=ClusterAnswer, summary="It is the same vacancy")
async def merge_posting(id: PathId, body: Fellow, admin: AdminDep, ports: PortsDep) -> Response:
    """Take this posting, and those it is one with, for the vacancy of another one, for good."""
    posting = await regrouping.merge(ports, id, body.posting_id, admin.user)
    return json_response(await _shown(ports, posting))


async def _shown(ports: Ports, posting: Posting) -> dict[str, Any]:
    cluster_id = str(posting.cluster_id)
    cluster = await merging.look(ports.documents, cluster_id)
    shown = [member.posting for member in cluster.shown]
    if merging.is_on_board(posting) and posting.id not in {each.id for each in shown}:
        shown.append(posting)
    return cluster_view(cluster_id, shown, cluster.count)
