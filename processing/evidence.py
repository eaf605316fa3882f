"""What the parsers read, and how they show where a fact stands.

A posting's fields are read as passages: the title, the description's plain text, the locations
joined by "; ", and so on. Evidence is a span of one passage.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from models.money import Money
from models.posting import Evidence, Given

Field = Literal[
    "title",
    "description",
    "company",
    "location",
    "mode",
    "salary",
    "skills",
    "level",
    "employment_type",
    "remote_countries",
    "category",
]
LOCATION_SEPARATOR = "; "


@dataclass(frozen=True)
class Passage:
    """The text of one field, as its evidence counts it."""

    field: Field
    text: str

    def evidence(self, start: int, end: int, by: str) -> Evidence:
        """Where a fact stands: [start, end) of this passage, found by the parser `by`."""
        return Evidence(field=self.field, start=start, end=end, text=self.text[start:end], by=by)

    def mentions(self, words: Iterable[str]) -> bool:
        """Whether one of these, in lower case, stands anywhere in the text, be it inside a word.
        It takes microseconds to know that a pattern need not be tried, which takes many more."""
        return any(word in self._lowered for word in words)

    @cached_property
    def _lowered(self) -> str:
        return self.text.lower()

    def whole(self, by: str) -> Evidence:
        return self.evidence(0, len(self.text), by)


@dataclass(frozen=True, slots=True)
class Reading:
    """The three passages in which facts are looked for."""

    title: Passage
    location: Passage
    description: Passage


def reading_of(given: Given, text: str) -> Reading:
    """The passages of a posting; `text` is the plain text of its description."""
    return Reading(
        title=Passage("title", given.title),
        location=Passage("location", LOCATION_SEPARATOR.join(given.locations)),
        description=Passage("description", text),
    )


def stated(given: Given, field: Field) -> Passage:
    """The passage of a field that the source states as a value of its own."""
    match field:
        case "salary":
            return Passage(field, money_text(given.salary) if given.salary else "")
        case "skills":
            return Passage(field, ", ".join(given.skills))
        case "remote_countries":
            return Passage(field, ", ".join(given.remote_countries))
        case "mode" | "level" | "employment_type":
            value = getattr(given, field)
            return Passage(field, value.value if value else "")
        case "category":
            return Passage(field, given.category or "")
        case _:
            raise ValueError(f"{field} is no field of a single value")


def money_text(money: Money) -> str:
    """`70000-90000 GBP/year`; an open end stays empty: `70000- GBP/year`."""
    low = "" if money.min is None else f"{money.min:.10g}"
    high = "" if money.max is None else f"{money.max:.10g}"
    amount = low if low == high else f"{low}-{high}"
    return f"{amount} {money.currency}/{money.period.value}"
