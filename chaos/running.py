"""The real thing, started as a user starts it, on a port and data folder of its own."""

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Self
from urllib.parse import urlsplit, urlunsplit

import httpx2
import psutil

from cluster.settings import Settings
from servers.ports import free_port

READY_S = 90.0
STOP_S = 30.0
ROOT = Path(__file__).parents[1]
COMMAND = (sys.executable, "-c", "from cluster.cli import main; main()")


def own_store(folder: Path) -> dict[str, str]:
    """On the servers that the environment names, if it does, a database and a namespace for this
    data folder: systems of different folders share no data, and one that is started again on its
    folder finds its own."""
    name = f"e2e-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    documents = os.environ.get("JOBRAY_DOCUMENTS_URL", "")
    if not documents.startswith("mongodb"):
        return {}
    url = urlsplit(documents)
    return {
        "JOBRAY_DOCUMENTS_URL": urlunsplit(url._replace(path=f"/{name}")),
        "JOBRAY_STREAM_NAMESPACE": f"public/{name}",
    }


def settings_in(environment: Mapping[str, str]) -> Settings:
    """The settings that a process with this environment has."""
    nested: dict[str, dict[str, str]] = {}
    for variable, value in environment.items():
        prefix, _, rest = variable.partition("_")
        group, _, name = rest.lower().partition("_")
        if prefix == "JOBRAY" and group in Settings.model_fields:
            nested.setdefault(group, {})[name] = value
    return Settings.model_validate(nested)


class Running:
    """A system that runs until `stop`; its output is in `up.log` of its folder."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.root = ROOT
        """The program: this checkout, unless another one is put here before the start."""
        self.port = int(settings.get("JOBRAY_HTTP_PORT", 0)) or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "JOBRAY_DATA_DIR": str(folder),
            "JOBRAY_HTTP_PORT": str(self.port),
            "JOBRAY_RATE_LIMIT_PER_MINUTE": "1000000",
            "JOBRAY_RAY_DASHBOARD": "false",
            **own_store(folder),
            **settings,
        }
        self._log: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *command: str, ready_s: float = READY_S) -> Self:
        """Run `jobray up`, or another command that stays, until every actor serves. Raises
        AssertionError with its output, and leaves nothing of it running, where that takes longer
        than `ready_s` or it ends before."""
        self.folder.mkdir(exist_ok=True, parents=True)
        self._log = (self.folder / "up.log").open("ab")
        self._process = subprocess.Popen(
            [*COMMAND, *(command or ("up",))],
            env=self._variables(),
            stdout=self._log,
            stderr=self._log,
            cwd=self.root,
        )
        try:
            self._wait_ready(time.monotonic() + ready_s)
        except BaseException:
            self.kill()
            raise
        return self

    def _wait_ready(self, end: float) -> None:
        while not self.ready():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.1)

    def _variables(self) -> dict[str, str]:
        # Ray's workers do not start in our folder.
        return self.environment | {"PYTHONPATH": str(self.root)}

    @property
    def settings(self) -> Settings:
        return settings_in(self.environment)

    def ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/ready", timeout=5.0).status_code == 200
        except httpx2.HTTPError:
            return False

    def actors(self) -> dict[str, tuple[str, int]]:
        """State and process id of each actor."""
        body = httpx2.get(f"{self.url}/ready", timeout=5.0).json()
        return {actor["name"]: (actor["state"], actor["pid"]) for actor in body["actors"]}

    def processes(self) -> list[psutil.Process]:
        """Everything that it started: Ray's processes, the actors, the HTTP edge."""
        return psutil.Process(self.pid).children(recursive=True)

    def log(self) -> str:
        return (self.folder / "up.log").read_text(errors="replace")

    def run(self, *arguments: str, timeout_s: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run the `jobray` command on this system's data."""
        return subprocess.run(
            [*COMMAND, *arguments],
            env=self._variables(),
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def stop(self, number: int = signal.SIGINT) -> float:
        """End it with this signal; the seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=STOP_S)
        if self._log is not None:
            self._log.close()
        return time.monotonic() - begun

    def kill(self) -> None:
        """End every process of it at once (SIGKILL), as a power cut does."""
        family: list[psutil.Process] = []
        # A process of its own that has ended already took Ray's with it.
        with contextlib.suppress(psutil.NoSuchProcess):
            family = [psutil.Process(self.pid), *self.processes()]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(timeout=STOP_S)
        psutil.wait_procs(family, timeout=STOP_S)
        if self._log is not None:
            self._log.close()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """Of the command that was started."""
        assert self._process is not None, "started"
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid
