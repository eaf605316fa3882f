"""Every HTTP route of the application, as it declares itself, and one valid request for each.

The routes come from the application, the requests from the table below; a test fails where the two
do not name the same routes, so that a new route cannot come in untested.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from httpx2 import Response

from deployments.app import make_app
from deployments.deps import Access, require
from models.user import Role
from services.ports import Ports
from tests.polled import BOARD_URL
from tests.unit.deployments.conftest import PASSWORD
from tests.unit.deployments.world import ALERT, API, LIST, POSTING, WORLD_SETTINGS, World

Json = dict[str, Any]
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


async def _renewal(world: World) -> Json:
    return {"refresh_token": await world.sign_in("owner")}


async def _another_posting(world: World) -> Json:
    return {"posting_id": await world.make("posting")}


@dataclass(frozen=True)
class Sample:
    """A valid request of `who`: the owner, where it takes no other.

    `path` gives for each parameter the kind of thing it names; `access` and `roles` are who may,
    said a second time. `filled` is the body that is valid where that must name another thing.
    `shared`: anybody may use the owner's thing. `html`: a route for browsers,
    whose refusals are pages. `any_path`: it answers alike whatever its parameter is. `endless`: its
    answer does not end by itself.
    """

    status: int
    who: str = "owner"
    access: Access = Access.CALLER
    roles: tuple[Role, ...] = ()
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Json | Callable[[World], Awaitable[Json]] | None = None
    filled: Callable[[World], Awaitable[Json]] | None = None
    content: bytes | None = None
    content_type: str = JSON
    shared: bool = False
    html: bool = False
    any_path: bool = False
    endless: bool = False


ALERT_ID, POSTING_ID = {"id": "alert"}, {"id": "posting"}
SOURCE_ID = {"id": "source"}
EMPLOYER: dict[str, Any] = {"access": Access.ROLE, "roles": (Role.EMPLOYER,)}
ADMIN: dict[str, Any] = {"who": "admin", "access": Access.ROLE, "roles": (Role.ADMIN,)}
PUBLIC: dict[str, Any] = {"access": Access.PUBLIC, "shared": True}
LINK: dict[str, Any] = {
    "access": Access.ITSELF,
    "path": {"token": "unsubscribe"},
    "shared": True,
    "html": True,
}
PERSON = {"email": "new@example.org", "name": "New", "password": PASSWORD, "role": "seeker"}
PAGE = {"limit": "2"}
SALARY = {"min": 50_000, "max": 60_000, "currency": "GBP", "period": "year"}
QUERY = {"query": "title:python"}

SAMPLES: dict[tuple[str, str], Sample] = {
    ("GET", "/health"): Sample(200, **PUBLIC),
    ("GET", "/ready"): Sample(200, **PUBLIC),
    ("GET", "/metrics"): Sample(200, **PUBLIC),
    ("GET", "/docs"): Sample(200, **PUBLIC),
    ("GET", "/docs/{name}"): Sample(200, **PUBLIC, path={"name": "start.js"}),
    ("GET", "/openapi.json"): Sample(200, **PUBLIC),
    ("GET", "/"): Sample(200, **PUBLIC),
    ("GET", "/lists"): Sample(200, **PUBLIC),
    ("GET", "/reviews"): Sample(200, **PUBLIC),
    ("GET", "/docs/alert-language"): Sample(200, **PUBLIC),
    ("GET", "/favicon.ico"): Sample(200, **PUBLIC),
    ("GET", "/jobs/{posting_id}"): Sample(
        200, **PUBLIC, path={"posting_id": "posting"}, any_path=True
    ),
    ("GET", "/static/{name}"): Sample(200, **PUBLIC, path={"name": "index.html"}),
    ("GET", "/mail"): Sample(200, **PUBLIC),
    ("GET", "/mail/{name}"): Sample(200, **PUBLIC, path={"name": "mail"}),
    ("GET", "/mail/{name}/html"): Sample(200, **PUBLIC, path={"name": "mail"}),
    ("GET", "/unsubscribe/{token}"): Sample(200, **LINK),
    ("POST", "/unsubscribe/{token}"): Sample(200, **LINK),
    ("POST", f"{API}/auth/register"): Sample(201, **PUBLIC, body=PERSON),
    ("POST", f"{API}/auth/login/access-token"): Sample(
        200,
        **PUBLIC,
        body={"username": "owner@example.org", "password": PASSWORD},
        content_type=FORM,
    ),
    ("POST", f"{API}/auth/refresh"): Sample(200, **PUBLIC, body=_renewal),
    ("POST", f"{API}/auth/logout"): Sample(204),
    ("GET", f"{API}/users/me"): Sample(200),
    ("POST", f"{API}/jobs"): Sample(202, **EMPLOYER, body=POSTING | {"salary": SALARY}),
    ("GET", f"{API}/jobs/{{id}}"): Sample(200, **PUBLIC, path=POSTING_ID),
    ("PATCH", f"{API}/jobs/{{id}}"): Sample(202, path=POSTING_ID, body={"salary": SALARY}),
    ("DELETE", f"{API}/jobs/{{id}}"): Sample(204, path=POSTING_ID),
    ("GET", f"{API}/jobs/{{id}}/status"): Sample(200, path=POSTING_ID),
    ("POST", f"{API}/jobs/{{id}}/close"): Sample(200, path=POSTING_ID),
    ("POST", f"{API}/jobs/{{id}}/retry"): Sample(202, path={"id": "failed"}),
    ("POST", f"{API}/jobs/{{id}}/why"): Sample(200, path=POSTING_ID, body=QUERY, shared=True),
    ("GET", f"{API}/jobs/{{id}}/near-misses"): Sample(200, path=POSTING_ID),
    ("GET", f"{API}/jobs/{{id}}/cluster"): Sample(200, **PUBLIC, path=POSTING_ID),
    ("POST", f"{API}/jobs/{{id}}/split"): Sample(200, path=POSTING_ID),
    ("POST", f"{API}/jobs/{{id}}/merge"): Sample(
        200, **ADMIN, path=POSTING_ID, body={"posting_id": "none"}, filled=_another_posting
    ),
    ("POST", f"{API}/jobs/import"): Sample(
        202, **EMPLOYER, content=b'{"title": "a", "company": "b"}', content_type="application/jsonl"
    ),
    ("GET", f"{API}/jobs/import/{{import_id}}"): Sample(
        200, **EMPLOYER, path={"import_id": "import"}
    ),
    ("POST", f"{API}/sources"): Sample(200, **EMPLOYER, body={"url": BOARD_URL, "preview": True}),
    ("GET", f"{API}/sources"): Sample(200, **EMPLOYER, query=PAGE),
    ("GET", f"{API}/sources/{{id}}"): Sample(200, **EMPLOYER, path=SOURCE_ID),
    ("PATCH", f"{API}/sources/{{id}}"): Sample(
        200, **EMPLOYER, path=SOURCE_ID, body={"interval_s": 600}
    ),
    ("DELETE", f"{API}/sources/{{id}}"): Sample(204, **EMPLOYER, path=SOURCE_ID),
    ("POST", f"{API}/sources/{{id}}/pause"): Sample(200, **EMPLOYER, path=SOURCE_ID),
    ("POST", f"{API}/sources/{{id}}/resume"): Sample(200, **EMPLOYER, path=SOURCE_ID),
    ("POST", f"{API}/sources/{{id}}/run"): Sample(202, **EMPLOYER, path=SOURCE_ID),
    ("GET", f"{API}/companies"): Sample(200, **PUBLIC, query=PAGE),
    ("GET", f"{API}/companies/{{id}}"): Sample(200, **PUBLIC, path={"id": "company"}),
    ("GET", f"{API}/files/{{token}}"): Sample(
        200, access=Access.ITSELF, path={"token": "file"}, shared=True
    ),
    ("POST", f"{API}/alerts"): Sample(201, body=ALERT),
    ("GET", f"{API}/alerts"): Sample(200, query=PAGE),
    ("POST", f"{API}/alerts/preview"): Sample(200, body=QUERY),
    ("GET", f"{API}/alerts/{{id}}"): Sample(200, path=ALERT_ID),
    ("PATCH", f"{API}/alerts/{{id}}"): Sample(200, path=ALERT_ID, body={"name": "Another name"}),
    ("DELETE", f"{API}/alerts/{{id}}"): Sample(204, path=ALERT_ID),
    ("POST", f"{API}/alerts/{{id}}/pause"): Sample(200, path=ALERT_ID),
    ("POST", f"{API}/alerts/{{id}}/resume"): Sample(200, path=ALERT_ID),
    ("GET", f"{API}/alerts/{{id}}/matches"): Sample(200, path=ALERT_ID, query=PAGE),
    ("POST", f"{API}/lists"): Sample(201, body=LIST),
    ("GET", f"{API}/lists"): Sample(200, query=PAGE),
    ("GET", f"{API}/lists/{{name}}"): Sample(200, path={"name": "list"}),
    ("PUT", f"{API}/lists/{{name}}"): Sample(200, path={"name": "list"}, body={"items": ["Acme"]}),
    ("DELETE", f"{API}/lists/{{name}}"): Sample(204, path={"name": "list"}),
    ("GET", f"{API}/matches/{{id}}/why"): Sample(200, path={"id": "match"}),
    ("GET", f"{API}/search/jobs"): Sample(
        200, **PUBLIC, query={"q": "python", "mode": "remote", "facets": "mode", **PAGE}
    ),
    ("GET", f"{API}/notifications"): Sample(200, query={"unread": "true", **PAGE}),
    ("POST", f"{API}/notifications/read-all"): Sample(200),
    ("POST", f"{API}/notifications/{{id}}/read"): Sample(204, path={"id": "notification"}),
    ("GET", f"{API}/notifications/stream"): Sample(200, endless=True),
    ("GET", f"{API}/admin/reviews"): Sample(
        200, **ADMIN, query={"reason": "asks_for_money", **PAGE}
    ),
    ("POST", f"{API}/admin/reviews/{{id}}/approve"): Sample(
        200, **ADMIN, path={"id": "review"}, body={"version": 1}
    ),
    ("POST", f"{API}/admin/reviews/{{id}}/reject"): Sample(
        200, **ADMIN, path={"id": "review"}, body={"version": 1, "reason": "It is a fraud."}
    ),
    ("GET", f"{API}/admin/dead-letters"): Sample(200, **ADMIN, query=PAGE),
    ("POST", f"{API}/admin/dead-letters/{{id}}/replay"): Sample(
        202, **ADMIN, path={"id": "letter"}
    ),
    ("DELETE", f"{API}/admin/dead-letters/{{id}}"): Sample(204, **ADMIN, path={"id": "letter"}),
}


@dataclass(frozen=True)
class Route:
    """One method of one path. `parameters` are those of the OpenAPI document; `schema` is that of
    its body where it is one of fields, with references resolved in `schemas`."""

    method: str
    path: str
    access: Access
    roles: tuple[Role, ...]
    parameters: tuple[Json, ...]
    schema: Json | None
    schemas: Json

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def sample(self) -> Sample:
        return SAMPLES[self.method, self.path]

    def named(self, where: str) -> dict[str, Json]:
        """The schemas of the parameters in "query", "header" or "path", by name."""
        return {each["name"]: each["schema"] for each in self.parameters if each["in"] == where}

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def has_json(self) -> bool:
        return self.schema is not None and self.sample.content_type == JSON

    @property
    def path_names(self) -> tuple[str, ...]:
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    def url(self, things: Mapping[str, str]) -> str:
        """The path with these things in it; a kind that nothing is known of stands for itself."""
        url = self.path
        for name, kind in self.sample.path.items():
            url = url.replace(f"{{{name}}}", things.get(kind, kind))
        return url


def _declared() -> tuple[Route, ...]:
    return tuple(
        _route(route, method)
        for route in _APP.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods)
    )


async def _no_ports() -> Ports:
    raise AssertionError("this application is only read")


def roles_of(dependant: Dependant) -> tuple[Role, ...]:
    """The roles a route requires, by itself or through what it depends on; () where it does not."""
    if isinstance(dependant.call, require):
        return dependant.call.roles
    found = [roles for each in dependant.dependencies if (roles := roles_of(each))]
    assert len(found) <= 1, found
    return found[0] if found else ()


def _route(route: APIRoute, method: str) -> Route:
    operation = DOCUMENT["paths"].get(route.path_format, {}).get(method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {})
    is_fields = route.body_field is not None
    return Route(
        method=method,
        path=route.path,
        access=Access((route.openapi_extra or {})["x-access"]),
        roles=roles_of(route.dependant),
        parameters=tuple(operation.get("parameters", ())),
        schema=next(iter(content.values()))["schema"] if is_fields else None,
        schemas=DOCUMENT["components"]["schemas"],
    )


_APP = make_app(_no_ports, WORLD_SETTINGS)
DOCUMENT: Json = _APP.openapi()
"""The OpenAPI document: what `/openapi.json` answers, made once for all who read it."""
DECLARED = _declared()
ROUTES = tuple(route for route in DECLARED if (route.method, route.path) in SAMPLES)
"""Those that have a sample; `test_bad_input` fails where that is not all of them."""


WHO_MAY = "who may"


async def send(world: World, route: Route, who: str | None = WHO_MAY, **sent: Any) -> Response:
    """The route's sample over the world's things, with what is given in the place of its own.
    `who` is a name, None for nobody, by default that of the sample; `url` is the whole URL;
    `content` the raw body, None for none; `headers` come on top."""
    sample = route.sample
    who = sample.who if who is WHO_MAY else who
    body = sample.body if sample.body is None or isinstance(sample.body, dict) else {}
    content = sent.pop("content", sample.content)
    if content is None and sample.body is not None and sample.content_type == JSON:
        sent.setdefault("json", body)
    elif content is None and sample.body is not None:
        sent.setdefault("data", body)
    url = sent.pop("url", None) or route.url(world.things)
    headers = sent.pop("headers", {})
    if content is not None:
        sent["content"] = content
        headers = {"Content-Type": sample.content_type, **headers}
    return await world.ask(route.method, url, who, headers=headers, **sent)
