"""The systems that rows share: started at first use, one at a time, ended with the stage.

Most rows leave a system as they found it, so they take what the row before them used. A row that
breaks or restarts what it runs on makes its own, in a folder of its own, after `clear`.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import servers
from chaos.inbox import Inbox
from chaos.running import Running
from servers import Server

SERVERS = ("mongo-java", "pulsar", "redis")


class OnServers(Running):
    """A system whose documents, stream and cache are private servers of ours."""

    def __init__(self, folder: Path, backends: dict[str, Server], **settings: str) -> None:
        self.documents = backends["mongo-java"]
        self.stream = backends["pulsar"]
        self.cache = backends["redis"]
        super().__init__(folder, **server_settings(backends), **settings)


def server_settings(backends: dict[str, Server]) -> dict[str, str]:
    """The settings that put a system on these servers, with a key of its own."""
    return {
        "JOBRAY_DOCUMENTS_URL": f"{backends['mongo-java'].url}/chaos",
        "JOBRAY_STREAM_URL": backends["pulsar"].url,
        "JOBRAY_STREAM_ADMIN_URL": backends["pulsar"].admin_url,
        "JOBRAY_CACHE_URL": backends["redis"].url,
        "JOBRAY_SECRET_KEY": secrets.token_hex(32),
    }


class Stage:
    """A context manager; `folder` is empty or not there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inbox = Inbox(folder / "mail")
        self._embedded: Running | None = None
        self._on_servers: OnServers | None = None
        self._backends: dict[str, Server] = {}

    def embedded(self) -> Running:
        """The shared system on one SQLite file."""
        if self._embedded is None:
            self.clear()
            self._embedded = Running(self.folder / "embedded", **self.mail_settings()).start()
        return self._embedded

    def on_servers(self) -> OnServers:
        """The shared system on private servers. Raises ServerError where they cannot be run."""
        if self._on_servers is None:
            self.clear()
            self._backends = launch(self.folder)
            folder = self.folder / "on-servers"
            self._on_servers = OnServers(folder, self._backends, **self.mail_settings()).start()
        return self._on_servers

    def mail_settings(self) -> dict[str, str]:
        """The setting that sends mail to the harness."""
        return {"JOBRAY_SMTP_URL": self.inbox.url}

    def clear(self) -> None:
        """End what runs: never two systems at once on one machine."""
        running = [each for each in (self._embedded, self._on_servers) if each is not None]
        self._embedded = self._on_servers = None
        for system in running:
            system.stop()
        for server in self._backends.values():
            server.stop()
        self._backends = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.inbox.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.clear()
        finally:
            self.inbox.__exit__(kind, error, traceback)


def launch(folder: Path) -> dict[str, Server]:
    """The private servers of one system, their data in the folder. Raises ServerError."""
    started: dict[str, Server] = {}
    try:
        for name in SERVERS:
            started[name] = servers.launch(name, folder / name)
    except BaseException:
        for server in started.values():
            server.kill()
        raise
    return started


@contextmanager
def environment_of_defaults() -> Iterator[None]:
    """Forget the settings of the shell: each row says itself where its system runs."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("JOBRAY_")}
    for name in kept:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(kept)
