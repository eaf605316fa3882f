"""`python -m servers start|stop|status|env [NAME…]`: the shared servers, by hand.

`start` waits until each one answers and goes on with the others where one fails; `stop` also ends
private servers that a killed test run left behind; `env` starts what a whole system needs and
prints the variables that put it there, for a shell to evaluate. The exit code is 1 if anything
failed.
"""

import argparse
import secrets
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from servers import process, shared
from servers.cache import locked
from servers.kinds import NAMES, kind_of
from servers.process import ServerError

MEBIBYTE = 1024 * 1024
SECRET_BYTES = 48
ONE_WRITER = "FerretDB does not update one document atomically: one connection, so one at a time"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m servers", description=__doc__)
    parser.add_argument("verb", choices=("start", "stop", "status", "env"))
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.names if name not in NAMES]:
        parser.error(f"no server is called {unknown[0]!r}; there are {', '.join(NAMES)}")
    if given.verb == "env":
        return environment(given.names)
    names, console = given.names or NAMES, Console()
    if given.verb == "start":
        return start(names, console)
    if given.verb == "stop":
        return stop(names, console)
    console.print(table(names))
    return 0


def start(names: Sequence[str], console: Console) -> int:
    failed = 0
    for name in names:
        began = time.monotonic()
        try:
            url = shared.running(name)
            console.print(f"{name}: {url} after {time.monotonic() - began:.1f} s")
        except ServerError as error:
            failed = 1
            console.print(f"{name}: {error}", style="red", markup=False)
    return failed


def stop(names: Sequence[str], console: Console) -> int:
    for name in names:
        if shared.stop(name):
            console.print(f"{name}: stopped")
    for orphan in process.orphans():
        process.kill(orphan)
        console.print(f"process {orphan.pid}: killed, its test run had ended before it")
    return 0


def environment(names: Sequence[str]) -> int:
    """The settings of a system on the servers: on mongo-java, unless `names` has the other, whose
    writes take longer the more documents there are."""
    on_ferretdb = "ferretdb" in names
    try:
        documents = shared.running("ferretdb" if on_ferretdb else "mongo-java")
        found = {
            "JOBRAY_DOCUMENTS_URL": f"{documents}/jobray" + ("?maxPoolSize=1" * on_ferretdb),
            "JOBRAY_STREAM_URL": shared.running("pulsar"),
            "JOBRAY_STREAM_ADMIN_URL": shared.admin_url("pulsar"),
            "JOBRAY_CACHE_URL": shared.running("redis"),
            "JOBRAY_SECRET_KEY": trial_key(),
        }
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    if on_ferretdb:
        print(f"# {ONE_WRITER}")
    for name, value in found.items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def trial_key(run: Path = shared.RUN) -> str:
    """What systems on the shared servers sign with: random, made once, readable to its owner alone.
    For trials: one that people use has a key of its own."""
    file = run / "secret.key"
    with locked(run / "secret.lock"):
        if not file.exists():
            draft = run / ".secret.key"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(SECRET_BYTES))
            draft.replace(file)
    return file.read_text()


def table(names: Sequence[str]) -> Table:
    """One row a server: where it is, since when it runs and what it takes, or why it cannot."""
    shown = Table("server", "state", "url", "pid", "memory", box=None, pad_edge=False)
    known = shared.entries()
    for name in names:
        entry = known.get(name)
        if entry and process.alive(entry.process):
            resident = psutil.Process(entry.process.pid).memory_info().rss // MEBIBYTE
            pid = str(entry.process.pid)
            shown.add_row(name, "running", entry.url, pid, f"{resident} MiB")
        else:
            shown.add_row(name, "ended by itself" if entry else _absent(name), "", "", "")
    return shown


def _absent(name: str) -> str:
    return kind_of(name).missing() or "stopped"


if __name__ == "__main__":
    sys.exit(main())
