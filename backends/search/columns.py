"""What a search index keeps of one posting: its words, its facts as keywords, its sort keys.

Everything is read from the same `Subject` that alerts are tested on, so that search can be exact.
A text field has two columns: its terms (stems), for words and phrases, and its words as they are
written, for prefixes. A fact that is not stated leaves its name in the column `unstated`: absence
is a term like any other, and a query never has to look for what is missing.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Self

from backends.search.highlights import MARKED_FIELDS, Marked
from matching.subject import TEXT_FIELDS, Subject
from models.posting import Posting, Status

SCHEMA_VERSION = 3
"""Rises whenever the columns or their meaning change; an index of another version is rebuilt."""

ID = "id"
UNSTATED = "unstated"
COMPANY_KEY = "company_key"
SOURCE = "source"
LANGUAGE = "language"
POSTED = "posted"
FIRST_SEEN = "first_seen"
EXPERIENCE = "experience_years"
PAY_LEAST = "pay_least"
PAY_MOST = "pay_most"
SORT_KEYS = {"date": "date_key", "pay": "pay_key"}
INTEGERS = (POSTED, FIRST_SEEN, *SORT_KEYS.values())
FLOATS = (EXPERIENCE, PAY_LEAST, PAY_MOST)
KEYWORDS = (
    "level",
    "mode",
    "employment_type",
    "visa",
    "clearance",
    "category",
    LANGUAGE,
    "skill",
    "place",
    "city",
    "country",
    "remote",
    "experience",
    "pay",
    "company",
    COMPANY_KEY,
    SOURCE,
    UNSTATED,
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAY_KEY_MAX = 2**53


def terms_column(field: str) -> str:
    """The column of a text field's stems."""
    return f"{field}_terms"


def words_column(field: str) -> str:
    """The column of a text field's words as they are written, folded."""
    return f"{field}_words"


def microseconds(moment: datetime) -> int:
    """Since 1970, exactly; negative before. Fits 63 bits for every datetime."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def city_atom(lat: float, lon: float) -> str:
    """A city as `near` sees it: where it lies, to the last bit."""
    return f"{lat!r},{lon!r}"


def city_of(atom: str) -> tuple[float, float]:
    lat, lon = atom.split(",")
    return float(lat), float(lon)


@dataclass(frozen=True, slots=True)
class Columns:
    """`texts` has each text field's runs of terms, and of words, in a column each: joined by
    spaces; no phrase crosses from run to run. `marked` has what highlights need of MARKED_FIELDS.
    `keywords` has the distinct terms of each of KEYWORDS. A number that is not stated is not there;
    times are microseconds since 1970, experience is in years, pay in USD a year, `pay_key` in US
    cents a year."""

    id: str
    texts: Mapping[str, tuple[str, ...]]
    marked: Mapping[str, Marked]
    keywords: Mapping[str, tuple[str, ...]]
    integers: Mapping[str, int]
    floats: Mapping[str, float]

    @classmethod
    def of(cls, posting: Posting) -> Self:
        """Raises ValueError for a posting that is not published and for a number that is none."""
        subject = Subject.of(published(posting))
        return cls(
            id=posting.id,
            texts=_texts(subject),
            marked={field: Marked.of(subject.texts[field]) for field in MARKED_FIELDS},
            keywords=_keywords(posting, subject),
            integers=_integers(subject),
            floats=_floats(subject),
        )


def published(posting: Posting) -> Posting:
    """The posting, if it may be searched. Raises ValueError if not."""
    if posting.status is not Status.PUBLISHED:
        raise ValueError(f"only published postings are searched, this one is {posting.status}")
    return posting


def sort_keys(subject: Subject) -> dict[str, int | None]:
    """`date`: when it was posted, but no later than we first had it, or a source could sit on top
    for ever with a day in the future. `pay`: the upper end in US cents a year."""
    seen = subject.first_seen_at
    least, most = subject.pay_usd or (None, None)
    best = _finite(least if most is None else most)
    return {
        "date": microseconds(min(subject.posted_at, seen)),
        "pay": None if best is None else min(round(best * 100), _PAY_KEY_MAX),
    }


def facets(posting: Posting, subject: Subject) -> dict[str, tuple[str, ...]]:
    """The values of each facet (search.base.FACETS); none where nothing is stated."""
    return {
        "mode": _values(subject.mode),
        "level": _values(subject.level),
        "employment_type": _values(subject.employment),
        "country": _distinct(place.country for place in subject.places),
        "company": (posting.given.company,),
        "skill": _distinct(sorted(subject.skills)),
        "category": _values(subject.category),
        LANGUAGE: _values(subject.language),
        "visa": _values(subject.visa),
        "clearance": _values(subject.clearance),
    }


def _keywords(posting: Posting, subject: Subject) -> dict[str, tuple[str, ...]]:
    least, most = subject.pay_usd or (None, None)
    found = facets(posting, subject) | {
        COMPANY_KEY: (subject.company_key,),
        SOURCE: tuple(sorted(subject.sources)),
        "place": tuple(str(id_) for id_ in sorted(subject.place_ids())),
        "city": _distinct(city_atom(p.lat, p.lon) for p in subject.places if p.kind == "city"),
        "remote": tuple(sorted(subject.remote_countries)),
        "experience": ("stated",) * (subject.experience_years is not None),
        "pay": ("least",) * (least is not None) + ("most",) * (most is not None),
    }
    return found | {UNSTATED: tuple(name for name in KEYWORDS if not found.get(name, ("",)))}


def _integers(subject: Subject) -> dict[str, int]:
    keys = {SORT_KEYS[sort]: key for sort, key in sort_keys(subject).items() if key is not None}
    return keys | {
        POSTED: microseconds(subject.posted_at),
        FIRST_SEEN: microseconds(subject.first_seen_at),
    }


def _floats(subject: Subject) -> dict[str, float]:
    numbers = (subject.experience_years, *(subject.pay_usd or (None, None)))
    stated = zip(FLOATS, map(_finite, numbers), strict=True)
    return {name: number for name, number in stated if number is not None}


def _texts(subject: Subject) -> dict[str, tuple[str, ...]]:
    terms = {terms_column(field): _runs(subject.texts[field].terms) for field in TEXT_FIELDS}
    return terms | {words_column(field): _runs(subject.texts[field].words) for field in TEXT_FIELDS}


def _runs(terms: Iterable[str]) -> tuple[str, ...]:
    """The terms between the gaps, which are empty."""
    return tuple(" ".join(run) for stated, run in groupby(terms, key=bool) if stated)


def _values(fact: str | None) -> tuple[str, ...]:
    return () if fact is None else (str(fact),)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _finite(number: float | None) -> float | None:
    """A finite number, and no negative zero, which an index orders below zero."""
    if number is None:
        return None
    if not math.isfinite(number):
        raise ValueError(f"pay and years must be finite numbers, this is {number}")
    return number + 0.0
