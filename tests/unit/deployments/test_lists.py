"""A person's own lists over HTTP: guards, replays, what is refused, what alerts make of them."""

import pytest

from backends.documents.collections import LISTS
from deployments.shapes import BuiltInList, ListAnswer, ListPage

PATH = "/api/v1/lists"
ALERTS = "/api/v1/alerts"
LIST = {"name": "watched", "field": "company", "items": ["Acme", "Bcme"]}


@pytest.fixture
async def me(client, sign_up):
    return await sign_up(client)


async def create(client, headers, **changed):
    answer = await client.post(PATH, json=LIST | changed, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def faults(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    return [fault.get("pointer") or fault.get("parameter") for fault in answer.json()["errors"]]


async def test_a_list_is_made_read_changed_and_deleted(client, me):
    answer = await client.post(PATH, json=LIST, headers=me)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    made = answer.json()
    ListAnswer.model_validate(made)
    assert made == made | LIST | {"count": 2, "version": 1, "built_in": False}
    here = answer.headers["location"]
    assert here == f"{PATH}/watched"
    read = await client.get(here, headers=me)
    assert (read.json(), read.headers["etag"]) == (made, '"1"')
    guarded = me | {"If-Match": '"1"'}
    changed = await client.put(here, json={"items": ["Cme"]}, headers=guarded)
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert changed.json()["items"] == ["Cme"]
    assert (await client.put(here, json={"items": ["Dme"]}, headers=guarded)).status_code == 412
    assert (await client.delete(here, headers=guarded)).status_code == 412
    assert (await client.delete(here, headers=me | {"If-Match": '"2"'})).status_code == 204
    assert (await client.get(here, headers=me)).status_code == 404


async def test_what_was_read_can_be_put_with_other_items(client, me):
    await create(client, me)
    answer = await client.put(f"{PATH}/watched", json=LIST | {"items": ["Cme"]}, headers=me)
    assert answer.json()["items"] == ["Cme"]
    for changed, where in (({"name": "other"}, "/name"), ({"field": "skill"}, "/field")):
        answer = await client.put(f"{PATH}/watched", json=LIST | changed, headers=me)
        assert (answer.status_code, faults(answer)) == (422, [where])


async def test_the_lists_come_in_pages_with_those_that_we_bring(client, me, sign_up):
    for name in ("c", "a", "b"):
        await create(client, me, name=name)
    await create(client, await sign_up(client), name="d")
    first = (await client.get(f"{PATH}?limit=2", headers=me)).json()
    ListPage.model_validate(first)
    cursor = {"limit": 2, "cursor": first["next_cursor"]}
    rest = (await client.get(PATH, params=cursor, headers=me)).json()
    assert [item["name"] for item in first["items"] + rest["items"]] == ["a", "b", "c"]
    assert rest["next_cursor"] is None
    assert [ours["name"] for ours in first["built_in"]] == ["agencies"]


async def test_a_list_that_we_bring_is_read_and_never_changed(client, me):
    answer = await client.get(f"{PATH}/Agencies", headers=me)
    ours = BuiltInList.model_validate(answer.json())
    assert (ours.field, ours.built_in) == ("company", True)
    assert ours.count > 150
    put = await client.put(f"{PATH}/agencies", json={"items": ["Acme"]}, headers=me)
    assert put.status_code == 403
    assert (await client.delete(f"{PATH}/agencies", headers=me)).status_code == 403


REFUSED = (
    ({"name": "Watched"}, "/name"),
    ({"name": ""}, "/name"),
    ({"name": "-watched"}, "/name"),
    ({"name": "a" * 41}, "/name"),
    ({"name": "two words"}, "/name"),
    ({"name": "agencies"}, "/name"),
    ({"name": None}, "/name"),
    ({"field": "title"}, "/field"),
    ({"items": []}, "/items"),
    ({"items": "Acme"}, "/items"),
    ({"items": ["Acme", " "]}, "/items/1"),
    ({"items": ["Acme", "..."]}, "/items/1"),
    ({"items": ["x" * 201]}, "/items/0"),
    ({"items": ["a\0b"]}, "/items/0"),
    ({"items": ["Acme"] * 501}, "/items"),
    ({"field": "skill", "items": ["python", "juggling"]}, "/items/1"),
    ({"user_id": "x"}, "/user_id"),
)


async def test_what_is_refused_is_named(client, me, ports):
    for changed, where in REFUSED:
        answer = await client.post(PATH, json=LIST | changed, headers=me)
        assert (answer.status_code, faults(answer)) == (422, [where]), (changed, answer.text)
    assert await ports.documents.count(LISTS) == 0
    await create(client, me, items=["x" * 200] * 500)


async def test_a_name_is_taken_once(client, me):
    await create(client, me)
    answer = await client.post(PATH, json=LIST, headers=me)
    assert answer.status_code == 409


async def test_the_same_key_is_one_list(client, me, ports):
    keyed = me | {"Idempotency-Key": "k1"}
    first = await client.post(PATH, json=LIST, headers=keyed)
    again = await client.post(PATH, json=LIST, headers=keyed)
    assert (again.status_code, again.json()) == (201, first.json())
    assert await ports.documents.count(LISTS) == 1


async def test_another_person_s_list_is_not_found(client, me, sign_up):
    await create(client, me)
    other = await sign_up(client)
    for name, headers, status in (("watched", other, 404), ("watched", {}, 401), ("%00", me, 404)):
        for method, body in (("GET", None), ("PUT", {"items": ["Acme"]}), ("DELETE", None)):
            answer = await client.request(method, f"{PATH}/{name}", json=body, headers=headers)
            assert answer.status_code == status, (method, answer.text)


async def test_an_alert_follows_its_list(client, me, ports):
    await create(client, me)
    body = {"name": "Watched ones", "query": "company:@watched python"}
    alert = (await client.post(ALERTS, json=body, headers=me)).json()
    assert alert["query"] == "company:@watched python"
    assert alert["criteria"]["items"][0]["items"] == ["Acme", "Bcme"]
    await client.put(f"{PATH}/watched", json={"items": ["Cme"]}, headers=me)
    now = (await client.get(f"{ALERTS}/{alert['id']}", headers=me)).json()
    assert (now["version"], now["criteria"]["items"][0]["items"]) == (2, ["Cme"])
    assert ports.matchers.registered[-1].version == 2
    kept = await client.delete(f"{PATH}/watched", headers=me)
    assert kept.status_code == 409
    assert "Watched ones" in kept.json()["detail"]


async def test_every_query_of_a_person_can_name_his_lists(client, me, sign_up):
    await create(client, me)
    other = await sign_up(client)
    query = "company:@watched python"
    for headers, status in ((me, 200), (other, 422)):
        seen = await client.post(f"{ALERTS}/preview", json={"query": query}, headers=headers)
        assert seen.status_code == status, seen.text
        found = await client.get("/api/v1/search/jobs", params={"q": query}, headers=headers)
        assert found.status_code == status, found.text
    nobody = await client.get("/api/v1/search/jobs", params={"q": query})
    assert (nobody.status_code, faults(nobody)) == (422, ["q"])
    everybody_s = await client.get("/api/v1/search/jobs", params={"company": "@agencies"})
    assert everybody_s.status_code == 200
