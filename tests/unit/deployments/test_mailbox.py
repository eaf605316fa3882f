"""The kept mails' page, and the unsubscribe link in them."""

import re
from typing import Any

import pytest

from backends.channels.base import Message
from backends.channels.kept import KeptMail
from backends.documents.collections import ALERTS
from delivery.unsubscribe import Subscription, sign
from models.alert import ChannelName
from models.events import ALERT_EVENTS
from services.ports import Ports
from services.telling.unsubscribing import unsubscribe

ID = "0192f0a0-0000-8000-8000-00000000000{}"
SECRET = "a-secret-of-a-test-with-32-bytes-or-more"
HOSTILE = "<script>alert(1)</script>"


async def keep(ports: Ports, number: int, subject: str = "New match") -> str:
    channel = KeptMail(ports.files, sender="jobs@board.example", clock=ports.clock)
    id_ = ID.format(number)
    sent = await channel.send(
        Message(id_, "ada@example.org", subject, "the text", f"<p>the page</p>{HOSTILE}")
    )
    assert sent.outcome == "delivered"
    return f"/mail/{id_}.eml"


async def test_mails_are_listed_and_shown(client: Any, ports: Ports) -> None:
    assert "There is none yet" in (await client.get("/mail")).text
    first = await keep(ports, 1, "Über <b>uns</b>")
    second = await keep(ports, 2)
    listed = (await client.get("/mail")).text
    assert set(re.findall(r'href="(/mail/[^"]+)"', listed)) == {first, second}
    assert "Über &lt;b&gt;uns&lt;/b&gt;" in listed
    shown = (await client.get(first)).text
    assert "the text" in shown
    assert "ada@example.org" in shown
    assert f'src="{first}/html"' in shown


async def test_the_html_of_a_mail_can_do_nothing(client: Any, ports: Ports) -> None:
    answer = await client.get(await keep(ports, 1) + "/html")
    policy = answer.headers["content-security-policy"]
    assert HOSTILE in answer.text
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


async def test_our_own_pages_have_no_inline_script_or_style(client: Any, ports: Ports) -> None:
    path = await keep(ports, 1)
    for page in ("/mail", path, "/unsubscribe/x"):
        text = (await client.get(page)).text
        assert "<script" not in text
        assert "<style" not in text
        assert "style=" not in text


@pytest.mark.parametrize(
    "name", ["nothing", "..%2Fjobray.db", f"{ID.format(9)}.eml", f"{ID.format(1)}.txt"]
)
async def test_what_is_no_mail_is_not_found(client: Any, name: str) -> None:
    assert (await client.get(f"/mail/{name}")).status_code == 404


async def test_a_closed_mailbox_does_not_exist(serve: Any, ports: Ports) -> None:
    async with serve(mailbox_open=False) as client:
        path = await keep(ports, 1)
        for page in ("/mail", path, path + "/html"):
            assert (await client.get(page)).status_code == 404


async def alert(
    client: Any, sign_up: Any, channels: tuple[str, ...] = ("inapp", "email")
) -> tuple[str, str]:
    """A new person's alert: its id and the user's."""
    headers = await sign_up(client)
    body = {"name": "a <b> alert", "query": "python", "channels": list(channels)}
    answer = await client.post("/api/v1/alerts", headers=headers, json=body)
    assert answer.status_code == 201, answer.text
    me = (await client.get("/api/v1/users/me", headers=headers)).json()["id"]
    return answer.json()["id"], me


def link(user_id: str, alert_id: str, secret: str = SECRET) -> str:
    token = sign(Subscription(user_id, alert_id, ChannelName.EMAIL), secret)
    return f"/unsubscribe/{token}"


async def channels_of(ports: Ports, alert_id: str) -> list[str]:
    channels: list[str] = (await ports.documents.get(ALERTS, alert_id)).body["channels"]
    return channels


async def test_get_asks_and_changes_nothing(client: Any, sign_up: Any, ports: Ports) -> None:
    alert_id, user_id = await alert(client, sign_up)
    for _ in range(2):
        answer = await client.get(link(user_id, alert_id))
        assert answer.status_code == 200
        assert 'method="post"' in answer.text
        assert "a &lt;b&gt; alert" in answer.text
    assert (await ports.documents.get(ALERTS, alert_id)).version == 1


@pytest.mark.parametrize(
    "request_",
    [
        {
            "content": b"List-Unsubscribe=One-Click",
            "headers": {"Content-Type": "application/x-www-form-urlencoded"},
        },
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {},
    ],
    ids=["form", "multipart", "button"],
)
async def test_post_stops_the_mail_without_a_cookie(
    client: Any, sign_up: Any, ports: Ports, request_: dict[str, Any]
) -> None:
    alert_id, user_id = await alert(client, sign_up)
    for _ in range(2):
        answer = await client.post(link(user_id, alert_id), **request_)
        assert answer.status_code == 200, answer.text
        assert "No more mail" in answer.text
    assert await channels_of(ports, alert_id) == ["inapp"]
    stored = await ports.documents.get(ALERTS, alert_id)
    assert (stored.version, stored.body["version"]) == (2, 2)
    events = [each.event async for each in ports.stream.read(ALERT_EVENTS)]
    assert [event.data["alert"]["channels"] for event in events] == [["inapp", "email"], ["inapp"]]


async def test_an_alert_by_mail_only_keeps_the_inbox(
    client: Any, sign_up: Any, ports: Ports
) -> None:
    alert_id, user_id = await alert(client, sign_up, ("email",))
    await client.post(link(user_id, alert_id))
    assert await channels_of(ports, alert_id) == ["inapp"]


async def test_a_forged_link_changes_nothing(client: Any, sign_up: Any, ports: Ports) -> None:
    alert_id, user_id = await alert(client, sign_up)
    _, other = await alert(client, sign_up)
    genuine = link(user_id, alert_id)
    forged = [
        link(user_id, alert_id, "another secret of at least 32 bytes"),
        link(other, alert_id).partition(".")[0] + "." + genuine.partition(".")[2],
        genuine[:-2],
        "/unsubscribe/x",
        "/unsubscribe/%FF",
    ]
    for path in forged:
        for method in ("GET", "POST"):
            answer = await client.request(method, path)
            assert answer.status_code == 404, path
            assert "not valid" in answer.text
    # Signed by us, but of an alert that is not this person's: nothing to stop.
    assert (await client.post(link(other, alert_id))).status_code == 200
    assert await channels_of(ports, alert_id) == ["inapp", "email"]


async def test_a_deleted_alert_sends_nothing_already(client: Any, sign_up: Any) -> None:
    _, user_id = await alert(client, sign_up)
    answer = await client.post(link(user_id, ID.format(1)))
    assert (answer.status_code, "No more mail" in answer.text) == (200, True)


async def test_the_link_outlives_a_rotation_of_the_key(sign_up: Any, serve: Any) -> None:
    async with serve(secret_key="n" * 32, previous_secret_key=SECRET) as client:
        alert_id, user_id = await alert(client, sign_up)
        assert (await client.get(link(user_id, alert_id))).status_code == 200


async def test_a_change_at_the_same_moment_is_kept(
    client: Any, sign_up: Any, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert_id, user_id = await alert(client, sign_up)
    replace = ports.documents.replace

    async def overtaken(collection: Any, id: str, body: Any, **options: Any) -> Any:
        monkeypatch.setattr(ports.documents, "replace", replace)
        stored = await ports.documents.get(ALERTS, id)
        renamed = stored.body | {"name": "renamed", "version": 2}
        await replace(ALERTS, id, renamed, expected_version=stored.version)
        return await replace(collection, id, body, **options)

    monkeypatch.setattr(ports.documents, "replace", overtaken)
    await unsubscribe(ports, Subscription(user_id, alert_id, ChannelName.EMAIL))
    stored = await ports.documents.get(ALERTS, alert_id)
    assert (stored.body["name"], stored.body["channels"]) == ("renamed", ["inapp"])
