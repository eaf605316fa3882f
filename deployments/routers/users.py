"""People: `users/me`."""

from fastapi import APIRouter

from deployments.deps import CallerDep
from deployments.people import Me, me

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/me", summary="Who am I?")
async def read_me(caller: CallerDep) -> Me:
    """The account whose access token this is."""
    return me(caller.user)
