"""What is refused before it is saved: trees too large, values that do not exist, queries that no
posting can meet, and queries that nearly every posting meets.

The checks go from cheap to dear, and each is bounded: size, values, the length of the text, then
the two searches of `contradictions`. Both ends are one question: a query that cannot be false
matches everything.
"""

from collections.abc import Iterator, Mapping, Sequence

from matching.bounds import TEXT_MAX, refuse_deep, refuse_many
from matching.contradictions import contradiction
from matching.faults import GOT_MAX, Fault, invalid, shortened
from matching.json_reader import Reader
from matching.language import normalise, to_text
from matching.lists import BUILT_IN, Lists
from matching.printer import printed_item
from matching.verified import verified
from matching.vocabulary import UBIQUITOUS
from models.criteria import And, Criteria, Leaf, Not, Or, PostedWithin, Words
from models.errors import InvalidQuery


def check(criteria: Criteria, positions: Mapping[Criteria, int] | None = None) -> None:
    """Raise InvalidQuery where the criteria make no alert: too large (also as text), impossible
    values, contradictions, or nothing that a posting must have.

    `positions` are those of the parsed `Query`, for errors that tell where a clause stands.
    """
    refuse_deep(criteria)
    tree = normalise(criteria)
    refuse_many(tree)
    for test in _tests(tree):
        verified(test)
    text = to_text(tree)
    size = len(text.encode())
    if size > TEXT_MAX:
        raise invalid(Fault(f"at most {TEXT_MAX} bytes in normal form", f"{size} bytes"))
    if found := contradiction(tree):
        expected = f"clauses that one posting can state together ({'; '.join(found.reasons)})"
        fault = Fault(expected, _listed(found.clauses))
        raise invalid(fault, position=_position(found.clauses[-1], positions or {}))
    if not _narrows(tree) or contradiction(Not(item=tree)):
        nearly_all = 'exclusions, ages and words like "the" alone match nearly all'
        raise invalid(Fault(f"something the posting must have; {nearly_all}", text))


def from_json(obj: object, pointer: str = "/criteria", lists: Lists = BUILT_IN) -> Criteria:
    """The tree that a JSON value describes, in normal form and checked.

    `pointer` is where the value stands in the body, `lists` are those that can be named. Raises
    InvalidQuery, whose errors carry JSON pointers (RFC 6901).
    """
    tree = Reader(lists).tree(obj, pointer)
    try:
        tree = normalise(tree)
        check(tree)
    except InvalidQuery as error:
        errors = [e.model_copy(update={"pointer": e.pointer or pointer}) for e in error.errors]
        raise InvalidQuery(error.detail, errors=errors) from None
    return tree


def _tests(criteria: Criteria) -> Iterator[Leaf]:
    match criteria:
        case Not(item=item):
            yield from _tests(item)
        case And(items=items) | Or(items=items):
            for item in items:
                yield from _tests(item)
        case _:
            yield criteria


def _listed(clauses: Sequence[Criteria]) -> str:
    """The clauses in the alert language, each cut so that all of them are told."""
    longest = max(9, GOT_MAX // len(clauses) - 1)
    return " ".join(shortened(printed_item(clause), longest) for clause in clauses)


def _position(clause: Criteria, positions: Mapping[Criteria, int]) -> int | None:
    """Where the clause begins in the text, as far as is known."""
    return min((positions[test] for test in _tests(clause) if test in positions), default=None)


def _narrows(criteria: Criteria) -> bool:
    """Whether a posting must have something to match: a test that is not only an age, and no word
    that nearly all have."""
    match criteria:
        case Not() | PostedWithin():
            return False
        case And(items=items):
            return any(map(_narrows, items))
        case Or(items=items):
            return all(map(_narrows, items))
        case Words(field="any" | "description", kind="word", text=text):
            return text not in UBIQUITOUS
        case Words(field="any" | "description", kind="prefix", text=text):
            return not any(word.startswith(text) for word in UBIQUITOUS)
        case _:
            return True
