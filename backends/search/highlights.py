"""Which words of a hit the query named.

Only title and description are marked, only words that the searcher asked for (not those under a
negation), and only within the first terms of a long description: a page must stay cheap. The spans
of the terms are kept beside the terms, so that no text is analysed again.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from backends.search.base import Highlight
from matching.analyzer import Token, terms
from models.criteria import Words

MARKED_FIELDS = ("title", "description")
TERMS_MAX = 4000
"""Of one field; more than nine in ten real descriptions are shorter."""
HIGHLIGHTS_MAX = 20
"""Of one field."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The terms of one field in order, and the span of each in characters."""

    terms: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, tokens: Iterable[Token]) -> Self:
        kept = tuple(tokens)[:TERMS_MAX]
        return cls([t.term for t in kept], [t.start for t in kept], [t.end for t in kept])

    @classmethod
    def unpack(cls, text: str, spans: bytes) -> Self:
        """From terms joined by spaces, which may go on beyond the spans, and `pack`ed spans."""
        numbers = array("I", spans)
        kept = len(numbers) // 2
        return cls(text.split(" ")[:kept], numbers[:kept], numbers[kept:])

    def pack(self) -> bytes:
        """The spans: all starts, then all ends."""
        return array("I", [*self.starts, *self.ends]).tobytes()


def highlight(wanted: Sequence[Words], fields: Mapping[str, Marked]) -> tuple[Highlight, ...]:
    """The spans to mark, title first, in order; those that touch each other are one."""
    found: list[Highlight] = []
    for field in MARKED_FIELDS:
        marked = fields[field]
        spans = {
            (marked.starts[first], marked.ends[last])
            for test in wanted
            if test.field in ("any", field)
            for first, last in _occurrences(test, marked.terms)
        }
        found += [Highlight(field, *span) for span in _joined(sorted(spans))][:HIGHLIGHTS_MAX]
    return tuple(found)


def _occurrences(test: Words, content: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The first and last position of each occurrence (as matching.evaluate.occurrences)."""
    wanted = list(terms(test.text))
    if not wanted or (test.kind == "prefix" and len(wanted) > 1):
        return
    for at, term in enumerate(content):
        if test.kind == "prefix":
            if term.startswith(wanted[0]):
                yield at, at
        elif term == wanted[0] and list(content[at : at + len(wanted)]) == wanted:
            yield at, at + len(wanted) - 1


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
