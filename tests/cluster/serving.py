"""A Ray head of this machine, to which applications are deployed as on Kubernetes: a node with the
variables of the manifest's pods and a token, asked through its dashboard."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import psutil
import yaml

from chaos.people import wait_until
from chaos.running import ROOT
from servers.ports import free_port

TOKEN = "0123456789abcdef" * 4
HOST = "127.0.0.1"
RATE_LIMIT = 1_000_000
"""Requests a minute: none is refused."""
RAY = "from ray.scripts.scripts import main; main()"
BASE = ROOT / "cluster" / "kubernetes" / "base"
MANIFEST: dict[str, Any] = yaml.safe_load((BASE / "rayservice.yaml").read_text())["spec"]
SETTINGS: dict[str, str] = yaml.safe_load((BASE / "settings.yaml").read_text())["data"]
[WORKERS] = MANIFEST["rayClusterConfig"]["workerGroupSpecs"]
CONTAINER: dict[str, Any] = WORKERS["template"]["spec"]["containers"][0]
VARIABLES: dict[str, str] = {v["name"]: v["value"] for v in CONTAINER["env"] if "value" in v}
SERVE = "from ray.serve.scripts import cli; cli()"


class Head:
    """Runs from `start` to `stop`. `environment`: more variables of the node, so of all on it."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port, self.dashboard_port, self.agent_port = free_port(), free_port(), free_port()
        self.metrics_port = free_port()
        # Ray's sockets are in it, and the path of a socket has 107 characters at most.
        self._files = tempfile.TemporaryDirectory(prefix="ray-")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("JOBRAY_", "RAY_"))}
        self.environment = kept | {
            "JOBRAY_DATA_DIR": str(folder / "data"),
            "JOBRAY_HTTP_PORT": str(self.port),
            "JOBRAY_HTTP_TRUSTED_PROXIES": SETTINGS["JOBRAY_HTTP_TRUSTED_PROXIES"],
            "JOBRAY_RATE_LIMIT_PER_MINUTE": str(RATE_LIMIT),
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": TOKEN,
            "RAY_TMPDIR": self._files.name,
            **VARIABLES,
            **self._of_haproxy(),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def _of_haproxy(self) -> dict[str, str]:
        """Ports and files of its own, which a pod needs not say. And a stopped replica stays for as
        long as a busy machine's HAProxy takes to leave it, not for half a minute."""
        folder = Path(self._files.name)
        return {
            "RAY_SERVE_HAPROXY_STATS_PORT": str(free_port()),
            "RAY_SERVE_HAPROXY_METRICS_PORT": str(free_port()),
            "RAY_SERVE_HAPROXY_CONFIG_FILE_LOC": str(folder / "haproxy.cfg"),
            "RAY_SERVE_HAPROXY_SOCKET_PATH": str(folder / "admin.sock"),
            "RAY_SERVE_HAPROXY_SERVER_STATE_BASE": str(folder),
            "RAY_SERVE_HAPROXY_SERVER_STATE_FILE": str(folder / "server-state"),
            "RAY_SERVE_DIRECT_INGRESS_MIN_DRAINING_PERIOD_S": "3",
        }

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self, host: str = HOST) -> "Head":
        """Returns when the dashboard answers."""
        options = {
            "--port": free_port(),
            "--dashboard-host": host,
            "--dashboard-port": self.dashboard_port,
            "--dashboard-agent-listen-port": self.agent_port,
            "--ray-client-server-port": free_port(),
            "--metrics-export-port": self.metrics_port,
            "--num-cpus": 2,
        }
        given = [f"{name}={value}" for name, value in options.items()]
        with (self.folder / "ray.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", RAY, "start", "--head", "--block", *given],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        wait_until(self._answers, timeout_s=120.0)
        return self

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "ray.log").read_text()
        try:
            self.applications()
        except httpx2.HTTPError:
            return False
        return True

    def deploy(self, config: Mapping[str, Any]) -> None:
        """`serve deploy` this configuration, moved to our port. Returns at once."""
        moved = {**config, "http_options": {"host": HOST, "port": self.port}}
        file = self.folder / "ray_config.yaml"
        file.write_text(yaml.safe_dump(moved))
        address = f"http://{HOST}:{self.dashboard_port}"
        done = subprocess.run(
            [sys.executable, "-c", SERVE, "deploy", "--address", address, str(file)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def applications(self) -> dict[str, Any]:
        """What the dashboard tells of each application, by name."""
        answer = httpx2.get(
            f"http://{HOST}:{self.dashboard_port}/api/serve/applications/",
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=10,
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()["applications"]
        return found

    def replicas(self) -> dict[str, set[str]]:
        """The replicas that serve, by application."""
        return {
            name: {
                replica["replica_id"]
                for replica in told["deployments"].get("Ingress", {}).get("replicas", ())
                if replica["state"] == "RUNNING"
            }
            for name, told in self.applications().items()
        }

    def settled(self) -> bool:
        """Whether every application is as it was told to be, and the actors serve."""
        told = self.applications().values()
        failed = [each["message"] for each in told if each["status"] == "DEPLOY_FAILED"]
        assert not failed, failed
        if not all(each["status"] == "RUNNING" for each in told):
            return False
        try:
            return httpx2.get(f"{self.url}/ready", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def stop(self) -> None:
        """Every process is gone when this returns."""
        if self._process is not None:
            # All at once: a proxy that sees its replicas end would start another HAProxy meanwhile,
            # which nobody would end.
            family = psutil.Process(self._process.pid).children(recursive=True)
            for each in (psutil.Process(self._process.pid), *family):
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
            psutil.wait_procs(family, timeout=10)
            self._process.wait(timeout=10)
        self._files.cleanup()
