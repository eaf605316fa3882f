"""Why an alert matches a posting, or what it failed on: the oracle's verdict, clause by clause.

The items of the top `and` are the clauses. Of each the outcome is `evaluate`'s; then one test is
found that decided it (a false item of an `and`, a true item of an `or`), and what that test read in
the posting: the words themselves, or the evidence that processing kept for the derived fact.
"""

from collections.abc import Sequence
from datetime import datetime

from matching.evaluate import FALSE, TRUE, UNKNOWN, evaluate, passes
from matching.facts import fact
from matching.printer import printed_item
from matching.subject import Subject
from models.criteria import (
    And,
    Clause,
    Criteria,
    Explanation,
    Leaf,
    Not,
    Or,
    Outcome,
    UnknownPolicy,
)


def explain(
    criteria: Criteria, unknown: UnknownPolicy, subject: Subject, now: datetime
) -> Explanation:
    """The explanation of criteria in normal form; `matched` is what `evaluate.holds` says.

    `near_miss` is the clause that failed where there are others and all of them passed.
    """
    items = criteria.items if isinstance(criteria, And) else (criteria,)
    clauses = tuple(_clause(item, subject, now) for item in items)
    failed = [clause for clause in clauses if not passes(clause.outcome, unknown)]
    missed_by_one = len(failed) == 1 and len(clauses) > 1
    return Explanation(
        matched=not failed,
        clauses=clauses,
        near_miss=failed[0].clause if missed_by_one else None,
    )


def _clause(item: Criteria, subject: Subject, now: datetime) -> Clause:
    read = fact(_deciding(item, subject, now), subject, now)
    return Clause(
        clause=printed_item(item),
        outcome=evaluate(item, subject, now),
        field=read.field,
        start=read.start,
        end=read.end,
        text=read.text,
        value=read.value,
    )


def _deciding(criteria: Criteria, subject: Subject, now: datetime) -> Leaf:
    """The test that made the outcome; the first one where several did."""
    match criteria:
        case Not(item=item):
            return _deciding(item, subject, now)
        case And(items=items):
            return _deciding(_first(items, (FALSE, UNKNOWN), subject, now), subject, now)
        case Or(items=items):
            return _deciding(_first(items, (TRUE, UNKNOWN), subject, now), subject, now)
        case _:
            return criteria


def _first(
    items: Sequence[Criteria], wanted: Sequence[Outcome], subject: Subject, now: datetime
) -> Criteria:
    """The first item with the first wanted outcome that any has; else the first item."""
    outcomes = [evaluate(item, subject, now) for item in items]
    for outcome in wanted:
        if outcome in outcomes:
            return items[outcomes.index(outcome)]
    return items[0]


def one_line(explanation: Explanation) -> str:
    """A sentence for people: what was met, then what is not stated; or what it failed on.

    "title says “data engineer”; level senior; near Leeds (12 km)"
    """
    by_outcome: dict[Outcome, list[Clause]] = {TRUE: [], UNKNOWN: [], FALSE: []}
    for clause in explanation.clauses:
        by_outcome[clause.outcome].append(clause)
    if explanation.matched:
        said = [_said(clause) for clause in (*by_outcome[TRUE], *by_outcome[UNKNOWN])]
        return "; ".join(filter(None, said)) or "it has nothing that you excluded"
    if explanation.near_miss:
        return f"failed only on {explanation.near_miss}"
    failed = by_outcome[FALSE] or by_outcome[UNKNOWN]
    return f"failed on {', '.join(clause.clause for clause in failed)}"


def _said(clause: Clause) -> str:
    """The fact of a clause; nothing for an exclusion, which is no reason to be told."""
    if clause.clause.startswith("-"):
        return ""
    return clause.value or (f"{clause.field} says “{clause.text}”" if clause.text else "")
