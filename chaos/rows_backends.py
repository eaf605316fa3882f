"""Documents, stream and cache taken away for a while, under a system on servers.

The servers are private (`servers.launch`), stopped and started on the same ports and data. While
the documents are away nothing can be promised, and who posts is told so: 503, never a 2xx and never
an error of ours. While the stream is away the outbox holds what was promised, so that requests are
answered 2xx as before. Both must be worked off `DRAINED_S` after the server is back; the seconds of
these rows run from then until everything is told.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import redis

from chaos.load import Load
from chaos.outage import not_served, shown, statuses
from chaos.outcome import Outcome
from chaos.row import Goal, Row
from chaos.stage import OnServers
from chaos.trial import Trial
from servers import Server

DRAINED_S = 60.0
PATIENCE_S = 120.0
"""How long is waited for the next of what is late, so that late is told from lost."""
DOWN_S, SHORT_DOWN_S = 60.0, 10.0
AWAY_S, SHORT_AWAY_S = 20.0, 3.0
"""How long the cache is away."""
ANSWERED_S = 45.0
"""How much longer the server stays away where nobody was answered anything yet: a request waits for
the store before it is refused."""
POLL_S = 0.2
Wrong = Callable[[Counter[int]], list[str]]
"""What is wrong with the answers of an outage, as sentences."""


def _away(trial: Trial, *, server: Callable[[OnServers], Server], wrong: Wrong) -> Outcome:
    system = trial.stage.on_servers()
    with trial.load(system) as load:
        load.flow(30)
        answered, back = _down(load, server(system), trial)
        load.flow(30)
    outcome = load.outcome(
        injected=1,
        settle_s=PATIENCE_S,
        faults=wrong(answered),
        note=f"answered meanwhile: {shown(answered)}",
    )
    return replace(outcome, recover_s=load.settled_at - back)


def _down(load: Load, server: Server, trial: Trial) -> tuple[Counter[int], float]:
    """Stop the server for a while; what was answered while it was away, and when it was back."""
    server.stop()
    begun = now = time.monotonic()
    end = begun + (SHORT_DOWN_S if trial.short else DOWN_S)
    answered: Counter[int] = Counter()
    while now < end or (not any(answered) and now < end + ANSWERED_S):
        time.sleep(POLL_S)
        now = time.monotonic()
        answered = statuses(load.attempts(), begun, now)
    server.start()
    return answered, time.monotonic()


def wrong_answers(answered: Counter[int]) -> list[str]:
    """What must not have been answered, or was not answered, to those who asked while the documents
    were away, as sentences."""
    found = [
        f"{count} answers of {status} while the documents were away"
        for status, count in sorted(answered.items())
        if 200 <= status < 300 or (status >= 500 and status != 503)
    ]
    if not answered[503]:
        found.append("nobody was answered 503 while the documents were away")
    if answered[0]:
        found.append(f"{answered[0]} requests without an answer while the documents were away")
    return found


def _cache(trial: Trial) -> Outcome:
    """Wipe it; kill it and let it be away; start it empty. The seconds are how long the next
    request took to be answered after the kill."""
    system = trial.stage.on_servers()
    with trial.load(system) as load:
        load.flow(20)
        _wipe(system.cache)
        load.flow(20)
        system.cache.kill()
        killed = time.monotonic()
        load.flow(1)
        without_s = time.monotonic() - killed
        time.sleep(SHORT_AWAY_S if trial.short else AWAY_S)
        load.flow(20)
        system.cache.start()
        load.flow(20)
    return load.outcome(injected=2, recover_s=without_s)


def _wipe(server: Server) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.flushall()


ROWS = (
    Row(
        "documents",
        "documents down",
        Goal("POST answers 503, never a false 2xx; drained 60 s after", recover_s=DRAINED_S),
        partial(_away, server=lambda system: system.documents, wrong=wrong_answers),
    ),
    Row(
        "stream",
        "stream down",
        Goal("POST answers 2xx: the outbox holds; drained 60 s after", recover_s=DRAINED_S),
        partial(
            _away,
            server=lambda system: system.stream,
            wrong=partial(not_served, when="while the stream was away"),
        ),
    ),
    Row(
        "cache",
        "Redis wiped, killed, away, started empty",
        Goal("requests go on within 5 s; duplicates bounded by the durable key", recover_s=5.0),
        _cache,
    ),
)
