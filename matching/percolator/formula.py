"""Formulas over atoms: what an alert asks, with three-valued logic turned into plain membership.

An alert matches when its tree is *true* (unknown drops) or *not false* (unknown passes). Both are
pushed down to the tests: `not false` of an `and` is `not false` of each item, `true` of a `not` is
the opposite of `not false` of its item. What is left of the third value is a choice between two
questions about a test: is it true of the posting, or is it true or unknown?

A literal is `2 * atom`, plus 1 where the answer has to be no.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from matching.percolator.atoms import ALWAYS, NEVER

TRUE = 2 * ALWAYS
FALSE = 2 * NEVER


@dataclass(frozen=True, slots=True)
class Group:
    """All of, or one of, at least two formulas; no group in a group of the same kind."""

    kind: Literal["all", "any"]
    items: tuple["Formula", ...]


Formula = int | Group


def literal(atom: int) -> Formula:
    return 2 * atom


def negated(formula: Formula) -> Formula:
    """The opposite, by De Morgan's laws."""
    if isinstance(formula, Group):
        return group("any" if formula.kind == "all" else "all", map(negated, formula.items))
    if formula in (TRUE, FALSE):
        return FALSE if formula == TRUE else TRUE
    return formula ^ 1


def group(kind: Literal["all", "any"], items: Iterable[Formula]) -> Formula:
    """The formulas joined, flat and without repetition, and without what is settled already."""
    settles, says_nothing = (FALSE, TRUE) if kind == "all" else (TRUE, FALSE)
    flat: dict[Formula, None] = {}
    for item in items:
        for part in item.items if isinstance(item, Group) and item.kind == kind else (item,):
            if part == settles:
                return settles
            if part != says_nothing:
                flat[part] = None
    if not flat:
        return says_nothing
    return Group(kind, tuple(flat)) if len(flat) > 1 else next(iter(flat))


def is_plain(formula: Formula) -> bool:
    """A literal that asks for a yes, or an `any` of such: what an alert can be filed under."""
    if isinstance(formula, int):
        return not formula & 1
    return formula.kind == "any" and all(isinstance(i, int) and not i & 1 for i in formula.items)


def needed(formula: Formula) -> Formula | None:
    """A plain formula that holds wherever this one does; None if there is none."""
    if is_plain(formula):
        return formula
    if isinstance(formula, int):
        return None
    parts = [needed(item) for item in formula.items]
    if formula.kind == "all":
        return next((part for part in parts if part is not None), None)
    known = [part for part in parts if part is not None]
    return group("any", known) if len(known) == len(parts) else None
