"""What was downloaded and built, kept until the files it was made of change.

A result lies in `<name>-<stamp>`, the stamp being a hash of the files and words that decide it. It
is made in a folder beside and renamed when whole, under a lock file: of two processes one makes it
and the other waits, and what a killed process left half made is never taken for done.
"""

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from servers.process import ServerError

ROOT = Path(__file__).resolve().parent.parent / ".cache" / "servers"
BUILD_TIMEOUT_S = 1_200.0


def stamp(files: Iterable[Path], *words: str) -> str:
    """Twelve hexadecimal digits that differ as soon as a file's name, its bytes, or a word does."""
    digest = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode() + content)
    for word in words:
        digest.update(f"{word}\0".encode())
    return digest.hexdigest()[:12]


def path(name: str, version: str, root: Path = ROOT) -> Path:
    """Where the result lies once it is made."""
    return root / f"{name}-{version}"


def made(name: str, version: str, build: Callable[[Path], None], root: Path = ROOT) -> Path:
    """The folder that `build` filled, now or in an earlier run; earlier versions are removed.

    Raises what `build` raises; nothing is kept then.
    """
    done = path(name, version, root)
    if done.exists():
        return done
    with locked(root / f"{name}.lock"):
        if done.exists():
            return done
        making = root / f".{name}.making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        build(making)
        making.rename(done)
        for other in root.glob(f"{name}-{'[0-9a-f]' * len(version)}"):
            if other != done:
                shutil.rmtree(other, ignore_errors=True)
    return done


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock among processes and threads; the system lets go of it when its holder dies."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def run(command: Sequence[str], environment: dict[str, str], folder: Path) -> None:
    """Run one step of a build. Raises ServerError with what it said."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=BUILD_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerError(f"{command[0]}: {error}") from error
    if done.returncode:
        raise ServerError(f"{' '.join(command)} failed:\n{done.stdout[-4_000:]}")
