"""By what the alerts that just miss a posting miss it, counted; never which alerts, or whose.

An alert just misses where all of its clauses pass but one. The percolator finds them all; which
clause failed is asked of their documents. These are read in steps, so that matching goes on between
them, and of very many an even sample is read and its counts are scaled.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

import structlog

from backends.documents.base import Document, Documents
from backends.documents.collections import ALERTS
from matching.evaluate import evaluate, passes
from matching.subject import Subject
from models.criteria import And, Criteria, InList, LanguageIn, Not, Or, PostedWithin, Words
from services.alerting.alert_reader import readable

log = structlog.get_logger()

READ_MAX = 1_000
"""Alerts read for one posting: some 100 ms of a core. A share of a thousand is good to ± 3 %."""
STEP = 100
"""Alerts between two moments in which other work may go on: 10 ms."""


async def by_field(
    documents: Documents, ids: Sequence[str], subject: Subject, now: datetime
) -> dict[str, int]:
    """How many of these alerts fail only on a clause about each field (NEAR_MISS_FIELDS). Raises
    Unavailable."""
    sample = ids if len(ids) <= READ_MAX else [ids[at] for at in _spread(len(ids))]
    counts: Counter[str] = Counter()
    for start in range(0, len(sample), STEP):
        found = await documents.get_many(ALERTS, sample[start : start + STEP])
        for document in found.values():
            failed = _failed_clause(document, subject, now)
            if failed is not None:
                counts[_field(failed)] += 1
    scale = len(ids) / len(sample) if sample else 1.0
    return {field: round(count * scale) for field, count in sorted(counts.items())}


def _spread(total: int) -> Iterator[int]:
    """READ_MAX places, evenly over 0..total: ids rise with time, so old and new alike are asked."""
    return (at * total // READ_MAX for at in range(READ_MAX))


def _failed_clause(document: Document, subject: Subject, now: datetime) -> Criteria | None:
    """The one clause that the alert fails on; None where it fails on none, several, or its only,
    or was paused since, or nobody can tell."""
    alert = readable(document)
    if alert is None or alert.paused or not isinstance(alert.criteria, And):
        return None
    items = alert.criteria.items
    try:
        failed = [item for item in items if not passes(evaluate(item, subject, now), alert.unknown)]
    except Exception:
        log.exception("alert failed on posting", alert_id=alert.id, posting_id=subject.posting_id)
        return None
    return failed[0] if len(failed) == 1 else None


def _field(clause: Criteria) -> str:
    fields = set(_fields(clause))
    return fields.pop() if len(fields) == 1 else "several"


def _fields(criteria: Criteria) -> Iterator[str]:
    """The fields that the tests of a tree name in the alert language."""
    match criteria:
        case And(items=items) | Or(items=items):
            for item in items:
                yield from _fields(item)
        case Not(item=item):
            yield from _fields(item)
        case Words(field=field):
            yield "text" if field == "any" else field
        case PostedWithin(field=field) | InList(field=field):
            yield field
        case LanguageIn():
            yield "lang"
        case _:
            yield criteria.op
