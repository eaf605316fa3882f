"""Alerts over HTTP: both forms, guards, replays, other people's alerts, what is refused."""

import pytest

from backends.documents.collections import ALERTS
from deployments.shapes import AlertAnswer, AlertPage, PreviewAnswer
from models.events import ALERT_EVENTS

ALERTS_PATH = "/api/v1/alerts"
UNKNOWN = "0193f1c0-0000-7000-8000-000000000000"
ALERT = {"name": "Snakes", "query": "title:Engineer  PYTHON"}


@pytest.fixture
async def me(client, sign_up):
    return await sign_up(client)


async def create(client, headers, **changed):
    answer = await client.post(ALERTS_PATH, json=ALERT | changed, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def faults(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    return [fault.get("pointer") or fault.get("parameter") for fault in answer.json()["errors"]]


async def test_an_alert_is_saved_in_both_forms(client, me, ports):
    answer = await client.post(
        ALERTS_PATH,
        json=ALERT | {"cadence": "instant", "channels": ["email", "inapp"], "unknown": "drop"},
        headers=me,
    )
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    alert = answer.json()
    AlertAnswer.model_validate(alert)
    assert answer.headers["location"] == f"{ALERTS_PATH}/{alert['id']}"
    assert alert["query"] == "title:engineer python unknown:drop"
    assert alert["criteria"]["op"] == "and"
    assert (alert["channels"], alert["version"]) == (["inapp", "email"], 1)
    assert "user_id" not in alert
    assert [known.id for known in ports.matchers.registered] == [alert["id"]]
    read = await client.get(answer.headers["location"], headers=me)
    assert (read.json(), read.headers["etag"]) == (alert, '"1"')


async def test_the_tree_that_is_returned_can_be_sent(client, me):
    alert = await create(client, me, query='near:"Leeds, GB"<40km -title:intern pay>=70000GBP')
    body = {"name": "Copy", "criteria": alert["criteria"]}
    copy = (await client.post(ALERTS_PATH, json=body, headers=me)).json()
    assert copy["query"] == alert["query"]


REFUSED = (
    ({"name": None}, "/name"),
    ({"name": " "}, "/name"),
    ({"user_id": "x"}, "/user_id"),
    ({"version": 7}, "/version"),
    ({"query": None}, "/query"),
    ({"query": ""}, "/query"),
    ({"query": "-intern"}, "/query"),
    ({"query": "titel:x"}, "/query"),
    ({"query": "(" * 1000}, "/query"),
    ({"query": "x" * 3000}, "/query"),
    ({"query": {"$gt": ""}}, "/query"),
    ({"criteria": {"op": "skill", "skill": "Python"}}, "/criteria"),
    ({"query": None, "criteria": {"$where": "1"}}, "/criteria/op"),
    ({"query": None, "criteria": {"op": "and", "items": []}}, "/criteria/items"),
    ({"unknown": "maybe"}, "/unknown"),
    ({"cadence": "daily"}, "/cadence"),
    ({"cadence": "hourly "}, "/cadence"),
    ({"channels": []}, "/channels"),
    ({"channels": ["inapp", "webhook"]}, "/channels/1"),
    ({"channels": "inapp"}, "/channels"),
    ({"daily_cap": 5}, "/daily_cap"),
    ({"quiet_hours": {"from": "22:00", "to": "07:00", "tz": "UTC"}}, "/quiet_hours"),
)


async def test_what_is_refused_is_named(client, me, ports):
    for changed, where in REFUSED:
        answer = await client.post(ALERTS_PATH, json=ALERT | changed, headers=me)
        assert (answer.status_code, faults(answer)) == (422, [where]), (changed, answer.text)
    assert await ports.documents.count(ALERTS) == 0


async def test_a_fault_in_the_query_has_its_position(client, me):
    answer = await client.post(ALERTS_PATH, json=ALERT | {"query": "python titel:x"}, headers=me)
    assert answer.json()["errors"][0]["position"] == 7


async def test_a_deep_tree_is_refused(client, me):
    tree = {"op": "skill", "skill": "Python"}
    for _ in range(200):
        tree = {"op": "not", "item": tree}
    body = {"name": "Deep", "criteria": tree}
    answer = await client.post(ALERTS_PATH, json=body, headers=me)
    assert answer.status_code == 422


async def test_the_same_key_is_one_alert(client, me, ports):
    keyed = me | {"Idempotency-Key": "k1"}
    first = await client.post(ALERTS_PATH, json=ALERT, headers=keyed)
    again = await client.post(ALERTS_PATH, json=ALERT, headers=keyed)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["etag"] == first.headers["etag"]
    assert await ports.documents.count(ALERTS) == 1
    assert len([event async for event in ports.stream.read(ALERT_EVENTS)]) == 1


async def test_another_person_s_alert_is_not_found(client, me, sign_up):
    alert = await create(client, me)
    other = await sign_up(client)
    requests = [
        ("GET", "", None),
        ("PATCH", "", {"name": "x"}),
        ("DELETE", "", None),
        ("POST", "/pause", None),
        ("POST", "/resume", None),
        ("GET", "/matches", None),
    ]
    for id_, headers, status in (
        (alert["id"], other, 404),
        (alert["id"], {}, 401),
        (UNKNOWN, me, 404),
        ("none", me, 404),
        ("%00", me, 404),
    ):
        for method, path, body in requests:
            url = f"{ALERTS_PATH}/{id_}{path}"
            answer = await client.request(method, url, json=body, headers=headers)
            assert answer.status_code == status, (method, url, answer.text)
    assert (await client.get(ALERTS_PATH, headers=other)).json()["items"] == []


async def test_a_change_is_guarded_by_its_version(client, me):
    url = f"{ALERTS_PATH}/{(await create(client, me))['id']}"
    first = await client.patch(url, json={"query": "java"}, headers=me | {"If-Match": '"1"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert (first.json()["query"], first.json()["name"]) == ("java", "Snakes")
    late = await client.patch(url, json={"name": "Late"}, headers=me | {"If-Match": '"1"'})
    assert late.status_code == 412
    assert (await client.delete(url, headers=me | {"If-Match": '"1"'})).status_code == 412
    assert (await client.delete(url, headers=me | {"If-Match": '"2"'})).status_code == 204
    assert (await client.get(url, headers=me)).status_code == 404


async def test_a_change_is_checked_like_a_new_alert(client, me):
    url = f"{ALERTS_PATH}/{(await create(client, me))['id']}"
    for changed, where in (
        ({"query": "-intern"}, "/query"),
        ({"query": "java", "criteria": {"op": "skill", "skill": "Java"}}, "/criteria"),
        ({"cadence": "weekly"}, "/cadence"),
        ({"paused": True}, "/paused"),
        ({"user_id": "x"}, "/user_id"),
    ):
        answer = await client.patch(url, json=changed, headers=me)
        assert (answer.status_code, faults(answer)) == (422, [where])


async def test_pause_and_resume(client, me):
    url = f"{ALERTS_PATH}/{(await create(client, me))['id']}"
    paused = await client.post(f"{url}/pause", headers=me)
    assert (paused.json()["paused"], paused.headers["etag"]) == (True, '"2"')
    assert (await client.post(f"{url}/resume", headers=me)).json()["paused"] is False


async def test_the_list_comes_in_pages(client, me, clock):
    names = [f"Alert {number}" for number in range(3)]
    for name in names:
        clock.advance(1)
        await create(client, me, name=name)
    first = (await client.get(f"{ALERTS_PATH}?limit=2", headers=me)).json()
    AlertPage.model_validate(first)
    rest = await client.get(
        ALERTS_PATH, params={"limit": 2, "cursor": first["next_cursor"]}, headers=me
    )
    shown = [alert["name"] for alert in first["items"] + rest.json()["items"]]
    assert (shown, rest.json()["next_cursor"]) == (names[::-1], None)
    for wrong in ("limit=0", "limit=101", "limit=x", "cursor=nonsense", "page=2"):
        answer = await client.get(f"{ALERTS_PATH}?{wrong}", headers=me)
        assert (answer.status_code, faults(answer)) == (422, [wrong.split("=")[0]])


async def test_a_preview_saves_nothing(client, me, ports):
    answer = await client.post(f"{ALERTS_PATH}/preview", json={"query": "Python"}, headers=me)
    assert answer.status_code == 200
    PreviewAnswer.model_validate(answer.json())
    assert (answer.json()["query"], answer.json()["count_30d"]) == ("python", 0)
    assert len(answer.json()["per_day"]) == 30
    assert await ports.documents.count(ALERTS) == 0
    anonymous = await client.post(f"{ALERTS_PATH}/preview", json={"query": "Python"})
    assert anonymous.status_code == 401
    for body, where in (
        ({}, "/query"),
        ({"query": "posted<7d"}, "/query"),
        ({"query": "x", "name": "n"}, "/name"),
    ):
        answer = await client.post(f"{ALERTS_PATH}/preview", json=body, headers=me)
        assert (answer.status_code, faults(answer)) == (422, [where])
