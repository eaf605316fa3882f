"""Questions on numbers: does pay reach a floor, does an age stay under a limit, is a town near?"""

import math
from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from matching.percolator.atoms import NO_ATOMS, Answers, Atoms, Ids
from reference.gazetteer import EARTH_RADIUS_KM, distance_km

_UNSORTED_MAX = 256
"""Limits that are compared one by one before they are sorted in."""
_REMEMBERED_MAX = 4_000_000
"""Circles that are remembered by town, summed over all towns: 16 MB."""
_EDGE_KM = 1e-3
"""Towns nearer to the edge of a circle than this are decided by the reference's own formula, whose
last bits may differ."""


class LimitQuestions:
    """Limits on one number: a posting says yes to every limit up to its own value.

    An upper limit is asked for as a lower one with the sign turned, of number and limit.
    """

    def __init__(self, atoms: Atoms, kind: str) -> None:
        self._atoms, self._kind = atoms, kind
        self._asked: dict[float, int] = {}
        self._limits: NDArray[np.float64] = np.empty(0)
        self._sorted: Ids = NO_ATOMS
        self._new: list[tuple[float, int]] = []

    def ask(self, limit: float, *, share: float) -> int:
        """The atom of the question whether the number is at least `limit`."""
        atom = self._asked.get(limit)
        if atom is None:
            atom = self._asked[limit] = self._atoms.new(("limits", self._kind, limit), share)
            self._new.append((limit, atom))
        return atom

    def answer(self, number: float, answers: Answers) -> None:
        """The limits up to `number`; infinity answers all of them."""
        if len(self._new) > _UNSORTED_MAX:
            self._sort()
        answers.add(atom for limit, atom in self._new if limit <= number)
        answers.add_array(self._sorted[: np.searchsorted(self._limits, number, side="right")])

    def _sort(self) -> None:
        limits = np.concatenate([self._limits, [limit for limit, _ in self._new]])
        atoms = np.concatenate([self._sorted, [atom for _, atom in self._new]])
        order = np.argsort(limits, kind="stable")
        self._limits, self._sorted = limits[order], atoms[order].astype(np.uint32)
        self._new.clear()


class CircleQuestions:
    """Circles around places: is a town of the posting within one?

    All circles are compared with a town once (https://en.wikipedia.org/wiki/Haversine_formula);
    what is found is kept by town and only completed by circles that were asked for since.
    """

    def __init__(self, atoms: Atoms) -> None:
        self._atoms = atoms
        self._asked: dict[tuple[float, float, float], int] = {}
        self._circles = np.empty((0, 4))
        """Latitude, longitude (radians), cosine of the latitude, kilometres."""
        self._of = array("I")
        self._exact: list[tuple[float, float, float]] = []
        self._towns: dict[tuple[float, float], tuple[int, Ids]] = {}
        self._remembered = 0

    def ask(self, lat: float, lon: float, km: float, *, share: float) -> int:
        """The atom of the circle of `km` around a place (degrees)."""
        key = (lat, lon, km)
        atom = self._asked.get(key)
        if atom is None:
            atom = self._asked[key] = self._atoms.new(("circles", "", key), share)
            self._of.append(atom)
            self._exact.append(key)
        return atom

    def answer(self, towns: Iterable[tuple[float, float]], answers: Answers) -> None:
        """The circles that one of the towns (latitude, longitude in degrees) lies in."""
        asked = len(self._of)
        if not asked:
            return
        for town in towns:
            compared, found = self._towns.get(town, (0, NO_ATOMS))
            if compared < asked:
                new = self._around(town, compared)
                self._make_room(len(new) + 1)
                found = np.concatenate([found, new])
                self._towns[town] = (asked, found)
            answers.add_array(found)

    def _make_room(self, more: int) -> None:
        """Make room for so many more; a town without circles takes some room too."""
        if self._remembered + more > _REMEMBERED_MAX:
            self._towns.clear()
            self._remembered = 0
        self._remembered += more

    def _around(self, town: tuple[float, float], first: int) -> Ids:
        """The circles from the `first` one on that the town lies in."""
        if len(self._circles) < len(self._of):
            new = np.array(self._exact[len(self._circles) :])
            lat, lon = np.radians(new[:, 0]), np.radians(new[:, 1])
            rows = np.column_stack([lat, lon, np.cos(lat), new[:, 2]])
            self._circles = np.concatenate([self._circles, rows])
        lat, lon, cosine, km = self._circles[first:].T
        own_lat, own_lon = math.radians(town[0]), math.radians(town[1])
        chord = (
            np.sin((lat - own_lat) / 2) ** 2
            + cosine * math.cos(own_lat) * np.sin((lon - own_lon) / 2) ** 2
        )
        distance = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
        inside = np.flatnonzero(distance <= km + _EDGE_KM)
        unsure = distance[inside] > km[inside] - _EDGE_KM
        found = [
            self._of[first + at]
            for at, edge in zip(inside.tolist(), unsure.tolist(), strict=True)
            if not edge or self._holds(first + at, town)
        ]
        return np.array(found, np.uint32)

    def _holds(self, at: int, town: tuple[float, float]) -> bool:
        lat, lon, km = self._exact[at]
        return distance_km(lat, lon, *town) <= km
