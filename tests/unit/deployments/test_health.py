"""What an operator's machinery sees."""

import asyncio

import pytest

from deployments.health import KEPT_S, RollCall
from models.errors import Unavailable
from services.ports import ActorStatus


async def test_health_touches_nothing(client):
    answer = await client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_health_answers_a_probe_at_an_address_that_is_no_host_of_ours(client):
    for path in ("/health", "/ready"):
        assert (await client.get(path, headers={"Host": "10.1.2.3"})).status_code == 200


async def test_ready_lists_the_actors(client):
    answer = await client.get("/ready")
    assert answer.status_code == 200
    assert answer.json()["actors"] == [{"name": "matcher:0", "state": "serving", "pid": 0}]


async def test_ready_tells_nothing_of_an_actors_troubles(client, ports):
    secret = "KeyError: 'person@example.org'"
    ports.system.actors[:] = [ActorStatus("matcher:0", "stopped", secret, {}, {}, 4711)]
    answer = await client.get("/ready")
    assert answer.json()["actors"] == [{"name": "matcher:0", "state": "stopped", "pid": 4711}]
    assert "KeyError" not in answer.text


class CountingSystem:
    """A system door that counts how often it is asked; unreachable while `down`."""

    def __init__(self):
        self.asked = 0
        self.down = False

    async def statuses(self):
        self.asked += 1
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable
        return [ActorStatus(f"actor:{self.asked}", "serving", "", {}, {})]


async def test_the_actors_are_asked_once_however_many_ask():
    system, now = CountingSystem(), [100.0]
    roll_call = RollCall(lambda: now[0])

    async def names(times):
        found = await asyncio.gather(*(roll_call.of(system) for _ in range(times)))
        return [statuses[0].name for statuses in found]

    assert await names(20) == ["actor:1"] * 20
    now[0] += KEPT_S * 0.9
    assert await names(20) == ["actor:1"] * 20
    now[0] += KEPT_S * 0.1
    assert await names(20) == ["actor:2"] * 20


async def test_an_answer_that_failed_is_not_kept():
    system = CountingSystem()
    roll_call = RollCall(lambda: 100.0)
    system.down = True
    with pytest.raises(Unavailable):
        await roll_call.of(system)
    system.down = False
    assert (await roll_call.of(system))[0].name == "actor:2"


async def test_ready_is_answered_from_what_was_said_last(client, ports):
    assert (await client.get("/ready")).status_code == 200
    ports.system.actors.clear()
    assert (await client.get("/ready")).status_code == 200
    await asyncio.sleep(KEPT_S)
    assert (await client.get("/ready")).status_code == 503


async def test_ready_is_a_503_while_an_actor_recovers(client, ports):
    ports.system.actors.append(ActorStatus("index:0", "recovering", "10 of 20", {}, {}))
    answer = await client.get("/ready")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "1"
    body = answer.json()
    assert body["detail"] == "not serving yet: index:0"
    assert [actor["state"] for actor in body["actors"]] == ["serving", "recovering"]


async def test_ready_is_a_503_when_no_actor_is_known(client, ports):
    ports.system.actors.clear()
    assert (await client.get("/ready")).status_code == 503


async def test_metrics_tell_of_requests_actors_and_lags(client, ports):
    ports.system.actors[:] = [ActorStatus("matcher:0", "serving", "", {"seen": 3}, {"held": 7})]
    await client.get("/api/v1/users/me")
    text = (await client.get("/metrics")).text
    assert 'jobray_http_requests_total{method="GET",replica="' in text
    assert 'route="/api/v1/users/me",status="401"} 1.0' in text
    assert 'jobray_actor_serving{actor="matcher:0",state="serving"} 1.0' in text
    assert 'jobray_actor_seen_total{actor="matcher:0"} 3.0' in text
    assert 'jobray_actor_held{actor="matcher:0"} 7.0' in text
    assert "# TYPE jobray_stream_lag_events gauge" in text


async def test_metrics_can_be_closed(serve):
    async with serve(metrics_open=False) as client:
        assert (await client.get("/metrics")).status_code == 404


async def test_a_path_nobody_serves_makes_no_series(client):
    await client.get("/no/such/path/1")
    await client.get("/no/such/path/2")
    text = (await client.get("/metrics")).text
    assert "/no/such/path" not in text
    assert 'route="none",status="404"} 2.0' in text


async def test_docs_need_no_other_server(client):
    page = await client.get("/docs")
    assert page.status_code == 200
    assert "http" not in page.text.replace("http-equiv", "")
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'self'" in page.headers["content-security-policy"]
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js"):
        assert (await client.get(f"/docs/{name}")).status_code == 200
    assert (await client.get("/docs/package.json")).status_code == 404


async def test_docs_can_be_closed(serve):
    async with serve(docs_open=False) as client:
        for path in ("/docs", "/docs/start.js", "/openapi.json"):
            assert (await client.get(path)).status_code == 404


async def test_the_document_lists_the_errors_of_each_route(client):
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status in ("422", "429", "500"):
                content = operation["responses"][status]["content"]
                assert list(content) == ["application/problem+json"], (path, method, status)
    assert "401" in document["paths"]["/api/v1/users/me"]["get"]["responses"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
    flow = document["components"]["securitySchemes"]["OAuth2PasswordBearer"]["flows"]["password"]
    assert flow["tokenUrl"] == "/api/v1/auth/login/access-token"
