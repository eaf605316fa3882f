"""Jobray on three Ray nodes of one machine, deployed as a cluster is, for hitting single nodes.

A head, whose state a Redis of its own keeps so that it can come back, and two workers, on which the
actors and replicas live (`site` says where all that is). Documents, stream and cache are where the
settings say.
"""

import atexit
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2
import psutil
import yaml  # type: ignore[import-untyped]  # comes with Ray, without types

import servers
from chaos.node import Node, NodeError
from chaos.running import COMMAND, settings_in
from chaos.site import HEAD, NAMES, WORKERS, Site
from cluster.settings import Settings

READY_S = 120.0
ASK_S = 5.0
COMMAND_S = 120.0
POLL_S = 0.1
FENCED = '"event": "actor fenced"'
SERVE = (sys.executable, "-c", "from ray.serve.scripts import cli; cli()")


@dataclass(frozen=True, slots=True)
class Seen:
    """An actor as /ready lists it; `node` is where its process is, None where it is nowhere."""

    state: str
    pid: int
    node: str | None


@dataclass(frozen=True)
class Entrance:
    """The cluster as a client sees it who comes in through one node."""

    url: str
    settings: Settings
    processes: Callable[[], list[psutil.Process]]


class Nodes:
    """Begun by `start`, ended by `stop` or as a context, with its process at the latest.

    `settings` are JOBRAY_… variables of every node. The verbs are for one thread at a time.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self._folder = folder
        self._site = Site(folder, settings)
        self._state: servers.Server | None = None
        self._nodes: dict[str, Node] = {}

    def start(self) -> "Nodes":
        """Return when every actor serves and every proxy answers. Raises NodeError, ServerError."""
        atexit.register(self.stop)
        try:
            self._state = servers.launch("redis", self._folder / "state")
            self._nodes[HEAD] = self._site.head(self._state.url)
            self._nodes |= {name: self._site.worker(name) for name in WORKERS}
            self._nodes[HEAD].start()
            self._nodes[HEAD].wait_healthy()
            for name in WORKERS:
                self._nodes[name].start()
            for name in WORKERS:
                self._nodes[name].wait_healthy()
            self.deploy(self._site.configuration())
            for name in NAMES:
                self.wait_ready(name)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End every process; the nodes' folders and the logs stay."""
        atexit.unregister(self.stop)
        for node in self._nodes.values():
            node.kill()
        if self._state is not None:
            self._state.stop()
        self._site.clear()

    def __enter__(self) -> "Nodes":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    # What is done to nodes.

    def kill(self, name: str, *, raylet_only: bool = False) -> None:
        """SIGKILL every process of the node, or its raylet alone."""
        self._nodes[name].kill(raylet_only=raylet_only)

    def freeze(self, name: str, *, raylet_only: bool = False) -> None:
        """SIGSTOP every process of the node, or its raylet alone."""
        self._nodes[name].freeze(raylet_only=raylet_only)

    def thaw(self, name: str, *, but_raylet: bool = False) -> None:
        """Let a frozen node go on, or all of it but its raylet, which ends the node as soon as it
        learns that it was given up."""
        self._nodes[name].thaw(but_raylet=but_raylet)

    def revive(self, name: str) -> None:
        """Start the node again on its ports and disk, after the end of what is left of it; return
        when it is well. Raises NodeError."""
        self._nodes[name].kill()
        self._nodes[name].start()
        self._nodes[name].wait_healthy()

    def restart_head(self) -> None:
        """Kill the head and start it again, as its supervisor does; return when it is well."""
        self.kill(HEAD)
        self._site.forget_head()
        self.revive(HEAD)

    def deploy(self, wanted: Mapping[str, Any]) -> None:
        """`serve deploy` this configuration; return once the head has taken it. Raises
        NodeError."""
        file = self._folder / "ray_config.yaml"
        file.write_text(yaml.safe_dump(dict(wanted)))
        self.wait_until(self._takes_deployments, "the head takes no deployments")
        done = self._command(*SERVE, "deploy", str(file), "--address", self._site.dashboard_url)
        if done.returncode:
            raise NodeError(f"serve deploy failed:\n{done.stdout}{done.stderr}")

    # What is seen of them.

    def at(self, name: str) -> Entrance:
        """The cluster through this node's own HTTP."""
        settings = settings_in(self._site.environment)
        return Entrance(self._site.url(name), settings, self._processes)

    def ready(self, name: str) -> bool:
        """Whether this node's HTTP says that every actor serves."""
        return self._asked(name)[0] == 200

    def actors(self, name: str) -> dict[str, Seen]:
        """Every actor, as this node's HTTP tells; empty where it cannot."""
        homes = {pid: each for each, node in self._nodes.items() for pid in node.pids()}
        return {
            actor["name"]: Seen(actor["state"], actor["pid"], homes.get(actor["pid"]))
            for actor in self._asked(name)[1].get("actors", ())
        }

    def fenced(self) -> Counter[str]:
        """How many processes of each actor have stopped because a newer one had taken over, as
        their logs tell."""
        found: Counter[str] = Counter()
        for file in self._site.logs.glob("worker-*.err"):
            lines = file.read_text(errors="replace").splitlines()
            found.update(json.loads(line)["actor"] for line in lines if FENCED in line)
        return found

    def pids(self, name: str) -> frozenset[int]:
        """The node's processes."""
        return self._nodes[name].pids()

    def wait_ready(self, name: str) -> None:
        """Return when this node's HTTP says that every actor serves. Raises NodeError."""
        try:
            self.wait_until(lambda: self.ready(name), f"{name} is not ready")
        except NodeError as error:
            raise NodeError(f"{error}; it says {self._asked(name)}") from None

    def wait_until(
        self, holds: Callable[[], object], complaint: str, timeout_s: float = READY_S
    ) -> float:
        """The seconds until it holds. Raises NodeError with the complaint where it does not."""
        begun = time.monotonic()
        while not holds():
            if time.monotonic() - begun > timeout_s:
                raise NodeError(f"{complaint} after {timeout_s:.0f} s")
            time.sleep(POLL_S)
        return time.monotonic() - begun

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the `jobray` command as an operator of this cluster does."""
        return self._command(*COMMAND, *arguments)

    def _processes(self) -> list[psutil.Process]:
        return [psutil.Process(pid) for node in self._nodes.values() for pid in node.pids()]

    def _takes_deployments(self) -> bool:
        headers = {"Authorization": f"Bearer {self._site.token}"}
        url = f"{self._site.dashboard_url}/api/serve/applications/"
        try:
            return httpx2.get(url, headers=headers, timeout=ASK_S).status_code == 200
        except httpx2.HTTPError:
            return False

    def _asked(self, name: str) -> tuple[int, dict[str, Any]]:
        """Status and body of this node's /ready; 0 where nobody answers."""
        try:
            answer = httpx2.get(f"{self._site.url(name)}/ready", timeout=ASK_S)
            return answer.status_code, answer.json()
        except (httpx2.HTTPError, ValueError):
            return 0, {}

    def _command(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self._site.environment,
            cwd=self._site.desk,
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            check=False,
        )
