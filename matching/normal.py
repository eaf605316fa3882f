"""The normal form of a criteria tree: what is printed, stored, compared and filed.

No `and` inside an `and` and no `or` inside an `or`, nothing twice in one list, no double negation,
no list of one, texts as folded terms, names without their case. The order of the person's items
stays. The normal form has the same outcome as the tree on every posting.
"""

from collections.abc import Iterable

from matching import values
from models.criteria import (
    And,
    CategoryIn,
    Criteria,
    EmploymentIn,
    InList,
    LanguageIn,
    ModeIn,
    Not,
    Or,
    PostedWithin,
    SourceIn,
    Words,
)


def normal(criteria: Criteria) -> Criteria:
    """The normal form. Raises Fault for a text test that has no terms or is no prefix, and for a
    source or a list that has no name."""
    match criteria:
        case Not(item=item):
            inner = normal(item)
            return inner.item if isinstance(inner, Not) else Not(item=inner)
        case And(items=items):
            return all_of(map(normal, items))
        case Or(items=items):
            return any_of(map(normal, items))
        case _:
            return _normal_leaf(criteria)


def all_of(items: Iterable[Criteria]) -> Criteria:
    """The `and` of normal trees (at least one), flat and without repetition."""
    flat: dict[Criteria, None] = {}
    for item in items:
        flat |= dict.fromkeys(item.items if isinstance(item, And) else (item,))
    return And(items=tuple(flat)) if len(flat) > 1 else next(iter(flat))


def any_of(items: Iterable[Criteria]) -> Criteria:
    """The `or` of normal trees (at least one), flat and without repetition."""
    flat: dict[Criteria, None] = {}
    for item in items:
        flat |= dict.fromkeys(item.items if isinstance(item, Or) else (item,))
    return Or(items=tuple(flat)) if len(flat) > 1 else next(iter(flat))


def _normal_leaf(test: Criteria) -> Criteria:
    match test:
        case Words():
            return values.words(test.field, test.kind, test.text)
        case EmploymentIn() | ModeIn() | LanguageIn() | CategoryIn():
            return test.model_copy(update={"values": tuple(dict.fromkeys(test.values))})
        # Sources, companies and ages are always known, so a hard mark says nothing.
        case SourceIn():
            names = dict.fromkeys(values.source(name) for name in test.values)
            return SourceIn(values=tuple(names))
        case InList():
            hard = test.hard and test.field == "skill"
            return test.model_copy(update={"name": values.list_name(test.name), "hard": hard})
        case PostedWithin():
            return test.model_copy(update={"hard": False, "hours": float(test.hours)})
        case _:
            return test
