"""People who post, search, read and listen without pause while something happens to the system.

Nothing is sent twice: what an answer was not is kept as a failure, and so is half of one. A stream
may end: it is opened again, as a browser does, from the position that was seen last. Each request
has a connection of its own. One that is kept alive may rightly be closed at the moment of the next
request (RFC 9112, 9.3.1), which its client would see no otherwise than a request that a replica
took and dropped.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx2
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from chaos.people import API, Person, wait_until
from services.telling.notifications import BEGINNING

PAUSE_S = 0.05
SHOWN_WITHIN_S = 60.0
COME_BACK_S = 0.2
CUT = (httpx2.RemoteProtocolError, httpx2.ReadError, ConnectionClosed)
"""How the other side of an open stream goes away."""
Items = Callable[[str], Iterator[dict[str, Any]]]
"""The items of one stream after a position, to its end."""


class Load:
    """An employer who posts and a seeker whose alert matches it all; from `start` to `stop`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answered: Counter[str] = Counter()
        self.failures: list[str] = []
        self.posted: list[str] = []
        self.listeners: list[Listener] = []
        self._employer, self.seeker = Person(url, "employer"), Person(url, "seeker")
        # Of a company of its own: the same title of one company is the same vacancy.
        self._company = f"Amberline {uuid4()}"
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        self.seeker.alert("title:updater")
        poster = client(self.url, self._employer.token)
        searcher, reader, inbox = (client(self.url, self.seeker.token) for _ in range(3))
        self._begin("post", lambda: self._post(poster))
        self._begin("search", lambda: searcher.get("/search/jobs", params={"q": "updater"}))
        self._begin("alerts", lambda: reader.get("/alerts"))
        self._begin("inbox", lambda: inbox.get("/notifications"))
        self.listeners = [
            Listener("SSE", self._sse, self.failures),
            Listener("WebSocket", self._socket, self.failures),
        ]

    def go_on(self, times: int) -> None:
        """Returns when each kind of request was answered so many times more."""
        enough = {kind: count + times for kind, count in self.answered.items()}
        wait_until(
            lambda: self.failures or all(self.answered[k] >= n for k, n in enough.items()), 60.0
        )

    def stop(self) -> None:
        """No more requests; listeners go on until each was shown every posting, or for a time."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        end = time.monotonic() + SHOWN_WITHIN_S
        for listener in self.listeners:
            while time.monotonic() < end and not set(self.posted) <= set(listener.seen):
                time.sleep(PAUSE_S)
            listener.over.set()

    def _begin(self, kind: str, ask: Callable[[], httpx2.Response]) -> None:
        self.answered[kind] = 0
        self._threads.append(threading.Thread(target=self._repeat, args=(kind, ask)))
        self._threads[-1].start()

    def _repeat(self, kind: str, ask: Callable[[], httpx2.Response]) -> None:
        while not self._over.is_set():
            if wrong := failure(ask):
                self.failures.append(f"{kind}: {wrong}")
            else:
                self.answered[kind] += 1
            time.sleep(PAUSE_S)

    def _post(self, poster: httpx2.Client) -> httpx2.Response:
        body = {
            "title": f"Updater {len(self.posted)}",
            "company": self._company,
            "description": "<p>We build data pipelines in Python and Kafka, in a kind team.</p>",
            "locations": ["Leeds, United Kingdom"],
        }
        key = {"Idempotency-Key": f"updater-{len(self.posted)}"}
        answer = poster.post("/jobs", json=body, headers=key)
        if answer.is_success:
            self.posted.append(answer.json()["id"])
        return answer

    def _sse(self, last: str) -> Iterator[dict[str, Any]]:
        headers = {"Last-Event-ID": last}
        reader = client(self.url, self.seeker.token)
        with reader.stream("GET", "/notifications/stream", headers=headers) as response:
            if response.status_code != 200:
                self.failures.append(f"SSE: {response.status_code}")
            for line in response.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])

    def _socket(self, last: str) -> Iterator[dict[str, Any]]:
        url = self.url.replace("http", "ws", 1) + API + "/notifications/ws"
        with connect(url) as socket:
            hello = {"token": self.seeker.token, "last_position": last}
            socket.send(json.dumps(hello))
            for text in socket:
                yield json.loads(text)


def client(url: str, token: str) -> httpx2.Client:
    """Whose token this is; each request has a connection of its own."""
    headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
    return httpx2.Client(base_url=url + API, headers=headers, timeout=30.0)


def failure(ask: Callable[[], httpx2.Response]) -> str:
    """What was wrong with the answer, empty where it was a whole 2xx. Asks once."""
    try:
        answer = ask()
    except httpx2.HTTPError as error:
        return repr(error)
    return "" if answer.is_success else f"{answer.status_code} {answer.text}"


class Listener:
    """Keeps a stream open in a thread; `seen` are the postings it was shown, in order."""

    def __init__(self, kind: str, items: Items, failures: list[str]) -> None:
        self.kind = kind
        self.seen: list[str] = []
        self.opened = 0
        self._items = items
        self._failures = failures
        self.over = threading.Event()
        # It may wait for an item that never comes.
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        last = BEGINNING  # what is told before the stream is open for the first time counts too
        while not self.over.is_set():
            self.opened += 1
            try:
                for item in self._items(last):
                    self.seen.append(item["posting"]["id"])
                    last = item["position"]
            except CUT:
                pass
            except Exception as error:
                if not self.over.is_set():
                    self._failures.append(f"{self.kind}: {error!r}")
            time.sleep(COME_BACK_S)
