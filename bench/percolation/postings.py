"""Postings drawn by chance: a real posting's title, company and places, a description of words by
Zipf's law, and facts by stated shares.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from bench.percolation.atoms import EMPLOYMENTS, LEVELS, MODES, PAY_UNKNOWN, Atoms, Flat, Ints
from bench.percolation.chance import cumulative, draw, zipf
from bench.percolation.vocabulary import Job, posting
from matching.subject import Subject
from models.base import derived_id
from models.money import AnnualPay
from models.posting import Place, Posting

TOKENS = 1_200
"""Words of a description at most; it ends where it has said its number of different ones."""
WORDS_MEAN, WORDS_SPREAD, WORDS_MIN = 250, 60, 80
"""Different words of a posting (normal distribution, none shorter than the least)."""
WORD_OFFSET, WORD_EXPONENT = 2.7, 1.0

OWN_PLACES = 0.70
"""The share of postings with the places of their real posting (some name none); the rest are in
one large city."""
MODE_SHARES = (0.25, 0.20, 0.20, 0.35)
EMPLOYMENT_SHARES = (0.50, 0.05, 0.08, 0.04, 0.03, 0.30)
LEVEL_SHARES = (0.03, 0.08, 0.20, 0.25, 0.08, 0.04, 0.08, 0.03, 0.01, 0.20)
"""The shares of each value in its order of declaration, and last of no statement."""
PAID = 0.45
PAY_MEDIAN_USD, PAY_SPREAD, PAY_WIDTH = 110_000, 0.45, 0.25
"""Pay is log-normal; the upper end of its range is up to that much above the lower."""

_STREAM, _TRAINING = 2, 3


@dataclass(frozen=True, slots=True)
class Advert:
    """One posting before it is written out. A fact of None is not stated."""

    ordinal: int
    job: Job
    words: tuple[int, ...]
    places: tuple[Place, ...]
    mode: int | None
    employment: int | None
    level: int | None
    pay: tuple[int, int] | None
    """The range in USD a year."""


class PostingSource:
    """Draws the postings of one seed; `training` gives others, to count how common atoms are."""

    def __init__(self, atoms: Atoms, seed: int, *, training: bool = False) -> None:
        self._atoms, self._seed = atoms, seed
        self._stream = _TRAINING if training else _STREAM
        self._words = zipf(len(atoms.vocabulary.words), WORD_OFFSET, WORD_EXPONENT)
        self._large = cumulative(atoms.vocabulary.populations)

    def draw(self, count: int) -> list[Advert]:
        """The first `count` postings of this seed."""
        return [self._advert(at) for at in range(count)]

    def _advert(self, ordinal: int) -> Advert:
        rng = np.random.default_rng([self._seed, self._stream, ordinal])
        jobs = self._atoms.vocabulary.jobs
        job = jobs[rng.integers(len(jobs))]
        return Advert(
            ordinal=ordinal,
            job=job,
            words=self._description(rng, len(job.words)),
            places=self._places(rng, job),
            mode=_value(rng, MODE_SHARES),
            employment=_value(rng, EMPLOYMENT_SHARES),
            level=_value(rng, LEVEL_SHARES),
            pay=_pay(rng),
        )

    def _description(self, rng: Generator, said: int) -> tuple[int, ...]:
        """Words as they follow each other, until enough different ones have come."""
        wanted = max(WORDS_MIN, round(rng.normal(WORDS_MEAN, WORDS_SPREAD))) - said
        tokens = draw(rng, self._words, TOKENS)
        _, first = np.unique(tokens, return_index=True)
        first.sort()
        end = first[wanted] if wanted < len(first) else TOKENS
        return tuple(tokens[:end].tolist())

    def _places(self, rng: Generator, job: Job) -> tuple[Place, ...]:
        if rng.random() < OWN_PLACES:
            return job.places
        return (self._atoms.vocabulary.places[draw(rng, self._large, 1)[0]],)


def _value(rng: Generator, shares: tuple[float, ...]) -> int | None:
    found = int(draw(rng, cumulative(shares), 1)[0])
    return found if found < len(shares) - 1 else None


def _pay(rng: Generator) -> tuple[int, int] | None:
    if rng.random() >= PAID:
        return None
    least = PAY_MEDIAN_USD * rng.lognormal(0.0, PAY_SPREAD)
    most = least * (1 + PAY_WIDTH * rng.random())
    return round(least), round(most)


def flat(atoms: Atoms, adverts: list[Advert]) -> Flat:
    """The abstract form: what the postings' subjects would give, computed without them."""
    records = [_record(atoms, advert) for advert in adverts]
    sizes = [len(record) for record in records]
    values = np.concatenate(records, dtype=np.int32)
    return Flat(values, np.concatenate(([0], np.cumsum(sizes))))


def _record(atoms: Atoms, advert: Advert) -> Ints:
    found = {*advert.job.words, *advert.words}
    ids = {id_ for place in advert.places for id_ in (place.id, *place.within)}
    found |= {atoms.place_of_id[id_] for id_ in ids} or {atoms.no_place}
    found.add(_fact(atoms.mode, len(MODES), advert.mode))
    found.add(_fact(atoms.employment, len(EMPLOYMENTS), advert.employment))
    found.add(_fact(atoms.level, len(LEVELS), advert.level))
    pay = PAY_UNKNOWN if advert.pay is None else advert.pay[1]
    return np.array([pay, len(found), *sorted(found)], dtype=np.int32)


def _fact(first: int, count: int, value: int | None) -> int:
    return first + (count if value is None else value)


def frequencies(atoms: Atoms, postings: Flat) -> Ints:
    """How many of the postings have each atom."""
    found = np.concatenate([postings[at][2:] for at in range(len(postings))])
    return np.bincount(found, minlength=len(atoms)).astype(np.int32)


def subject(atoms: Atoms, seed: int, advert: Advert) -> Subject:
    """The posting as the percolator and the oracle read it."""
    return Subject.of(document(atoms, seed, advert))


def document(atoms: Atoms, seed: int, advert: Advert) -> Posting:
    """The posting as it is stored."""
    words = " ".join(atoms.vocabulary.words[word] for word in advert.words)
    least, most = advert.pay or (None, None)
    pay = AnnualPay(currency="USD", min=least, max=most, usd_min=least, usd_max=most)
    derived: dict[str, object] = {
        "places": advert.places,
        "mode": None if advert.mode is None else MODES[advert.mode],
        "employment_type": None if advert.employment is None else EMPLOYMENTS[advert.employment],
        "level": None if advert.level is None else LEVELS[advert.level],
        "pay_annual": None if advert.pay is None else pay,
    }
    id_ = derived_id("bench-posting", seed, advert.ordinal)
    job = advert.job
    return posting(id_, job.title, job.company, f"{job.text} {words}", derived)
