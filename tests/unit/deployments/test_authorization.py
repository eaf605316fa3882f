"""Who may use what: every route against people of every role, and against another's things."""

import json

import pytest
import pytest_asyncio
from fastapi.routing import APIWebSocketRoute

from deployments.deps import Access, declared_access
from models.user import Role
from tests.unit.deployments.bad_bodies import sample_body
from tests.unit.deployments.every_route import DECLARED, FORM, ROUTES, send
from tests.unit.deployments.world import ALERT, API, PEOPLE, made

pytestmark = pytest.mark.asyncio(loop_scope="module")
PRIVATE = ("draft", "failed", "alert", "list", "match", "notification", "import")
"""Things of the owner that nobody else may even know of."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory):
    async with made(tmp_path_factory.mktemp("world")) as world:
        yield world


# Rules


async def test_every_route_declares_one_rule_and_it_is_the_one_we_mean():
    declared = {str(route): (route.access, route.roles) for route in DECLARED}
    meant = {str(route): (route.sample.access, route.sample.roles) for route in ROUTES}
    assert declared == meant


async def test_every_socket_declares_that_it_authenticates_itself(world):
    sockets = [route for route in world.app.routes if isinstance(route, APIWebSocketRoute)]
    assert {route.path for route in sockets} == {f"{API}/notifications/ws"}
    assert {declared_access(route) for route in sockets} == {Access.ITSELF}


# Roles


def may(route, role):
    if route.access is Access.ROLE:
        return role is Role.ADMIN or role in route.roles
    return True


GUARDED = [route for route in ROUTES if route.access in (Access.CALLER, Access.ROLE)]


@pytest.mark.parametrize("route", GUARDED, ids=str)
async def test_nobody_uses_it_signed_out(world, route):
    before = world.snapshot()
    answer = await send(world, route, None)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["type"].endswith("unauthenticated")
    assert world.snapshot() == before


@pytest.mark.parametrize(
    "route,who",
    [
        pytest.param(route, who, id=f"{who}-{route}")
        for route in ROUTES
        for who, role in PEOPLE.items()
        if not may(route, role)
    ],
)
async def test_another_role_is_refused(world, route, who):
    before = world.snapshot()
    answer = await send(world, route, who)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("forbidden")
    assert world.snapshot() == before


@pytest.mark.parametrize(
    "route,who",
    [
        pytest.param(route, who, id=f"{who}-{route}")
        for route in ROUTES
        for who, role in PEOPLE.items()
        if may(route, role) and not route.sample.path and not route.sample.endless
    ],
)
async def test_the_right_role_is_let_in(world, route, who):
    """The control: what is refused above is refused for the role."""
    await world.sign_in(who)
    body = route.sample.body
    sent = {"json": await body(world)} if callable(body) else {}
    answer = await send(world, route, who, params=route.sample.query, **sent)
    assert answer.status_code == route.sample.status, answer.text


# Things of another


OF_ANOTHER = [
    pytest.param(route, who, id=f"{who}-{route}")
    for route in ROUTES
    if route.sample.path and not route.sample.shared
    for who in ("stranger", "seeker")
]


@pytest.mark.parametrize("route,who", OF_ANOTHER)
async def test_a_stranger_reaches_nothing_of_another(world, route, who):
    before = world.snapshot()
    answer = await send(world, route, who)
    assert answer.status_code in (403, 404)
    named = {world.things[kind] for kind in route.sample.path.values()}
    body = answer.json()
    assert body.pop("instance") == route.url(world.things)
    assert not [id_ for id_ in named if id_ in json.dumps(body)]
    assert world.snapshot() == before


@pytest.mark.parametrize(
    "route",
    # Who lacks the role is refused before anybody looks whether the posting is there.
    [
        r
        for r in ROUTES
        if "posting" in r.sample.path.values() and not r.sample.any_path and not r.roles
    ],
    ids=str,
)
@pytest.mark.parametrize("who", ["stranger", "seeker", None])
async def test_an_unpublished_posting_exists_for_nobody_else(world, route, who):
    before = world.snapshot()
    url = route.url({"posting": world.things["draft"]})
    answer = await send(world, route, who, url=url)
    signed_out = who is None and route.access is not Access.PUBLIC
    assert answer.status_code == (401 if signed_out else 404)
    nothing = await send(world, route, who, url=route.url({"posting": NOTHING}))
    assert told(answer) == told(nothing), "hidden and missing must not be told apart"
    assert world.snapshot() == before


NOTHING = "01990000-0000-7000-8000-000000000000"


def told(answer):
    return answer.status_code, {**answer.json(), "instance": None}


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if set(r.sample.path.values()) & set(PRIVATE)], ids=str
)
async def test_a_thing_of_another_is_told_like_none(world, route):
    """Nobody can find out which ids exist."""
    (kind,) = route.sample.path.values()
    there = await send(world, route, "stranger")
    missing = await send(world, route, "stranger", url=route.url({kind: NOTHING}))
    assert there.status_code == missing.status_code == 404
    without_id = json.loads(there.text.replace(world.things[kind], NOTHING))
    assert without_id == missing.json()


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.method == "GET" and not r.sample.endless], ids=str
)
@pytest.mark.parametrize("who", ["stranger", "seeker", None])
async def test_no_list_holds_what_is_another_s(world, route, who):
    answer = await send(world, route, who)
    found = [kind for kind in PRIVATE if world.things[kind] in answer.text]
    asked = [kind for kind in route.sample.path.values() if kind in found]
    assert found == asked, "only the path that was asked for may come back, in a refusal"
    assert not asked or answer.status_code in (401, 403, 404)


async def test_the_alert_of_another_explains_nothing(world):
    why = f"{API}/jobs/{world.things['posting']}/why"
    body = {"alert_id": world.things["alert"]}
    assert (await world.ask("POST", why, "owner", json=body)).status_code == 200
    assert (await world.ask("POST", why, "stranger", json=body)).status_code == 404


async def test_an_idempotency_key_is_its_user_s(world):
    headers = {"Idempotency-Key": "the-same"}
    answers = [
        await world.ask("POST", f"{API}/alerts", who, json=ALERT, headers=headers)
        for who in ("owner", "stranger", "owner")
    ]
    assert [answer.status_code for answer in answers] == [201] * 3
    ids = [answer.json()["id"] for answer in answers]
    assert ids[0] == ids[2] != ids[1]


async def test_an_external_id_is_its_owner_s(world):
    posting = {"title": "a", "description": "b", "company": "c", "external_id": "the same"}
    ids = [
        (await world.ask("POST", f"{API}/jobs", who, json=posting)).json()["id"]
        for who in ("owner", "stranger", "owner")
    ]
    assert ids[0] == ids[2] != ids[1]


async def test_an_admin_manages_any_posting_but_reads_nobody_s_alerts(world):
    status = f"{API}/jobs/{world.things['draft']}/status"
    assert (await world.ask("GET", status, "admin")).status_code == 200
    alert = f"{API}/alerts/{world.things['alert']}"
    assert (await world.ask("GET", alert, "admin")).status_code == 404


# What nobody may set


OURS = {
    "role": "admin",
    "id": NOTHING,
    "owner_id": NOTHING,
    "user_id": NOTHING,
    "verified": True,
    "email_verified": True,
    "status": "published",
    "version": 7,
    "paused": True,
    "created_at": "2026-01-01T00:00:00Z",
    "derived": {},
    "cluster_id": NOTHING,
    "disabled_at": None,
}
"""Fields of stored documents, each with a value that would be valid there."""
NAMED = {
    f"{API}/admin/reviews/{{id}}/approve": {"version"},
    f"{API}/admin/reviews/{{id}}/reject": {"version"},
}
"""Those that a route takes in, to name what was read."""


@pytest.mark.parametrize("route", [r for r in ROUTES if r.schema is not None], ids=str)
async def test_what_is_ours_to_set_is_refused(world, route):
    before = world.snapshot()
    for name in OURS.keys() - NAMED.get(route.path, set()):
        value = OURS[name]
        kind = "data" if route.sample.content_type == FORM else "json"
        answer = await send(world, route, **{kind: sample_body(route) | {name: value}})
        assert answer.status_code == 422, (name, answer.text)
        assert f"/{name}" in [fault["pointer"] for fault in answer.json()["errors"]]
    assert world.snapshot() == before


async def test_what_is_ours_to_set_is_refused_in_an_import(world):
    records = [{"title": "a", "company": "b", name: value} for name, value in OURS.items()]
    answer = await world.ask(
        "POST",
        f"{API}/jobs/import",
        "owner",
        content="\n".join(map(json.dumps, records)),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert answer.json()["accepted"] == 0
    refused = [rejection["errors"][0]["pointer"] for rejection in answer.json()["rejected"]]
    assert refused == [f"/{name}" for name in OURS]


# What nobody may see


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.method == "GET" and not r.sample.endless], ids=str
)
async def test_no_answer_holds_a_hash_or_another_s_address(world, route):
    for who in (*PEOPLE, None):
        answer = await send(world, route, who)
        assert world.leaks(answer.text, who) == []


async def test_a_leak_would_be_seen(world):
    """The control: an address and a hash, as `leaks` looks for them."""
    me = (await world.ask("GET", f"{API}/users/me", "owner")).text
    assert world.leaks(me, "owner") == []
    assert world.leaks(me, "stranger") == ["owner@example.org"]
    assert world.leaks('{"password_hash": "$argon2id$"}', "owner") == ["password_hash", "$argon2"]


async def test_no_answer_is_declared_to_hold_a_secret():
    """The shapes of answers are allow-lists: an address is in one's own account only."""
    schemas = DECLARED[0].schemas
    holding = {
        name: sorted(found)
        for name, schema in schemas.items()
        if (found := {"email", "password", "password_hash"} & schema.get("properties", {}).keys())
    }
    assert holding == {
        "Me": ["email"],
        "Registration": ["email", "password"],
        "Credentials": ["password"],
    }
