"""What KubeRay does with our RayService, done to a Ray node of this machine.

It starts Ray with a token and the pod's variables, asks what the probes ask, and hands the
applications over through the dashboard, as the operator does. One node has room for one of the two
replicas of each, so the deployments stay unfinished; the others serve.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import ray
import yaml

from chaos.people import wait_until
from tests.cluster.serving import CONTAINER, MANIFEST, TOKEN, Head

pytestmark = pytest.mark.timeout(400)
AGENT = 52365
"""KubeRay starts the agent on this port; the manifest's probes name it."""


@dataclass(frozen=True)
class Node:
    """A head as others see it: at the machine's address."""

    head: Head
    address: str

    @property
    def edge(self) -> str:
        return f"http://{self.address}:{self.head.port}"

    @property
    def serve_api(self) -> str:
        return f"http://{self.address}:{self.head.dashboard_port}/api/serve/applications/"

    def asked(self, probe: Mapping[str, Any]) -> int:
        """What the kubelet would get; 0 where nobody answers."""
        names = {port["name"]: port["containerPort"] for port in CONTAINER["ports"]}
        port = names.get(probe["httpGet"]["port"], probe["httpGet"]["port"])
        here = {8000: self.head.port, AGENT: self.head.agent_port}[port]
        try:
            url = f"http://{self.address}:{here}{probe['httpGet']['path']}"
            return httpx2.get(url, timeout=probe["timeoutSeconds"]).status_code
        except httpx2.HTTPError:
            return 0


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    head = Head(tmp_path_factory.mktemp("kuberay"))
    try:
        yield Node(head.start(host="0.0.0.0"), ray.util.get_node_ip_address())
    finally:
        head.stop()


def test_a_head_is_alive_to_who_has_no_token(node: Node) -> None:
    head = MANIFEST["rayClusterConfig"]["headGroupSpec"]["template"]["spec"]["containers"][0]
    for probe in ("livenessProbe", "readinessProbe"):
        asked = head[probe]
        assert asked["httpGet"]["port"] == AGENT
        wait_until(lambda asked=asked: node.asked(asked) == 200)


def test_kuberay_deploys_with_the_token_and_nobody_without(node: Node) -> None:
    told = yaml.safe_load(MANIFEST["serveConfigV2"])
    told["http_options"]["port"] = node.head.port
    assert httpx2.put(node.serve_api, json=told, timeout=30).status_code == 401
    assert node.asked(CONTAINER["readinessProbe"]) == 0
    operator = httpx2.Client(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
    assert operator.put(node.serve_api, json=told).status_code == 200

    wait_until(lambda: node.asked(CONTAINER["readinessProbe"]) == 200, timeout_s=120.0)
    # A single answer waits for actors that are still being started.
    wait_until(lambda: httpx2.get(f"{node.edge}/ready", timeout=60).status_code == 200, 120.0)
    wait_until(lambda: all(node.head.replicas().get(name) for name in ("api", "search", "events")))
    for application in operator.get(node.serve_api).json()["applications"].values():
        assert application["deployments"]["Ingress"]["target_num_replicas"] == 2
    # Beyond loopback, so closed without being told.
    for path in ("/metrics", "/mail"):
        assert httpx2.get(node.edge + path, headers={"Host": "localhost"}).status_code == 404
