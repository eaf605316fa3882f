"""Processes that outlive whoever started them, known by pid and start time.

A pid alone names nobody: after a crash it may belong to another program, which a stop must never
hit. So a process is its pid together with the second after boot at which it started, and every verb
here first looks whether that very process still runs.

A server has a session of its own (Ctrl-C in a terminal does not reach it), writes its output into
one log file, and carries in its environment who answers for it: `orphans` finds those whose owner
is gone without having ended them, as after a SIGKILL of a test run.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

KILL_TIMEOUT_S = 10.0
POLL_S = 0.02
# The kernel counts a start in hundredths of a second; no pid comes round again within half of one.
SAME_START_S = 0.5
OWNER = "JOBRAY_SERVER_OWNER"
TAIL_LINES = 30

_children: dict["Process", subprocess.Popen[bytes]] = {}
"""Who must be waited for after its end, else it stays as a zombie of ours."""


class ServerError(RuntimeError):
    """A server could not be built, started, or ended; the message carries its last words."""


@dataclass(frozen=True)
class Process:
    """`started` is in seconds after boot, so that setting the clock changes nothing."""

    pid: int
    started: float


def find(pid: int) -> Process | None:
    """The process that has this pid now."""
    try:
        return Process(pid, psutil.Process(pid).create_time() - psutil.boot_time())
    except psutil.NoSuchProcess:
        return None


def spawn(
    command: Sequence[str], folder: Path, log: Path, *, owner: Process | None = None
) -> Process:
    """Start `command` in `folder`, its output at the end of `log`. With an `owner` it is to end
    with that process at the latest. Raises ServerError where the program cannot be run."""
    said = {OWNER: f"{owner.pid}:{owner.started}"} if owner else {}
    try:
        with log.open("ab") as output:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=os.environ | said,
                start_new_session=True,
            )
    except OSError as error:
        raise ServerError(f"{command[0]} does not run: {error}") from error
    process = find(child.pid)
    assert process is not None, "a child exists until it was waited for"
    _children[process] = child
    return process


def alive(process: Process) -> bool:
    """True while exactly this process runs; what has ended and only waits for its parent to notice
    does not, nor does another one with its pid."""
    if child := _children.get(process):
        if child.poll() is None:
            return True
        _children.pop(process, None)
    try:
        there = psutil.Process(process.pid)
        if abs(there.create_time() - psutil.boot_time() - process.started) > SAME_START_S:
            return False
        # The first of a killed process's threads is a zombie before the last one lets go of ports.
        return there.status() != psutil.STATUS_ZOMBIE or there.num_threads() > 1
    except psutil.NoSuchProcess:
        return False


def kill(process: Process) -> None:
    """End it at once (SIGKILL) and wait until it is gone."""
    send(process, signal.SIGKILL)
    if not _is_gone(process, KILL_TIMEOUT_S):
        raise ServerError(f"process {process.pid} is still there after SIGKILL")


def stop(process: Process, timeout_s: float) -> None:
    """Ask it to end (SIGTERM), also where it is paused; kill it after `timeout_s`."""
    send(process, signal.SIGTERM)
    send(process, signal.SIGCONT)
    if not _is_gone(process, timeout_s):
        kill(process)


def send(process: Process, number: signal.Signals) -> bool:
    """Signal exactly this process; False where it is gone."""
    if not alive(process):
        return False
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        return False
    return True


def orphans() -> list[Process]:
    """The servers whose owner has gone and left them running."""
    found = []
    for other in psutil.process_iter():
        try:
            said = other.environ()
        except psutil.Error:
            continue
        if is_orphan(said) and (process := find(other.pid)) is not None:
            found.append(process)
    return found


def is_orphan(environment: Mapping[str, str]) -> bool:
    """Whether a process with this environment is a server whose owner no longer runs."""
    pid, _, started = environment.get(OWNER, "").partition(":")
    return bool(pid) and not alive(Process(int(pid), float(started)))


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    """The last words in a log; empty where there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _is_gone(process: Process, timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while alive(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True
