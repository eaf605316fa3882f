"""The alert language: text to criteria tree and back; docs/alert-language.md says what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matching.faults import Fault, invalid
from matching.lists import BUILT_IN, Lists
from matching.normal import normal
from matching.parser import Parser
from matching.printer import printed, printed_item
from models.criteria import Criteria, Or, UnknownPolicy


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed text; `unknown` is None where the text says nothing about unknown facts.

    `positions` tells where a test of the tree was (last) written, for errors about it.
    """

    criteria: Criteria
    unknown: UnknownPolicy | None = None
    positions: Mapping[Criteria, int] = field(default_factory=dict, compare=False, repr=False)


def parse(text: str, lists: Lists = BUILT_IN) -> Query:
    """Read a query; its criteria are in normal form. Raises InvalidQuery and nothing else.

    `lists` are those that `company:@name` and `skill:@name` can mean. Bounded: 2 KB of text,
    depth 32, 200 tests. Whether it makes a sensible alert is for `check.check` to say.
    """
    parser = Parser(text, lists)
    criteria = parser.query()
    return Query(criteria, parser.unknown, parser.positions)


def normalise(criteria: Criteria) -> Criteria:
    """The normal form of a tree. Raises InvalidQuery for a text test without words."""
    try:
        return normal(criteria)
    except Fault as fault:
        raise invalid(fault) from None


def to_text(criteria: Criteria, unknown: UnknownPolicy | None = None) -> str:
    """The normal form as text, with the policy at its end if one is given.

    `parse(to_text(tree, unknown), lists)` is `Query(normalise(tree), unknown)` as long as the
    lists are what they were.
    """
    tree = normalise(criteria)
    if unknown is None:
        return printed(tree)
    text = printed_item(tree) if isinstance(tree, Or) else printed(tree)
    return f"{text} unknown:{unknown}"
