"""Snapshots of a matcher shard: a restart reads arrays back instead of a million documents.

A snapshot is a copy that may be lost at any time, and is believed only where it fits the store:
the stream still holds every alert event after its position, and when these have been read there are
as many alerts as the store has of this shard. Otherwise the shard is rebuilt from the documents.

It is written in a thread, when the shard stops, when the alerts were filed anew, when enough of
them changed, and after a while where any did. What fails is logged and counted, and tried again
after a rest: matching needs no snapshot.
"""

import asyncio
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from actors.registry import Registry
from backends.documents.base import Documents, Measure
from backends.documents.collections import ALERTS
from backends.documents.filters import Eq
from matching.percolator import Percolator
from models.base import Model
from models.shards import bucket_of, owns

log = structlog.get_logger()

CHANGES_MAX = 10_000
"""Changes to alerts after which a snapshot is due: to read them again takes a second."""
REST_S = 60.0
"""Between two snapshots: of a million alerts one is some 100 MB, which a disk should not write
all the time."""
PERIOD_S = 900.0
"""After which any change is worth a snapshot."""
UNREADABLE_MAX = 1_000
"""Alerts that could not be read above which no snapshot is kept: then this program is at fault, and
the next one had better read all of them."""


def forget_older(folder: Path, generation: int) -> None:
    """Delete the snapshots of earlier generations; the layout is `folder/GENERATION/SHARD.alerts`.
    One that is still at work writes another when it stops, which goes the next time."""
    for other in folder.glob("*/"):
        if other.name.isdecimal() and int(other.name) < generation:
            shutil.rmtree(other, ignore_errors=True)


class Mark(Model):
    """What a snapshot says beside the percolator: how far `alert-events` were read, how many
    questions were asked when it was filled, and the alerts that are to be tried again."""

    position: str
    filled_bytes: int
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Written:
    """What was on disk at `at` (monotonic seconds)."""

    at: float
    changes: int = 0
    compactions: float = 0.0


class Snapshots:
    """The snapshot of one shard, the file `path`."""

    def __init__(self, path: Path, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._monotonic = monotonic
        self._last = _Written(monotonic())
        self._tried_at = float("-inf")
        self._saving = threading.Lock()
        self.written = 0
        self.failures = 0

    @property
    def age_s(self) -> float:
        """Seconds since the shard's state was last on disk, or since the start."""
        return self._monotonic() - self._last.at

    async def load(self) -> tuple[Percolator, Mark] | None:
        """What was written last; None where it is absent, damaged or of another version."""
        try:
            loaded = await asyncio.to_thread(Percolator.load, self._path)
            return (loaded[0], Mark.from_stored_json(loaded[1])) if loaded else None
        except Exception:
            # The shard must not fail at its start, again and again, for a copy that it can spare.
            log.exception("snapshot not readable", path=self._path.name)
            return None

    def loaded(self, registry: Registry) -> None:
        """What the registry holds now is what was on disk."""
        self._last = _of(registry, self._monotonic())

    async def tend(self, registry: Registry) -> None:
        """Write one if it is due."""
        now = self._monotonic()
        if now - self._tried_at < REST_S:
            return
        changes = registry.changes - self._last.changes
        is_filed_anew = _compactions(registry) != self._last.compactions
        is_old = changes > 0 and now - self._last.at >= PERIOD_S
        if changes >= CHANGES_MAX or is_filed_anew or is_old:
            await self.write(registry)

    async def finish(self, registry: Registry) -> None:
        """Write one if anything is not on disk."""
        if _of(registry, self._last.at) != self._last:
            await self.write(registry)

    async def write(self, registry: Registry) -> None:
        """Write the registry as it is now. Changes meanwhile may be in it or not: they come after
        its position, and to read them again does nothing."""
        if not registry.is_complete or len(registry.unreadable) > UNREADABLE_MAX:
            return
        self._tried_at = self._monotonic()
        state = _of(registry, self._tried_at)
        mark = Mark(
            position=registry.position,
            filled_bytes=registry.filled_bytes,
            unreadable=tuple(sorted(registry.unreadable)),
        )
        try:
            await asyncio.to_thread(self._save, registry.percolator, mark.model_dump_json())
        except OSError as error:
            self.failures += 1
            log.warning("snapshot not written", reason=error.strerror or type(error).__name__)
            return
        self._last = state
        self.written += 1

    def _save(self, percolator: Percolator, mark: str) -> None:
        with self._saving:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            percolator.save(self._path, mark)


def _compactions(registry: Registry) -> float:
    return registry.percolator.counters()["compactions"]


def _of(registry: Registry, at: float) -> _Written:
    return _Written(at, registry.changes, _compactions(registry))


async def restore(
    registry: Registry, snapshots: Snapshots, documents: Documents, *, shard: int, shards: int
) -> bool:
    """Bring the registry to the present from the snapshot; whether it can be believed. Raises
    Unavailable."""
    loaded = await snapshots.load()
    if loaded is None:
        return False
    percolator, mark = loaded
    registry.begin(percolator, mark.position, filled_bytes=mark.filled_bytes)
    snapshots.loaded(registry)
    found = await documents.get_many(ALERTS, mark.unreadable)
    for id_, document in found.items():
        registry.read(id_, document.body)
    await registry.follow()
    return await _agrees(registry, documents, shard=shard, shards=shards)


async def _agrees(registry: Registry, documents: Documents, *, shard: int, shards: int) -> bool:
    """Whether there are as many alerts as the store has. Alerts may be saved between the two
    counts; each of those has its event, and moves the number by one at most."""
    least, most = len(registry.percolator), len(registry.percolator) + len(registry.unreadable)
    stored = await _stored(documents, shard=shard, shards=shards)
    moved = await registry.follow()
    if least - moved <= stored <= most + moved:
        return True
    log.warning("snapshot disagrees with the store", stored=stored, registered=least)
    return False


async def _stored(documents: Documents, *, shard: int, shards: int) -> int:
    """The alerts in the store that are not paused and are this shard's."""
    active = Eq("paused", False)
    if shards == 1:
        return await documents.count(ALERTS, active)
    groups = await documents.group(
        ALERTS, active, by=["user_id"], measures=[Measure("alerts", "count")]
    )
    return sum(int(g["alerts"]) for g in groups if owns(shard, shards, bucket_of(g["user_id"])))
