"""Sources over HTTP: tried, kept, shown with their health, changed and removed."""

import pytest

from backends.documents.collections import FEEDS
from backends.fetch.base import FetchFailed
from models.base import timestamp
from models.feed import Drop
from models.user import Role
from services.polling import feed_rounds, feed_schedule
from tests.polled import BOARD_URL, PAGE_1, ScriptedFetcher, listing, outside_of
from tests.unit.deployments.world import API, made


@pytest.fixture
async def world(tmp_path):
    async with made(tmp_path) as world:
        yield world


async def add(world, who="owner", **body):
    return await world.ask("POST", f"{API}/sources", who, json={"url": BOARD_URL, **body})


async def poll(world, answer):
    """One round of the board, whose answer this is."""
    outside = outside_of(ScriptedFetcher({PAGE_1: answer}))
    for feed in await feed_schedule.claim_due(world.ports, 100):
        await feed_rounds.poll(world.ports, outside, feed, lambda: 0.0)


async def test_a_preview_stores_nothing(world):
    before = world.snapshot()
    answer = await add(world, preview=True)
    assert answer.status_code == 200
    assert answer.json() == {
        "platform": "tiny",
        "platform_name": "Tiny",
        "board": "acme",
        "company": "Acme",
        "as_of": timestamp(world.ports.clock()),
        "count": 2,
        "complete": True,
        "examples": [
            {"title": "Cook 1", "company": "Acme", "places": [], "pay": None},
            {"title": "Cook 2", "company": "Acme", "places": [], "pay": None},
        ],
        "rejected": 0,
        "faults": [],
        "terms": {"interval_s": 60, "attribution": "From Tiny", "republish": True},
        "others": [],
    }
    assert world.snapshot() == before


async def test_a_source_is_kept_and_shows_its_health(world):
    added = await add(world, interval_s=240, company="Acme Ltd")
    assert added.status_code == 201
    source = added.json()
    url = added.headers["location"]
    assert (source["name"], source["interval_s"]) == ("Acme Ltd on Tiny", 240)
    assert source["health"]["last_success_at"] is None
    await poll(world, listing(*"123456"))
    world.ports.clock.advance(241)
    await poll(world, listing("1"))
    health = (await world.ask("GET", url, "owner")).json()["health"]
    assert (health["items"], health["usual"]) == (1, {"min": 6, "max": 6})
    assert health["drop"].keys() == Drop.model_fields.keys()
    assert health["believed_drop"] is None
    world.ports.clock.advance(241)
    await poll(world, listing("1", "2"))
    health = (await world.ask("GET", url, "owner")).json()["health"]
    assert (health["drop"], health["believed_drop"]["closed"]) == (None, 4)
    world.ports.clock.advance(241)
    await poll(world, FetchFailed("the answer has status 500"))
    shown = (await world.ask("GET", url, "owner")).json()
    assert shown["health"]["last_error"] == "the answer has status 500"
    assert (shown["health"]["failures"], shown["running"]) == (1, False)
    assert shown["next_run_at"] > shown["health"]["last_error_at"]


async def test_the_same_key_adds_one_source(world):
    headers = {"Idempotency-Key": "k"}
    sent = {"json": {"url": BOARD_URL}, "headers": headers}
    answers = [await world.ask("POST", f"{API}/sources", "owner", **sent) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


async def test_another_employers_board_is_a_conflict(world):
    assert (await add(world)).status_code == 201
    answer = await add(world, "stranger")
    assert answer.status_code == 409
    assert (await add(world, "admin")).status_code == 201


async def test_what_is_no_board_is_refused_with_what_it_is(world):
    answer = await add(world, url="https://cats.example/")
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["got"]) == ("/url", "the answer has status 404")


async def test_an_admin_sees_all_and_an_employer_his_own(world):
    id_ = (await add(world, "admin")).json()["id"]
    listed = (await world.ask("GET", f"{API}/sources", "owner")).json()["items"]
    assert id_ not in {item["id"] for item in listed}
    assert world.things["source"] in {item["id"] for item in listed}
    listed = (await world.ask("GET", f"{API}/sources", "admin")).json()["items"]
    assert {id_, world.things["source"]} <= {item["id"] for item in listed}
    assert (await world.ask("GET", f"{API}/sources/{id_}", "owner")).status_code == 404


async def test_pause_resume_change_run_remove(world):
    url = (await add(world)).headers["location"]
    paused = (await world.ask("POST", f"{url}/pause", "owner")).json()
    assert (paused["paused"], paused["next_run_at"]) == (True, None)
    resumed = (await world.ask("POST", f"{url}/resume", "owner")).json()
    assert resumed["next_run_at"] is not None
    changed = await world.ask("PATCH", url, "owner", json={"company": "Bcme"})
    assert changed.json()["company"] == "Bcme"
    refused = await world.ask("PATCH", url, "owner", json={"owner_id": "x"})
    assert refused.status_code == 422
    assert (await world.ask("POST", f"{url}/run", "owner")).status_code == 202
    await poll(world, listing("1"))
    too_soon = await world.ask("POST", f"{url}/run", "owner")
    assert (too_soon.status_code, too_soon.headers["retry-after"]) == (409, "60")
    assert (await world.ask("DELETE", url, "owner")).status_code == 204
    assert (await world.ask("GET", url, "owner")).status_code == 404
    before = await world.ports.documents.count(FEEDS)
    await poll(world, listing("1"))
    assert await world.ports.documents.count(FEEDS) == before - 1


async def test_an_unconfirmed_employer_adds_nothing_where_that_is_asked_for(world):
    settings = world.app.state.settings
    world.app.state.settings = settings.model_copy(update={"require_verified_employers": True})
    await world.sign_up("new", Role.EMPLOYER)
    assert (await add(world, "new")).status_code == 403
