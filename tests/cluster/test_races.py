"""Alerts and postings racing (invariant 4), and one vacancy from two owners (invariant 8)."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chaos.people import Person, wait_until
from chaos.running import Running

ALERTS = POSTINGS = 100


def test_an_alert_answered_201_sees_every_posting_submitted_after_it(system: Running) -> None:
    employer = Person(system.url, "employer")
    seekers = [Person(system.url, "seeker") for _ in range(4)]
    saved: dict[str, float] = {}
    submitted: dict[str, float] = {}
    start = threading.Barrier(2)

    def save(number: int) -> None:
        seeker = seekers[number % len(seekers)]
        alert = seeker.alert("title:racer", name=f"racer {number}")
        saved[alert["id"]] = time.monotonic()

    def save_all() -> None:
        start.wait()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(save, range(ALERTS)))

    def post_all() -> None:
        start.wait()
        for number in range(POSTINGS):
            begun = time.monotonic()
            submitted[employer.post_job(title=f"Racer {number}")["id"]] = begun

    threads = [threading.Thread(target=save_all), threading.Thread(target=post_all)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = {
        (alert, posting)
        for alert, answered in saved.items()
        for posting, begun in submitted.items()
        if begun > answered
    }
    assert len(saved) == ALERTS
    assert expected, "the race was no race"
    assert system.run("drain").returncode == 0
    told = [
        (item["alert"]["id"], item["posting"]["id"])
        for seeker in seekers
        for item in seeker.notifications()
    ]
    assert len(told) == len(set(told)), "told twice"
    missing = expected - set(told)
    assert not missing, f"{len(missing)} of {len(expected)} missed"


def test_two_copies_of_one_vacancy_fire_once(system: Running) -> None:
    seeker = Person(system.url, "seeker")
    owners = [Person(system.url, "employer") for _ in range(2)]
    seeker.alert("title:glassblower")
    with ThreadPoolExecutor(2) as pool:
        copies = list(
            pool.map(lambda owner: owner.post_job(title="Glassblower", company="Orb Ltd"), owners)
        )
    clusters = {
        wait_until(lambda copy=copy: owners[0].http.get(f"/jobs/{copy['id']}").json())["id"]
        for copy in copies
        if wait_until(lambda copy=copy: owners[0].http.get(f"/jobs/{copy['id']}").is_success)
    }
    assert len(clusters) == 2
    assert system.run("drain").returncode == 0
    assert len(seeker.notifications()) == 1


def test_near_copies_of_one_vacancy_are_one_hit_and_fire_once(system: Running) -> None:
    """From eight boards at once: other titles, cut texts, one more place."""
    seeker = Person(system.url, "seeker")
    owners = [Person(system.url, "employer") for _ in range(8)]
    seeker.alert("title:chandler")
    words = [f"candle{number} wax{number * 7 % 31}" for number in range(60)]

    def post(board: int) -> str:
        job = owners[board].post_job(
            title=("Chandler", "Chandler (m/f/d)", "Chandler - Leeds", "CHANDLER")[board % 4],
            company=("Taper Ltd", "TAPER")[board % 2],
            description=f"<p>{' '.join(words[board:])}</p>",
            locations=["Leeds, United Kingdom"] + ["York, United Kingdom"] * (board == 5),
        )
        return str(job["id"])

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(post, range(8)))
    assert system.run("drain").returncode == 0

    def shown() -> dict[str, Any] | None:
        found = seeker.http.get("/search/jobs", params={"q": "title:chandler"}).json()
        [first] = found["items"] if found["total"] == 1 else [None]
        is_whole = first is not None and set(first["cluster"]["members"]) == ids
        return first if is_whole else None

    hit = wait_until(shown)
    assert {place["name"] for place in hit["places"]} == {"Leeds", "York"}
    assert len(seeker.notifications()) == 1
    clusters = {seeker.http.get(f"/jobs/{id}").json()["cluster"]["canonical_id"] for id in ids}
    assert clusters == {hit["id"]}
