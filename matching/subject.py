"""A posting as alerts see it: its terms by field and its facts, computed once per posting.

Every reader of a posting under test (oracle, percolator, explanation, search index) reads this
and nothing else, so that none can see a different posting.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Self

from matching.analyzer import Token, analyze
from models.money import Money
from models.posting import (
    Derived,
    EmploymentType,
    Evidence,
    Level,
    Mode,
    Place,
    Posting,
    Visa,
)

TEXT_FIELDS = ("title", "description", "company", "skills")
SKILL_SEPARATOR = ", "


@dataclass(frozen=True)
class FieldText:
    """One text field. `tokens[i]` is the term at position i; the empty term is a gap that no
    phrase crosses (between two skills)."""

    text: str
    tokens: tuple[Token, ...]

    @cached_property
    def positions(self) -> Mapping[str, tuple[int, ...]]:
        """Each term's positions, rising."""
        found: dict[str, list[int]] = {}
        for position, token in enumerate(self.tokens):
            found.setdefault(token.term, []).append(position)
        found.pop("", None)
        return {term: tuple(positions) for term, positions in found.items()}

    @classmethod
    def of(cls, text: str) -> Self:
        return cls(text, tuple(analyze(text)))

    @classmethod
    def of_list(cls, parts: Iterable[str]) -> Self:
        """Several short texts as one, with a gap between any two."""
        parts = tuple(parts)
        tokens: list[Token] = []
        start = 0
        for part in parts:
            if tokens:
                tokens.append(Token("", start, start))
            tokens += [Token(t.term, t.start + start, t.end + start) for t in analyze(part)]
            start += len(part) + len(SKILL_SEPARATOR)
        return cls(SKILL_SEPARATOR.join(parts), tuple(tokens))


@dataclass(frozen=True)
class Subject:
    """What `evaluate` reads. A fact that is None or empty is not stated: unknown.

    `texts` has the keys TEXT_FIELDS; its `skills` joins what was given and what was derived.
    `pay_usd` is (least, most) in USD a year; either end may be missing, not both. `pay` is what it
    was computed from, and `evidence` where each fact stands: both only for explanations.
    """

    posting_id: str
    texts: Mapping[str, FieldText]
    skills: tuple[str, ...]
    level: Level | None
    mode: Mode | None
    employment: EmploymentType | None
    places: tuple[Place, ...]
    remote_countries: frozenset[str]
    pay_usd: tuple[float | None, float | None] | None
    pay: Money | None
    visa: Visa | None
    language: str | None
    posted_at: datetime
    first_seen_at: datetime
    evidence: Mapping[str, tuple[Evidence, ...]]

    @classmethod
    def of(cls, posting: Posting) -> Self:
        """The subject of a posting; one that is not processed yet states no derived fact."""
        given = posting.given
        derived = posting.derived or Derived(html="", text="")
        return cls(
            posting_id=posting.id,
            texts={
                "title": FieldText.of(given.title),
                "description": FieldText.of(derived.text),
                "company": FieldText.of(given.company),
                "skills": FieldText.of_list(_skill_names(given.skills, derived.skills)),
            },
            skills=derived.skills,
            level=derived.level,
            mode=derived.mode,
            employment=derived.employment_type,
            places=derived.places,
            remote_countries=frozenset(derived.remote_countries),
            pay_usd=_pay_usd(derived),
            pay=derived.pay,
            visa=derived.visa,
            language=derived.language,
            posted_at=given.posted_at or posting.first_seen_at,
            first_seen_at=posting.first_seen_at,
            evidence=derived.evidence,
        )

    @cached_property
    def terms(self) -> frozenset[str]:
        """Every term of any text field."""
        return frozenset().union(*(field.positions for field in self.texts.values()))

    def place_ids(self) -> set[int]:
        """The places themselves and the regions and countries they lie in."""
        return {id_ for place in self.places for id_ in (place.id, *place.within)}


def _skill_names(given: tuple[str, ...], derived: tuple[str, ...]) -> list[str]:
    """Those given come first and all of them, so that evidence offsets fit this text too."""
    return [*given, *(name for name in derived if name not in given)]


def _pay_usd(derived: Derived) -> tuple[float | None, float | None] | None:
    pay = derived.pay_annual
    if pay is None or (pay.usd_min is None and pay.usd_max is None):
        return None
    return pay.usd_min, pay.usd_max
