"""The workload of the percolation benchmark: a million alerts, some hundred postings, one seed.

Both are drawn compactly, as flat arrays of atoms (the form that the rivals read from files), and
made into the real things on demand: alert i is a criteria tree, posting j a `Subject`. The two
forms say the same, which every run of `bench.percolate` shows with the oracle.

How many of what: 1-4 keyword clauses, 30 % of them with a synonym, 70 % of alerts with one to
three places, 30 % each with mode, employment type, level and pay floor, 15 % with a negated word;
postings of about 250 different words. A posting meets 0.4 % of the alerts on average.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np

from bench.percolation import postings as posting_source
from bench.percolation.alerts import AlertSource
from bench.percolation.atoms import Atoms, Flat, Ints, clauses, read_alerts, read_postings
from bench.percolation.postings import Advert, PostingSource
from bench.percolation.vocabulary import data_file, vocabulary
from matching.subject import Subject
from models.base import derived_id
from models.criteria import And, Criteria

TRAINING_POSTINGS = 2_000
_FIRST_MS = 1_767_225_600_000
"""The start of 2026."""

ALERTS, POSTINGS, FREQUENCIES = "alerts.bin", "postings.bin", "frequencies.bin"


class Alerts(Protocol):
    """Alerts by ordinal, as trees."""

    def __len__(self) -> int: ...
    def alert_id(self, at: int) -> str: ...
    def criteria(self, at: int) -> Criteria: ...


@dataclass(frozen=True)
class Abstract:
    """The abstract form alone, as the rivals read it. `frequencies` counts each atom in a training
    set of other postings."""

    alerts: Flat
    postings: Flat
    frequencies: Ints

    def write(self, folder: Path) -> None:
        """Three files of little-endian int32 (the form: `bench.percolation.atoms`)."""
        folder.mkdir(parents=True, exist_ok=True)
        contents = {
            ALERTS: self.alerts.values,
            POSTINGS: self.postings.values,
            FREQUENCIES: self.frequencies,
        }
        for name, values in contents.items():
            values.astype("<i4").tofile(folder / name)


def read(folder: Path) -> Abstract:
    """What `write` wrote. Raises OSError, and ValueError where a file is cut off."""
    return Abstract(
        read_alerts(np.fromfile(folder / ALERTS, dtype="<i4")),
        read_postings(np.fromfile(folder / POSTINGS, dtype="<i4")),
        np.fromfile(folder / FREQUENCIES, dtype="<i4"),
    )


@dataclass(frozen=True)
class Workload:
    """Alerts and postings of one seed, by ordinal."""

    seed: int
    atoms: Atoms
    abstract: Abstract
    adverts: Sequence[Advert]

    def __len__(self) -> int:
        """How many alerts."""
        return len(self.abstract.alerts)

    def alert_id(self, at: int) -> str:
        """The id of alert `at`: like those of real alerts a UUIDv7, one made every millisecond."""
        rest = derived_id("bench-alert", self.seed, at)[15:]
        moment = f"{_FIRST_MS + at:012x}"
        return f"{moment[:8]}-{moment[8:]}-7{rest}"

    def criteria(self, at: int) -> Criteria:
        """The tree of alert `at` in normal form, to be read under the policy *pass*. 20 µs."""
        tests = [self.atoms.test(clause) for clause in clauses(self.abstract.alerts[at])]
        return And(items=tuple(tests)) if len(tests) > 1 else tests[0]

    def alerts(self) -> Iterator[tuple[str, Criteria]]:
        """Every alert: id and tree, made one by one."""
        return ((self.alert_id(at), self.criteria(at)) for at in range(len(self)))

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """The postings as the percolator reads them."""
        return tuple(
            posting_source.subject(self.atoms, self.seed, advert) for advert in self.adverts
        )

    def first(self, count: int) -> "Workload":
        """The same with these alerts only, of which there are at least as many."""
        every = self.abstract.alerts
        alerts = Flat(every.values[: every.offsets[count]], every.offsets[: count + 1])
        return replace(self, abstract=replace(self.abstract, alerts=alerts))

    def write(self, folder: Path) -> None:
        self.abstract.write(folder)


def generate(alerts: int, postings: int, seed: int) -> Workload:
    """The workload of that size: the same seed gives the same one, and a smaller one is the
    beginning of a larger one. Raises FileNotFoundError where the real postings are not there.

    Cost: 5 s and 350 MB for a million alerts.
    """
    if alerts < 1 or postings < 1:
        raise ValueError("a workload has at least one alert and one posting")
    atoms = Atoms(vocabulary(data_file()))
    adverts = PostingSource(atoms, seed).draw(postings)
    training = PostingSource(atoms, seed, training=True).draw(TRAINING_POSTINGS)
    abstract = Abstract(
        AlertSource(atoms, seed).draw(alerts),
        posting_source.flat(atoms, adverts),
        posting_source.frequencies(atoms, posting_source.flat(atoms, training)),
    )
    return Workload(seed, atoms, abstract, adverts)
