"""What two tests say about each other, whatever the posting: one implies the other, or they are
held to exclude each other.

Every implication here is one of the oracle's, so that nothing is called impossible which a posting
could meet. Two exclusions are the product's decision instead: a pay floor above a pay ceiling,
which a wide range would meet, and a place outside of the country one wants to work from, which the
posting of an international company may meet. Whoever asks for either has mostly made a mistake.
"""

from collections.abc import Sequence

from matching.analyzer import spellings, terms
from models.criteria import (
    And,
    Criteria,
    HasSkill,
    In,
    InList,
    Leaf,
    Near,
    Not,
    Or,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    Words,
)
from reference.money import usd_per_year


def implies(test: Leaf, wider: Leaf) -> bool:
    """Whether every posting for which `test` is true makes `wider` true; False where unsure."""
    match test, wider:
        case Words(), Words():
            return wider.field in ("any", test.field) and _words_imply(test, wider)
        case HasSkill(skill=skill), Words(field="any", kind="word" | "phrase"):
            # The skills of a posting are one of its texts.
            return _stand_in(wider.text, skill)
        case HasSkill(skill=skill), InList(field="skill", items=items):
            return skill in items
        case InList(field="skill", items=items), InList(field="skill", items=others):
            return set(items) <= set(others)
        case In(place=place), In(place=around):
            return around.id in (place.id, *place.within)
        case Near(place=place, km=km), Near(place=centre, km=reach):
            return place.id == centre.id and km <= reach
        case RemoteFrom(country=country), RemoteFrom(country=other):
            return other in (None, country)
        case PostedWithin(field=field, hours=hours), PostedWithin(field=other, hours=longer):
            return field == other and hours <= longer
        case SourceIn(values=values), SourceIn(values=others):
            return set(values) <= set(others)
        case Pay(), Pay():
            return _pay_implies(test, wider)
        case _:
            return _soft(test) == _soft(wider)


def outlawed(one: Leaf, other: Leaf) -> bool:
    """Whether the product refuses to ask for both, though a posting might meet both."""
    match one, other:
        case Pay(), Pay():
            return _below(_ceiling(one), _floor(other)) or _below(_ceiling(other), _floor(one))
        case ((In(place=place) | Near(place=place)), RemoteFrom(country=str(country))):
            return place.country != country
        case RemoteFrom(country=str(country)), (In(place=place) | Near(place=place)):
            return place.country != country
        case _:
            return False


def _words_imply(test: Words, wider: Words) -> bool:
    """A phrase holds its parts, and a prefix all that is shorter. A word says little about a
    prefix: a posting may have it in another inflection."""
    if "prefix" in (test.kind, wider.kind):
        return test.kind == wider.kind and test.text.startswith(wider.text)
    return _stand_in(wider.text, test.text)


def _stand_in(part: str, text: str) -> bool:
    """Whether a posting that has `text` has `part`, in whatever language it is written."""
    return bool(terms(part)) and all(map(_run_of, spellings(part), spellings(text)))


def _run_of(part: Sequence[str], whole: Sequence[str]) -> bool:
    lasts = range(len(part), len(whole) + 1)
    return any(whole[last - len(part) : last] == part for last in lasts)


def _pay_implies(test: Pay, wider: Pay) -> bool:
    floor, ceiling = _floor(wider), _ceiling(wider)
    return (floor is None or not _below(_floor(test) or 0.0, floor)) and (
        ceiling is None or (_ceiling(test) is not None and not _below(ceiling, _ceiling(test)))
    )


def _floor(test: Pay) -> float | None:
    """In US dollars a year."""
    return None if test.min is None else usd_per_year(test.min, test.currency, test.period)


def _ceiling(test: Pay) -> float | None:
    return None if test.max is None else usd_per_year(test.max, test.currency, test.period)


def _below(amount: float | None, other: float | None) -> bool:
    return amount is not None and other is not None and amount < other


def _soft(criteria: Criteria) -> Criteria:
    """The test without its hard mark, for comparison."""
    if isinstance(criteria, Not | And | Or):
        return criteria
    return criteria.model_copy(update={"hard": False})
