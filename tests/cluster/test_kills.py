"""Every actor is killed, again and again, while postings flow: lost 0, duplicates none."""

import itertools
import os
import signal
import threading
import time
from collections import Counter

from tests.e2e.people import Person, wait_until
from tests.e2e.running import Running

POSTINGS = 300
ACTORS = ("processor:0", "matcher:0", "index:0", "notifier:0", "supervisor")
BACK_S = 3.0
"""The promise of the fault matrix: back in three seconds or less, on a machine that is not
starved; the test allows three times that, because its machine is shared."""


def _kill(system: Running, name: str) -> float:
    """Kill the actor's process; the seconds until another serves in its place."""
    before = system.actors()[name][1]
    os.kill(before, signal.SIGKILL)
    killed = time.monotonic()

    def back() -> bool:
        state, pid = system.actors()[name]
        return state == "serving" and pid != before

    wait_until(back, timeout_s=30.0)
    return time.monotonic() - killed


def test_every_actor_killed_while_300_postings_flow_loses_nothing(system: Running) -> None:
    employer, seeker = Person(system.url, "employer"), Person(system.url, "seeker")
    seeker.alert("python", "email")
    posted: list[str] = []
    finished = threading.Event()

    def post() -> None:
        for number in range(POSTINGS):
            posted.append(employer.post_job(title=f"Python engineer {number}")["id"])
            time.sleep(0.02)
        finished.set()

    posting = threading.Thread(target=post)
    posting.start()
    seconds: dict[str, float] = {}
    for name in itertools.cycle(ACTORS):
        seconds[name] = max(seconds.get(name, 0.0), _kill(system, name))
        if finished.is_set() and len(seconds) == len(ACTORS):
            break
    posting.join()

    assert len(posted) == POSTINGS
    assert system.run("drain").returncode == 0, "something stayed on its way"
    told = Counter(item["posting"]["id"] for item in seeker.notifications())
    assert set(told) == set(posted), "lost"
    assert set(told.values()) == {1}, "told twice"
    wait_until(
        lambda: (
            seeker.http.get("/search/jobs", params={"q": "python", "limit": 1}).json()["total"]
            == POSTINGS
        )
    )
    print("seconds to recover:", {name: round(s, 2) for name, s in seconds.items()})
    assert max(seconds.values()) < 3 * BACK_S, seconds


def test_a_killed_notifier_sends_at_most_the_mails_in_flight_again(system: Running) -> None:
    employer, seeker = Person(system.url, "employer"), Person(system.url, "seeker")
    seeker.alert("zookeeper", "email")
    ids = [employer.post_job(title=f"Zookeeper {number}")["id"] for number in range(30)]
    _kill(system, "notifier:0")

    def all_sent() -> bool:
        items = seeker.notifications()
        sent = [d for i in items for d in i["deliveries"] if d["channel"] == "email"]
        return len(sent) == len(ids) and all(d["status"] == "delivered" for d in sent)

    wait_until(all_sent, timeout_s=100.0)
    attempts = [
        delivery["attempts"]
        for item in seeker.notifications()
        for delivery in item["deliveries"]
        if delivery["channel"] == "email"
    ]
    assert max(attempts) <= 2
    assert sum(attempts) - len(ids) <= 10, "more again than were in flight"
