"""Who must be told of what, from the ledger alone: each alert read against each posting.

The facts of a posting are derived as the processor derives them (pure), and `matching.evaluate`
says whether an alert holds: naive, recursive, and shared with nothing that is fast. An alert that
was answered before a posting was begun must see it; one that raced it may.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from chaos.checker import Expected, Telling
from chaos.ledger import Posted, Saved
from matching import language
from matching.evaluate import holds
from matching.subject import Subject
from models.criteria import Criteria, UnknownPolicy
from models.posting import Given, Posting, Source
from processing.derive import derive


def expected(lines: Iterable[Posted | Saved], now: datetime) -> Expected:
    """What must and may be told of the ledger's postings to its alerts. Of a posting that was
    revised, the last revision must be told; an earlier one may have been overtaken by it."""
    every = list(lines)
    alerts = [(line, _criteria(line)) for line in every if isinstance(line, Saved)]
    posted = [line for line in every if isinstance(line, Posted)]
    last = {line.id: max(p.revision for p in posted if p.id == line.id) for line in posted}
    must: set[Telling] = set()
    may: set[Telling] = set()
    for line in posted:
        subject = _subject(line, now)
        if subject is None:
            continue
        for alert, criteria in alerts:
            if not holds(criteria, UnknownPolicy.PASS, subject, now):
                continue
            telling = (alert.id, line.vacancy)
            may.add(telling)
            if line.revision == last[line.id] and alert.answered <= line.begun:
                must.add(telling)
    mailed = frozenset(alert.id for alert, _ in alerts if "email" in alert.channels)
    return Expected(frozenset(must), frozenset(may), mailed)


def published(posted: Iterable[Posted], now: datetime) -> set[int]:
    """The vacancies that are on the board, by the last revision of their postings."""
    newest: dict[str, Posted] = {}
    for line in posted:
        if line.id not in newest or line.revision > newest[line.id].revision:
            newest[line.id] = line
    return {line.vacancy for line in newest.values() if _subject(line, now) is not None}


def _criteria(alert: Saved) -> Criteria:
    return language.parse(alert.query).criteria


def _subject(line: Posted, now: datetime) -> Subject | None:
    """The posting as alerts see it; None where it does not come onto the board."""
    given = Given.model_validate(line.body)
    derivation = derive(given, today=now.astimezone(UTC).date())
    if derivation.verdict != "publish":
        return None
    source = Source(name="api", url=given.url, external_id=given.external_id, seen_at=now)
    return Subject.of(
        Posting(
            id=line.id,
            owner_id=line.owner_id,
            given=given,
            derived=derivation.derived,
            sources=(source,),
            created_at=now,
            updated_at=now,
            first_seen_at=now,
        )
    )
