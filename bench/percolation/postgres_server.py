"""A PostgreSQL of our own: a new cluster in a temporary folder, reached by a unix socket only.

`initdb` refuses to run as root, so root hands it to an unprivileged user. Durability is off, as
nothing is kept; one backend does all the work, so that one core is measured.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("initdb", "pg_ctl", "postgres")
USER = "bench"
UNPRIVILEGED = ("postgres", "nobody")
TIMEOUT_S = 60

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "1GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "autovacuum": "off",
    "fsync": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}
"""The table lies in shared buffers; nothing else runs while a query is timed."""


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs: Debian's, else the one on the PATH."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    newest = sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders = [*newest, *([Path(on_path).resolve().parent] if on_path else [])]
    complete = (f for f in folders if all(os.access(f / name, os.X_OK) for name in PROGRAMS))
    return next(complete, None)


def user() -> pwd.struct_passwd | None:
    """Whom the server runs as: this process's user, or somebody harmless in place of root; None
    where there is nobody."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    everybody = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next((everybody[name] for name in UNPRIVILEGED if name in everybody), None)


@contextmanager
def server() -> Iterator[Path]:
    """A running server; gives the folder of its socket, for the superuser `bench`.

    Raises RuntimeError with what PostgreSQL said where it does not start.
    """
    bin_, runs_as = programs(), user()
    if bin_ is None or runs_as is None:
        raise RuntimeError("no PostgreSQL programs, or no unprivileged user to run them")
    with tempfile.TemporaryDirectory(prefix="jobray-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        os.chown(folder, runs_as.pw_uid, runs_as.pw_gid)
        data = str(folder / "data")
        initdb = ["-D", data, "-A", "trust", "-U", USER, "-E", "UTF8", "--no-locale", "--no-sync"]
        options = " ".join(f"-c {key}='{value}'" for key, value in SETTINGS.items())
        start = ["start", "-D", data, "-w", "-l", f"{data}.log", "-o", f"-k {folder} {options}"]
        _run(runs_as, folder, bin_ / "initdb", *initdb)
        _run(runs_as, folder, bin_ / "pg_ctl", *start)
        try:
            yield folder
        finally:
            _run(runs_as, folder, bin_ / "pg_ctl", "stop", "-D", data, "-w", "-m", "immediate")


def _run(runs_as: pwd.struct_passwd, folder: Path, *command: str | Path) -> None:
    """Run one program as that user, with its output in a file: a pipe would stay open as long as
    the server that `pg_ctl` leaves behind."""
    output = folder / "output"
    is_root = os.geteuid() == 0
    with output.open("wb") as file:
        done = subprocess.run(
            command,
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={"LC_ALL": "C", "PATH": os.defpath},
            timeout=TIMEOUT_S,
            check=False,
            user=runs_as.pw_uid if is_root else None,
            group=runs_as.pw_gid if is_root else None,
            extra_groups=[] if is_root else None,
        )
    if done.returncode:
        logs = [f.read_text(errors="replace") for f in (output, folder / "data.log") if f.exists()]
        raise RuntimeError(f"{Path(command[0]).name} failed: {' '.join(logs)[-2000:]}")
