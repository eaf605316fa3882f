"""The alert language: text to criteria tree and back; docs/alert-language.md says what it means."""

from dataclasses import dataclass

from matching.faults import Fault, invalid
from matching.normal import normal
from matching.parser import Parser
from matching.printer import printed, printed_item
from models.criteria import Criteria, Or, UnknownPolicy


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed text; `unknown` is None where the text says nothing about unknown facts."""

    criteria: Criteria
    unknown: UnknownPolicy | None = None


def parse(text: str) -> Query:
    """Read a query; its criteria are in normal form. Raises InvalidQuery and nothing else.

    Bounded: 2 KB of text, depth 32, 200 tests. Whether it makes a sensible alert is for
    `check.check` to say.
    """
    parser = Parser(text)
    return Query(parser.query(), parser.unknown)


def normalise(criteria: Criteria) -> Criteria:
    """The normal form of a tree. Raises InvalidQuery for a text test without words."""
    try:
        return normal(criteria)
    except Fault as fault:
        raise invalid(fault) from None


def to_text(criteria: Criteria, unknown: UnknownPolicy | None = None) -> str:
    """The normal form as text, with the policy at its end if one is given.

    `parse(to_text(tree, unknown))` is `Query(normalise(tree), unknown)`.
    """
    tree = normalise(criteria)
    if unknown is None:
        return printed(tree)
    text = printed_item(tree) if isinstance(tree, Or) else printed(tree)
    return f"{text} unknown:{unknown}"
