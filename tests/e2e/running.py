"""The real thing, started as a user starts it, on a port and data folder of its own."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import httpx2

from servers.ports import free_port

READY_S = 90.0
ROOT = Path(__file__).parents[2]


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


class Running:
    """A system that runs until `stop`; its output is in `up.log` of its folder."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
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

    def start(self, *command: str) -> "Running":
        """Run `jobray up`, or another command that stays, until every actor serves."""
        self.folder.mkdir(exist_ok=True)
        self._log = (self.folder / "up.log").open("ab")
        self._process = subprocess.Popen(
            [*COMMAND, *(command or ("up",))],
            env=self.environment,
            stdout=self._log,
            stderr=self._log,
            cwd=ROOT,
        )
        end = time.monotonic() + READY_S
        while not self.ready():
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.1)
        return self

    def ready(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/ready", timeout=5.0).status_code == 200
        except httpx2.HTTPError:
            return False

    def actors(self) -> dict[str, tuple[str, int]]:
        """State and process id of each actor."""
        body = httpx2.get(f"{self.url}/ready", timeout=5.0).json()
        return {actor["name"]: (actor["state"], actor["pid"]) for actor in body["actors"]}

    def log(self) -> str:
        return (self.folder / "up.log").read_text(errors="replace")

    def run(self, *arguments: str, timeout_s: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run the `jobray` command on this system's data."""
        return subprocess.run(
            [*COMMAND, *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def stop(self, number: int = signal.SIGINT) -> float:
        """End it with this signal; the seconds it took."""
        assert self._process is not None
        begun = time.monotonic()
        self._process.send_signal(number)
        self._process.wait(timeout=30.0)
        if self._log is not None:
            self._log.close()
        return time.monotonic() - begun

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid


COMMAND = (sys.executable, "-c", "from cluster.cli import main; main()")
