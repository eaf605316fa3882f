"""What the workload is made of: real titles, companies, departments and places, and the words.

The real postings give some fourteen hundred words, ordered by how many postings have them, and the
names of the world's cities some five thousand more, the largest city first. A board of a million
alerts sees more, so the list is filled with made-up words up to 50,000. Every word is its own stem
(`Subject.terms` gives nothing else), so that a word, its text test and its atom are one thing.
"""

import json
import os
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from matching.analyzer import terms
from matching.subject import Subject
from models.posting import Derived, Given, Place, Posting, Status
from processing.evidence import Passage
from processing.facts.places import places as places_in
from reference.gazetteer import gazetteer
from reference.places import by_id, population

WORDS = 50_000
LARGE_CITY = 100_000
"""People. Not every alert and posting names one of the places of the real postings."""

NOW = datetime(2026, 8, 22, 12, tzinfo=UTC)
FILE = "open-jobs-2026-08-22.json"
_CONSONANTS, _VOWELS, _LAST = "bcdfghjklmnprtvwz", "aeiou", "bdgklmnprtv"


@dataclass(frozen=True, slots=True)
class Job:
    """One real posting: its texts, its places, and its words by their number."""

    title: str
    company: str
    text: str
    places: tuple[Place, ...]
    words: tuple[int, ...]


@dataclass(frozen=True)
class Vocabulary:
    """`words` by falling frequency; `places` are those of the jobs, the large cities, and the
    regions and countries around both; `populations` go with `places`, 0 where the place is no
    large city."""

    jobs: tuple[Job, ...]
    words: tuple[str, ...]
    real_words: int
    places: tuple[Place, ...]
    populations: tuple[int, ...]


def data_file() -> Path:
    """The real postings. Raises FileNotFoundError that says how to name another folder."""
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("JOBRAY_SHARED_DATA", root.parent / "shared" / "data"))
    file = folder / FILE
    if not file.is_file():
        raise FileNotFoundError(f"no {FILE} in {folder}: name its folder in JOBRAY_SHARED_DATA")
    return file


@cache
def vocabulary(file: Path) -> Vocabulary:
    """Read from the postings of `file`; the same file always gives the same vocabulary."""
    drafts = [_draft(record) for record in json.loads(file.read_bytes())]
    places = _places(job for job, _ in drafts)
    people = tuple(population(p) if p.kind == "city" else 0 for p in places)
    large = tuple(count if count >= LARGE_CITY else 0 for count in people)
    real = _by_frequency(drafts) | dict.fromkeys(_words_of_names(places, large))
    words = (*real, *_made_up(WORDS - len(real), taken=real.keys()))
    number = {word: at for at, word in enumerate(words)}
    jobs = tuple(
        Job(job.title, job.company, job.text, job.places, tuple(sorted(number[w] for w in found)))
        for job, found in drafts
    )
    return Vocabulary(jobs, words, len(real), places, large)


def posting(
    id: str, title: str, company: str, text: str, derived: dict[str, object] | None = None
) -> Posting:
    """A published posting in English with these facts."""
    return Posting(
        id=id,
        owner_id="bench",
        given=Given(title=title, company=company, posted_at=NOW),
        status=Status.PUBLISHED,
        derived=Derived.model_validate(
            {"html": "", "text": text, "language": "en", **(derived or {})}
        ),
        created_at=NOW,
        updated_at=NOW,
        first_seen_at=NOW,
        published_at=NOW,
    )


def _draft(record: dict[str, object]) -> tuple[Job, frozenset[str]]:
    """A job without numbers yet, and its words."""
    title, company = " ".join(str(record["title"]).split()), str(record["company"])
    locations = " | ".join(_texts(record["locations"]))
    text = " ".join([str(record["department"] or ""), locations])
    places, _ = places_in(Passage("location", locations))
    return Job(title, company, text, places, ()), _words(title, company, text)


def _words(title: str, company: str, text: str) -> frozenset[str]:
    """The words that a text test finds in such a posting, without numbers and names like c++."""
    found = Subject.of(posting("job", title, company, text)).terms
    words = (word for word in found if word.isascii() and word.isalpha() and len(word) > 1)
    return frozenset(word for word in words if terms(word) == (word,))


def _by_frequency(drafts: list[tuple[Job, frozenset[str]]]) -> dict[str, None]:
    counted = Counter(word for _, found in drafts for word in found)
    return dict.fromkeys(sorted(counted, key=lambda word: (-counted[word], word)))


def _words_of_names(places: tuple[Place, ...], people: tuple[int, ...]) -> Iterator[str]:
    """The words of the large cities' names, the largest city first."""
    by_size = sorted(zip(people, places, strict=True), key=lambda pair: (-pair[0], pair[1].id))
    names = [place.name for count, place in by_size if count]
    known = _words("-", "-", " ".join(names))
    return (word for name in names for word in terms(name) if word in known)


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _made_up(count: int, taken: Container[str]) -> list[str]:
    """Pronounceable words of two or three syllables that no real posting has, always the same.

    They end in a letter that no English stemming takes off.
    """
    rng = np.random.default_rng(0)
    made: dict[str, None] = {}
    while len(made) < count:
        syllables = "".join(
            _CONSONANTS[rng.integers(len(_CONSONANTS))] + _VOWELS[rng.integers(len(_VOWELS))]
            for _ in range(rng.integers(2, 4))
        )
        word = syllables + _LAST[rng.integers(len(_LAST))]
        if word not in taken:
            made[word] = None
    return list(made)


def _places(jobs: Iterable[Job]) -> tuple[Place, ...]:
    """Each once, by rising id."""
    g = gazetteer()
    large = [g.ids[row] for row, people in enumerate(g.populations) if people >= LARGE_CITY]
    found = {place.id: place for job in jobs for place in job.places}
    found |= {id_: place for id_ in large if (place := by_id(id_)) is not None}
    around = {id_ for place in found.values() for id_ in place.within} - found.keys()
    found |= {id_: place for id_ in around if (place := by_id(id_)) is not None}
    return tuple(found[id_] for id_ in sorted(found))
