"""People who use a running system: they know only its HTTP API."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

API = "/api/v1"
PASSWORD = "a-quiet-Meadow-7431"


class Person:
    """One signed-in user."""

    def __init__(self, base_url: str, role: str) -> None:
        self.email = f"{role}-{secrets.token_hex(6)}@example.com"
        self.http = httpx2.Client(base_url=base_url + API, timeout=30.0)
        account = {"email": self.email, "password": PASSWORD, "name": "Robin", "role": role}
        self.account = self.ok(self.http.post("/auth/register", json=account), 201)
        self.sign_in()

    def sign_in(self) -> None:
        """Get a token, which is good for a quarter of an hour."""
        form = {"username": self.email, "password": PASSWORD}
        tokens = self.ok(self.http.post("/auth/login/access-token", data=form), 200)
        self.token: str = tokens["access_token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def stay_signed_in(self) -> None:
        """Sign in again where the token is not good any more."""
        if self.http.get("/users/me").status_code == 401:
            self.sign_in()

    @staticmethod
    def ok(response: httpx2.Response, status: int) -> Any:
        assert response.status_code == status, f"{response.status_code}: {response.text}"
        return response.json() if response.content else None

    def post_job(self, **changes: Any) -> dict[str, Any]:
        body = {
            "title": "Senior Data Engineer",
            "company": "Amberline Systems",
            "description": "<p>We build data pipelines in Python and Kafka, in a kind team.</p>",
            "locations": ["Leeds, United Kingdom"],
        }
        answer: dict[str, Any] = self.ok(self.http.post("/jobs", json=body | changes), 202)
        return answer

    def alert(self, query: str, *channels: str, name: str = "mine") -> dict[str, Any]:
        body = {
            "name": name,
            "query": query,
            "cadence": "instant",
            "channels": ["inapp", *channels],
        }
        answer: dict[str, Any] = self.ok(self.http.post("/alerts", json=body), 201)
        return answer

    def notifications(self) -> list[dict[str, Any]]:
        """Every notification, newest first, over all pages."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
            page = self.ok(self.http.get("/notifications", params=query), 200)
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items

    def status_of(self, posting_id: str) -> str:
        status: str = self.ok(self.http.get(f"/jobs/{posting_id}/status"), 200)["status"]
        return status

    @contextmanager
    def stream(self, last_event_id: str | None = None) -> Iterator[Iterator[tuple[str, Any]]]:
        """The open SSE stream, as an iterator of (position, item)."""
        headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
        with self.http.stream("GET", "/notifications/stream", headers=headers) as response:
            assert response.status_code == 200, response.read()
            yield _events(response)


def _events(response: httpx2.Response) -> Iterator[tuple[str, Any]]:
    position = ""
    for line in response.iter_lines():
        if line.startswith("id:"):
            position = line[3:].strip()
        elif line.startswith("data:"):
            yield position, json.loads(line[5:])


def wait_until(holds: Callable[[], Any], timeout_s: float = 20.0) -> Any:
    """The first true answer of `holds`; fails where there is none in time."""
    end = time.monotonic() + timeout_s
    while True:
        answer = holds()
        if answer:
            return answer
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
