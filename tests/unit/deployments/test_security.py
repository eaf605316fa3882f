"""The lines of the security list that hold for every route: tokens, access rules, headers, CORS."""

import base64
import json
import re
from contextlib import nullcontext
from datetime import timedelta

import jwt
import pytest
from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute, APIWebSocketRoute
from pydantic import ValidationError

from deployments.deps import (
    AUTHENTICATES_ITSELF,
    PUBLIC,
    Access,
    optional_caller,
    require,
    signed_in,
)
from deployments.envelope import Envelope
from deployments.limits import Guards
from deployments.routing import ClosedRoute, taken_over
from deployments.settings import EdgeSettings
from models.user import Role
from services.people.tokens import Tokens
from tests.unit.deployments.every_route import roles_of

ME = "/api/v1/users/me"
REFRESH = "/api/v1/auth/refresh"
SECRET = "a-secret-of-a-test-with-32-bytes-or-more"
OTHER = "another-secret-of-a-test-with-32-bytes-or-more"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


# Access rules


def http_routes(app, access):
    """Method and path of every route with this rule, with an id that names nothing."""
    unknown = "01990000-0000-7000-8000-000000000000"
    return [
        (method, re.sub(r"{\w+}", unknown, route.path), route)
        for route in app.routes
        if isinstance(route, APIRoute) and route.openapi_extra["x-access"] in access
        for method in sorted(route.methods)
    ]


def test_every_route_is_of_a_kind_that_declares_a_rule(app):
    assert {type(route) for route in app.routes} <= {ClosedRoute, APIWebSocketRoute}


@pytest.mark.parametrize(
    "dependencies,fine",
    [
        ([], False),
        ([PUBLIC], True),
        ([AUTHENTICATES_ITSELF], True),
        ([Depends(signed_in)], True),
        ([Depends(require(Role.EMPLOYER))], True),
        ([Depends(optional_caller)], False),
        ([PUBLIC, Depends(signed_in)], False),
        ([PUBLIC, Depends(require(Role.EMPLOYER))], False),
        ([PUBLIC, Depends(optional_caller)], True),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_route_without_exactly_one_rule_stops_the_start(kind, dependencies, fine):
    router = APIRouter()

    async def endpoint() -> None: ...

    if kind == "http":
        router.add_api_route("/new", endpoint, dependencies=dependencies)
    else:
        router.add_api_websocket_route("/new", endpoint, dependencies=dependencies)
    with nullcontext() if fine else pytest.raises(ValueError, match="/new must declare one rule"):
        taken_over(router, prefix="")


async def test_no_route_for_callers_answers_a_stranger(app, client):
    asked = http_routes(app, {Access.CALLER, Access.ROLE})
    assert len(asked) > 15
    for method, path, _ in asked:
        for headers in ({}, bearer("x.y.z"), {"Authorization": "Basic YTpi"}):
            answer = await client.request(method, path, headers=headers)
            assert answer.status_code == 401, (method, path)


async def test_no_route_for_a_role_answers_another(app, client, sign_up):
    people = {role: await sign_up(client, role) for role in (Role.SEEKER, Role.EMPLOYER)}
    asked = http_routes(app, {Access.ROLE})
    assert len(asked) >= 2
    for method, path, route in asked:
        allowed = roles_of(route.dependant)
        assert allowed
        for role, headers in people.items():
            answer = await client.request(method, path, headers=headers)
            assert (answer.status_code == 403) is (role not in allowed), (method, path)


# Tokens


def forge(header, claims, key=SECRET):
    """A token with exactly this header, signed HS256 with the key (or not at all)."""

    def part(value):
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    signed = f"{part(header)}.{part(claims)}"
    if key is None:
        return signed + "."
    algorithm = jwt.get_algorithm_by_name("HS256")
    return f"{signed}.{part(algorithm.sign(signed.encode(), key.encode()))}"


async def good_token(client, sign_up):
    return (await sign_up(client))["Authorization"].removeprefix("Bearer ")


def parts(token):
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


async def test_a_token_forged_with_our_own_key_is_good(client, sign_up):
    """The control: what the refusals below refuse is what they change, not how they are made."""
    header, claims = parts(await good_token(client, sign_up))
    assert (await client.get(ME, headers=bearer(forge(header, claims)))).status_code == 200


@pytest.mark.parametrize(
    "change,key",
    [
        ({"alg": "none"}, None),
        ({"alg": "none"}, SECRET),
        ({"alg": "None"}, None),
        ({"alg": "HS384"}, SECRET),
        ({"alg": "RS256"}, SECRET),
        ({"kid": "unknown"}, SECRET),
        ({"kid": "../../dev/null"}, ""),
        ({"kid": 1}, SECRET),
        ({"kid": None}, SECRET),
        ({"jku": "https://evil.example/keys"}, SECRET),
        ({"jwk": {"kty": "oct", "k": "YQ"}}, SECRET),
        ({"x5u": "https://evil.example/cert"}, SECRET),
        ({"crit": ["exp"]}, SECRET),
        ({}, OTHER),
        ({}, None),
    ],
)
async def test_a_header_that_is_not_ours_is_401(client, sign_up, change, key):
    header, claims = parts(await good_token(client, sign_up))
    token = forge({**header, **change}, claims, key)
    assert (await client.get(ME, headers=bearer(token))).status_code == 401


@pytest.mark.parametrize("missing", ["exp", "aud", "iss", "sub", "jti", "typ", "sid"])
async def test_a_token_without_one_of_its_claims_is_401(client, sign_up, missing):
    header, claims = parts(await good_token(client, sign_up))
    del claims[missing]
    assert (await client.get(ME, headers=bearer(forge(header, claims)))).status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another"},
        {"iss": "another"},
        {"sub": "another"},
        {"sub": 1},
        {"sid": "another"},
        {"sid": ""},
        {"jti": {"$gt": ""}},
        {"typ": "refresh"},
        {"exp": "4102444800"},
        {"exp": True},
        {"exp": 1e18},
        {"exp": 10**30},
        {"exp": 0},
    ],
)
async def test_a_claim_that_is_not_ours_is_401(client, sign_up, change):
    header, claims = parts(await good_token(client, sign_up))
    token = forge(header, {**claims, **change})
    assert (await client.get(ME, headers=bearer(token))).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "..", "é.é.é", "x" * 5000])
async def test_what_is_no_token_is_401(client, token):
    headers = {"Authorization": b"Bearer " + token.encode()}
    answer = await client.get(ME, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_access_and_refresh_tokens_do_not_stand_for_each_other(client, sign_up):
    access = await good_token(client, sign_up)
    form = {"username": "person1@example.org", "password": "a long enough passphrase"}
    granted = (await client.post("/api/v1/auth/login/access-token", data=form)).json()
    assert (await client.get(ME, headers=bearer(granted["refresh_token"]))).status_code == 401
    assert (await client.post(REFRESH, json={"refresh_token": access})).status_code == 401


async def test_the_old_key_is_good_during_a_rotation_and_then_not(serve, sign_up):
    async with serve(secret_key=SECRET) as client:
        before = await sign_up(client)
    async with serve(secret_key=OTHER, previous_secret_key=SECRET) as client:
        assert (await client.get(ME, headers=before)).status_code == 200
        during = await sign_up(client, email="b@example.org")
    async with serve(secret_key=OTHER) as client:
        assert (await client.get(ME, headers=before)).status_code == 401
        assert (await client.get(ME, headers=during)).status_code == 200


async def test_another_users_session_makes_no_token(client, sign_up):
    """A session belongs to its user: a token that joins one's id to another's session is none."""
    (header, mine), (_, hers) = [parts(await good_token(client, sign_up)) for _ in range(2)]
    token = forge(header, {**mine, "sub": hers["sub"]})
    assert (await client.get(ME, headers=bearer(token))).status_code == 401


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_a_short_secret_refuses_to_start(secret):
    with pytest.raises(ValidationError):
        EdgeSettings(secret_key=secret)
    with pytest.raises(ValidationError):
        EdgeSettings(secret_key=SECRET, previous_secret_key=secret)
    with pytest.raises(ValueError):
        Tokens(
            secret,
            previous_secret=None,
            issuer="i",
            audience="a",
            access_ttl_s=1,
            refresh_ttl_s=1,
        )


def test_settings_do_not_print_their_secrets():
    assert SECRET not in repr(EdgeSettings(secret_key=SECRET, previous_secret_key=SECRET))


@pytest.mark.parametrize(
    "wrong",
    [
        {"cors_origins": ["*"]},
        {"cors_origins": ["https://a.example/"]},
        {"trusted_proxies": ["everyone"]},
        {"roles": ["jobs", "everything"]},
        {"rate_limit_per_minute": 0},
    ],
)
def test_settings_that_would_open_something_are_refused(wrong):
    with pytest.raises(ValidationError):
        EdgeSettings.model_validate({"secret_key": SECRET, **wrong})


def test_a_tokens_times_are_those_of_its_kind(clock):
    tokens = Tokens(
        SECRET,
        previous_secret=None,
        issuer="i",
        audience="a",
        access_ttl_s=900,
        refresh_ttl_s=7 * 24 * 3600,
    )
    ids = {"user_id": "u", "session_id": "s", "jti": "j"}
    access = tokens.read("access", tokens.issue("access", now=clock(), **ids), now=clock())
    refresh = tokens.read("refresh", tokens.issue("refresh", now=clock(), **ids), now=clock())
    assert access.expires_at - clock() == timedelta(minutes=15)
    assert refresh.expires_at - clock() == timedelta(days=7)


# Headers and origins

SECURE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
}


@pytest.mark.parametrize("path", ["/health", ME, "/nothing", "/docs", "/openapi.json"])
async def test_every_answer_carries_the_security_headers(client, path):
    answer = await client.get(path)
    assert {name: answer.headers[name] for name in SECURE} == SECURE
    policy = answer.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert policy[0].startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in policy[0]
    assert "strict-transport-security" not in answer.headers


async def test_tls_before_us_is_told_to_browsers(serve):
    async with serve(hsts=True) as client:
        answer = await client.get("/health")
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_only_exact_origins_may_read_answers(serve):
    async with serve(cors_origins=["https://jobs.example.org"]) as client:
        for path in ("/health", ME):
            ours = await client.get(path, headers={"Origin": "https://jobs.example.org"})
            assert ours.headers["access-control-allow-origin"] == "https://jobs.example.org"
            for origin in ("https://evil.example", "null", "https://jobs.example.org.evil.example"):
                other = await client.get(path, headers={"Origin": origin})
                assert "access-control-allow-origin" not in other.headers
        preflight = {
            "Origin": "https://jobs.example.org",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
        }
        allowed = await client.options(REFRESH, headers=preflight)
        assert allowed.status_code == 200
        assert "access-control-allow-credentials" not in allowed.headers


async def test_without_origins_no_page_of_others_may_read(client):
    answer = await client.get("/health", headers={"Origin": "https://jobs.example.org"})
    assert "access-control-allow-origin" not in answer.headers


async def test_a_refusal_is_readable_for_an_origin_of_ours(serve):
    async with serve(cors_origins=["https://a.example"], rate_limit_per_minute=1) as client:
        answers = [await client.get(ME, headers={"Origin": "https://a.example"}) for _ in range(2)]
    assert answers[1].status_code == 429
    assert answers[1].headers["access-control-allow-origin"] == "https://a.example"
    assert "Retry-After" in answers[1].headers["access-control-expose-headers"]


@pytest.mark.parametrize(
    "given,echoed",
    [
        ("abc-123_.X", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("a b", False),
        ("<script>", False),
    ],
)
async def test_a_request_id_is_taken_over_when_it_is_harmless(client, given, echoed):
    answer = await client.get("/health", headers={"X-Request-ID": given})
    assert (answer.headers["x-request-id"] == given) is echoed
    assert answer.headers.get_list("x-request-id") != []


async def behind_a_proxy(app, scope):
    """What a proxy in front of the application sends out that has marked the request, as Serve's
    does, and would mark the answer to an HTTP request too."""
    sent = []

    async def send(message):
        sent.append(message)

    marked = {**scope, "headers": [*scope["headers"], (b"x-request-id", b"of-the-proxy")]}
    await app({"query_string": b"", "client": ("127.0.0.1", 1), **marked}, None, send)
    return [value for name, value in sent[0]["headers"] if name == b"x-request-id"]


@pytest.mark.parametrize("by_proxy,ids", [(False, [b"of-the-proxy"]), (True, [])])
async def test_an_id_that_the_proxy_tells_is_not_told_twice(app, by_proxy, ids):
    settings = app.state.settings.model_copy(update={"request_id_by_proxy": by_proxy})
    envelope = Envelope(app.router, settings, app.state.metrics)
    scope = {"type": "http", "method": "GET", "path": "/health", "headers": []}
    assert await behind_a_proxy(envelope, {**scope, "app": app}) == ids


async def test_a_refused_socket_has_its_id_from_us_behind_a_proxy_too(app):
    settings = app.state.settings.model_copy(update={"request_id_by_proxy": True})
    envelope = Envelope(Guards(app.router, settings), settings, app.state.metrics)
    scope = {
        "type": "websocket",
        "path": "/api/v1/notifications/ws",
        "headers": [(b"host", b"evil.example")],
        "extensions": {"websocket.http.response": {}},
    }
    assert await behind_a_proxy(envelope, scope) == [b"of-the-proxy"]


async def test_two_requests_have_two_ids(client):
    ids = {(await client.get("/health")).headers["x-request-id"] for _ in range(2)}
    assert len(ids) == 2
