"""How large a query may be: 2 KB of text, 32 levels, 200 tests.

Held before and while a query is read, never afterwards, so that no input is ever expensive. The
countries of one `remote:` list ("EMEA" has more than a hundred) count as one test, and are bounded
by themselves.
"""

from matching.faults import Fault, invalid
from models.criteria import And, Criteria, Not, Or, RemoteFrom

TEXT_MAX = 2048
"""Bytes of UTF-8."""
DEPTH_MAX = 32
TESTS_MAX = 200
COUNTRIES_MAX = 1000
READ_MAX = TESTS_MAX + COUNTRIES_MAX
"""Tests that are read at all, those that a query repeats among them."""


def refuse_long(text: str) -> None:
    """Raise InvalidQuery for a text that is too long, or that is no Unicode text at all."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        found = f"\\u{ord(text[error.start]):04x}"
        raise invalid(Fault("Unicode text", found), position=error.start) from None
    if size > TEXT_MAX:
        fits = text.encode()[:TEXT_MAX].decode(errors="ignore")
        fault = Fault(f"at most {TEXT_MAX} bytes of text", f"{size} bytes")
        raise invalid(fault, position=len(fits))


def refuse_many(
    criteria: Criteria, *, position: int | None = None, pointer: str | None = None
) -> None:
    """Raise InvalidQuery for a tree of too many tests or countries."""
    tests, countries = size(criteria)
    if tests > TESTS_MAX:
        fault = Fault(f"at most {TESTS_MAX} tests", f"{tests} tests")
    elif countries > COUNTRIES_MAX:
        fault = Fault(f"at most {COUNTRIES_MAX} countries", f"{countries} countries")
    else:
        return
    raise invalid(fault, position=position, pointer=pointer)


def refuse_deep(criteria: Criteria) -> None:
    """Raise InvalidQuery for a tree that is nested too deeply."""
    found = depth(criteria)
    if found > DEPTH_MAX:
        raise invalid(Fault(f"at most {DEPTH_MAX} nested groups and negations", str(found)))


def size(criteria: Criteria) -> tuple[int, int]:
    """(tests, countries) of a tree; the remote tests of one `or` are one test."""
    match criteria:
        case Not(item=item):
            return size(item)
        case And(items=items):
            sizes = [size(item) for item in items]
            return sum(tests for tests, _ in sizes), sum(countries for _, countries in sizes)
        case Or(items=items):
            remote = sum(isinstance(item, RemoteFrom) for item in items)
            sizes = [size(item) for item in items if not isinstance(item, RemoteFrom)]
            tests = sum(tests for tests, _ in sizes) + (1 if remote else 0)
            return tests, sum(countries for _, countries in sizes) + remote
        case RemoteFrom():
            return 1, 1
        case _:
            return 1, 0


def depth(criteria: Criteria) -> int:
    """How many groups and negations are nested; 0 for a single test."""
    match criteria:
        case Not(item=item):
            return 1 + depth(item)
        case And(items=items) | Or(items=items):
            return 1 + max(map(depth, items))
        case _:
            return 0
