"""The demo's people: an employer who posts, a seeker who is told. Both use the HTTP API as anybody.

Their passwords are made once and kept in the data folder, so that a later demo signs in again.
"""

import http.client
import json
import secrets
import threading
import urllib.parse
from collections.abc import Callable
from itertools import islice
from typing import Any

from rich.console import Console

from cluster.demo_postings import postings
from cluster.settings import Settings, write_private
from models.base import new_id

EMPLOYER = "employer@example.com"
SEEKER = "seeker@example.com"
ALERTS = (
    ("Python near Leeds or remote", 'python (near:"Leeds, GB"<80km OR remote:GB)'),
    (
        "Senior engineers in Europe",
        'title:engineer level:senior..staff (place:"Germany" OR '
        'place:"Portugal" OR place:"France")',
    ),
    ("Well-paid data work", '(title:data OR title:"machine learning") pay>=100000USD/year'),
    ("Care and nursing", "nurse OR patients"),
)
API = "/api/v1"
QUIET_S, QUIET_CHECKS = 2.0, 2
"""What was filled in is told when no match came for so many seconds, looked at so many times."""


class Refused(Exception):
    """The API answered with an error."""


class Client:
    """One person's calls: JSON in, JSON out, one connection a call."""

    def __init__(self, settings: Settings) -> None:
        self._address = (settings.http.host, settings.http.port)
        self._token: str | None = None

    def open(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], timeout_s: float
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(*self._address, timeout=timeout_s)
        if self._token:
            headers = {**headers, "Authorization": f"Bearer {self._token}"}
        connection.request(method, API + path, body, headers)
        return connection, connection.getresponse()

    def call(self, method: str, path: str, body: Any = None, *, form: bool = False) -> Any:
        encoded = urllib.parse.urlencode(body).encode() if form else json.dumps(body).encode()
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        headers = {"Content-Type": kind} if body is not None else {}
        connection, response = self.open(
            method, path, encoded if body is not None else None, headers, 30.0
        )
        try:
            answer = response.read()
            if response.status >= 400:
                raise Refused(f"{method} {path}: {response.status} {answer.decode()}")
            return json.loads(answer) if answer else None
        finally:
            connection.close()

    def sign_in(self, email: str, password: str, role: str) -> None:
        """Sign in; sign up first where the account is new."""
        form = {"username": email, "password": password}
        try:
            answer = self.call("POST", "/auth/login/access-token", form, form=True)
        except Refused:
            account = {"email": email, "password": password, "name": "Demo", "role": role}
            self.call("POST", "/auth/register", account)
            answer = self.call("POST", "/auth/login/access-token", form, form=True)
        self._token = answer["access_token"]


class Demo:
    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self._password = self._kept_password()
        self._employer, self._seeker = Client(settings), Client(settings)
        self._sign_in()
        existing = {a["name"] for a in self._seeker.call("GET", "/alerts?limit=100")["items"]}
        for name, query in ALERTS:
            if name not in existing:
                alert = {
                    "name": name,
                    "query": query,
                    "cadence": "instant",
                    "channels": ["inapp", "email"],
                }
                self._seeker.call("POST", "/alerts", alert)

    def _kept_password(self) -> str:
        path = self._settings.folder / "demo.password"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(12))
        return path.read_text()

    def _sign_in(self) -> None:
        self._employer.sign_in(EMPLOYER, self._password, "employer")
        self._seeker.sign_in(SEEKER, self._password, "seeker")

    def fill(self, total: int, on_progress: Callable[[int], None]) -> None:
        """Import postings in bulk; `on_progress` is told how many are in."""
        batch, done, source = 100, 0, postings(seed=1)
        while done < total:
            lines = [json.dumps(body) for body in islice(source, min(batch, total - done))]
            headers = {"Content-Type": "application/x-ndjson"}
            connection, response = self._employer.open(
                "POST", "/jobs/import", "\n".join(lines).encode(), headers, 60.0
            )
            answer = response.read()
            connection.close()
            if response.status >= 400:
                raise Refused(f"import: {response.status} {answer.decode()}")
            done += len(lines)
            on_progress(done)

    def settle(self, ending: threading.Event) -> None:
        """Wait until what was filled in has been told."""
        newest, quiet = None, 0
        while quiet < QUIET_CHECKS and not ending.wait(QUIET_S / QUIET_CHECKS):
            items = self._seeker.call("GET", "/notifications?limit=1")["items"]
            found = items[0]["id"] if items else None
            quiet = quiet + 1 if found == newest else 0
            newest = found

    def play(self, ending: threading.Event, every_s: float) -> None:
        """Publish a new posting every few seconds and show what the seeker is told, until the
        end."""
        self._console.print(
            f"Sign in as [bold]{SEEKER}[/bold] with the password [bold]{self._password}[/bold]."
        )
        self._console.print(f"A new posting every {every_s:g} s; matches appear below.\n")
        threading.Thread(target=self._listen, args=(ending,), daemon=True).start()
        source = postings(seed=secrets.randbelow(2**32))
        while not ending.wait(every_s):
            body = next(source) | {"external_id": f"demo-{new_id()}"}
            try:
                self._employer.call("POST", "/jobs", body)
            except Refused as error:
                if " 401 " not in str(error):
                    raise
                self._sign_in()
            except OSError:
                continue
            self._console.print(f"[dim]posted   {body['title']} — {body['company']}[/dim]")

    def _listen(self, ending: threading.Event) -> None:
        last = ""
        while not ending.is_set():
            try:
                headers = {"Accept": "text/event-stream"} | (
                    {"Last-Event-ID": last} if last else {}
                )
                connection, response = self._seeker.open(
                    "GET", "/notifications/stream", None, headers, 60.0
                )
                if response.status != 200:
                    self._seeker.sign_in(SEEKER, self._password, "seeker")
                    continue
                for raw in response:
                    line = raw.decode().rstrip("\r\n")
                    if line.startswith("id:"):
                        last = line[3:].strip()
                    elif line.startswith("data:"):
                        self._show(json.loads(line[5:]))
                connection.close()
            except (OSError, http.client.HTTPException, Refused):
                ending.wait(1.0)

    def _show(self, item: dict[str, Any]) -> None:
        posting, alert, why = item.get("posting"), item.get("alert"), item.get("why")
        if posting and alert and why:
            self._console.print(
                f"[green]match[/green]    {posting['title']} — {posting['company']}  "
                f"[bold]{alert['name']}[/bold]\n         because {why['line']}"
            )
