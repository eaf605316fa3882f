"""Plain contradictions: two tests of one `and` that no posting can meet together.

Plain, not all: a fact has one value, so two values of it exclude each other; a test excludes its
own negation. That a wide pay range meets both `pay>=90k` and `pay<=60k` is no contradiction.
"""

from collections.abc import Iterator
from itertools import combinations

from models.criteria import (
    And,
    Criteria,
    EmploymentIn,
    LanguageIn,
    LevelIn,
    ModeIn,
    Not,
    Or,
    PostedWithin,
    RemoteFrom,
    VisaIs,
    Words,
)
from models.posting import Mode


def contradictions(criteria: Criteria) -> Iterator[tuple[Criteria, Criteria]]:
    """The pairs of items, in any `and` of a normal tree, that exclude each other."""
    match criteria:
        case And(items=items):
            yield from ((a, b) for a, b in combinations(items, 2) if _exclude(a, b))
            for item in items:
                yield from contradictions(item)
        case Or(items=items):
            for item in items:
                yield from contradictions(item)
        case Not(item=item):
            yield from contradictions(item)
        case _:
            return


def _exclude(a: Criteria, b: Criteria) -> bool:
    return _excludes(a, b) or _excludes(b, a)


def _excludes(a: Criteria, b: Criteria) -> bool:
    """Whether `a` excludes `b`, seen from `a`."""
    if isinstance(a, Not):
        return not isinstance(b, Not) and _implies(b, a.item)
    if isinstance(a, LevelIn) and isinstance(b, LevelIn):
        return a.max.rank < b.min.rank
    if isinstance(a, VisaIs) and isinstance(b, VisaIs):
        return a.value != b.value
    if isinstance(a, RemoteFrom) and isinstance(b, ModeIn):
        return Mode.REMOTE not in b.values
    if isinstance(a, EmploymentIn | ModeIn | LanguageIn) and isinstance(b, type(a)):
        return not set(a.values) & set(b.values)
    return False


def _implies(test: Criteria, wider: Criteria) -> bool:
    """Whether a posting that meets `test` plainly meets `wider` too."""
    if isinstance(test, Words) and isinstance(wider, Words):
        same_words = (test.kind, test.text) == (wider.kind, wider.text)
        return same_words and wider.field in ("any", test.field)
    if isinstance(test, PostedWithin) and isinstance(wider, PostedWithin):
        return test.field == wider.field and test.hours <= wider.hours
    if isinstance(test, RemoteFrom) and isinstance(wider, RemoteFrom):
        return wider.country in (None, test.country)
    return _soft(test) == _soft(wider)


def _soft(criteria: Criteria) -> Criteria:
    """The test without its hard mark, for comparison."""
    if isinstance(criteria, Not | And | Or):
        return criteria
    return criteria.model_copy(update={"hard": False})
