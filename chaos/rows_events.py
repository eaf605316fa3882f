"""What the stream may bring that it should not: copies, a wrong order, poison; and a consumer that
does not read.
"""

import contextlib
import os
import signal
import time
from dataclasses import replace
from functools import partial
from typing import Any

from chaos import store
from chaos.load import Load
from chaos.outcome import Outcome
from chaos.people import wait_until
from chaos.row import Goal, Row
from chaos.running import Running
from chaos.trial import Trial
from models.events import (
    ALERT_EVENTS,
    ALERT_SAVED,
    JOB_EVENTS,
    MATCH_CREATED,
    MATCH_EVENTS,
    POSTING_PUBLISHED,
    POSTING_SUBMITTED,
    Event,
)

REPLAYS = 3
SETTLE_S = 120.0
FROZEN_S, SHORT_FROZEN_S = 300.0, 10.0
WOKEN_S = 5.0
GROWTH_MIB = 150.0
"""What any process may gain while another is frozen: caches and batches fill, then no more."""
BURIED_S = 30.0
"""Five tries with growing pauses take three seconds."""
DEEP = 60
"""Levels of a query that is deeper than any that is allowed."""


def _replayed(trial: Trial) -> Outcome:
    """Every event of the topics again, three times, shuffled, while new ones come."""
    system = trial.stage.embedded()
    with trial.load(system) as load:
        load.flow(60)
        count = store.replay(system.settings, (JOB_EVENTS, MATCH_EVENTS), REPLAYS, trial.random)
        replayed = time.monotonic()
        load.flow(20)
    outcome = load.outcome(injected=REPLAYS, settle_s=SETTLE_S, note=f"{count:,} events again")
    return replace(outcome, recover_s=load.settled_at - replayed)


def _frozen(trial: Trial, *, kind: str) -> Outcome:
    """Freeze an actor while postings flow, then let it go on: what waited is told. The seconds are
    from there until every actor serves."""
    system = trial.stage.embedded()
    seconds = SHORT_FROZEN_S if trial.short else FROZEN_S
    with trial.load(system) as load:
        load.flow(30)
        frozen = _process_of(system, kind)
        os.kill(frozen, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.kill(frozen, signal.SIGCONT)
        woken = time.monotonic()
        wait_until(system.ready, timeout_s=60.0)
        back_s = time.monotonic() - woken
        load.flow(10)
    note = f"{kind} frozen for {seconds:.0f} s"
    return load.outcome(injected=1, recover_s=back_s, settle_s=60.0 + seconds, note=note)


def _process_of(system: Running, kind: str) -> int:
    actors = sorted(system.actors().items())
    return next(pid for name, (_, pid) in actors if name.split(":")[0] == kind)


def _poisoned(trial: Trial) -> Outcome:
    """Events whose data is none of ours on every topic that an actor reads, an alert that cannot be
    read, and a query deeper than any that is allowed. The events must lie in the dead letters, the
    query must be refused, and what stands beside them is told. The seconds are until the last one
    is buried."""
    system = trial.stage.embedded()
    with trial.load(system) as load:
        load.flow(20)
        poison = _poison(load)
        for topic, event in poison:
            store.publish(system.settings, topic, [event])
            load.flow(5)
        begun = time.monotonic()
        wanted = {event.id for topic, event in poison if topic != ALERT_EVENTS}
        left = _not_buried(system, wanted)
        buried_s = time.monotonic() - begun
        faults = [*_deep_query(load), *(f"poison not buried: {left}" for _ in left[:1])]
        load.flow(10)
    return load.outcome(injected=len(poison) + 1, recover_s=buried_s, faults=faults)


def _poison(load: Load) -> list[tuple[str, Event]]:
    """One for each kind of reader. The subject of the first is a posting that is there: of one that
    is not, nothing is asked."""
    posting, user = load.a_posting(), load.seeker().account["id"]
    broken: dict[str, Any] = {"posting": {"id": [], "given": None}}
    return [
        (JOB_EVENTS, Event(type=POSTING_SUBMITTED, subject=posting, key=posting, data={})),
        (JOB_EVENTS, Event(type=POSTING_PUBLISHED, subject=posting, key=posting, data=broken)),
        (MATCH_EVENTS, Event(type=MATCH_CREATED, subject="nothing", key=user, data={"match": 7})),
        (ALERT_EVENTS, Event(type=ALERT_SAVED, subject="nothing", key=user, data={"alert": []})),
    ]


def _not_buried(system: Running, wanted: set[str]) -> list[str]:
    """Those of the events that are not in the dead letters in time, sorted."""

    def left() -> set[str]:
        return wanted - {letter["event"]["id"] for letter in store.dead_letters(system.settings)}

    with contextlib.suppress(AssertionError):
        wait_until(lambda: not left(), timeout_s=BURIED_S)
    return sorted(left())


def _deep_query(load: Load) -> list[str]:
    """Ask for an alert that no recursion could bear; what was wrong with the answer."""
    query = "python -(" * DEEP + "sql" + ")" * DEEP
    body = {"name": "deep", "query": query, "cadence": "instant", "channels": ["inapp"]}
    status = load.seeker().http.post("/alerts", json=body).status_code
    return [] if status == 422 else [f"a query of {DEEP} levels was answered {status}"]


ROWS = (
    Row(
        "replay",
        "job-events and match-events published again three times, shuffled",
        Goal("one notification for each alert and vacancy; stale versions dropped"),
        _replayed,
    ),
    Row(
        "poison",
        "events that nobody can read, an alert of nonsense, a query of 60 levels",
        Goal("buried with a reason in 30 s; neighbours told", recover_s=BURIED_S),
        _poisoned,
    ),
    *(
        Row(
            f"frozen-{kind}",
            f"{kind} does not read (SIGSTOP)",
            Goal(
                f"no process gains more than {GROWTH_MIB:.0f} MiB; serving {WOKEN_S:.0f} s after",
                recover_s=WOKEN_S,
                growth_mib=GROWTH_MIB,
            ),
            partial(_frozen, kind=kind),
            short=kind == "matcher",
        )
        for kind in ("matcher", "notifier")
    ),
)
