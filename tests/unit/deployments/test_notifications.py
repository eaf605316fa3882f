"""The inbox over HTTP: what an item holds, pages, read state, and that it is one's own only."""

from typing import Any

import pytest

from backends.documents.collections import NOTIFICATIONS
from models.alert import ChannelName
from models.errors import NotFound, VersionConflict
from models.events import NOTIFICATION_EVENTS, NOTIFICATION_READ
from services.ports import Ports
from services.telling import notifications
from tests.unit.deployments.telling import tell

PATH = "/api/v1/notifications"


async def user_id(client: Any, headers: dict[str, str]) -> str:
    id_: str = (await client.get("/api/v1/users/me", headers=headers)).json()["id"]
    return id_


async def read(client: Any, headers: dict[str, str], **params: Any) -> list[str]:
    """The postings of the first page of the inbox."""
    answer = await client.get(PATH, headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    return [item["posting"]["id"] for item in answer.json()["items"]]


async def test_an_item_is_as_the_api_says(client: Any, sign_up: Any, ports: Ports) -> None:
    headers = await sign_up(client)
    me = await user_id(client, headers)
    id_ = await tell(ports, me, "p1")
    answer = await client.get(PATH, headers=headers)
    [item] = answer.json()["items"]
    assert answer.json()["next_cursor"] is None
    assert set(item) == {
        "id",
        "kind",
        "position",
        "created_at",
        "read_at",
        "alert",
        "posting",
        "why",
        "deliveries",
    }
    assert (item["id"], item["kind"], item["read_at"]) == (id_, "match", None)
    assert item["created_at"] == "2026-11-21T09:30:00.000000Z"
    assert item["alert"] == {"id": f"alert-{me}", "name": "my alert"}
    assert item["posting"]["title"] == "Python p1"
    assert item["why"]["clauses"][0]["text"] == "Python"
    assert item["deliveries"] == [
        {"channel": "inapp", "status": "delivered", "attempts": 1},
        {"channel": "email", "status": "pending", "attempts": 0},
    ]
    assert "@" not in answer.text


async def test_pages_are_newest_first_and_complete(client: Any, sign_up: Any, ports: Ports) -> None:
    headers = await sign_up(client)
    me = await user_id(client, headers)
    for number in range(7):
        await tell(ports, me, f"p{number}")
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 3}
    while True:
        body = (await client.get(PATH, headers=headers, params=params)).json()
        seen += [item["posting"]["id"] for item in body["items"]]
        assert all(len(item["deliveries"]) == 2 for item in body["items"])
        if body["next_cursor"] is None:
            break
        params["cursor"] = body["next_cursor"]
    assert seen == [f"p{number}" for number in reversed(range(7))]


async def test_read_state(client: Any, sign_up: Any, ports: Ports) -> None:
    headers = await sign_up(client)
    me = await user_id(client, headers)
    ids = [await tell(ports, me, f"p{number}") for number in range(3)]
    for _ in range(2):
        marked = await client.post(f"{PATH}/{ids[1]}/read", headers=headers)
        assert (marked.status_code, marked.content) == (204, b"")
    assert await read(client, headers, unread="true") == ["p2", "p0"]
    assert await read(client, headers, unread="false") == ["p1"]
    assert await read(client, headers) == ["p2", "p1", "p0"]
    events = [
        each.event
        async for each in ports.stream.read(NOTIFICATION_EVENTS)
        if each.event.type == NOTIFICATION_READ
    ]
    assert [event.subject for event in events] == [ids[1]]

    assert (await client.post(f"{PATH}/read-all", headers=headers)).json() == {"marked": 2}
    assert await read(client, headers, unread="true") == []
    assert (await client.post(f"{PATH}/read-all", headers=headers)).json() == {"marked": 0}


async def test_read_all_reads_more_than_a_page(
    client: Any, sign_up: Any, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "PAGE", 4)
    headers = await sign_up(client)
    me = await user_id(client, headers)
    for number in range(9):
        await tell(ports, me, f"p{number}")
    assert (await client.post(f"{PATH}/read-all", headers=headers)).json() == {"marked": 9}
    assert await read(client, headers, unread="true") == []


async def test_two_tabs_that_read_at_once_are_both_fine(
    client: Any, sign_up: Any, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = await sign_up(client)
    id_ = await tell(ports, await user_id(client, headers), "p1")
    replace = ports.documents.replace

    async def overtaken(collection: Any, id: str, body: Any, **options: Any) -> Any:
        monkeypatch.setattr(ports.documents, "replace", replace)
        await replace(collection, id, body, **options)
        raise VersionConflict

    monkeypatch.setattr(ports.documents, "replace", overtaken)
    assert (await client.post(f"{PATH}/{id_}/read", headers=headers)).status_code == 204


async def test_another_persons_notification_does_not_exist(
    client: Any, sign_up: Any, ports: Ports
) -> None:
    owner, other = await sign_up(client), await sign_up(client)
    id_ = await tell(ports, await user_id(client, owner), "p1")
    assert await read(client, other) == []
    refused = await client.post(f"{PATH}/{id_}/read", headers=other)
    assert refused.status_code == 404
    assert (await client.post(f"{PATH}/read-all", headers=other)).json() == {"marked": 0}
    assert (await ports.documents.get(NOTIFICATIONS, id_)).body["read_at"] is None
    with pytest.raises(NotFound):
        await notifications.mark_read(ports, await user_id(client, other), id_)


@pytest.mark.parametrize(
    "id_", ["nothing", "a" * 500, "%00", "0192f0a0-0000-8000-8000-000000000001"]
)
async def test_an_id_that_is_none_is_not_found(client: Any, sign_up: Any, id_: str) -> None:
    headers = await sign_up(client)
    assert (await client.post(f"{PATH}/{id_}/read", headers=headers)).status_code in (404, 422)


@pytest.mark.parametrize(
    "query", ["unread=perhaps", "limit=0", "limit=101", "cursor=nonsense", "order=old"]
)
async def test_a_wrong_query_is_named(client: Any, sign_up: Any, query: str) -> None:
    answer = await client.get(f"{PATH}?{query}", headers=await sign_up(client))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", PATH),
        ("POST", f"{PATH}/x/read"),
        ("POST", f"{PATH}/read-all"),
        ("GET", f"{PATH}/stream"),
    ],
)
async def test_nobody_is_told_nothing(client: Any, method: str, path: str) -> None:
    assert (await client.request(method, path)).status_code == 401


async def test_a_mail_only_alert_is_listed_but_not_shown_live(
    client: Any, sign_up: Any, ports: Ports
) -> None:
    headers = await sign_up(client)
    me = await user_id(client, headers)
    await tell(ports, me, "mail", (ChannelName.EMAIL,))
    await tell(ports, me, "app", (ChannelName.INAPP,))
    assert await read(client, headers) == ["app", "mail"]
    missed = await notifications.since(ports, me, notifications.BEGINNING)
    assert [item["posting"]["id"] for item in missed] == ["app"]
