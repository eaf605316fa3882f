"""Each kind of actor, and each part of the HTTP edge, killed again and again (SIGKILL).

An actor counts as back when another process of its name says that it serves; HTTP when /health is
answered. All of it on the embedded system, one node: what a node's death does is in `nodes_rows`.
"""

import os
import signal
import time
from functools import partial

import psutil

from chaos.outage import Probe, failed, longest_gap_s, shown, statuses
from chaos.outcome import Outcome
from chaos.people import wait_until
from chaos.row import Goal, NotShownHereError, Row
from chaos.running import Running
from chaos.trial import Trial

ACTOR_BACK_S = 3.0
PROXY_BACK_S = 5.0
IN_FLIGHT = 10
"""Mails that a notifier sends at once: what its death may repeat."""
LEASE_S = 60.0
"""After a notifier's death the mails it had claimed come due again."""
SETTLE_S = 60.0


def kill_actor(system: Running, kind: str) -> float:
    """Kill the process of the kind's first actor; the seconds until another serves in its place."""
    name = next(each for each in sorted(system.actors()) if each.split(":")[0] == kind)
    before = system.actors()[name][1]
    os.kill(before, signal.SIGKILL)
    killed = time.monotonic()

    def is_back() -> bool:
        state, pid = system.actors().get(name, ("", before))
        return state == "serving" and pid not in (0, before)

    wait_until(is_back, timeout_s=60.0)
    return time.monotonic() - killed


def _actor(trial: Trial, *, kind: str) -> Outcome:
    system, times = trial.stage.embedded(), 2 if trial.short else 10
    with trial.load(system) as load:
        seconds = []
        for _ in range(times):
            load.flow(15)
            seconds.append(kill_actor(system, kind))
        load.flow(15)
    settle_s = SETTLE_S + (LEASE_S if kind == "notifier" else 0.0)
    return load.outcome(injected=times, recover_s=max(seconds), settle_s=settle_s)


def processes_titled(system: Running, title: str) -> list[psutil.Process]:
    """Ray gives each worker's process the name of what it runs."""
    found = []
    for process in system.processes():
        try:
            if title in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def _edge(trial: Trial, *, title: str) -> Outcome:
    """Kill one process of the edge, so many times; the seconds are the longest time without HTTP
    that its death caused."""
    system, times = trial.stage.embedded(), 1 if trial.short else 5
    gaps = []
    with Probe(system.url) as probe, trial.load(system) as load:
        for _ in range(times):
            load.flow(15)
            victims = processes_titled(system, title)
            if not victims:
                raise NotShownHereError(f"no process is titled {title}")
            begun = time.monotonic()
            victims[0].kill()
            wait_until(partial(_answers_anew, system, title, victims[0].pid), timeout_s=60.0)
            load.flow(15)
            gaps.append(longest_gap_s(probe.attempts, begun, time.monotonic()))
    said = statuses([*probe.attempts, *load.attempts()], 0.0, time.monotonic())
    note = f"of {said.total():,} requests failed: {shown(failed(said))}"
    return load.outcome(injected=times, recover_s=max(gaps), note=note)


def _answers_anew(system: Running, title: str, before: int) -> bool:
    others = [each for each in processes_titled(system, title) if each.pid != before]
    return bool(others) and system.ready()


def _actor_row(kind: str, *, copies: int = 0) -> Row:
    more = f"; at most {copies} mails again a kill, with the same Message-ID" if copies else ""
    goal = Goal(f"back in {ACTOR_BACK_S:.0f} s{more}", recover_s=ACTOR_BACK_S, copies=copies)
    return Row(kind, f"{kind} killed", goal, partial(_actor, kind=kind))


ROWS = (
    _actor_row("processor"),
    _actor_row("matcher"),
    _actor_row("index"),
    _actor_row("supervisor"),
    _actor_row("notifier", copies=IN_FLIGHT),
    Row(
        "replica",
        "Serve replica killed",
        Goal("one effect for each Idempotency-Key; HTTP back in 5 s", recover_s=PROXY_BACK_S),
        partial(_edge, title="ServeReplica"),
    ),
    Row(
        "proxy",
        "Serve proxy killed",
        Goal("HTTP back in 5 s", recover_s=PROXY_BACK_S),
        partial(_edge, title="ProxyActor"),
    ),
)
