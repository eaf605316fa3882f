"""What placing a posting costs while many fingerprints are stored.

The store is filled with fingerprints of made-up employers, a tenth of them of LARGE ones, the
others of small ones. Then postings of the large ones are placed, some of them copies of what is
stored, one at a time and in batches, through the service that the processor calls. Time is that of
the processor in all threads, so that others at work on the machine count little.
"""

import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from backends.documents.base import Documents, Insert
from backends.documents.collections import DOCKETS, FINGERPRINTS
from backends.documents.sqlite import SqliteDocuments
from backends.sqlite import Database
from models.base import new_id
from models.cluster import Fingerprint
from models.posting import Derived, Given, Place, Posting
from processing.copies.fingerprint import marks
from services.clusters import clustering
from services.clusters.dockets import DOCKET_MAX

PLACED = 400
BATCH = 50
FILL = 1_000
LARGE, SMALL = 20, 8
"""So many employers share a tenth of what is stored, and their postings are placed; each other one
has so many postings."""
POOL = 4_000
"""Different postings."""
_LOW = 0xFFFFFFFF
_TEXT = 150
_TITLES = 60
_CITIES = 200
_NOW = datetime(2026, 11, 21, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of processor time a posting, alone and as one of a batch of BATCH."""

    stored: int
    one_us: float
    many_us: float
    file_mb: float


async def cost(stored: int) -> Cost:
    """Fill a store of its own with so many fingerprints, and place postings."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "clusters.db")
        documents = SqliteDocuments(database, [FINGERPRINTS, DOCKETS])
        await documents.open()
        try:
            await _fill(documents, stored)
            chance = random.Random(stored)
            await _place(documents, [_posting(chance) for _ in range(BATCH)], BATCH)
            one = await _place(documents, [_posting(chance) for _ in range(PLACED)], 1)
            many = await _place(documents, [_posting(chance) for _ in range(PLACED)], BATCH)
        finally:
            await documents.close()
        return Cost(stored, one, many, _size_mb(Path(folder)))


def _size_mb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6


async def _place(documents: Documents, found: list[tuple[Posting, Derived]], size: int) -> float:
    begun = time.process_time()
    for at in range(0, len(found), size):
        await clustering.place(documents, found[at : at + size])
    return (time.process_time() - begun) * 1e6 / len(found)


async def _fill(documents: Documents, count: int) -> None:
    """Employer by employer. The dockets of the large ones say that they have some filed."""
    chance = random.Random(count)
    pool = [_fingerprint(chance) for _ in range(POOL)]
    batch: list[Insert] = []
    for employer in _employers(count):
        batch.append(_filed(chance.choice(pool), employer))
        if len(batch) == FILL:
            await documents.insert_absent(FINGERPRINTS, batch)
            batch = []
    await documents.insert_absent(FINGERPRINTS, batch)
    await clustering.place(documents, list(_latest(chance)))


def _employers(count: int) -> Iterator[int]:
    """The employer of each fingerprint."""
    large = count // 10
    for number in range(count):
        yield number * LARGE // large if number < large else LARGE + (number - large) // SMALL


def _latest(chance: random.Random) -> Iterator[tuple[Posting, Derived]]:
    for employer in range(LARGE):
        for _ in range(DOCKET_MAX + 1):
            yield _posting(chance, employer)


def _fingerprint(chance: random.Random) -> Fingerprint:
    posting, derived = _posting(chance)
    found = marks(posting.given, derived, owner_id="bench")
    return Fingerprint(id=posting.id, cluster_id=new_id(), traits=found.traits, bands=found.bands)


def _filed(like: Fingerprint, employer: int) -> Insert:
    """The same posting as one of this employer's: a band begins with the employer's key."""
    key, prefix = _key(employer)
    traits = like.traits.model_copy(update={"company": key})
    bands = tuple(prefix | (band & _LOW) for band in like.bands)
    own = like.model_copy(update={"id": new_id(), "traits": traits, "bands": bands})
    return Insert(own.id, own.model_dump(mode="json"))


@lru_cache(maxsize=1)
def _key(employer: int) -> tuple[str, int]:
    """The employer's key, and the upper half of its bands."""
    given = Given(title="any", company=_name(employer))
    found = marks(given, Derived(html="", text=""), owner_id="bench")
    return found.traits.company, found.bands[0] & ~_LOW


def _name(employer: int) -> str:
    return f"Employer {employer}"


def _posting(chance: random.Random, employer: int | None = None) -> tuple[Posting, Derived]:
    number = chance.randrange(LARGE) if employer is None else employer
    words = " ".join(f"w{chance.randrange(4_000)}" for _ in range(_TEXT))
    city = chance.randrange(_CITIES)
    place = Place(
        id=city + 1,
        name=f"Town {city}",
        kind="city",
        country="GB",
        lat=0.0,
        lon=0.0,
        within=(100_000,),
    )
    given = Given(
        title=f"Maker of w{chance.randrange(_TITLES)} things",
        company=_name(number),
        url=f"https://board.example/{chance.random()}",
    )
    posting = Posting(
        id=new_id(),
        owner_id="bench",
        given=given,
        created_at=_NOW,
        updated_at=_NOW,
        first_seen_at=_NOW,
    )
    return posting, Derived(html="", text=words, places=(place,))
