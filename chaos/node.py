"""One Ray node as a session of processes of this machine, so that all of it can be hit at once.

`ray start --block` leads the session, and raylet, agents and workers (on the head the GCS and the
dashboard as well) stay in it, also those whose parent died. A kill of the whole is a power cut: no
process gets to say anything. A freeze of the whole leaves every connection open and nothing
answered. Either of them aimed at the raylet alone leaves workers that go on beside those that
replace them: the zombies that the epochs in the store must fence.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import httpx2
import psutil

from servers import process

HEALTHY_S = 120.0
GONE_S = 10.0
POLL_S = 0.1
LOG = "ray.log"
RAYLET = "raylet"
RAY = (sys.executable, "-c", "from ray.scripts.scripts import main; main()", "start", "--block")


class NodeError(RuntimeError):
    """A node or what runs on it did not do what it must; the message says what it said last."""


class Node:
    """Started by `start`, as often as it was killed before. Its folder is the working directory of
    all its processes and its disk: it outlives them."""

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        health_url: str,
    ) -> None:
        self.name = name
        self.folder = folder
        self._command = [*RAY, *arguments]
        self._environment = environment
        self._health_url = health_url
        self._leader: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin to start it; `wait_healthy` says when it has. Raises NodeError where it runs."""
        if self.pids():
            raise NodeError(f"{self.name} runs already")
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOG).open("ab") as log:
            self._leader = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**self._environment, process.OWNER: _owner()},
                start_new_session=True,
            )

    def wait_healthy(self) -> None:
        """Return when its raylet (and on the head its GCS) is well; start it again where Ray's own
        patience of 30 s was too little for a busy machine. Raises NodeError."""
        end = time.monotonic() + HEALTHY_S
        while not self._is_healthy():
            if time.monotonic() > end:
                raise NodeError(f"{self.name} is not well after {HEALTHY_S:.0f} s:\n{self.said()}")
            if self._leader is None or self._leader.poll() is not None:
                self.kill()
                self.start()
            time.sleep(POLL_S)

    def kill(self, *, raylet_only: bool = False) -> None:
        """SIGKILL everything of it and wait until it is gone; or only its raylet, and return."""
        if raylet_only:
            self._hit(signal.SIGKILL, [self._raylet()])
            return
        self.thaw()
        end = time.monotonic() + GONE_S
        while pids := self.pids():
            self._hit(signal.SIGKILL, pids)
            if time.monotonic() > end:
                raise NodeError(f"{self.name}: processes {pids} stay after SIGKILL")
            time.sleep(POLL_S / 10)
        if self._leader is not None:
            self._leader.wait(GONE_S)
            self._leader = None

    def freeze(self, *, raylet_only: bool = False) -> None:
        """SIGSTOP everything of it, or only its raylet."""
        self._hit(signal.SIGSTOP, [self._raylet()])  # first: it starts no more processes
        if not raylet_only:
            self._hit(signal.SIGSTOP, self.pids())

    def thaw(self, *, but_raylet: bool = False) -> None:
        """Let everything go on that was frozen, or everything but the raylet: it would learn that
        the node was given up, and end its workers."""
        self._hit(signal.SIGCONT, self.pids() - ({self._raylet()} if but_raylet else set()))

    def pids(self) -> frozenset[int]:
        """The processes of its session, as long as they are not zombies of the kernel's kind."""
        if self._leader is None:
            return frozenset()
        return frozenset(pid for pid in psutil.pids() if _belongs(pid, self._leader.pid))

    def said(self) -> str:
        """The last lines of its log."""
        return process.tail(self.folder / LOG)

    def _raylet(self) -> int:
        for pid in self.pids():
            with contextlib.suppress(psutil.NoSuchProcess):
                if psutil.Process(pid).name() == RAYLET:
                    return pid
        raise NodeError(f"{self.name} has no raylet")

    def _is_healthy(self) -> bool:
        try:
            return httpx2.get(self._health_url, timeout=5.0).status_code == 200
        except httpx2.HTTPError:
            return False

    @staticmethod
    def _hit(number: signal.Signals, pids: Collection[int]) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def _belongs(pid: int, session: int) -> bool:
    try:
        return os.getsid(pid) == session and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False


def _owner() -> str:
    """Who answers for a node, as `python -m servers stop` reads it once that process is gone."""
    found = process.find(os.getpid())
    assert found is not None, "whoever asks runs"
    return f"{found.pid}:{found.started}"
