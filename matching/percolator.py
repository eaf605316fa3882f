"""The percolator: which alerts match one posting, without asking all of them.

Each alert is filed under its anchor, the set of atoms that it needs one of and that the fewest
postings have (`matching.atoms`). A posting looks up its own atoms and gets the candidates; alerts
without an anchor (only exclusions, prefixes or numbers) stand on a scan list. Every candidate is
then decided by the oracle, so a bad anchor costs time and never an answer.

An alert that raises is left out of that posting's result, counted in `failures` and logged: one
broken alert must not take the others' matches with it. After the fifth time it is set aside until
it is registered anew.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

import structlog

from matching.atoms import Atoms, cheapest, necessary, values_by_kind
from matching.evaluate import holds
from matching.explain import explain
from matching.subject import Subject
from models.criteria import Criteria, Explanation, UnknownPolicy
from models.errors import NotFound

FAILURES_MAX = 5
"""Postings that one alert may fail on before it is set aside."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Alert:
    criteria: Criteria
    unknown: UnknownPolicy
    anchor: Atoms | None


class Percolator:
    """Registered alerts by id. Not for use from several threads at once.

    `candidates` counts the alerts that the oracle was asked about, `failures` those that raised;
    both only grow.
    """

    def __init__(self) -> None:
        self._alerts: dict[str, _Alert] = {}
        self._filed: defaultdict[str, defaultdict[Hashable, set[str]]] = defaultdict(
            lambda: defaultdict(set)
        )
        self._scanned: set[str] = set()
        self._failed: Counter[str] = Counter()
        self.candidates = 0
        self.failures = 0

    def __len__(self) -> int:
        return len(self._alerts)

    def __contains__(self, alert_id: str) -> bool:
        return alert_id in self._alerts

    def register(self, alert_id: str, criteria: Criteria, unknown: UnknownPolicy) -> None:
        """Add the alert, or replace the one of that id. `criteria` are in normal form."""
        self.unregister(alert_id)
        anchor = cheapest(necessary(criteria, unknown))
        self._alerts[alert_id] = _Alert(criteria, unknown, anchor)
        if anchor is None:
            self._scanned.add(alert_id)
            return
        for kind, value in anchor:
            self._filed[kind][value].add(alert_id)

    def unregister(self, alert_id: str) -> None:
        """Forget the alert; fine if it is not there."""
        alert = self._alerts.pop(alert_id, None)
        if alert is None:
            return
        self._scanned.discard(alert_id)
        self._failed.pop(alert_id, None)
        for kind, value in alert.anchor or ():
            filed = self._filed[kind]
            filed[value].discard(alert_id)
            if not filed[value]:
                del filed[value]

    def percolate(self, subject: Subject, now: datetime) -> list[str]:
        """The ids of the alerts that match the posting at `now`, sorted.

        Cost: one set intersection for each kind of atom, then the oracle for each candidate.
        """
        candidates = self._candidates(subject)
        self.candidates += len(candidates)
        return sorted(alert_id for alert_id in candidates if self._matches(alert_id, subject, now))

    def explain(self, alert_id: str, subject: Subject, now: datetime) -> Explanation:
        """Why the alert matches the posting, or does not. Raises NotFound."""
        alert = self._alerts.get(alert_id)
        if alert is None:
            raise NotFound(f"no alert {alert_id} is registered")
        return explain(alert.criteria, alert.unknown, subject, now)

    def _candidates(self, subject: Subject) -> set[str]:
        found = set(self._scanned)
        for kind, values in values_by_kind(subject).items():
            filed = self._filed[kind]
            for value in filed.keys() & values:
                found |= filed[value]
        return found

    def _matches(self, alert_id: str, subject: Subject, now: datetime) -> bool:
        alert = self._alerts[alert_id]
        try:
            return holds(alert.criteria, alert.unknown, subject, now)
        except Exception:
            self._fail(alert_id, subject.posting_id)
            return False

    def _fail(self, alert_id: str, posting_id: str) -> None:
        self.failures += 1
        self._failed[alert_id] += 1
        _log.exception("alert failed on posting", alert_id=alert_id, posting_id=posting_id)
        if self._failed[alert_id] >= FAILURES_MAX:
            self.unregister(alert_id)
            _log.error("alert set aside", alert_id=alert_id)
