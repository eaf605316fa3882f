"""Postings of one vacancy over HTTP: shown as one, split by their owner, merged by an admin."""

import pytest

from backends.documents.base import Insert
from backends.documents.collections import POSTINGS
from deployments.shapes import PostingAnswer
from deployments.shapes_clusters import ClusterAnswer
from models.posting import Derived, Given, Place
from processing.derive import Derivation
from services.clusters import merging
from services.intake import postings
from tests.unit.deployments.world import API, made
from tests.unit.services.clusters.test_clustering import text

LEEDS, YORK = (
    Place(id=n, name=name, kind="city", country="GB", lat=0.0, lon=0.0)
    for n, name in enumerate(("Leeds", "York"), 1)
)


@pytest.fixture
async def world(tmp_path):
    async with made(tmp_path) as world:
        yield world


async def publish(world, *where, title="Chandler", said=None, name="lever", who="owner"):
    posting = await postings.submit(
        world.ports,
        owner_id=world.people[who].id,
        given=Given(title=title, company="Taper", url=f"https://{name}.example/1"),
        source=name,
    )
    derived = Derived(html="", text=said or text(1), places=where)
    done = await postings.finish(world.ports, posting, Derivation(derived, "publish", ()))
    await settle(world)
    return done.id


async def settle(world):
    """What the processor does after each event."""
    found = await world.ports.documents.find(POSTINGS)
    clusters = [d.body["cluster_id"] for d in found.items if d.body["cluster_id"]]
    await merging.reconcile(world.ports.documents, clusters, clock=world.ports.clock)


async def read(world, id, who=None):
    answer = await world.ask("GET", f"{API}/jobs/{id}", who)
    PostingAnswer.model_validate(answer.json())
    return answer.json()


async def test_a_vacancy_is_shown_with_the_places_and_sources_of_all_its_postings(world):
    first = await publish(world, LEEDS)
    second = await publish(world, LEEDS, YORK, name="board", who="stranger")
    shown = await read(world, first)
    assert [place["name"] for place in shown["places"]] == ["Leeds", "York"]
    assert [source["name"] for source in shown["sources"]] == ["lever", "board"]
    assert shown["cluster"]["canonical_id"] == first
    assert set(shown["cluster"]["members"]) == {first, second}
    other = await read(world, second)
    assert (other["cluster"]["canonical_id"], other["status"]) == (first, "published")
    for id in (first, second):
        answer = await world.ask("GET", f"{API}/jobs/{id}/cluster", None)
        ClusterAnswer.model_validate(answer.json())
        assert [member["id"] for member in answer.json()["members"]] == [first, second]
        assert answer.json()["canonical_id"] == first


async def test_an_old_tag_is_not_current_when_the_vacancy_has_another_place(world):
    first = await publish(world, LEEDS)
    tag = (await world.ask("GET", f"{API}/jobs/{first}", None)).headers["etag"]
    await publish(world, LEEDS, YORK, name="board", who="stranger")
    headers = {"If-None-Match": tag}
    assert (await world.ask("GET", f"{API}/jobs/{first}", None, headers=headers)).is_success


async def test_the_owner_splits_and_an_admin_merges(world):
    first = await publish(world, LEEDS)
    second = await publish(world, LEEDS, YORK, name="board", who="stranger")
    refused = await world.ask("POST", f"{API}/jobs/{second}/split", "owner")
    assert refused.status_code == 403
    answer = await world.ask("POST", f"{API}/jobs/{second}/split", "stranger")
    assert answer.status_code == 200
    assert [member["id"] for member in answer.json()["members"]] == [second]
    await settle(world)
    assert (await read(world, first))["cluster"]["members"] == [first]
    body = {"posting_id": first}
    refused = await world.ask("POST", f"{API}/jobs/{second}/merge", "stranger", json=body)
    assert refused.status_code == 403
    answer = await world.ask("POST", f"{API}/jobs/{second}/merge", "admin", json=body)
    assert {member["id"] for member in answer.json()["members"]} == {first, second}
    await settle(world)
    assert set((await read(world, first))["cluster"]["members"]) == {first, second}


async def test_a_vacancy_of_very_many_is_shown_in_part_and_counted(world):
    """With the posting that was asked for, also where it came late."""
    first = await publish(world, LEEDS)
    body = (await world.ports.documents.get(POSTINGS, first)).body
    ids = [f"ffffffff-0000-7000-8000-{number:012}" for number in range(101)]
    copies = [Insert(id, body | {"id": id}) for id in ids]
    await world.ports.documents.insert_absent(POSTINGS, copies)
    await settle(world)
    assert (await read(world, first))["cluster"]["count"] == 102
    for id, shown in ((ids[0], [first, *ids[:99]]), (ids[100], [first, *ids[:99], ids[100]])):
        answer = await world.ask("GET", f"{API}/jobs/{id}/cluster", None)
        ClusterAnswer.model_validate(answer.json())
        assert [member["id"] for member in answer.json()["members"]] == shown
        assert answer.json()["count"] == 102


async def test_what_was_never_published_is_in_no_vacancy(world):
    draft = world.things["draft"]
    answer = await world.ask("GET", f"{API}/jobs/{draft}/cluster", "owner")
    assert answer.status_code == 404
    answer = await world.ask("POST", f"{API}/jobs/{draft}/split", "owner")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("conflict")
