"""A posting as alerts see it: its terms by field and its facts, each computed at most once.

Every reader of a posting under test (oracle, percolator, explanation, search index) reads this
and nothing else, so that none can see a different posting.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain, islice
from typing import Self
from urllib.parse import urlsplit

from matching.analyzer import spans, words
from matching.stemming import Stems, stems_of
from models.money import Money
from models.posting import (
    Clearance,
    Derived,
    EmploymentType,
    Evidence,
    Level,
    Mode,
    Place,
    Posting,
    Source,
    Visa,
)
from reference import companies

TEXT_FIELDS = ("title", "description", "company", "skills")
SKILL_SEPARATOR = ", "
_GAP = frozenset({""})


@dataclass(frozen=True)
class FieldText:
    """One text field: a text, or several short ones (skills) with a gap between any two, which is
    an empty term that no phrase crosses. `stems` is how its language is read.

    Position i of `words` and `terms` is the same word, as it is written (folded) and as it is
    compared; `span` tells where it stands in `text`. Each is made when it is first asked for,
    because the matcher asks for few of them.
    """

    parts: tuple[str, ...]
    stems: Stems = field(repr=False)

    @cached_property
    def text(self) -> str:
        return SKILL_SEPARATOR.join(self.parts)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The surface terms by position, "" for a gap: what prefixes are compared with."""
        found: list[str] = []
        for part in self.parts:
            if found:
                found.append("")
            found += words(part)
        return tuple(found)

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The stems by position, "" for a gap: what words and phrases are compared with."""
        return tuple(map(self.stems.__getitem__, self.words))

    def positions(self, term: str) -> Iterator[int]:
        """Where `term` stands among `terms`, rising. An explanation asks for a few terms, and of
        most for the first place only, so that no index of all is made."""
        if term not in self._distinct:
            return
        at = -1
        with suppress(ValueError):
            while True:
                at = self.terms.index(term, at + 1)
                yield at

    @cached_property
    def _distinct(self) -> frozenset[str]:
        return frozenset(self.terms) - _GAP

    def span(self, at: int) -> tuple[int, int]:
        """Where word `at` stands in `text`. Raises IndexError beyond the last word."""
        return self.first_spans(at + 1)[at]

    def first_spans(self, count: int) -> list[tuple[int, int]]:
        """Where the first `count` words stand in `text`, or all of them where there are fewer."""
        known = self._spans_known
        known.extend(islice(self._spans_to_come, max(0, count - len(known))))
        return known[:count]

    @cached_property
    def _spans_known(self) -> list[tuple[int, int]]:
        return []

    @cached_property
    def _spans_to_come(self) -> Iterator[tuple[int, int]]:
        return spans(self.text) if len(self.parts) == 1 else self._spans_of_parts()

    def _spans_of_parts(self) -> Iterator[tuple[int, int]]:
        start, is_first = 0, True
        for part in self.parts:
            if not is_first:
                yield start, start
            for begin, end in spans(part):
                yield begin + start, end + start
                is_first = False
            start += len(part) + len(SKILL_SEPARATOR)


@dataclass(frozen=True)
class Subject:
    """What `evaluate` reads. A fact that is None or empty is not stated: unknown.

    `texts` has the keys TEXT_FIELDS; its `skills` joins what was given and what was derived.
    `pay_usd` is (least, most) in USD a year; either end may be missing, not both. `company_key` is
    `reference.companies.key`. `sources` are the casefolded names of the sources, and the hosts of
    their addresses with the domains these lie in ("boards.greenhouse.io" and "greenhouse.io");
    empty, they are none, not unknown. `pay` is what `pay_usd` was computed from, and `evidence`
    where each fact stands: both only for explanations.
    """

    posting_id: str
    texts: Mapping[str, FieldText]
    skills: tuple[str, ...]
    level: Level | None
    experience_years: float | None
    mode: Mode | None
    employment: EmploymentType | None
    places: tuple[Place, ...]
    remote_countries: frozenset[str]
    pay_usd: tuple[float | None, float | None] | None
    pay: Money | None
    visa: Visa | None
    clearance: Clearance | None
    category: str | None
    language: str | None
    posted_at: datetime
    first_seen_at: datetime
    company_key: str
    sources: frozenset[str]
    evidence: Mapping[str, tuple[Evidence, ...]]

    @classmethod
    def of(cls, posting: Posting) -> Self:
        """The subject of a posting; one that is not processed yet states no derived fact."""
        given = posting.given
        derived = posting.derived or Derived(html="", text="")
        stems = stems_of(derived.language)
        return cls(
            posting_id=posting.id,
            texts={
                "title": FieldText((given.title,), stems),
                "description": FieldText((derived.text,), stems),
                "company": FieldText((given.company,), stems),
                "skills": FieldText(_skill_names(given.skills, derived.skills), stems),
            },
            skills=derived.skills,
            level=derived.level,
            experience_years=derived.experience_years,
            mode=derived.mode,
            employment=derived.employment_type,
            places=posting.all_places,
            remote_countries=frozenset(derived.remote_countries),
            pay_usd=_pay_usd(derived),
            pay=derived.pay,
            visa=derived.visa,
            clearance=derived.clearance,
            category=derived.category,
            language=derived.language,
            posted_at=given.posted_at or posting.first_seen_at,
            first_seen_at=posting.first_seen_at,
            company_key=companies.key(given.company),
            sources=frozenset(_source_names(posting.all_sources)),
            evidence=derived.evidence,
        )

    @cached_property
    def terms(self) -> frozenset[str]:
        """The stems of all text fields."""
        return frozenset(chain.from_iterable(f.terms for f in self.texts.values())) - _GAP

    @cached_property
    def words(self) -> frozenset[str]:
        """The surface terms of all text fields."""
        return frozenset(chain.from_iterable(f.words for f in self.texts.values())) - _GAP

    def place_ids(self) -> set[int]:
        """The places themselves and the regions and countries they lie in."""
        return {id_ for place in self.places for id_ in (place.id, *place.within)}


def _skill_names(given: tuple[str, ...], derived: tuple[str, ...]) -> tuple[str, ...]:
    """Those given come first and all of them, so that evidence offsets fit this text too."""
    return (*given, *(name for name in derived if name not in given))


def _source_names(sources: Iterable[Source]) -> Iterator[str]:
    for source in sources:
        yield source.name.casefold()
        if source.url is not None:
            yield from _domains(source.url)


def _domains(url: str) -> Iterator[str]:
    """The host and the domains it lies in, down to two labels; none for what is no address."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:  # an IPv6 address that is not closed
        return
    if host:
        yield host.casefold()
    labels = host.casefold().split(".")
    if not labels[-1].isdecimal():  # 192.0.2.1 lies in no domain
        yield from (".".join(labels[at:]) for at in range(1, len(labels) - 1))


def _pay_usd(derived: Derived) -> tuple[float | None, float | None] | None:
    pay = derived.pay_annual
    if pay is None or (pay.usd_min is None and pay.usd_max is None):
        return None
    return pay.usd_min, pay.usd_max
