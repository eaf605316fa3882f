"""Which words of a hit the query named.

Only title and description are marked, only words that the searcher asked for (not those under a
negation), and only within the first terms of a long description: a page must stay cheap. The spans
of the words are kept beside the words, so that no text is analysed again; their stems are only
looked up.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from backends.search.base import Highlight
from matching.analyzer import spellings, terms
from matching.stemming import stems_of
from matching.subject import FieldText
from models.criteria import Words

MARKED_FIELDS = ("title", "description")
TERMS_MAX = 4000
"""Of one field; more than nine in ten real descriptions are shorter."""
HIGHLIGHTS_MAX = 20
"""Of one field."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The words of one field in order, their stems in the posting's language, and the span of each
    in characters."""

    words: Sequence[str]
    terms: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, content: FieldText) -> Self:
        spans = content.first_spans(TERMS_MAX)
        starts, ends = zip(*spans, strict=True) if spans else ((), ())
        return cls(content.words[:TERMS_MAX], content.terms[:TERMS_MAX], starts, ends)

    @classmethod
    def unpack(cls, text: str, language: str | None, spans: bytes) -> Self:
        """From words joined by spaces, which may go on beyond the spans, and `pack`ed spans."""
        numbers = array("I", spans)
        kept = len(numbers) // 2
        words = text.split(" ")[:kept]
        terms = list(map(stems_of(language).__getitem__, words))
        return cls(words, terms, numbers[:kept], numbers[kept:])

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
            for first, last in _occurrences(test, marked)
        }
        found += [Highlight(field, *span) for span in _joined(sorted(spans))][:HIGHLIGHTS_MAX]
    return tuple(found)


def _occurrences(test: Words, content: Marked) -> Iterator[tuple[int, int]]:
    """The first and last position of each occurrence (as matching.evaluate.occurrences)."""
    if test.kind == "prefix":
        start = terms(test.text)
        if len(start) == 1:
            yield from ((at, at) for at, w in enumerate(content.words) if w.startswith(start[0]))
        return
    for wanted in map(list, filter(None, spellings(test.text))):
        for at, term in enumerate(content.terms):
            if term == wanted[0] and list(content.terms[at : at + len(wanted)]) == wanted:
                yield at, at + len(wanted) - 1


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
