"""What KubeRay does with our RayService, done to a Ray node of this machine.

It starts Ray with a token and the pod's variables, asks what the probes ask, and hands the
application over through the dashboard, as the operator does. One node has room for one of the two
replicas, so the deployment stays unfinished; the other one serves.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
import ray
import yaml

from tests.e2e.people import wait_until
from tests.e2e.running import ROOT, free_port

MANIFEST = yaml.safe_load((ROOT / "cluster/kubernetes/base/rayservice.yaml").read_text())["spec"]
[WORKERS] = MANIFEST["rayClusterConfig"]["workerGroupSpecs"]
CONTAINER = WORKERS["template"]["spec"]["containers"][0]
TOKEN = "0123456789abcdef" * 4
AGENT = 52365
"""KubeRay starts the agent on this port; the manifest's probes name it."""


@dataclass(frozen=True)
class Node:
    """A head; `moved` says where a port of the manifest is on this machine."""

    address: str
    moved: Mapping[int, int]
    dashboard: int

    def asked(self, probe: Mapping[str, Any]) -> int:
        """What the kubelet would get; 0 where nobody answers."""
        ports = {port["name"]: port["containerPort"] for port in CONTAINER["ports"]}
        port = self.moved[ports.get(probe["httpGet"]["port"], probe["httpGet"]["port"])]
        try:
            url = f"http://{self.address}:{port}{probe['httpGet']['path']}"
            return httpx2.get(url, timeout=probe["timeoutSeconds"]).status_code
        except httpx2.HTTPError:
            return 0


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("kuberay")
    moved = {8000: free_port(), AGENT: free_port()}
    started = Node(ray.util.get_node_ip_address(), moved, free_port())
    with (folder / "ray.log").open("wb") as log:
        process = subprocess.Popen(
            start(started), cwd=ROOT, env=environment(folder), stdout=log, stderr=log
        )
        try:
            wait_until(lambda: started.asked(CONTAINER["livenessProbe"]) == 200, timeout_s=60.0)
            yield started
        finally:
            end(process)


def start(node: Node) -> list[str]:
    options = {
        "--port": free_port(),
        "--dashboard-host": "0.0.0.0",
        "--dashboard-port": node.dashboard,
        "--dashboard-agent-listen-port": node.moved[AGENT],
        "--ray-client-server-port": free_port(),
        "--metrics-export-port": free_port(),
        "--num-cpus": 2,
    }
    given = [f"{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-c", "from ray.scripts.scripts import main; main()"]
    return [*command, "start", "--head", "--block", *given]


def environment(folder: Path) -> dict[str, str]:
    plain = {v["name"]: v["value"] for v in CONTAINER["env"] if "value" in v}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JOBRAY_", "RAY_"))}
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": TOKEN}
    return kept | plain | token | {"JOBRAY_DATA_DIR": str(folder / "data")}


def end(process: subprocess.Popen[bytes]) -> None:
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)
    _, alive = psutil.wait_procs([*family, psutil.Process(process.pid)], timeout=10)
    for left in alive:
        left.kill()
    process.wait(timeout=10)


def test_a_head_is_alive_to_who_has_no_token(node: Node) -> None:
    head = MANIFEST["rayClusterConfig"]["headGroupSpec"]["template"]["spec"]["containers"][0]
    for probe in ("livenessProbe", "readinessProbe"):
        assert head[probe]["httpGet"]["port"] == AGENT
        assert node.asked(head[probe]) == 200


def test_kuberay_deploys_with_the_token_and_nobody_without(node: Node) -> None:
    told = yaml.safe_load(MANIFEST["serveConfigV2"])
    told["http_options"]["port"] = node.moved[8000]
    api = f"http://{node.address}:{node.dashboard}/api/serve/applications/"
    assert httpx2.put(api, json=told, timeout=30).status_code == 401
    assert node.asked(CONTAINER["readinessProbe"]) == 0
    operator = httpx2.Client(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
    assert operator.put(api, json=told).status_code == 200

    edge = f"http://{node.address}:{node.moved[8000]}"
    wait_until(lambda: node.asked(CONTAINER["readinessProbe"]) == 200, timeout_s=60.0)
    # A single answer waits for actors that are still being started.
    wait_until(lambda: httpx2.get(f"{edge}/ready", timeout=60).status_code == 200, timeout_s=90.0)
    [application] = operator.get(api).json()["applications"].values()
    assert application["deployments"]["Ingress"]["target_num_replicas"] == 2
    # Beyond loopback, so closed without being told.
    for path in ("/metrics", "/mail"):
        assert httpx2.get(edge + path, headers={"Host": "localhost"}).status_code == 404
