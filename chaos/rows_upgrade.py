"""Another version of the program on the same data: one after the other, and side by side.

One file has one system at a time: HTTP is away between the two, and what is sent meanwhile fails.
On servers both run, and no request may fail from when the new one starts until after the old one
stopped. The other version is an earlier commit of this repository, checked out beside it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from chaos.outage import not_served, shown, statuses
from chaos.outcome import Outcome
from chaos.row import Goal, NotShownHereError, Row
from chaos.rows_actors import IN_FLIGHT
from chaos.running import ROOT, Running
from chaos.stage import launch, server_settings
from chaos.trial import Trial
from models.base import derived_id

READY_S = 30.0
START_S = 600.0
BEFORE = "CHAOS_BEFORE"
"""The variable that names the commit to upgrade from."""
ONE_FILE = "HTTP is away between the two; that no request fails is judged in `upgrade-mixed`"


def _upgrade(trial: Trial) -> Outcome:
    """On one file: the commit before stops, this program starts on its data, postings go on."""
    trial.stage.clear()
    folder, mail = trial.folder / "data", trial.stage.mail_settings()
    with _before(trial.folder / "before") as old_root:
        old = Running(folder, **mail)
        old.root = old_root
        running = old.start(ready_s=START_S)
        try:
            with trial.load(old) as load:
                load.flow(30)
                stopped = time.monotonic()
                old.stop()
                running = Running(folder, JOBRAY_HTTP_PORT=str(old.port), **mail)
                running.start()
                back_s = time.monotonic() - stopped
                load.flow(30)
            return load.outcome(injected=1, recover_s=back_s, note=ONE_FILE)
        finally:
            running.stop()


def _side_by_side(trial: Trial) -> Outcome:
    """On servers: both programs run on one store, and people come in through the old one; then they
    come in through the new one, and the old one stops. The seconds are until every actor of the new
    one served beside the old."""
    trial.stage.clear()
    backends = launch(trial.folder)
    key = {"JOBRAY_SECRET_KEY": derived_id("chaos-secret", trial.seed)}
    settings = {**server_settings(backends), **trial.stage.mail_settings(), **key}
    try:
        with _before(trial.folder / "before") as old_root:
            old = Running(trial.folder / "old", **settings)
            old.root = old_root
            new = Running(trial.folder / "new", **settings)
            with ExitStack() as running:
                running.callback(old.start(ready_s=START_S).stop)
                with trial.load(old) as load:
                    load.flow(30)
                    begun = time.monotonic()
                    running.callback(new.start(ready_s=START_S).stop)
                    both_s = time.monotonic() - begun
                    load.flow(30)
                    load.move(new)
                    old.stop()
                    load.flow(30)
                answered = statuses(load.attempts(), begun, time.monotonic())
                return load.outcome(
                    injected=1,
                    recover_s=both_s,
                    faults=not_served(answered, "while the old one gave way"),
                    note=f"answered meanwhile: {shown(answered)}",
                )
    finally:
        for server in backends.values():
            server.stop()


@contextmanager
def _before(folder: Path) -> Iterator[Path]:
    """The program of an earlier commit, checked out beside this one: the one that the variable
    CHAOS_BEFORE names, else the last but one."""
    revision = os.environ.get(BEFORE, "HEAD~1")
    add = ["git", "worktree", "add", "--detach", "--force", str(folder), revision]
    try:
        subprocess.run(add, cwd=ROOT, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotShownHereError(f"no commit {revision} to upgrade from") from error
    try:
        _prepare(folder)
        yield folder
    finally:
        remove = ["git", "worktree", "remove", "--force", str(folder)]
        subprocess.run(remove, cwd=ROOT, check=True, capture_output=True)


def _prepare(root: Path) -> None:
    """What the installation of a checkout makes beside its code: the gazetteer, compiled loops."""
    for module in ("reference.gazetteer", "matching.percolator"):
        command = [sys.executable, "-m", module]
        subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)


ROWS = (
    Row(
        "upgrade",
        "the commit before stopped, this one started on its data",
        Goal("old events readable; HTTP back in 30 s", recover_s=READY_S),
        _upgrade,
        short=False,
    ),
    Row(
        "upgrade-mixed",
        "the commit before and this one side by side on one store",
        Goal(
            "no failed request; nothing lost while both run and when the old one stops; "
            f"at most {IN_FLIGHT} mails again, with the same Message-ID, which the old notifier "
            "had in flight when the new one took over",
            copies=IN_FLIGHT,
        ),
        _side_by_side,
        short=False,
    ),
)
