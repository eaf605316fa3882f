"""Faults in a query, before it is known where they stand.

What reads one value (`values`, `place_names`) does not know whether it came from text or JSON. It
raises a `Fault`; the parser adds the character position, the JSON reader the pointer.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from models.errors import FieldError, InvalidQuery

GOT_MAX = 120
"""Characters of the user's own input that an error repeats."""
CHOICES_MAX = 5


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
    if choices := [choice for choice in fault.choices if len(choice) <= GOT_MAX]:
        expected += f" (did you mean {' or '.join(choices[:CHOICES_MAX])}?)"
    got = shortened(fault.got, GOT_MAX)
    where = f"at {pointer}: " if pointer else "" if position is None else f"at {position}: "
    error = FieldError(pointer=pointer, position=position, expected=expected, got=got)
    return InvalidQuery(f"{where}expected {expected}, got {got or 'nothing'}", errors=[error])


@contextmanager
def located(position: int) -> Iterator[None]:
    """What is read inside stands at that position of a text: a Fault becomes InvalidQuery."""
    try:
        yield
    except Fault as fault:
        raise invalid(fault, position=position) from None


def shortened(text: str, longest: int) -> str:
    """The text, cut to that many characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
