"""What the parsers read, and how they show where a fact stands.

A posting's fields are read as passages: the title, the description's plain text, the locations
joined by "; ", and so on. Evidence is a span of one passage.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from models.money import Money
from models.posting import Evidence, Given
from processing.words import runs, standing
from reference.text import lowered

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
_SENTENCE_MAX = 1_000
"""Characters; what is longer is cut, so that no parser takes quadratic time over a hostile text."""
_SHORT = 500
LOCATION_SEPARATOR = "; "
_END = re.compile(
    r"[.!?\n](?:(?<=\n)|(?!\S)(?<!\b[A-Za-z]\.)(?<!\b(?:Rs|[Cc]a)\.)(?<!\b(?:[Mm]ind|[Ii]ncl)\.)"
    r"(?<!\b(?:[Mm]in|[Mm]ax|[Ii]nc|[Ll]td|[Gg]gf)\.)"
    r"(?!\s(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez))"
    r"(?!(?<=\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez)\.)\s\d))"
)
"""A sentence ends at a point, but not at that of "U.S.", "min.", "Feb. 5" or "5. Januar"."""


@dataclass(frozen=True)
class Passage:
    """The text of one field, as its evidence counts it."""

    field: Field
    text: str

    def evidence(self, start: int, end: int, by: str) -> Evidence:
        """Where a fact stands: [start, end) of this passage, found by the parser `by`."""
        return Evidence(field=self.field, start=start, end=end, text=self.text[start:end], by=by)

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Whether one of these, in lower case, stands anywhere in the text, be it inside a word.
        It takes microseconds to know that a pattern need not be tried, which takes many more."""
        return any(True for _ in self._standing(words))

    def _standing(self, words: tuple[str, ...]) -> Iterator[str]:
        if self._runs is None:
            return (word for word in words if word in self.lowered)
        return standing(words, self.lowered, self._runs)

    @cached_property
    def lowered(self) -> str:
        """The text in lower case, at the same offsets: patterns are three times as fast on it as
        they are where they ignore case."""
        return lowered(self.text)

    @cached_property
    def _runs(self) -> bytes | None:
        """None of a short text, where to look for a word takes no longer than to look it up."""
        return runs(self.lowered) if len(self.text) > _SHORT else None

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """The spans of the sentences and lines, without the white space around them."""
        return tuple(_sentences(self.text))

    def saying(self, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """Those of the sentences in which one of these, in lower case, stands; in order."""
        ends, text = self._ends, self.lowered
        said: set[int] = set()
        for word in self._standing(words):
            at = text.find(word)
            while at >= 0 and (number := bisect_right(ends, at)) < len(ends):
                said.add(number)
                at = text.find(word, ends[number])
        for number in sorted(said):
            yield self.sentences[number]

    @cached_property
    def _ends(self) -> list[int]:
        return [end for _, end in self.sentences]

    def whole(self, by: str) -> Evidence:
        return self.evidence(0, len(self.text), by)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for end in (*(match.end() for match in _END.finditer(text)), len(text)):
        while at < end:
            stop = min(end, at + _SENTENCE_MAX)
            if said := text[at:stop].lstrip():
                start = stop - len(said)
                yield start, start + len(said.rstrip())
            at = stop


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
