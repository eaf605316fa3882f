"""Necessary atoms: what a posting must have for an alert to have any chance on it.

An atom is a kind and a value: ("title", "python") is the word in the title, ("any", "python") the
word anywhere, ("skill", "Python") the skill, ("place", 2644688) a place or one around it, and
("skill", STATES_NONE) that no skill is stated at all.

`necessary` gives sets of atoms; a posting that has no atom of one of these sets cannot match.
Sound by construction: an item of an `and` must not be false (unknown passes) or must be true
(unknown drops), so what it needs the `and` needs; an `or` needs one of what its items need, and
nothing if one of them needs nothing; `not` needs nothing.
"""

from collections.abc import Hashable, Mapping, Set

from matching.analyzer import terms
from matching.subject import Subject
from models.criteria import And, Criteria, HasSkill, In, Not, Or, UnknownPolicy, Words

Atom = tuple[str, Hashable]
Atoms = frozenset[Atom]

STATES_NONE = None
"""The value of the atom that says the posting states nothing of that kind."""

_COMMON = """
a an and are as at be by for from have in is of on or our that the this to we will with you your
ability about all also any based business company customer customers data design develop
development engineer engineering environment experience full including job join know learn
looking manage management manager may more new not opportunity other people product products
remote requirements role sales senior skills software support systems team teams technical time
tools us user using well who work working world years
"""
COMMON_WORDS = frozenset(_COMMON.split())
"""Words of a large part of all adverts in English: poor anchors in a description."""

_KIND_WEIGHT = {"any": 1.0, "description": 1.0, "title": 0.1, "company": 0.01}
_COMMON_SHARE = 0.5
_FACT_SHARE = 0.05
_STATES_NONE_SHARE = 0.3


def values_by_kind(subject: Subject) -> Mapping[str, Set[Hashable]]:
    """The posting's atoms, as one set of values for each kind."""
    kinds: dict[str, Set[Hashable]] = {
        field: subject.texts[field].positions.keys()
        for field in ("title", "description", "company")
    }
    kinds["any"] = subject.terms
    kinds["skill"] = set(subject.skills) or {STATES_NONE}
    kinds["place"] = subject.place_ids() or {STATES_NONE}
    return kinds


def necessary(criteria: Criteria, unknown: UnknownPolicy) -> list[Atoms]:
    """Sets of atoms; `holds` is false of a posting that misses one of them. None may be needed."""
    match criteria:
        case And(items=items):
            return [atoms for item in items for atoms in necessary(item, unknown)]
        case Or(items=items):
            chosen = [cheapest(necessary(item, unknown)) for item in items]
            united = [atoms for atoms in chosen if atoms is not None]
            return [frozenset().union(*united)] if len(united) == len(items) else []
        case Not():
            return []
        case Words(kind="prefix"):
            return []
        case Words(field=field, text=text):
            return [frozenset({(field, term)}) for term in terms(text)]
        case HasSkill(skill=skill, hard=hard):
            return [_fact("skill", skill, hard=hard, unknown=unknown)]
        case In(place=place, hard=hard):
            return [_fact("place", place.id, hard=hard, unknown=unknown)]
        case _:
            return []


def _fact(kind: str, value: Hashable, *, hard: bool, unknown: UnknownPolicy) -> Atoms:
    stated = frozenset({(kind, value)})
    if hard or unknown is UnknownPolicy.DROP:
        return stated
    return stated | {(kind, STATES_NONE)}


def cheapest(sets: list[Atoms]) -> Atoms | None:
    """The set that the fewest postings are expected to hit; None if there is none."""
    return min(sets, key=lambda atoms: sum(map(_share, atoms)), default=None)


def _share(atom: Atom) -> float:
    """A rough guess at the share of postings that have the atom: long words are rare, titles are
    short, a company is one of thousands."""
    kind, value = atom
    if value is STATES_NONE:
        return _STATES_NONE_SHARE
    if kind not in _KIND_WEIGHT:
        return _FACT_SHARE
    word = str(value)
    share = _COMMON_SHARE if word in COMMON_WORDS else 0.3 / len(word)
    return share * _KIND_WEIGHT[kind]
