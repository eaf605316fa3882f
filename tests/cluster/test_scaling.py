"""The number of every kind of actor changes while postings flow: lost 0, told once, all found."""

import threading
import time
from collections import Counter

from chaos.people import Person, wait_until
from chaos.running import Running

STEPS = (
    ("matchers=2", "indexes=2"),
    ("processors=2", "notifiers=4"),
    ("matchers=4", "notifiers=2", "processors=4"),
    ("matchers=1", "indexes=1", "processors=1", "notifiers=1"),
)
SEEKERS = 6
"""More than one, so that every shard of several owns somebody."""


def test_actors_become_more_and_fewer_while_postings_flow(system: Running) -> None:
    employer = Person(system.url, "employer")
    seekers = [Person(system.url, "seeker") for _ in range(SEEKERS)]
    for seeker in seekers:
        seeker.alert("python")
    posted: list[str] = []
    failed: list[str] = []
    finished = threading.Event()

    def post() -> None:
        while not finished.is_set():
            posted.append(employer.post_job(title=f"Python engineer {len(posted)}")["id"])
            time.sleep(0.1)

    def search() -> None:
        while not finished.is_set():
            answer = employer.http.get("/search/jobs", params={"q": "python", "limit": 1})
            if answer.status_code != 200:
                failed.append(answer.text)
            time.sleep(0.05)

    working = [threading.Thread(target=post), threading.Thread(target=search)]
    for thread in working:
        thread.start()
    try:
        for step in STEPS:
            scaled = system.run("scale", *step)
            assert scaled.returncode == 0, scaled.stderr
            at_work = Counter(name.partition(":")[0] for name in system.actors())
            for wish in step:
                kind, _, number = wish.partition("=")
                singular = {"indexes": "index"}.get(kind, kind.removesuffix("s"))
                assert at_work[singular] == int(number), at_work
    finally:
        finished.set()
        for thread in working:
            thread.join()

    assert system.run("drain").returncode == 0, "something stayed on its way"
    assert failed == [], "searches failed"
    for seeker in seekers:
        told = Counter(item["posting"]["id"] for item in seeker.notifications())
        assert set(told) == set(posted), "lost"
        assert set(told.values()) == {1}, "told twice"
    wait_until(
        lambda: (
            employer.http.get("/search/jobs", params={"q": "python", "limit": 1}).json()["total"]
            == len(posted)
        )
    )


def test_a_number_that_is_not_possible_is_refused(system: Running) -> None:
    refused = system.run("scale", "matchers=3")
    assert refused.returncode == 1
    assert "matchers= and one of 1, 2, 4, 8, 16" in refused.stderr
    refused = system.run("scale", "cooks=2")
    assert "indexes, matchers, processors, notifiers" in refused.stderr
