"""Cities of the world, looked up by name, by id and by distance.

The arrays of `reference.cities` take two seconds to make, and every process needs them. The first
one writes them to the user's cache folder; all map that file, which takes milliseconds and shares
the memory. A file of other data or other code is written anew. Where the folder cannot be written,
each process keeps its own arrays and answers alike.

`python -m reference.gazetteer` makes the file ahead of time.
"""

import math
import os
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import structlog

from reference.array_file import Arrays, map_arrays, write_arrays
from reference.cities import COLUMNS_OF_CELLS, ROW_BITS, build, fingerprint, name_key

_log = structlog.get_logger(__name__)
_ROW_MASK = (1 << ROW_BITS) - 1
_KM_PER_DEGREE = 111.195
EARTH_RADIUS_KM = 6371.0088
FILE_NAME = "cities.arrays"


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance by the haversine formula on the mean sphere; within 0.5 % of WGS 84."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    a = math.sin((phi2 - phi1) / 2) ** 2
    a += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(a)))


class Gazetteer:
    """The three ways to look into the arrays of `reference.cities.build`. A city is its row.

    `file` is where the arrays are mapped from, None where they are this process's own.
    """

    def __init__(self, arrays: Arrays, file: Path | None = None) -> None:
        self.file = file
        self.ids: Sequence[int] = arrays["ids"]
        self.lats: Sequence[float] = arrays["lats"]
        self.lons: Sequence[float] = arrays["lons"]
        self.populations: Sequence[int] = arrays["populations"]
        self.countries: Sequence[int] = arrays["countries"]
        self.regions: Sequence[int] = arrays["regions"]
        self._names = arrays["names"]
        self._name_ends = arrays["name_ends"]
        self._by_name = arrays["by_name"]
        self._by_alternate = arrays["by_alternate"]
        self._by_id = arrays["by_id"]
        self._by_cell = arrays["by_cell"]
        self._cell_starts = arrays["cell_starts"]

    def __len__(self) -> int:
        return len(self.ids)

    def name(self, row: int) -> str:
        start = self._name_ends[row - 1] if row else 0
        return str(self._names[start : self._name_ends[row]], "utf-8")

    def country(self, row: int) -> str:
        code = self.countries[row]
        return chr(code >> 8) + chr(code & 0xFF)

    def row(self, city_id: int) -> int | None:
        """The row of a GeoNames id."""
        at = bisect_left(self._by_id, city_id << ROW_BITS)
        if at < len(self._by_id) and self._by_id[at] >> ROW_BITS == city_id:
            return self._by_id[at] & _ROW_MASK
        return None

    def named(self, folded: str) -> list[int]:
        """Rows of the cities whose own name is `folded` (a result of `fold`)."""
        return self._rows(self._by_name, folded)

    def known_as(self, folded: str) -> list[int]:
        """Rows of the cities that have `folded` among their other names."""
        return self._rows(self._by_alternate, folded)

    def within(self, lat: float, lon: float, km: float) -> Iterator[int]:
        """Rows of the cities at most `km` from the point."""
        for row in self._candidates(lat, lon, km):
            if distance_km(lat, lon, self.lats[row], self.lons[row]) <= km:
                yield row

    @staticmethod
    def _rows(index: Sequence[int], folded: str) -> list[int]:
        key = name_key(folded)
        at = bisect_left(index, key << ROW_BITS)
        found = []
        while at < len(index) and index[at] >> ROW_BITS == key:
            found.append(index[at] & _ROW_MASK)
            at += 1
        return found

    def _candidates(self, lat: float, lon: float, km: float) -> Iterator[int]:
        reach = km / _KM_PER_DEGREE + 0.01
        south, north = max(-90.0, lat - reach), min(90.0, lat + reach)
        # The widest circle of longitude that the radius can touch; all of it near a pole.
        nearest_pole = max(abs(south), abs(north))
        spread = reach / math.cos(math.radians(nearest_pole)) if nearest_pole < 89 else 360.0
        west, east = math.floor(lon - spread), math.floor(lon + spread)
        columns = range(west, min(east, west + 359) + 1)
        for band in range(math.floor(south), min(89, math.floor(north)) + 1):
            for column in columns:
                cell = (band + 90) * COLUMNS_OF_CELLS + (column + 180) % COLUMNS_OF_CELLS
                yield from self._by_cell[self._cell_starts[cell] : self._cell_starts[cell + 1]]


def cache_folder() -> Path | None:
    """The folder of the file by the XDG Base Directory rules; None for a user without a home.

    Settings are not asked, though elsewhere only `cluster/` reads the environment: the file is not
    the system's data but a copy of what is installed, the same for every system on the machine,
    and tools and tests need it without any wiring.
    """
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():
        return named / "jobray"
    try:
        return Path.home() / ".cache" / "jobray"
    except RuntimeError:
        return None


def load(folder: Path | None, make: Callable[[], Arrays] = build) -> Gazetteer:
    """The gazetteer mapped from the file in `folder`, which is made where there is none that fits.

    With no folder, or one that cannot be written, the arrays stay in this process.
    """
    if folder is None:
        return Gazetteer(make())
    path, made_of = folder / FILE_NAME, fingerprint()
    try:
        return Gazetteer(map_arrays(path, made_of), path)
    except (OSError, ValueError) as unusable:
        _log.info("gazetteer file is made", reason=_reason(unusable))
    arrays = make()
    try:
        write_arrays(path, made_of, arrays)
        return Gazetteer(map_arrays(path, made_of), path)
    except (OSError, ValueError) as unusable:
        _log.warning("gazetteer stays in the process", reason=_reason(unusable))
        return Gazetteer(arrays)


def _reason(error: OSError | ValueError) -> str:
    """Without the path, which may hold a person's name."""
    return str(error.strerror if isinstance(error, OSError) else error)


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of this process, loaded at its first use."""
    return load(cache_folder())


def main() -> int:
    """Make the file where it is missing and say what it holds; 1 where it cannot be kept."""
    found = load(cache_folder())
    if found.file is None:
        print("The gazetteer cannot be kept: each process will make its own", file=sys.stderr)
        return 1
    print(f"{found.file}: {found.file.stat().st_size:,} bytes, {len(found):,} cities")
    return 0


if __name__ == "__main__":
    sys.exit(main())
