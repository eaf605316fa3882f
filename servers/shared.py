"""The servers that all tests and shells of this checkout share: one of each, started on demand.

`servers.json` says where each one is; it is replaced whole, so a reader needs no lock. Whoever
starts or stops one holds the lock file of its name meanwhile. What the file says is believed only
while that very process runs and answers, and was started from the files as they are now.

A shared server starts with an empty folder: what a broken test left behind ends with the server.
"""

import shutil
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from servers import cache, process
from servers.cache import locked
from servers.kind import Kind, Place
from servers.kinds import kind_of
from servers.process import Process, ServerError
from servers.server import LOG, Server, wait_healthy

RUN = cache.ROOT / "run"


class Entry(BaseModel):
    """A shared server as `servers.json` has it."""

    model_config = ConfigDict(frozen=True)

    url: str
    admin_url: str | None = None
    pid: int
    started: float
    version: str
    ports: dict[str, int]

    @property
    def process(self) -> Process:
        return Process(self.pid, self.started)


STORED = TypeAdapter(dict[str, Entry])


def running(name: str, run: Path = RUN) -> str:
    """The url of the shared server, started if it does not run. Raises ServerError."""
    return ensure(name, run).url


def admin_url(name: str, run: Path = RUN) -> str:
    """The web service of the shared server, started if it does not run. Raises ServerError, also
    where it has none."""
    found = ensure(name, run).admin_url
    if found is None:
        raise ServerError(f"{name} has no admin_url")
    return found


def ensure(name: str, run: Path = RUN) -> Entry:
    """The shared server's entry, once it answers; started where it does not. Raises ServerError."""
    kind = kind_of(name)
    kind.prepare()
    with locked(run / f"{name}.lock"):
        entry = entries(run).get(name)
        if entry and _is_usable(kind, entry, run):
            return entry
        if entry:
            process.stop(entry.process, kind.stop_timeout_s)
        return _start(kind, run)


def stop(name: str, run: Path = RUN) -> bool:
    """End the shared server and wait until it is gone; False where it did not run."""
    with locked(run / f"{name}.lock"):
        entry = entries(run).get(name)
        if entry is None:
            return False
        was_alive = process.alive(entry.process)
        process.stop(entry.process, kind_of(name).stop_timeout_s)
        write_entry(name, None, run)
        return was_alive


def entries(run: Path = RUN) -> dict[str, Entry]:
    """What was started and not stopped, by name, alive or not. Raises ServerError where the file is
    not ours to read."""
    try:
        return STORED.validate_json((run / "servers.json").read_bytes())
    except FileNotFoundError:
        return {}
    except ValidationError as error:
        raise ServerError(f"{run / 'servers.json'} cannot be read: {error}") from error


def write_entry(name: str, entry: Entry | None, run: Path = RUN) -> None:
    """Put one server's entry in place of what was there; None removes it."""
    with locked(run / "servers.lock"):
        kept = {other: value for other, value in entries(run).items() if other != name}
        if entry:
            kept[name] = entry
        beside = run / ".servers.json"
        beside.write_bytes(STORED.dump_json(kept, indent=2, exclude_none=True))
        beside.replace(run / "servers.json")


def _is_usable(kind: Kind, entry: Entry, run: Path) -> bool:
    if entry.version != kind.version or not process.alive(entry.process):
        return False
    folder = run / kind.name
    try:
        wait_healthy(kind, Place(folder, entry.ports), entry.process, folder / LOG)
    except ServerError:
        return False
    return True


def _start(kind: Kind, run: Path) -> Entry:
    folder = run / kind.name
    shutil.rmtree(folder, ignore_errors=True)
    server = Server(kind, folder, outlives=True)
    server.start()
    addresses = server.addresses
    entry = Entry(
        url=addresses["url"],
        admin_url=addresses.get("admin_url"),
        pid=server.pid,
        started=server.process.started,
        version=kind.version,
        ports=dict(server.ports),
    )
    write_entry(kind.name, entry, run)
    return entry
