"""Files by their signed links: what is served, how, and what is refused."""

from datetime import timedelta

import pytest

from backends.files.links import LINKS_PATH, Grant, sign
from delivery import unsubscribe
from delivery.unsubscribe import Subscription
from deployments.settings import EdgeSettings
from models.alert import ChannelName
from services.ports import Ports
from tests.unit.deployments.conftest import SECRET, Client, SimulatedClock
from tests.unit.deployments.every_route import DOCUMENT

OLD = "an-older-secret-of-a-test-with-32-bytes"
NAME = "cvs/0192f0a0-0000-8000-8000-000000000001.html"


@pytest.fixture
def settings(settings: EdgeSettings) -> EdgeSettings:
    return EdgeSettings.model_validate(settings.model_dump() | {"previous_secret_key": OLD})


def link(clock: SimulatedClock, *, name: str = NAME, secret: str = SECRET) -> str:
    return LINKS_PATH + sign(Grant(name, clock() + timedelta(seconds=60)), secret)


async def test_a_link_downloads_the_file_and_shows_nothing_of_it(
    client: Client, ports: Ports, clock: SimulatedClock
) -> None:
    content = b"<script>alert(1)</script>" + bytes(range(256))
    await ports.files.put(NAME, content)
    answer = await client.get(link(clock))
    assert (answer.status_code, answer.content) == (200, content)
    file = NAME.partition("/")[2]
    expected = {
        "content-type": "application/octet-stream",
        "content-disposition": f'attachment; filename="{file}"',
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
        "referrer-policy": "no-referrer",
    }
    assert {name: answer.headers[name] for name in expected} == expected


async def test_a_link_ends_when_it_says(
    client: Client, ports: Ports, clock: SimulatedClock
) -> None:
    await ports.files.put(NAME, b"1")
    url = link(clock)
    clock.advance(59.999)
    assert (await client.get(url)).status_code == 200
    clock.advance(0.001)
    answer = await client.get(url)
    assert answer.status_code == 410
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:jobray:problem:link-expired"
    # To ask for another is no use where the file itself is gone; but a stranger learns neither.
    await ports.files.delete(NAME)
    assert (await client.get(url)).status_code == 410


async def test_the_key_before_a_rotation_is_good(
    client: Client, ports: Ports, clock: SimulatedClock
) -> None:
    await ports.files.put(NAME, b"1")
    assert (await client.get(link(clock, secret=OLD))).status_code == 200
    assert (await client.get(link(clock, secret="x" * 32))).status_code == 404


async def test_what_we_did_not_sign_for_files_names_nothing(
    client: Client, ports: Ports, clock: SimulatedClock
) -> None:
    await ports.files.put(NAME, b"1")
    good = link(clock)
    other = sign(Grant("cvs/other.pdf", clock() + timedelta(seconds=60)), SECRET)
    mixed = LINKS_PATH + other.partition(".")[0] + "." + good.rpartition(".")[2]
    of_a_mail = unsubscribe.sign(Subscription("user", "alert", ChannelName.EMAIL), SECRET)
    for url in (good[:-8], mixed, LINKS_PATH + of_a_mail, LINKS_PATH + "x", LINKS_PATH + "é.ü"):
        answer = await client.get(url)
        assert answer.status_code == 404, url
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_file_that_is_gone_is_not_found(client: Client, clock: SimulatedClock) -> None:
    answer = await client.get(link(clock))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_links_are_read_only_and_described(client: Client, clock: SimulatedClock) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert (await client.request(method, link(clock))).status_code == 405
    operation = DOCUMENT["paths"][LINKS_PATH + "{token}"]["get"]
    assert operation["x-access"] == "itself"
    assert {"200", "404", "410", "429", "503"} <= set(operation["responses"])
    assert "application/problem+json" in operation["responses"]["410"]["content"]
    assert set(operation["responses"]["200"]["content"]) == {"application/octet-stream"}
