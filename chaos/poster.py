"""An employer who posts, and keeps at it: the client that the API's promises are made to.

Each request carries an Idempotency-Key and is sent again, with the same key, until it is answered
with 2xx: after a broken connection, after 5xx, after 409 (the first is still running) and 429. Only
an answer of 2xx is a promise, and it is in the ledger before the next request goes out.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from chaos.ledger import Ledger, Posted, Saved
from chaos.people import API, Person
from chaos.workload import Step

AGAIN_S = 0.2
REQUEST_TIMEOUT_S = 15.0
PATIENCE_S = 300.0
"""How long one request is tried; longer than any outage of the matrix."""
AGAIN = (409, 429)
"""Answers that ask for the same request again: its first one still runs, or there were too many."""


class RefusedError(Exception):
    """A request of the harness was refused for good: its fault, or the system's."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request on the wire: when it was sent and answered (monotonic seconds), and with what;
    status 0: the connection broke."""

    begun: float
    answered: float
    status: int


class Client:
    """Sends the requests of one person; `attempts` is everything that went over the wire."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.attempts: list[Attempt] = []
        self._given_up = threading.Event()
        self._sending = threading.Lock()

    def move(self, url: str) -> None:
        """Send to this system from now on. Returns when what is under way is answered."""
        with self._sending:
            self.person.http.base_url = url + API

    def give_up(self) -> None:
        """Send nothing again: the system will not come back."""
        self._given_up.set()

    def insist(self, method: str, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        """The answer of the first 2xx; who was signed in for too long signs in again. Raises
        RefusedError for any other 4xx, and when `PATIENCE_S` are over or it was given up."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and not self._given_up.is_set():
            response = self._send(method, path, body, key)
            if response is not None and response.is_success:
                answer: dict[str, Any] = response.json()
                return answer
            if response is not None and response.status_code == 401:
                self.person.sign_in()
                continue
            if response is not None and not _may_pass(response):
                raise RefusedError(f"{method} {path}: {response.status_code} {response.text}")
            self._given_up.wait(AGAIN_S)
        raise RefusedError(f"{method} {path}: no 2xx in time")

    def _send(
        self, method: str, path: str, body: dict[str, Any], key: str
    ) -> httpx2.Response | None:
        headers = {"Idempotency-Key": key}
        response: httpx2.Response | None = None
        with self._sending:
            begun = time.monotonic()
            try:
                response = self.person.http.request(
                    method, path, json=body, headers=headers, timeout=REQUEST_TIMEOUT_S
                )
            except httpx2.HTTPError:
                response = None
            status = 0 if response is None else response.status_code
            self.attempts.append(Attempt(begun, time.monotonic(), status))
        return response


def _may_pass(response: httpx2.Response) -> bool:
    """Whether the same request may succeed later. A 404 that is not ours comes from a proxy of
    Serve that has just started and was not told its routes yet."""
    is_ours = "json" in response.headers.get("content-type", "")
    return (
        response.status_code >= 500
        or response.status_code in AGAIN
        or (response.status_code == 404 and not is_ours)
    )


class Worker(threading.Thread):
    """Does one thing after the other, `pace_s` apart, until `stop`. `failure` is what ended it
    before, if anything did."""

    def __init__(self, name: str, pace_s: float) -> None:
        super().__init__(name=name, daemon=True)
        self.failure: Exception | None = None
        self._pace_s = pace_s
        self._ending = threading.Event()

    def work(self) -> None:
        raise NotImplementedError

    def run(self) -> None:
        try:
            self.work()
        except Exception as error:
            self.failure = error

    def stop(self) -> None:
        """End it when the request that is under way has its answer. Raises what ended it before."""
        self._ending.set()
        self.join()
        if self.failure is not None:
            raise self.failure


class Poster(Worker):
    """Posts one step after the other."""

    def __init__(
        self,
        name: str,
        employer: Person,
        copier: Person,
        steps: Iterator[Step],
        ledger: Ledger,
        pace_s: float,
    ) -> None:
        super().__init__(name, pace_s)
        self.employer, self.copier = Client(employer), Client(copier)
        self.acknowledged = 0
        self.submitted = 0
        self.ids: dict[int, str] = {}
        self._steps, self._ledger = steps, ledger

    def work(self) -> None:
        for number in itertools.count():
            if self._ending.is_set():
                return
            self._take(next(self._steps), f"{self.name}-{number}")
            self._ending.wait(self._pace_s)

    def _take(self, step: Step, key: str) -> None:
        begun = time.monotonic()
        client = self.copier if step.kind == "copy" else self.employer
        if step.kind == "revision":
            id_ = self.ids[step.vacancy]
            client.insist("PATCH", f"/jobs/{id_}", {"description": step.body["description"]}, key)
        else:
            id_ = client.insist("POST", "/jobs", step.body, key)["id"]
            self.submitted += 1
        if step.kind == "new":
            self.ids[step.vacancy] = id_
        self._ledger.append(
            Posted(
                id=id_,
                owner_id=client.person.account["id"],
                vacancy=step.vacancy,
                body=step.body,
                revision=step.revision,
                begun=begun,
                answered=time.monotonic(),
            )
        )
        self.acknowledged += 1


def save(client: Client, query: str, name: str, channels: tuple[str, ...], ledger: Ledger) -> None:
    """Save an alert, and note that it was answered."""
    body = {"name": name, "query": query, "cadence": "instant", "channels": list(channels)}
    answer = client.insist("POST", "/alerts", body, name.replace(" ", "-"))
    ledger.append(
        Saved(
            id=answer["id"],
            user_id=client.person.account["id"],
            name=name,
            query=query,
            channels=channels,
            answered=time.monotonic(),
        )
    )


class Saver(Worker):
    """Saves one alert after the other while postings flow: each must see what is posted after it
    was answered."""

    def __init__(self, saves: Sequence[Callable[[], None]], pace_s: float) -> None:
        super().__init__("saver", pace_s)
        self._saves = saves

    def work(self) -> None:
        for save_one in self._saves:
            if self._ending.wait(self._pace_s):
                return
            save_one()
