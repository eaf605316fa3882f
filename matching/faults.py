"""Faults in a query, before it is known where they stand.

What reads one value (`values`, `place_names`) does not know whether it came from text or JSON. It
raises a `Fault`; the parser adds the character position, the JSON reader the pointer.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from models.errors import FieldError, InvalidQuery

GOT_MAX = 120
"""Characters of the user's own input that an error repeats."""


class Fault(Exception):
    """A value that is not what was expected. `choices` are near-misses, the likeliest first."""

    def __init__(self, expected: str, got: str, choices: Iterable[str] = ()) -> None:
        super().__init__(expected)
        self.expected = expected
        self.got = got
        self.choices = tuple(choices)


def invalid(
    fault: Fault, *, position: int | None = None, pointer: str | None = None
) -> InvalidQuery:
    """The error for people and programs: what was expected at which place, and what is near."""
    expected = fault.expected
    if fault.choices:
        expected += f" (did you mean {' or '.join(fault.choices[:5])}?)"
    got = shortened(fault.got, GOT_MAX)
    where = f"at {pointer}: " if pointer else "" if position is None else f"at {position}: "
    error = FieldError(pointer=pointer, position=position, expected=expected, got=got)
    return InvalidQuery(f"{where}expected {expected}, got {got or 'nothing'}", errors=[error])


def shortened(text: str, longest: int) -> str:
    """The text, cut to that many characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def near(text: str, names: Iterable[str]) -> list[str]:
    """The names that look like `text`, the likeliest first."""
    return get_close_matches(text.casefold(), list(names), n=3, cutoff=0.6)
