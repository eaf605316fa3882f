"""The routers by role: which groups of paths an application serves.

A router of the API declares its paths below `/api/v1` (as `APIRouter(prefix="/jobs")`); those of
`ROOT` declare them as they are. Routes are matched in this order: `jobs/import` must come before
`jobs/{id}`, and what is asked most often stands first.
"""

from collections.abc import Iterator, Sequence

from fastapi import APIRouter

from deployments.routers import (
    admin,
    alerts,
    auth,
    clusters,
    companies,
    files,
    imports,
    jobs,
    lists,
    mailbox,
    matches,
    notifications,
    page,
    search,
    sources,
    unsubscribe,
    users,
)
from deployments.settings import API_PREFIX

API: dict[str, tuple[APIRouter, ...]] = {
    "imports": (imports.router, sources.router),
    "jobs": (jobs.router, clusters.router),
    "search": (search.router,),
    "notifications": (notifications.router,),
    "alerts": (alerts.router, lists.router),
    "matches": (matches.router,),
    "accounts": (auth.router, users.router),
    "companies": (companies.router,),
    "files": (files.router,),
    "admin": (admin.router,),
}
ROOT: dict[str, tuple[APIRouter, ...]] = {
    "mail": (mailbox.router, unsubscribe.router),
    "page": (page.router,),
}


def routers(roles: Sequence[str]) -> Iterator[tuple[str, APIRouter]]:
    """The prefix and router of each domain of these roles, in the order they are matched."""
    for prefix, table in ((API_PREFIX, API), ("", ROOT)):
        for role, routers_of_role in table.items():
            if role in roles:
                for router in routers_of_role:
                    yield prefix, router
