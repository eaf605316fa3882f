"""Everything killed with a million alerts in the store: what a matcher's snapshot is for.

The alerts are those of the percolation benchmark, put straight into the embedded store. They belong
to users who are not there, so that what they match is stored and told to nobody.
"""

import time
from functools import partial

from backends.documents.base import Insert
from backends.documents.collections import ALERTS
from bench.percolation import workload
from chaos import store
from chaos.load import Shape
from chaos.outcome import Outcome
from chaos.row import Goal, NotShownHereError, Row
from chaos.running import Running
from chaos.trial import Trial
from models.alert import Alert
from models.base import derived_id, utc_now
from services.ports import Ports

MILLION = 1_000_000
READY_S = 30.0
FIRST_START_S = 600.0
"""A first start reads every alert from the store; the restart that is measured has a snapshot."""
SETTLE_S = 300.0
WRITE = 5_000
USERS = 50_000
SLOW = Shape(employers=1, seekers=2, alerts_each=2, late_alerts=0, pace_s=1.0, mail=False)
"""A posting meets thousands of a million alerts: few are enough."""


def _million(trial: Trial) -> Outcome:
    trial.stage.clear()
    system = Running(trial.folder / "million", **trial.stage.mail_settings())
    system.folder.mkdir(parents=True)
    store.ask(system.settings, partial(_insert_alerts, seed=trial.seed))
    system.start(ready_s=FIRST_START_S)
    try:
        _wait_for_snapshot(system)
        with trial.load(system, SLOW) as load:
            load.flow(3)
            system.kill()
            begun = time.monotonic()
            system.start(ready_s=FIRST_START_S)
            ready_s = time.monotonic() - begun
            load.flow(5)
        return load.outcome(injected=1, recover_s=ready_s, settle_s=SETTLE_S)
    finally:
        system.stop()


async def _insert_alerts(ports: Ports, *, seed: int) -> None:
    """The alerts of the percolation benchmark, as documents, of users who are not there."""
    alerts, now = workload.generate(MILLION, 1, seed), utc_now()
    for start in range(0, MILLION, WRITE):
        inserts = []
        for at in range(start, min(start + WRITE, MILLION)):
            alert = Alert(
                id=alerts.alert_id(at),
                user_id=derived_id("chaos-user", at % USERS),
                name=f"alert {at}",
                query=f"alert {at}",
                criteria=alerts.criteria(at),
                created_at=now,
                updated_at=now,
            )
            inserts.append(Insert(alert.id, alert.model_dump(mode="json")))
        await ports.documents.insert_absent(ALERTS, inserts)


def _wait_for_snapshot(system: Running) -> None:
    """A shard writes a copy of its compiled alerts some time after so many were new."""
    end = time.monotonic() + FIRST_START_S
    while not list(system.folder.rglob("*.alerts")):
        if time.monotonic() > end:
            raise NotShownHereError("no snapshot was written")
        time.sleep(1.0)


ROWS = (
    Row(
        "million",
        "everything killed with 1,000,000 alerts",
        Goal("ready in 30 s; postings sent meanwhile are matched", recover_s=READY_S),
        _million,
        short=False,
    ),
)
