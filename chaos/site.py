"""Where the nodes of a cluster on one machine are: their addresses, ports, disks and settings.

The head holds the cluster's own state and runs nothing of ours, as in `cluster/kubernetes`; what
the manifests there tune Ray with, it is tuned with here. Each node has an address of the loopback
interface, an HTTP proxy with a port of its own, and a folder of its own as its disk. Only Linux has
what that takes: all of 127.0.0.0/8, and /proc.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # comes with Ray, without types

from chaos.node import Node
from chaos.running import ROOT
from cluster.settings import write_private
from servers.ports import HOST, free_port

MANIFEST = ROOT / "cluster/kubernetes/base/rayservice.yaml"
CONFIGURATION = ROOT / "ray_config.yaml"
HEAD = "head"
WORKERS = ("worker-1", "worker-2")
NAMES = (HEAD, *WORKERS)
# Not 127.0.0.1: in its place Ray puts the machine's outer address.
ADDRESSES = {name: f"127.0.0.{number}" for number, name in enumerate(NAMES, start=2)}
CPUS = {HEAD: 0, **dict.fromkeys(WORKERS, 2)}
OBJECT_STORE_BYTES = 80 * 1024 * 1024
DISK = "/proc/self/cwd/data"
"""The settings travel from the node that deploys to all others, and with them this path. As on
machines of their own, it is another folder on each node: that of whoever looks."""


class Site:
    """`settings` are JOBRAY_… variables of every node. Nothing runs yet."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.token = secrets.token_hex(32)
        self._ports = {name: free_port() for name in NAMES}
        self._gcs, self._dashboard, self._fallback = free_port(), free_port(), free_port()
        self._settings = {
            "JOBRAY_HTTP_PORT": str(self._ports[HEAD]),
            "JOBRAY_SECRET_KEY": secrets.token_hex(32),
            "JOBRAY_RATE_LIMIT_PER_MINUTE": "1000000",
            **settings,
        }
        self.desk.mkdir(parents=True, exist_ok=True)
        write_private(self._token_file, self.token)
        # Ray's sockets lie in there, and their paths may not be longer than 107 bytes.
        self._scratch = Path(tempfile.mkdtemp(prefix="nodes-"))

    def clear(self) -> None:
        """Remove what Ray left, but keep its logs among the folders of the nodes."""
        if self.logs.exists():
            shutil.copytree(self.logs, self.folder / "logs", dirs_exist_ok=True)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def forget_head(self) -> None:
        """Remove Ray's note of where the head is: as the workers on the same machine name the same
        address, a new head would believe that the old one still runs, and not start."""
        (self._scratch / "ray_current_cluster").unlink(missing_ok=True)

    @property
    def logs(self) -> Path:
        """What the processes of all nodes say; not there before the head has begun."""
        return self._scratch / "session_latest" / "logs"

    @property
    def desk(self) -> Path:
        """Where an operator works; the data folder of his commands."""
        return self.folder / "operator"

    @property
    def environment(self) -> dict[str, str]:
        """Of an operator's commands."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("JOBRAY_", "RAY_"))}
        ray = {
            "RAY_ADDRESS": self._gcs_address,
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(self._token_file),
        }
        return kept | tuning() | ray | {"JOBRAY_DATA_DIR": str(self.desk)} | self._settings

    def url(self, name: str) -> str:
        """The node's own HTTP."""
        return f"http://{HOST}:{self._ports[name]}"

    @property
    def dashboard_url(self) -> str:
        return f"http://{HOST}:{self._dashboard}"

    def configuration(self) -> dict[str, Any]:
        """`ray_config.yaml` with HTTP on loopback and on the head's port, a replica for each worker
        as in the manifests, and of the applications only the one at `/`, which has every router:
        three times the replicas would measure how fast one machine starts processes."""
        wanted: dict[str, Any] = yaml.safe_load(CONFIGURATION.read_text())
        [whole] = [each for each in wanted["applications"] if each["route_prefix"] == "/"]
        deployment = {"num_replicas": len(WORKERS), "max_replicas_per_node": 1}
        whole["deployments"] = [each | deployment for each in whole["deployments"]]
        http = {"host": HOST, "port": self._ports[HEAD]}
        return wanted | {"applications": [whole], "http_options": http}

    def head(self, state_url: str) -> Node:
        """The head, with its state in this Redis."""
        arguments = [
            "--head",
            f"--port={self._gcs}",
            f"--dashboard-host={HOST}",
            f"--dashboard-port={self._dashboard}",
            f"--ray-client-server-port={free_port()}",
        ]
        state = {
            "RAY_REDIS_ADDRESS": state_url,
            "RAY_external_storage_namespace": self._scratch.name,
        }
        return self._node(HEAD, arguments, state)

    def worker(self, name: str) -> Node:
        return self._node(name, [f"--address={self._gcs_address}"], {})

    def _node(self, name: str, arguments: list[str], environment: dict[str, str]) -> Node:
        agent = free_port()
        # No --node-name: Serve takes it for an address at which the node is reached.
        common = [
            f"--node-ip-address={ADDRESSES[name]}",
            f"--num-cpus={CPUS[name]}",
            f"--object-store-memory={OBJECT_STORE_BYTES}",
            f"--temp-dir={self._scratch}",
            f"--dashboard-agent-listen-port={agent}",
            # Any ports: each node would take the same ones otherwise.
            "--min-worker-port=0",
            "--max-worker-port=0",
            "--include-log-monitor=false",
        ]
        inner = self.environment | {"JOBRAY_DATA_DIR": DISK} | self._edge(name) | environment
        del inner["RAY_ADDRESS"]  # who is within knows
        return Node(
            name,
            self.folder / name,
            arguments=[*common, *arguments],
            environment=inner,
            health_url=f"http://{ADDRESSES[name]}:{agent}/api/healthz",
        )

    def _edge(self, name: str) -> dict[str, str]:
        """Ports and files of the node's HTTP that are the same on every machine otherwise."""
        files = self._scratch / "haproxy"
        return {
            "RAY_SERVE_WORKER_PROXY_HTTP_PORT": str(self._ports[name]),
            "RAY_SERVE_FALLBACK_PROXY_HTTP_PORT": str(self._fallback),
            "RAY_SERVE_HAPROXY_STATS_PORT": str(free_port()),
            "RAY_SERVE_HAPROXY_METRICS_PORT": str(free_port()),
            "RAY_SERVE_HAPROXY_CONFIG_FILE_LOC": str(files / "haproxy.cfg"),
            "RAY_SERVE_HAPROXY_SOCKET_PATH": str(files / "admin.sock"),
            "RAY_SERVE_HAPROXY_SERVER_STATE_BASE": str(files),
            "RAY_SERVE_HAPROXY_SERVER_STATE_FILE": str(files / "state"),
        }

    @property
    def _token_file(self) -> Path:
        return self.folder / "ray.token"

    @property
    def _gcs_address(self) -> str:
        return f"{ADDRESSES[HEAD]}:{self._gcs}"


def tuning() -> dict[str, str]:
    """What the manifests tell Ray in plain variables."""
    spec = yaml.safe_load(MANIFEST.read_text())["spec"]["rayClusterConfig"]
    [container] = spec["headGroupSpec"]["template"]["spec"]["containers"]
    return {each["name"]: each["value"] for each in container["env"] if "value" in each}
