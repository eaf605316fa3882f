"""Where a system under measurement keeps its data, and how that is filled and read back.

A backend is a set of environment variables, the same for a whole system and for a single shard.
Servers are private ones, started for the measurement and ended with it; each store on them has a
database and a namespace of its own, so it begins empty.
"""

import asyncio
import secrets
import shutil
from collections import defaultdict
from collections.abc import (
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from backends.documents.base import Documents, Insert
from backends.documents.collections import MATCHES, NOTIFICATIONS, USERS
from backends.documents.scan import pages
from bench.ingestion.postings import Expected, Pool, posting_id, serial_at
from bench.matcher import ALERTS_OF_ONE, SEED, STORED_AT_ONCE, alerts, save
from bench.percolation.vocabulary import NOW
from bench.percolation.workload import Workload
from chaos.running import settings_in
from cluster import wiring
from cluster.wiring import Store
from matching.language import normalise, to_text
from matching.percolator import Percolator
from models.alert import Alert
from models.base import derived_id
from models.user import Role, User
from servers.kinds import kind_of
from servers.server import Server

MakeAlerts = Callable[[Workload], Iterator[Alert]]
"""All alerts of a workload; by default each asks for a rare word too, so that a posting meets about
two of 100,000."""
SHOWN = 5
"""How many differences are named."""


class DifferenceError(Exception):
    """Other alerts were told than those that postings meet."""


@dataclass(frozen=True, slots=True)
class Backend:
    """`variables` are those of an environment; `pids` are the servers that they name, on which each
    store needs a place of its own."""

    name: str
    variables: Mapping[str, str]
    pids: tuple[int, ...] = ()

    def environment(self, folder: Path) -> dict[str, str]:
        """Of a system or an actor whose data folder this is; empty until something is stored."""
        found = {**self.variables, "JOBRAY_DATA_DIR": str(folder)}
        if self.pids:
            place = "-".join(folder.parts[-2:])
            found["JOBRAY_DOCUMENTS_URL"] += f"/{place}"
            found["JOBRAY_STREAM_NAMESPACE"] = f"public/{place}"
        return found


EMBEDDED = Backend(
    "embedded",
    {"JOBRAY_DOCUMENTS_URL": "", "JOBRAY_STREAM_URL": "", "JOBRAY_CACHE_URL": "memory:"},
)


@contextmanager
def servers(folder: Path) -> Iterator[Backend]:
    """MongoDB's protocol (mongo-java-server on H2), Pulsar and Redis, with their data in `folder`.
    Raises ServerError where the machine lacks something."""
    with ExitStack() as stack:

        def started(name: str) -> Server:
            kind = kind_of(name)
            kind.prepare()
            server = stack.enter_context(Server(kind, folder / name))
            server.start()
            return server

        mongo, pulsar, redis = map(started, ("mongo-java", "pulsar", "redis"))
        variables = {
            "JOBRAY_DOCUMENTS_URL": mongo.url,
            "JOBRAY_STREAM_URL": pulsar.url,
            "JOBRAY_STREAM_ADMIN_URL": pulsar.admin_url,
            "JOBRAY_CACHE_URL": redis.url,
            "JOBRAY_SECRET_KEY": secrets.token_hex(32),
        }
        yield Backend("mongo-java + Pulsar + Redis", variables, (mongo.pid, pulsar.pid, redis.pid))


@asynccontextmanager
async def opened(environment: Mapping[str, str]) -> AsyncIterator[Store]:
    """The store of this environment, for this process."""
    settings = settings_in(environment)
    store = await wiring.when_available(lambda: wiring.open_store(settings))
    try:
        yield store
    finally:
        await store.close()


async def fill(
    environment: Mapping[str, str], workload: Workload, pool: Pool, make: MakeAlerts = alerts
) -> Expected:
    """Store alerts and the people who own them; what must be told of the pool's postings. Half a
    minute for 100,000 alerts."""
    percolator = Percolator()
    async with opened(environment) as store:
        await _save_people(store.documents, workload)
        await save(store.documents, _learned(make(workload), percolator))
    percolator.compact(whole=True)
    return Expected(pool.met_by(percolator))


async def fill_alike(
    backend: Backend,
    folders: Sequence[Path],
    workload: Workload,
    pool: Pool,
    make: MakeAlerts = alerts,
) -> Expected:
    """The same in each of these folders."""
    first, *others = folders
    expected = await fill(backend.environment(first), workload, pool, make)
    for other in others:
        if backend.pids:
            await fill(backend.environment(other), workload, pool, make)
        else:
            await asyncio.to_thread(shutil.copytree, first, other)
    return expected


def plain_alerts(workload: Workload) -> Iterator[Alert]:
    """The workload's as they are: a posting meets 0.4 % of them."""
    for at, alert in enumerate(alerts(workload)):
        criteria = normalise(workload.criteria(at))
        yield alert.model_copy(update={"criteria": criteria, "query": to_text(criteria)})


async def _save_people(documents: Documents, workload: Workload) -> None:
    owners = -(-len(workload) // ALERTS_OF_ONE)
    people = [_person(derived_id("bench-user", SEED, at), at) for at in range(owners)]
    for at in range(0, owners, STORED_AT_ONCE):
        await documents.insert_absent(USERS, people[at : at + STORED_AT_ONCE])


def _person(id_: str, at: int) -> Insert:
    user = User(
        id=id_,
        email=f"seeker-{at}@example.com",
        name="Robin",
        role=Role.SEEKER,
        password_hash="!",  # nobody signs in with it
        created_at=NOW,
    )
    return Insert(id_, user.model_dump(mode="json"))


def _learned(found: Iterable[Alert], percolator: Percolator) -> Iterator[Alert]:
    for alert in found:
        percolator.register(alert.id, alert.criteria, alert.unknown, alert.version)
        yield alert


async def told(documents: Documents) -> dict[int, list[str]]:
    """The ids of the alerts that were told, by the serial of the posting."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    async for page in pages(documents, NOTIFICATIONS):
        for document in page:
            posting, alert = document.body["posting"], document.body["alert"]
            found[serial_at(posting["url"])].append(alert["id"])
    return found


async def matched(documents: Documents, serials: Iterable[int]) -> dict[int, list[str]]:
    """The ids of the alerts whose matches are stored, by the serial of the posting; all of them are
    of these postings, which came as events. Raises KeyError for a match of another one."""
    serial_of = {posting_id(serial): serial for serial in serials}
    found: defaultdict[int, list[str]] = defaultdict(list)
    async for page in pages(documents, MATCHES):
        for document in page:
            found[serial_of[document.body["posting_id"]]].append(document.body["alert_id"])
    return found


async def check_told(environment: Mapping[str, str], expected: Expected, sent: int) -> None:
    """Raises DifferenceError unless of the first `sent` serials, and of nothing else, exactly the
    alerts that each meets were told, each once."""
    async with opened(environment) as store:
        must_agree(await told(store.documents), expected, range(sent))


def must_agree(found: Mapping[int, list[str]], expected: Expected, serials: Iterable[int]) -> None:
    """Raises DifferenceError unless of each posting exactly its alerts were found, each once."""
    sent = set(serials)
    differing = [
        serial
        for serial in sorted(sent | found.keys())
        if serial not in sent or sorted(found.get(serial, [])) != sorted(expected.of(serial))
    ]
    if differing:
        shown = ", ".join(map(str, differing[:SHOWN]))
        raise DifferenceError(f"{len(differing)} postings met other alerts: {shown} …")
