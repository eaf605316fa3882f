"""One server process in a folder of its own: started, killed, stopped, paused, and started again.

Its ports and its data outlast the process, so a client that was connected finds it again after a
kill and a start. A server belongs to the process that launched it and ends with it, unless
`outlives` says that others go on using it.
"""

import atexit
import os
import signal
import time
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from types import TracebackType

from servers import process
from servers.kind import Kind, Place
from servers.ports import free_port, is_free
from servers.process import Process, ServerError

HEALTH_POLL_S = 0.1
LOG = "server.log"

_owned: set["Server"] = set()


class Server:
    """Not started by the constructor. The verbs are for one thread at a time."""

    def __init__(self, kind: Kind, folder: Path, *, port: int = 0, outlives: bool = False) -> None:
        first, *others = kind.ports
        ports = {first: port or free_port()} | {name: free_port() for name in others}
        self._kind = kind
        self._place = Place(folder.resolve(), ports)
        self._outlives = outlives
        self._process: Process | None = None

    def start(self) -> None:
        """Start it on its ports and data, and wait until it answers.

        Raises ServerError with the log's end where it does not; also where it runs already, or
        another program has its port.
        """
        if self.is_alive():
            raise ServerError(f"{self._kind.name} runs already as process {self.pid}")
        # Whoever listens there would answer in its place while it is still starting.
        if taken := [port for port in self.ports.values() if not is_free(port)]:
            raise ServerError(f"{self._kind.name} cannot start: port {taken[0]} is taken")
        self._place.folder.mkdir(parents=True, exist_ok=True)
        owner = None if self._outlives else _this_process()
        command = self._kind.command(self._place)
        self._process = process.spawn(command, self._place.folder, self._log, owner=owner)
        if owner:
            _owned.add(self)
        try:
            wait_healthy(self._kind, self._place, self._process, self._log)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it at once (SIGKILL) and wait until it is gone; nothing where it does not run."""
        if self._process:
            process.kill(self._process)
        self._forget()

    def stop(self) -> None:
        """Ask it to end (SIGTERM), kill it where it does not; nothing where it does not run."""
        if self._process:
            process.stop(self._process, self._kind.stop_timeout_s)
        self._forget()

    def pause(self) -> None:
        """Freeze it (SIGSTOP): connections stay open and nothing is answered."""
        process.send(self.process, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        process.send(self.process, signal.SIGCONT)

    def is_alive(self) -> bool:
        """Whether the process exists, paused or not."""
        return self._process is not None and process.alive(self._process)

    @property
    def process(self) -> Process:
        """Raises ServerError where it was not started."""
        if self._process is None:
            raise ServerError(f"{self._kind.name} does not run")
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def ports(self) -> Mapping[str, int]:
        """By the names of its kind; the first is the one clients connect to."""
        return self._place.ports

    @property
    def url(self) -> str:
        """What clients connect to."""
        return self._address("url")

    @property
    def admin_url(self) -> str:
        """Pulsar: its web service. This and what follows raise ServerError for servers without."""
        return self._address("admin_url")

    @property
    def tls_url(self) -> str:
        """Pulsar with `auth`: what clients connect to with TLS."""
        return self._address("tls_url")

    @property
    def admin_tls_url(self) -> str:
        """Pulsar with `auth`: the web service with TLS."""
        return self._address("admin_tls_url")

    @property
    def token(self) -> str:
        """Pulsar with `auth`: a token that may do everything."""
        return self._address("token")

    @property
    def ca_file(self) -> str:
        """Pulsar with `auth`: the certificate (PEM) by which clients know the server."""
        return self._address("ca_file")

    @property
    def addresses(self) -> Mapping[str, str]:
        """All of these that this server has, by name."""
        return self._kind.addresses(self._place)

    def _address(self, name: str) -> str:
        try:
            return self.addresses[name]
        except KeyError:
            raise ServerError(f"this {self._kind.name} has no {name}") from None

    @property
    def _log(self) -> Path:
        return self._place.folder / LOG

    def _forget(self) -> None:
        self._process = None
        _owned.discard(self)

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def wait_healthy(kind: Kind, place: Place, running: Process, log: Path) -> None:
    """Return when the server answers. Raises ServerError with the log's end where its process ends
    or the kind's time runs out before."""
    deadline = time.monotonic() + kind.start_timeout_s
    while True:
        healthy = _is_healthy(kind, place)
        if not process.alive(running):
            raise ServerError(f"{kind.name} ended while starting:\n{process.tail(log)}")
        if healthy:
            return
        if time.monotonic() > deadline:
            took = f"{kind.name} did not answer within {kind.start_timeout_s:.0f} s"
            raise ServerError(f"{took}:\n{process.tail(log)}")
        time.sleep(HEALTH_POLL_S)


def _is_healthy(kind: Kind, place: Place) -> bool:
    try:
        return kind.is_healthy(place)
    except (OSError, HTTPException):
        return False


def _this_process() -> Process:
    found = process.find(os.getpid())
    assert found is not None, "whoever asks runs"
    return found


@atexit.register
def _end_owned() -> None:
    for server in tuple(_owned):
        server.kill()
