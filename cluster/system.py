"""The running system on one machine: a Ray node, the actors, HTTP; begun and ended as one.

Everything is a child of the process that starts it and dies with it. Ray's own processes listen on
every interface whatever it is told, also with a node address of 127.0.0.1; so each of them asks for
a token, a file of mode 0600 in the data folder. Its dashboard and our HTTP stay on loopback.
"""

import asyncio
import contextlib
import fcntl
import http.client
import json
import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from cluster import wiring
from cluster.settings import Settings, write_private
from models.errors import Unavailable
from models.topology import ActorRole
from services.operations import topology

READY_TIMEOUT_S = 60.0
"""Without an answer, or with an actor that fails to recover. One that loads may take longer."""
READY_POLL_S = 0.1
STATUS_TIMEOUT_S = 5.0
STOP_ACTORS_S = 1.5
LEFTOVER_GRACE_S = 0.3

Progress = Callable[[str], None]
"""Told what is being waited for."""


class StartError(Exception):
    """The system cannot start; the message says why and what to do."""


@contextlib.contextmanager
def claimed(settings: Settings) -> Iterator[None]:
    """Hold the data folder for one system, with its process id in `jobray.pid`."""
    settings.prepare()
    path = settings.folder / "jobray.pid"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise StartError(
                f"another Jobray (process {file.read().strip()}) uses {settings.folder}; "
                "stop it with `jobray down`, or set JOBRAY_DATA_DIR to another folder"
            ) from None
        _write_pid(file, os.getpid())
        try:
            yield
        finally:
            _write_pid(file, None)


def _write_pid(file: IO[str], pid: int | None) -> None:
    file.truncate(0)
    file.write(str(pid or ""))
    file.flush()


def owner(settings: Settings) -> int | None:
    """The process id of the system that runs on this data folder, if one does."""
    path = settings.folder / "jobray.pid"
    if not path.exists():
        return None
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            text = file.read().strip()
            return int(text) if text else None
        return None


def nothing_runs(settings: Settings) -> bool:
    """Whether nobody works off what is stored. A store on servers may be another machine's work, so
    there somebody is taken to; `jobray status` tells."""
    return settings.is_embedded and owner(settings) is None


def check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.http.host, settings.http.port))
        except OSError as error:
            raise StartError(
                f"{settings.http.host}:{settings.http.port} cannot be used ({error.strerror}); "
                "set JOBRAY_HTTP_PORT to another port"
            ) from None


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _ray_environment(token: Path) -> None:
    """What Ray reads from the environment; before ray is imported."""
    write_private(token, secrets.token_hex(32))
    os.environ |= {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(token),
        "RAY_USAGE_STATS_ENABLED": "0",
        # The proxy's server must not believe X-Forwarded-For: whom to trust is the edge's to judge.
        "FORWARDED_ALLOW_IPS": "",
        "RAY_SERVE_CONTROL_LOOP_INTERVAL_S": "0.2",
        "RAY_SERVE_PROXY_HEALTH_CHECK_PERIOD_S": "1",
        "RAY_SERVE_PROXY_HEALTH_CHECK_TIMEOUT_S": "2",
    }
    # A stale address of another cluster would be joined instead of starting our own.
    os.environ.pop("RAY_ADDRESS", None)


class System:
    """Started by `start`, ended by `stop`; both from the process' main thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._actors: list[Any] = []
        self._begun = False
        self.dashboard_url: str | None = None
        self.token_file = settings.folder / "ray.token"

    def start(self, progress: Progress) -> None:
        """Returns when HTTP answers and every actor has recovered. Raises StartError."""
        check_port(self._settings)
        progress("Opening the store")
        roles = asyncio.run(at_work(self._settings))
        _ray_environment(self.token_file)
        progress("Starting Ray")
        self._begun = True
        try:
            self._start_ray()
        except Exception:  # Ray raises bare ones; its helpers are slow to start on a busy machine
            progress("Starting Ray again")
            self._start_ray_or_tell()
        progress("Starting actors and HTTP")
        self._create_actors(roles)
        self._serve()
        progress("Recovering")
        self._wait_until_ready(progress)

    def _start_ray(self) -> None:
        import ray

        from cluster.actors import NAMESPACE

        dashboard = self._settings.ray.dashboard
        ray.shutdown()
        context = ray.init(
            "local",
            namespace=NAMESPACE,
            include_dashboard=dashboard,
            dashboard_host="127.0.0.1",
            dashboard_port=self._settings.ray.dashboard_port or _free_port("127.0.0.1"),
            num_cpus=self._settings.ray.num_cpus,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
        self.dashboard_url = f"http://{context.dashboard_url}" if dashboard else None

    def _start_ray_or_tell(self) -> None:
        try:
            self._start_ray()
        except Exception as error:
            reason = str(error).partition("\n")[0]
            raise StartError(
                f"Ray does not start: {reason} Its logs are in /tmp/ray/session_latest/logs; "
                "a machine that is very busy may need another try"
            ) from error

    def _create_actors(self, roles: Sequence[ActorRole]) -> None:
        from cluster.actors import create

        created = (*roles, ActorRole("supervisor"))
        self._actors = [create(role, self._settings) for role in created]

    def _serve(self) -> None:
        from ray import serve
        from ray.serve.config import HTTPOptions

        from cluster.applications import build

        logging.getLogger("ray.serve").setLevel(logging.WARNING)
        serve.start(
            http_options=HTTPOptions(host=self._settings.http.host, port=self._settings.http.port)
        )
        serve.run(build({"settings": self._settings.packed()}), name="jobray", route_prefix="/")

    def _wait_until_ready(self, progress: Progress) -> None:
        end = time.monotonic() + READY_TIMEOUT_S
        while True:
            status, actors = readiness(self._settings)
            if status == 200:
                return
            late = [actor for actor in actors if actor["state"] != "serving"]
            waiting = ", ".join(actor["name"] for actor in late) or "HTTP"
            if late and all(actor["state"] == "recovering" for actor in late):
                failures = self._failures()
                if not failures:  # they load, which takes as long as there is to load
                    end = time.monotonic() + READY_TIMEOUT_S
                waiting = "; ".join(failures) or waiting
            if time.monotonic() > end:
                raise StartError(f"not ready after {READY_TIMEOUT_S:.0f} s: {waiting}")
            progress(f"Recovering {waiting}")
            time.sleep(READY_POLL_S)

    def _failures(self) -> list[str]:
        """What the actors that failed to recover say of it; each tries again."""
        import ray
        from ray.exceptions import RayError

        with contextlib.suppress(RayError, TimeoutError):
            asked = [actor.status.remote() for actor in self._actors]
            statuses = ray.get(asked, timeout=STATUS_TIMEOUT_S)
            return [detail for _, state, detail, *_ in statuses if state == "recovering" and detail]
        return ["the actors do not answer"]

    def stop(self) -> None:
        """End everything within a few seconds; no process is left."""
        if not self._begun:
            return
        import ray

        children = _descendants(os.getpid())
        if self._actors:
            stopping = [actor.stop.remote() for actor in self._actors]
            with contextlib.suppress(Exception):
                ray.wait(stopping, num_returns=len(stopping), timeout=STOP_ACTORS_S)
        # Serve's own shutdown takes seconds; what it protects is durable already.
        closing = threading.Thread(target=ray.shutdown, daemon=True)
        closing.start()
        closing.join(timeout=2.0)
        _end(children)


async def at_work(settings: Settings) -> tuple[ActorRole, ...]:
    """The roles that the store says are at work: the supervisor makes them too, but one by one
    after it has come to life itself. Raises StartError where a server does not answer."""
    try:
        store = await wiring.open_store(settings)
    except Unavailable as error:
        raise StartError(f"{error}{_servers(settings)}") from error
    try:
        return topology.working(await topology.plans(store.documents, settings.topology.shards))
    finally:
        await store.close()


def _servers(settings: Settings) -> str:
    """Which servers were asked, without the names and passwords for them."""
    if settings.is_embedded:
        return ""
    named = {
        "JOBRAY_DOCUMENTS_URL": settings.documents.url,
        "JOBRAY_STREAM_URL": settings.stream.url,
        "JOBRAY_STREAM_ADMIN_URL": settings.stream_admin_url,
    }
    told = ", ".join(f"{name} {urlsplit(u).netloc.rpartition('@')[2]}" for name, u in named.items())
    return f"; asked were {told}"


def readiness(settings: Settings) -> tuple[int, list[dict[str, Any]]]:
    """The status of /ready (0: nobody answers) and the actors it lists."""
    connection = http.client.HTTPConnection(settings.http.host, settings.http.port, timeout=5)
    try:
        connection.request("GET", "/ready")
        response = connection.getresponse()
        body = json.loads(response.read())
    except (OSError, ValueError, http.client.HTTPException):
        return 0, []
    finally:
        connection.close()
    return response.status, body.get("actors", [])


def _descendants(pid: int) -> set[int]:
    import psutil

    return {child.pid for child in psutil.Process(pid).children(recursive=True)}


def _end(pids: set[int]) -> None:
    """Wait for these processes to be gone; kill what stays."""
    import psutil

    processes = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            processes.append(psutil.Process(pid))
    _, alive = psutil.wait_procs(processes, timeout=LEFTOVER_GRACE_S)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    psutil.wait_procs(alive, timeout=LEFTOVER_GRACE_S)
