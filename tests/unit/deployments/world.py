"""One application that a whole module of tests shares: four people, and one thing of every kind.

The things are the owner's. Requests that are refused change nothing, so they can share one world;
`snapshot` is what proves it. Every answer is searched for what no answer may hold.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from backends.cache.memory import MemoryCache
from backends.channels.base import Message
from backends.channels.kept import KeptMail
from backends.documents.collections import COLLECTIONS, DEAD_LETTERS, MATCHES, POSTINGS, USERS
from backends.documents.filters import Eq
from backends.documents.sqlite import SqliteDocuments
from backends.documents.sqlite_schema import table_of
from backends.files import links
from backends.files.local import LocalFiles
from backends.search.memory import MemorySearchIndex
from backends.sqlite import Database, Sql
from backends.stream.base import Delivery
from backends.stream.consumer import bury_in
from backends.stream.sqlite import SqliteStream
from delivery.unsubscribe import Subscription, sign
from deployments.app import make_app
from deployments.settings import EdgeSettings
from models.alert import ChannelName
from models.base import new_id
from models.events import JOB_EVENTS, POSTING_SUBMITTED, Event
from models.posting import Derived, Posting, Reason
from models.user import Role
from processing.derive import Derivation
from services.intake import postings
from services.people import companies, sessions
from services.polling import feed_adding
from services.ports import Ports
from tests.databases import new_database
from tests.matches import match_of
from tests.polled import HOST, PAGE_1, TINY, ScriptedFetcher, listing, outside_of
from tests.unit.deployments.conftest import (
    PASSWORD,
    SECRET,
    SETTINGS,
    GivenSystem,
    NoMatchers,
    SimulatedClock,
)
from tests.unit.deployments.telling import tell

API = "/api/v1"
BODY_LIMIT = 200_000
"""Bytes: enough for the longest description, and soon exceeded."""
WORLD_SETTINGS = EdgeSettings.model_validate(
    SETTINGS.model_dump()
    | {
        "rate_limit_per_minute": 10_000_000,
        "login_limit_per_minute": 10_000_000,
        "address_login_limit_per_minute": 10_000_000,
        "body_limit_bytes": BODY_LIMIT,
        "import_body_limit_bytes": BODY_LIMIT,
    }
)
POSTING = {"title": "Data engineer", "description": "<p>Python</p>", "company": "Acme"}
LIST = {"name": "watched", "field": "company", "items": ["Acme", "Bcme"]}
ALERT = {"name": "Python jobs", "query": "title:python", "channels": ["inapp", "email"]}

Headers = dict[str, str]
Snapshot = dict[str, Any]


@dataclass(frozen=True)
class Person:
    id: str
    email: str
    headers: Headers


@dataclass
class World:
    """`people` by name; `things` are ids by kind, all of them the owner's."""

    app: FastAPI
    client: httpx2.AsyncClient
    ports: Ports
    database: Database
    people: dict[str, Person] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, url: str, who: str | None, **sent: Any) -> httpx2.Response:
        """The answer to a request of this person (None: of nobody)."""
        headers = {**(self.people[who].headers if who else {}), **sent.pop("headers", {})}
        answer = await self.client.request(method, url, headers=headers, **sent)
        assert self.leaks(answer.text, who) == [], (method, url)
        return answer

    def leaks(self, text: str, who: str | None) -> list[str]:
        """What of this text that person may not see."""
        others = [person.email for name, person in self.people.items() if name != who]
        return [secret for secret in ("password_hash", "$argon2", *others) if secret in text]

    def snapshot(self) -> Snapshot:
        """Every document with its version, and the last event of every topic; straight from the
        file, for it is taken some two thousand times."""
        return self.database.read_here(_state)

    async def sign_up(self, name: str, role: Role) -> None:
        """A new person of this name and role."""
        email = f"{name}@example.org"
        asked = Role.EMPLOYER if role is Role.ADMIN else role
        form = {"email": email, "name": "A Person", "password": PASSWORD, "role": asked.value}
        answer = await self.client.post(f"{API}/auth/register", json=form)
        assert answer.status_code == 201, answer.text
        id_ = answer.json()["id"]
        if role is Role.ADMIN:
            found = await self.ports.documents.get(USERS, id_)
            body = found.body | {"role": role.value}
            await self.ports.documents.replace(USERS, id_, body, expected_version=found.version)
        self.people[name] = Person(id_, email, {})
        await self.sign_in(name)

    async def sign_in(self, name: str) -> str:
        """Begin another session for this person; its refresh token."""
        person = self.people[name]
        granted = await sessions.begin(self.ports, self.app.state.tokens, person.id)
        headers = {"Authorization": f"Bearer {granted.access_token}"}
        self.people[name] = Person(person.id, person.email, headers)
        return granted.refresh_token

    async def make(self, kind: str) -> str:
        """A new thing of this kind, of the owner; what names it in a path."""
        made: str = await _MAKERS[kind](self)
        return made

    async def created(self, path: str, body: dict[str, Any]) -> str:
        answer = await self.client.post(
            f"{API}{path}", json=body, headers=self.people["owner"].headers
        )
        assert answer.is_success, answer.text
        id_: str = answer.json()["id"]
        return id_


def _state(sql: Sql) -> Snapshot:
    last = "SELECT topic, max(seq) FROM stream_events GROUP BY topic"
    state: Snapshot = {"events": _pairs(sql, last)}
    for collection in COLLECTIONS:
        state[collection.name] = _pairs(sql, f'SELECT id, version FROM "{table_of(collection)}"')
    return state


def _pairs(sql: Sql, statement: str) -> dict[str, int]:
    return dict(sql.rows(statement))


async def _draft(world: World) -> str:
    return await world.created("/jobs", POSTING)


async def _posting(world: World) -> str:
    id_ = await _draft(world)
    posting = Posting.model_validate((await world.ports.documents.get(POSTINGS, id_)).body)
    derived = Derived(html="<p>Python</p>", text="Python")
    await postings.finish(world.ports, posting, Derivation(derived, "publish", ()))
    return id_


async def _failed(world: World) -> str:
    id_ = await _draft(world)
    posting = Posting.model_validate((await world.ports.documents.get(POSTINGS, id_)).body)
    await postings.fail(world.ports, posting, "broken", final=True)
    return id_


async def _review(world: World) -> str:
    id_ = await _draft(world)
    posting = Posting.model_validate((await world.ports.documents.get(POSTINGS, id_)).body)
    doubt = Reason(code="asks_for_money", detail="It seems to ask applicants for money.")
    await postings.finish(
        world.ports, posting, Derivation(Derived(html="", text=""), "review", (doubt,))
    )
    return id_


async def _letter(world: World) -> str:
    event = Event(type=POSTING_SUBMITTED, subject=new_id(), key="k", data={"version": 1})
    delivery = Delivery(event, JOB_EVENTS, 0, "1", 5)
    await bury_in(world.ports.documents, "processor")(delivery, "ValueError: poison")
    found = await world.ports.documents.find(DEAD_LETTERS, Eq("event.subject", event.subject))
    return found.items[0].id


async def _alert(world: World) -> str:
    return await world.created("/alerts", ALERT)


async def _list(world: World) -> str:
    name = new_id()
    body = LIST | {"name": name}
    answer = await world.client.post(
        f"{API}/lists", json=body, headers=world.people["owner"].headers
    )
    assert answer.status_code == 201, answer.text
    return name


async def _match(world: World) -> str:
    match = match_of(
        world.people["owner"].id,
        world.things["posting"],
        world.ports.clock(),
        id=new_id(),
        alert_id=world.things["alert"],
        alert_name=str(ALERT["name"]),
    )
    await world.ports.documents.insert(MATCHES, match.id, match.model_dump(mode="json"))
    return match.id


async def _notification(world: World) -> str:
    return await tell(world.ports, world.people["owner"].id, new_id())


async def _import(world: World) -> str:
    answer = await world.client.post(
        f"{API}/jobs/import",
        content=json.dumps(POSTING | {"external_id": new_id()}),
        headers={"Content-Type": "application/x-ndjson", **world.people["owner"].headers},
    )
    assert answer.json()["accepted"] == 1, answer.text
    id_: str = answer.json()["import_id"]
    return id_


async def _company(world: World) -> str:
    name = f"Acme {new_id()}"
    await companies.know(world.ports, name)
    found, _ = await companies.page(world.ports, prefix=name, limit=1, after=None)
    id_: str = found[0]["id"]
    return id_


async def _mail(world: World) -> str:
    # The mailbox of a laptop shows everybody's mail to everybody; this one is to none of ours.
    channel = KeptMail(world.ports.files, sender="jobs@board.example", clock=world.ports.clock)
    id_ = new_id()
    await channel.send(Message(id_, "kept@example.com", "A match", "text", "<p>page</p>"))
    return f"{id_}.eml"


async def _unsubscribe(world: World) -> str:
    owner = world.people["owner"].id
    return sign(Subscription(owner, await _alert(world), ChannelName.EMAIL), SECRET)


async def _source(world: World) -> str:
    token = new_id().replace("-", "")
    board = TINY.recognise(f"https://{HOST}/{token}")
    assert board is not None
    owner = world.people["owner"].id
    feed = await feed_adding.save(
        world.ports, TINY, board, url=f"https://{HOST}/{token}", added_by=owner
    )
    return feed.id


async def _file(world: World) -> str:
    name = f"cvs/{new_id()}.pdf"
    await world.ports.files.put(name, b"%PDF-")
    return links.sign(links.Grant(name, world.ports.clock() + timedelta(days=1)), SECRET)


_MAKERS: dict[str, Callable[[World], Any]] = {
    "posting": _posting,
    "draft": _draft,
    "failed": _failed,
    "review": _review,
    "letter": _letter,
    "alert": _alert,
    "list": _list,
    "match": _match,
    "notification": _notification,
    "import": _import,
    "company": _company,
    "mail": _mail,
    "unsubscribe": _unsubscribe,
    "source": _source,
    "file": _file,
}
KINDS = tuple(_MAKERS)


@asynccontextmanager
async def made(folder: Path) -> AsyncIterator[World]:
    """The world, with everything in it."""
    clock = SimulatedClock()
    database = new_database(folder / "jobray.db")
    ports = Ports(
        documents=SqliteDocuments(database),
        stream=SqliteStream(database),
        cache=MemoryCache(lambda: clock().timestamp()),
        files=LocalFiles(folder / "files"),
        search=MemorySearchIndex(),
        matchers=NoMatchers(),
        system=GivenSystem(),
        clock=clock,
    )

    async def opened() -> Ports:
        for port in (ports.documents, ports.stream, ports.cache, ports.files):
            await port.open()
        return ports

    fetcher = ScriptedFetcher({PAGE_1: listing("1", "2")})
    app = make_app(opened, WORLD_SETTINGS, outside_of(fetcher))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        world = World(app, client, ports, database)
        for name, role in PEOPLE.items():
            await world.sign_up(name, role)
        for kind in KINDS:
            world.things[kind] = await world.make(kind)
        yield world


PEOPLE = {
    "owner": Role.EMPLOYER,
    "stranger": Role.EMPLOYER,
    "seeker": Role.SEEKER,
    "admin": Role.ADMIN,
}
