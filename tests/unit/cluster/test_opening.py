"""What happens where the servers do not answer when something begins."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cluster import edge, system, wiring
from cluster.settings import Settings, load
from deployments.app import make_app
from deployments.settings import ROLES
from models.errors import Unavailable
from services.ports import Ports


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.setenv("JOBRAY_DATA_DIR", str(tmp_path / "data"))
    made = load()
    made.prepare()
    return made


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The servers are away as often as its first number says."""
    left = [0]
    opened = wiring.open_ports

    async def open_ports(settings: Settings, make_doors: wiring.MakeDoors) -> Ports:
        if left[0] > 0:
            left[0] -= 1
            raise Unavailable("the servers are away")
        return await opened(settings, make_doors)

    monkeypatch.setattr(wiring, "open_ports", open_ports)
    monkeypatch.setattr(wiring, "PAUSE_S", 0.01)
    return left


def client(settings: Settings) -> TestClient:
    told = edge.edge_settings(settings, roles=ROLES, max_ongoing_requests=10)
    return TestClient(make_app(edge.opener(settings), told), base_url="http://localhost")


def test_a_replica_waits_for_servers_that_come_back(settings: Settings, away: list[int]) -> None:
    away[0] = 3
    with client(settings) as http:
        assert http.get("/health").status_code == 200
    assert away == [0]


def test_a_replica_gives_up_in_the_end(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, away: list[int]
) -> None:
    monkeypatch.setattr(wiring, "PATIENCE_S", 0.05)
    away[0] = 1_000
    with pytest.raises(Unavailable), client(settings):
        pass


async def test_a_system_is_not_begun_without_its_servers(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    for name, url in {
        "JOBRAY_DOCUMENTS_URL": "mongodb://ann:word@127.0.0.1:9/jobray",
        "JOBRAY_STREAM_URL": "pulsar://127.0.0.1:9",
        "JOBRAY_SECRET_KEY": "0" * 64,
    }.items():
        monkeypatch.setenv(name, url)
    with pytest.raises(system.StartError) as said:
        await system.at_work(load())
    assert "JOBRAY_DOCUMENTS_URL 127.0.0.1:9, JOBRAY_STREAM_URL 127.0.0.1:9" in str(said.value)
    assert "word" not in str(said.value)


async def test_a_server_that_is_slow_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "PAUSE_S", 0.0)
    tries = 0

    async def ask() -> int:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise Unavailable("slow")
        return tries

    assert await wiring.when_available(ask) == 3


async def test_a_server_that_stays_away_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "PATIENCE_S", 0.0)
    monkeypatch.setattr(wiring, "PAUSE_S", 0.0)

    async def ask() -> int:
        raise Unavailable("gone")

    with pytest.raises(Unavailable):
        await wiring.when_available(ask)
