"""The alerts that matched: read when they did, not all held in memory.

A matcher holds a million alerts compiled, a few bytes each; name, owner, channels and tree are read
from the store for those that match. The ones that match often are kept, and used for as long as
the version of them that is registered is the one that was kept: the shard reads `alert-events` to
their end before it matches, so a kept alert is never older than what it was matched by.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable

import structlog

from backends.documents.base import Document, Documents
from backends.documents.collections import ALERTS
from models.alert import Alert

log = structlog.get_logger()

KEPT_MAX = 4_000
"""Some 5 KB each as objects, so 20 MB."""


class AlertReader:
    """`version_of` gives the version of a registered alert, or None."""

    def __init__(
        self,
        documents: Documents,
        version_of: Callable[[str], int | None],
        *,
        kept_max: int = KEPT_MAX,
    ) -> None:
        self._documents = documents
        self._version_of = version_of
        self._kept: OrderedDict[str, Alert] = OrderedDict()
        self._kept_max = kept_max

    async def read(self, ids: Iterable[str]) -> dict[str, Alert]:
        """The alerts that are there and can be read, by id, each at least as new as it is
        registered. Raises Unavailable."""
        found: dict[str, Alert] = {}
        missing: list[str] = []
        for id_ in ids:
            alert = self._kept.get(id_)
            if alert is not None and alert.version == self._version_of(id_):
                self._kept.move_to_end(id_)
                found[id_] = alert
            else:
                missing.append(id_)
        if missing:
            documents = await self._documents.get_many(ALERTS, missing)
            found |= {alert.id: alert for alert in map(readable, documents.values()) if alert}
            self._keep(found[id_] for id_ in missing if id_ in found)
        return found

    def _keep(self, alerts: Iterable[Alert]) -> None:
        for alert in alerts:
            self._kept[alert.id] = alert
            self._kept.move_to_end(alert.id)
        while len(self._kept) > self._kept_max:
            self._kept.popitem(last=False)


def readable(document: Document) -> Alert | None:
    """The alert of a document; one that cannot be read is logged, and stops nobody else."""
    try:
        return Alert.from_store(document.body)
    except ValueError:
        log.exception("alert not readable", alert_id=document.id)
        return None
