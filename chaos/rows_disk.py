"""The disk of the embedded store full to the last byte, on a small file system in memory."""

import contextlib
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import apsw

from chaos.outage import shown, statuses
from chaos.outcome import Outcome
from chaos.row import Goal, NotShownHereError, Row
from chaos.running import Running
from chaos.trial import Trial

DISK_MIB = 64
FULL_S = 10.0


def _disk_full(trial: Trial) -> Outcome:
    """The store's disk is filled to the last byte while postings flow, then given room again."""
    trial.stage.clear()
    with _small_disk(trial.folder / "disk") as disk:
        mail, url = trial.stage.mail_settings(), f"sqlite:///{disk / 'jobray.db'}"
        system = Running(trial.folder / "system", JOBRAY_DOCUMENTS_URL=url, **mail).start()
        try:
            with trial.load(system) as load:
                load.flow(20)
                ballast = _fill(disk)
                begun = time.monotonic()
                time.sleep(FULL_S)
                answered = statuses(load.attempts(), begun, time.monotonic())
                ballast.unlink()
                freed = time.monotonic()
                load.flow(1)
                back_s = time.monotonic() - freed
                load.flow(20)
            outcome = load.outcome(
                injected=1, recover_s=back_s, note=f"answered meanwhile: {shown(answered)}"
            )
        finally:
            system.stop()
        return replace(outcome, faults=(*outcome.faults, *_unexpected(answered), *_damage(disk)))


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A file system of `DISK_MIB` in memory."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotShownHereError("a tmpfs cannot be mounted here") from error
    try:
        yield folder
    finally:
        # Lazily: a process that is just ending may have a file open in there.
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


def _fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    return ballast


def _unexpected(answered: Counter[int]) -> list[str]:
    """A full disk is 503; what still fits into the room that the store had is 2xx."""
    other = {s: n for s, n in answered.items() if s not in (202, 503)}
    return [f"answered on a full disk: {other}"] if other else []


def _damage(disk: Path) -> list[str]:
    """What SQLite finds wrong with the file, once nothing has it open."""
    connection = apsw.Connection(str(disk / "jobray.db"))
    try:
        [(said,)] = connection.execute("PRAGMA integrity_check(1)")
    finally:
        connection.close()
    return [] if said == "ok" else [f"the store is damaged: {said}"]


ROWS = (
    Row(
        "disk-full",
        f"the store's disk full for {FULL_S:.0f} s",
        Goal("503; the file sound; on again in 5 s", recover_s=5.0),
        _disk_full,
        short=False,
    ),
)
