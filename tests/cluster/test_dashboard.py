"""Ray's dashboard and state API: who comes without the token sees nothing, who has it finds every
actor by its name."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from chaos.running import ROOT, Running
from servers.ports import free_port

pytestmark = pytest.mark.timeout(400)
ACTORS = {"index:0", "matcher:0", "processor:0", "notifier:0", "supervisor"}
RAY = "from ray.scripts.scripts import main; main()"
LISTED = ("--detail", "--format", "json", "--filter", "ray_namespace=jobray")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(
        tmp_path_factory.mktemp("system"),
        JOBRAY_RAY_DASHBOARD="true",
        JOBRAY_RAY_DASHBOARD_PORT=str(free_port()),
    )
    try:
        yield running.start(ready_s=180.0)
    finally:
        running.stop()


def dashboard(system: Running) -> str:
    return f"http://127.0.0.1:{system.environment['JOBRAY_RAY_DASHBOARD_PORT']}"


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/api/v0/actors"),
        ("GET", "/logical/actors"),
        ("GET", "/nodes?view=summary"),
        ("GET", "/api/serve/applications/"),
        ("PUT", "/api/serve/applications/"),
        ("GET", "/api/jobs/"),
        ("POST", "/api/jobs/"),
        ("GET", "/api/v0/logs"),
    ],
)
@pytest.mark.parametrize("token", [None, "0" * 64], ids=["no token", "a wrong one"])
def test_nobody_is_let_in_without_the_token(
    system: Running, method: str, path: str, token: str | None
) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = httpx2.request(method, dashboard(system) + path, headers=headers, json={}, timeout=10)
    assert answer.status_code in (401, 403), answer.text


def test_the_token_is_its_owners_alone(system: Running) -> None:
    file = system.folder / "ray.token"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_text()) >= 32
    url = dashboard(system) + "/api/v0/actors"
    headers = {"Authorization": f"Bearer {file.read_text()}"}
    assert httpx2.get(url, headers=headers, timeout=10).status_code == 200


def test_actors_are_listed_by_name(system: Running) -> None:
    """With Ray's own command line, which is given the token's file."""
    environment = system.environment | {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(system.folder / "ray.token"),
    }
    done = subprocess.run(
        [sys.executable, "-c", RAY, "list", "actors", *LISTED, "--address", dashboard(system)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    listed: list[dict[str, Any]] = json.loads(done.stdout)
    by_name = {row["name"]: row for row in listed}
    assert by_name.keys() >= ACTORS
    for name in ACTORS:
        assert by_name[name]["state"] == "ALIVE"
        assert by_name[name]["class_name"] == "Shell"
        # Ray asks an actor once what it calls itself, so that must be true for good.
        assert by_name[name]["repr_name"] == name
