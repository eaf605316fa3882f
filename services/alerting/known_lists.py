"""Which lists a query can name: those that the product brings, and a person's own.

The store is only asked where something in the query looks like the name of a list. The items of a
list are copied into the tree that is saved, so a query may name few of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from backends.documents.base import Body
from backends.documents.collections import LISTS
from backends.documents.filters import Eq
from matching.lists import BUILT_IN, Lists, NamedList
from models.base import derived_id
from models.criteria import And, Criteria, InList, Leaf, Not, Or
from models.errors import FieldError, InvalidQuery
from services.ports import Ports

LISTS_MAX = 50
"""Lists of one person; all of them are read where one is named."""
NAMED_MAX = 5
"""Tests of one query on a person's own lists: each is a copy of up to 500 names in the alert, in
its events and in the memory of its matcher."""

Asked = str | Mapping[str, Any] | None
"""A query as text or as a JSON tree that nobody has checked yet."""


async def known_lists(ports: Ports, user_id: str | None, asked: Iterable[Asked]) -> Lists:
    """The lists that these queries of this person (None: of nobody) can name."""
    if user_id is None or not any(map(_may_name_one, asked)):
        return BUILT_IN
    own = await ports.documents.find(LISTS, Eq("user_id", user_id), limit=LISTS_MAX)
    return {**_by_name(document.body for document in own.items), **BUILT_IN}


async def lists_named(ports: Ports, user_id: str, names: Iterable[str]) -> Lists:
    """The lists of this person that have these names, as far as there are any."""
    ids = [list_id(user_id, name) for name in names]
    found = await ports.documents.get_many(LISTS, ids)
    return _by_name(document.body for document in found.values())


def list_id(user_id: str, name: str) -> str:
    """The id of the document of a list: a person has one list of a name."""
    return derived_id("list", user_id, name)


def _by_name(bodies: Iterable[Body]) -> Lists:
    return {body["name"]: NamedList(body["field"], tuple(body["items"])) for body in bodies}


def _may_name_one(asked: Asked) -> bool:
    """Whether there is an @, or an object with the op "list", however deep it is."""
    if isinstance(asked, str):
        return "@" in asked
    waiting: list[object] = [asked]
    while waiting:
        match waiting.pop():
            case {"op": "list"}:
                return True
            case dict() as value:
                waiting.extend(value.values())
            case list() as value:
                waiting.extend(value)
            case _:
                continue
    return False


def refuse_many_lists(criteria: Criteria) -> None:
    """Raise InvalidQuery for a query that names more than NAMED_MAX of a person's lists."""
    named = sum(isinstance(test, InList) and bool(test.items) for test in leaves(criteria))
    if named > NAMED_MAX:
        expected = f"at most {NAMED_MAX} tests on lists of yours"
        fault = FieldError(expected=expected, got=f"{named} of them")
        raise InvalidQuery(f"expected {expected}, got {named}", errors=[fault])


def leaves(criteria: Criteria) -> Iterator[Leaf]:
    """The leaves of a tree."""
    match criteria:
        case Not(item=item):
            yield from leaves(item)
        case And(items=items) | Or(items=items):
            for item in items:
                yield from leaves(item)
        case _:
            yield criteria


def own_lists(criteria: Criteria) -> set[str]:
    """The names of the person's own lists that a tree tests."""
    named = (test for test in leaves(criteria) if isinstance(test, InList))
    return {test.name for test in named if test.name not in BUILT_IN}


def renewed(criteria: Criteria, lists: Lists) -> Criteria:
    """The tree with the items that these lists have now; a list that is not among them stays as it
    was saved."""
    match criteria:
        case InList(name=name) if name in lists:
            return criteria.model_copy(update={"items": lists[name].items})
        case Not(item=item):
            return criteria.model_copy(update={"item": renewed(item, lists)})
        case And(items=items) | Or(items=items):
            return criteria.model_copy(update={"items": tuple(renewed(i, lists) for i in items)})
        case _:
            return criteria
