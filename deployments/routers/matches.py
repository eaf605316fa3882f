"""Matches over HTTP: why a person was told of a posting (`/matches…`)."""

from fastapi import APIRouter
from starlette.responses import Response

from deployments.deps import CallerDep, PortsDep, json_response
from deployments.ids import PathId
from models.criteria import Explanation
from services.alerting import explanations

router = APIRouter(prefix="/matches", tags=["matches"])


@router.get("/{id}/why", response_model=Explanation, summary="Why did I get this?")
async def explain_match(id: PathId, caller: CallerDep, ports: PortsDep) -> Response:
    """The clauses of the alert as they held when it fired, each with the words that decided it."""
    explanation = await explanations.why_match(ports, caller.user, id)
    return json_response(explanation.model_dump(mode="json"))
